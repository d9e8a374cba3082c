//! What a provider publishes of its models, for sources whose lists do not tell it.

use serde::{Deserialize, Serialize};

use crate::{Price, Usage};

/// What is published of a model of a provider that is asked directly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Published {
    /// What it costs.
    pub price: Price,
    /// What a million tokens cost that are written to the source's cache, in millionths of a US
    /// dollar; `None` where that is no price of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
    pub written: Option<u64>,
    /// Whether what is read is written to that cache without anybody asking for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(as = "Option<bool>", optional))]
    pub writes_unasked: bool,
    /// What it costs where much is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub long: Option<LongPrice>,
    /// How many tokens it reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub context_tokens: Option<u32>,
    /// The most tokens of one answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub output_tokens: Option<u32>,
    /// When it will stop answering (RFC 3339 date).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub shutdown_date: Option<String>,
    /// The day of all that (RFC 3339 date): it may have changed since.
    pub day: String,
}

/// What a request costs, all of it, that reads more than so many tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LongPrice {
    /// More than these.
    pub above: u32,
    /// What it costs.
    pub price: Price,
    /// What is written to the cache, as in [`Published`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
    pub written: Option<u64>,
}

impl Published {
    /// The price of a question of about so many tokens, before it is asked. An estimate may be
    /// wrong by half, so the dearer price counts from half of where it begins; and what may be
    /// written to the cache counts as if it were.
    #[must_use]
    pub fn price_for(&self, tokens: u64) -> Price {
        let (price, written) = self.at(tokens.saturating_mul(2));
        let written = written.filter(|_| self.writes_unasked).unwrap_or(0);
        Price {
            input: price.input.max(written),
            ..price
        }
    }

    /// What an answer cost, in billionths of a US dollar, rounded up.
    #[must_use]
    pub fn nanos_of(&self, usage: &Usage) -> u64 {
        let (price, written) = self.at(usage.input_tokens.into());
        price.nanos_of(usage, written)
    }

    fn at(&self, tokens: u64) -> (Price, Option<u64>) {
        match self.long.filter(|long| tokens > u64::from(long.above)) {
            Some(long) => (long.price, long.written),
            None => (self.price, self.written),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CostBasis, ModelFacts};

    fn published() -> Published {
        Published {
            price: Price {
                input: 2_000_000,
                output: 10_000_000,
                cached: Some(200_000),
            },
            written: Some(2_500_000),
            writes_unasked: true,
            long: Some(LongPrice {
                above: 200_000,
                price: Price {
                    input: 4_000_000,
                    output: 15_000_000,
                    cached: Some(400_000),
                },
                written: Some(5_000_000),
            }),
            context_tokens: Some(922_000),
            output_tokens: Some(128_000),
            day: "2026-11-20".to_owned(),
            ..Published::default()
        }
    }

    fn usage(input: u32, output: u32, cached: u32, written: u32) -> Usage {
        Usage {
            input_tokens: input,
            output_tokens: output,
            cached_tokens: Some(cached),
            cache_written_tokens: Some(written),
            ..Usage::default()
        }
    }

    #[test]
    fn each_part_of_an_answer_has_its_price() {
        let published = published();
        // 300 × 2 $ + 600 × 0.20 $ + 100 × 2.50 $ + 10 × 10 $ for a million.
        let short = published.nanos_of(&usage(1_000, 10, 600, 100));
        assert_eq!(short, 600_000 + 120_000 + 250_000 + 100_000);
        let at = published.nanos_of(&usage(200_000, 0, 0, 0));
        assert_eq!(at, 400_000_000, "not more than that");
        // All of it, not only what is above.
        let long = published.nanos_of(&usage(200_001, 10, 1, 0));
        assert_eq!(long, 800_000_000 + 400 + 150_000);
        let more = published.nanos_of(&usage(10, 0, 10, 10));
        assert_eq!(more, 2_000, "no more than was read");
    }

    #[test]
    fn before_it_is_asked_it_costs_no_less_than_it_may() {
        let published = published();
        assert_eq!(published.price_for(1_000).input, 2_500_000);
        assert_eq!(published.price_for(100_001).input, 5_000_000);
        assert_eq!(published.price_for(100_001).output, 15_000_000);
        let asked_for = Published {
            writes_unasked: false,
            ..published
        };
        assert_eq!(asked_for.price_for(1_000).input, 2_000_000);
    }

    #[test]
    fn what_is_entered_goes_before_what_is_told_and_that_before_what_is_published() {
        let price = |input| {
            Some(Price {
                input,
                ..Price::default()
            })
        };
        let mut facts = ModelFacts {
            published: Some(published()),
            ..ModelFacts::default()
        };
        let known = |facts: &ModelFacts| {
            let (for_it, basis) = facts.priced_for(1_000).unwrap();
            let cost = facts.cost(&usage(1_000, 0, 0, 0)).unwrap();
            assert_eq!(cost.basis, basis);
            (for_it.input, basis, cost.nanos)
        };
        assert_eq!(known(&facts), (2_500_000, CostBasis::Published, 2_000_000));
        assert_eq!(
            (facts.context(), facts.longest()),
            (Some(922_000), Some(128_000))
        );
        facts.price = price(7);
        facts.context_tokens = Some(10);
        facts.output_tokens = Some(5);
        assert_eq!(known(&facts), (7, CostBasis::Listed, 7));
        assert_eq!((facts.context(), facts.longest()), (Some(10), Some(5)));
        facts.own_price = price(3);
        facts.own_context = Some(20);
        assert_eq!(known(&facts), (3, CostBasis::Entered, 3));
        assert_eq!(facts.context(), Some(20));
    }
}
