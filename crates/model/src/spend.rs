//! What answers cost, what a conversation may send, and the limits a person sets for both.
//!
//! Money is a whole number of billionths of a US dollar, never a fraction.

use serde::{Deserialize, Serialize};

use crate::{Abilities, Price, Published, SourceId, Usage};

/// Where the amount of a cost comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CostBasis {
    /// The source said what it charged.
    Told,
    /// Worked out from the price in the source's list of models.
    Listed,
    /// Worked out from what the provider publishes, as the app knew it.
    Published,
    /// Worked out from the price a person entered.
    Entered,
}

/// What an answer cost when it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Cost {
    /// In billionths of a US dollar.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub nanos: u64,
    /// Where the amount comes from.
    pub basis: CostBasis,
}

impl Price {
    /// What so many tokens cost, in billionths of a US dollar, rounded up.
    #[must_use]
    pub fn nanos(self, input: u64, output: u64) -> u64 {
        let read = u128::from(self.input) * u128::from(input);
        let sum = read.saturating_add(u128::from(self.output) * u128::from(output));
        u64::try_from(sum.div_ceil(1_000)).unwrap_or(u64::MAX)
    }

    /// What an answer cost: what came from the cache and what was written to it at prices of their
    /// own, where they have one.
    pub(crate) fn nanos_of(self, usage: &Usage, written: Option<u64>) -> u64 {
        let input = u64::from(usage.input_tokens);
        let from = u64::from(usage.cached_tokens.unwrap_or(0)).min(input);
        let to = u64::from(usage.cache_written_tokens.unwrap_or(0)).min(input - from);
        let of = |price: u64, tokens: u64| u128::from(price) * u128::from(tokens);
        let sum = of(self.input, input - from - to)
            .saturating_add(of(self.cached.unwrap_or(self.input), from))
            .saturating_add(of(written.unwrap_or(self.input), to))
            .saturating_add(of(self.output, usage.output_tokens.into()));
        u64::try_from(sum.div_ceil(1_000)).unwrap_or(u64::MAX)
    }
}

/// What is known of a model of a source: as the source last told, and as a person entered it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ModelFacts {
    /// The model, in the words of the source.
    pub model: String,
    /// How many tokens it reads, as told.
    pub context_tokens: Option<u32>,
    /// The most tokens of one answer, as told.
    pub output_tokens: Option<u32>,
    /// Its price, as told.
    pub price: Option<Price>,
    /// What its provider publishes of it, where it is asked directly. In no archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub published: Option<Published>,
    /// What it can do, as told.
    #[serde(default, skip_serializing_if = "Abilities::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Abilities>", optional))]
    pub abilities: Abilities,
    /// How many tokens it reads, as entered.
    pub own_context: Option<u32>,
    /// Its price, as entered.
    pub own_price: Option<Price>,
    /// How many tokens were estimated where the source later told how many there were.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub estimated: u64,
    /// How many the source told.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub counted: u64,
}

/// From how many tokens on a comparison of estimate and count says something.
const ENOUGH: u64 = 300;

impl ModelFacts {
    /// How many tokens the model reads: what a person entered, or else what was told, or else what
    /// is published.
    #[must_use]
    pub fn context(&self) -> Option<u32> {
        let published = || self.published.as_ref()?.context_tokens;
        self.own_context.or(self.context_tokens).or_else(published)
    }

    /// The most tokens of one answer: what was told, or else what is published.
    #[must_use]
    pub fn longest(&self) -> Option<u32> {
        let published = || self.published.as_ref()?.output_tokens;
        self.output_tokens.or_else(published)
    }

    /// Its price and where it comes from.
    #[must_use]
    pub fn priced(&self) -> Option<(Price, CostBasis)> {
        let own = self.own_price.map(|price| (price, CostBasis::Entered));
        own.or(self.price.map(|price| (price, CostBasis::Listed)))
            .or_else(|| Some((self.published.as_ref()?.price, CostBasis::Published)))
    }

    /// The same for a question of about so many tokens before it is asked: never too little.
    #[must_use]
    pub fn priced_for(&self, tokens: u64) -> Option<(Price, CostBasis)> {
        let (price, basis) = self.priced()?;
        let published = self.published.as_ref();
        Some(match published.filter(|_| basis == CostBasis::Published) {
            Some(published) => (published.price_for(tokens), basis),
            None => (price, basis),
        })
    }

    /// By how much estimates have been wrong, in percent: 100 is right, 120 a fifth too low.
    /// Between half and twice, whatever was told.
    #[must_use]
    pub fn percent(&self) -> u64 {
        if self.estimated < ENOUGH {
            return 100;
        }
        let percent = u128::from(self.counted) * 100 / u128::from(self.estimated);
        u64::try_from(percent).unwrap_or(u64::MAX).clamp(50, 200)
    }

    /// What an answer cost. `None` where neither an amount nor a price is known.
    #[must_use]
    pub fn cost(&self, usage: &Usage) -> Option<Cost> {
        if let Some(told) = usage.cost {
            return Some(Cost {
                nanos: told.saturating_mul(1_000),
                basis: CostBasis::Told,
            });
        }
        let (price, basis) = self.priced()?;
        let published = self.published.as_ref();
        let nanos = match published.filter(|_| basis == CostBasis::Published) {
            Some(published) => published.nanos_of(usage),
            None => price.nanos_of(usage, None),
        };
        Some(Cost { nanos, basis })
    }
}

/// Which messages of a conversation go along with a question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum ContextRule {
    /// All of them; what the model cannot read is not sent at all.
    #[default]
    All,
    /// The last ones, the question included.
    Last {
        /// How many, at least one.
        messages: u32,
    },
    /// As many as the model reads.
    Fit,
}

/// The time a budget is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A day.
    Day,
    /// A calendar month.
    Month,
}

/// A limit that a person sets to what answers may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Budget {
    /// The source it is for; `None` for all together.
    pub source_id: Option<SourceId>,
    /// The time it is for.
    pub period: Period,
    /// The limit, in billionths of a US dollar.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub nanos: u64,
    /// From what share on it warns, in percent.
    pub warn_percent: u8,
}

/// What was spent on one day with one model of one source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SpendRow {
    /// Days since 1970, in UTC.
    pub day: i32,
    /// The source, which may be gone.
    pub source_id: SourceId,
    /// The model, in the words of the source.
    pub model: String,
    /// How many answers.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub answers: u64,
    /// How many of them have no known cost.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub unpriced: u64,
    /// Tokens read.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub input_tokens: u64,
    /// Tokens written.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub output_tokens: u64,
    /// What it cost, in billionths of a US dollar.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub nanos: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(input: u32, output: u32) -> Usage {
        Usage {
            input_tokens: input,
            output_tokens: output,
            ..Usage::default()
        }
    }

    #[test]
    fn a_cost_is_a_whole_number_and_the_amount_told_goes_first() {
        let listed = Price {
            input: 150_000,
            output: 600_000,
            cached: None,
        };
        let mut facts = ModelFacts {
            price: Some(listed),
            ..ModelFacts::default()
        };
        // 7 × 0.15 $ + 3 × 0.60 $ for a million.
        let cost = facts.cost(&usage(7, 3)).unwrap();
        assert_eq!((cost.nanos, cost.basis), (2_850, CostBasis::Listed));
        facts.own_price = Some(Price {
            input: 1,
            output: 0,
            cached: None,
        });
        let cost = facts.cost(&usage(1, 0)).unwrap();
        assert_eq!(
            (cost.nanos, cost.basis),
            (1, CostBasis::Entered),
            "never less than it was"
        );
        let told = Usage {
            cost: Some(17),
            ..usage(1, 1)
        };
        assert_eq!(facts.cost(&told).unwrap().nanos, 17_000);
        assert_eq!(ModelFacts::default().cost(&usage(1, 1)), None);
        let most = Price {
            input: u64::MAX,
            output: u64::MAX,
            cached: Some(u64::MAX),
        };
        assert_eq!(most.nanos(u64::MAX, u64::MAX), u64::MAX);
    }

    #[test]
    fn what_came_from_the_cache_has_a_price_of_its_own() {
        let price = Price {
            input: 3_000_000,
            output: 15_000_000,
            cached: Some(300_000),
        };
        let read = Usage {
            cached_tokens: Some(900),
            ..usage(1_000, 10)
        };
        // 100 × 3 $ + 900 × 0.30 $ + 10 × 15 $ for a million.
        assert_eq!(price.nanos_of(&read, None), 300_000 + 270_000 + 150_000);
        let full = Price {
            cached: None,
            ..price
        };
        assert_eq!(
            full.nanos_of(&read, None),
            3_000_000 + 150_000,
            "no price of its own"
        );
        let none = usage(1_000, 10);
        assert_eq!(price.nanos_of(&none, None), full.nanos_of(&none, None));
        let more = Usage {
            cached_tokens: Some(u32::MAX),
            ..usage(1_000, 0)
        };
        assert_eq!(
            price.nanos_of(&more, None),
            300_000,
            "no more than was read"
        );
        let free = Price {
            cached: Some(0),
            ..price
        };
        assert_eq!(free.nanos_of(&read, None), 300_000 + 150_000);
    }

    #[test]
    fn estimates_learn_within_bounds() {
        let percent = |estimated, counted| {
            let facts = ModelFacts {
                estimated,
                counted,
                ..ModelFacts::default()
            };
            facts.percent()
        };
        assert_eq!(percent(10, 1_000), 100, "too little to say something");
        assert_eq!(percent(1_000, 1_200), 120);
        assert_eq!(percent(1_000, 1), 50);
        assert_eq!(percent(1_000, u64::MAX), 200);
    }
}
