//! Money: what answers cost, what a person sets as a limit, and where sending stops.
//!
//! Every question passes [`App::reserve`] right before the door, whatever asked it. What answers
//! that are still arriving may cost counts as spent until it is known.

mod budget;

use std::collections::{BTreeSet, HashSet};

use fluxchat_model::{
    ConversationId, Cost, MessageId, MessageStatus, ModelFacts, Price, Source, SourceId, SpendRow,
    Timestamp, Usage,
};

pub use budget::BudgetState;
pub(crate) use budget::{Reserved, stopped};

use crate::app::Open;
use crate::{App, Error, Event, Sent};

/// In billionths.
const DOLLAR: u64 = 1_000_000_000;
/// A thousand dollars for a million tokens, in millionths; nothing costs as much.
const HIGHEST_PRICE: u64 = 1_000_000_000;
/// No model reads more.
const LARGEST_CONTEXT: u32 = 100_000_000;
/// What a page can show.
const MOST_DAYS: i32 = 400;

/// What was spent, and what may be.
#[derive(Clone, Debug)]
pub struct Spending {
    /// Today, in days since 1970, in UTC.
    pub today: i32,
    /// The first day that is told.
    pub from: i32,
    /// Along the days.
    pub rows: Vec<SpendRow>,
    /// The names of the sources that are still there.
    pub sources: Vec<(SourceId, String)>,
    /// All budgets.
    pub budgets: Vec<BudgetState>,
}

/// What was asked, as far as money is concerned.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) model: String,
    /// Tokens as estimated, without correction.
    pub(crate) tokens: u64,
}

/// How an answer ended, as far as money is concerned.
pub(crate) struct Ended<'s> {
    pub(crate) answer: MessageId,
    pub(crate) source: &'s Source,
    /// What went out, if something did.
    pub(crate) asked: Option<Asked>,
    pub(crate) usage: Option<Usage>,
    /// What it took before it went on.
    pub(crate) before: Option<Usage>,
    pub(crate) status: MessageStatus,
    /// Whether something of it may be written.
    pub(crate) is_kept: bool,
}

fn day_of(at: Timestamp) -> i32 {
    i32::try_from(at.0.div_euclid(Timestamp::DAY)).unwrap_or(i32::MAX)
}

/// An amount for people: cents, and more places where it is less than one.
#[must_use]
pub fn dollars(nanos: u64) -> String {
    let (whole, rest) = (nanos / DOLLAR, nanos % DOLLAR);
    if nanos == 0 || nanos >= DOLLAR / 100 {
        let cents = (rest + DOLLAR / 200) / (DOLLAR / 100);
        return format!("${}.{:02}", whole + cents / 100, cents % 100);
    }
    let micros = format!("{:06}", rest.div_ceil(1_000));
    let (cents, finer) = micros.split_at(2);
    format!("${whole}.{cents}{}", finer.trim_end_matches('0'))
}

impl App {
    /// An answer ended: its cost is known and counted, and what was held for it is free.
    pub(crate) async fn settle_cost(&self, open: &Open, ended: Ended<'_>) -> Option<Usage> {
        let mut held = open.reserved.0.lock().await;
        let mut usage = ended.usage;
        if let Some(asked) = ended.asked
            && !ended.source.is_in_process()
            && (usage.is_some() || ended.status != MessageStatus::Failed)
        {
            let (source, day) = (ended.source.id, day_of(self.now()));
            let counted = self.cost_of(ended.source, day, asked, usage, ended.is_kept);
            match counted.await {
                Ok(cost) => {
                    if !ended.is_kept {
                        let nanos = cost.map_or(0, |cost| cost.nanos);
                        held.unwritten.push((day, source, nanos));
                    }
                    if let Some(usage) = &mut usage {
                        usage.spent = joined(ended.before.and_then(|it| it.spent), cost);
                    }
                }
                Err(error) => {
                    tracing::warn!(name: "spending.not_kept", code = error.code());
                }
            }
        }
        held.running.remove(&ended.answer);
        usage
    }

    /// What an answer cost; adds it to its day where it is kept.
    async fn cost_of(
        &self,
        source: &Source,
        day: i32,
        asked: Asked,
        usage: Option<Usage>,
        is_kept: bool,
    ) -> Result<Option<Cost>, Error> {
        let id = source.id;
        let mut facts = self.facts_of(source, &asked.model).await?;
        // What is published is the price of words, and not of what is heard or spoken.
        if asked.tokens == 0 {
            facts.published = None;
        }
        let cost = usage.and_then(|usage| facts.cost(&usage));
        if !is_kept {
            return Ok(cost);
        }
        self.write(move |tx| {
            let usage = usage.unwrap_or_default();
            tx.spend(day, id, &asked.model, &usage, cost)?;
            if usage.input_tokens > 0 && asked.tokens > 0 && tx.source(id)?.is_some() {
                tx.model_counted(id, &asked.model, asked.tokens, usage.input_tokens.into())?;
            }
            Ok(())
        })
        .await?;
        Ok(cost)
    }

    /// Lets an answer that a budget stopped go out once.
    ///
    /// # Errors
    /// When it is not such an answer; in a supervised profile, unless its guardian unlocked it.
    pub async fn send_over_budget(&self, answer: MessageId) -> Result<Sent, Error> {
        let stopped = self.message_by_id(answer).await?;
        let by_budget = stopped
            .error
            .is_some_and(|error| error.code == "budget_reached");
        if !by_budget || stopped.status != MessageStatus::Failed {
            return Err(Error::invalid(
                "not_interrupted",
                "Only an answer that a budget stopped can be sent over it.",
            ));
        }
        self.guarded().await?;
        let open = self.open()?;
        open.reserved.0.lock().await.allowed.insert(answer);
        let sent = self.resume(answer).await;
        if sent.is_err() {
            open.reserved.0.lock().await.allowed.remove(&answer);
        }
        sent
    }

    /// What was spent in the last days, today included, and the budgets.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn spending(&self, days: u32) -> Result<Spending, Error> {
        let today = day_of(self.now());
        let days = i32::try_from(days).unwrap_or(MOST_DAYS).clamp(1, MOST_DAYS);
        let from = today - days + 1;
        let open = self.open()?;
        let budgets = {
            let held = open.reserved.0.lock().await;
            self.states(&held).await?
        };
        self.read(move |tx| {
            let sources = tx.sources()?.into_iter();
            Ok(Spending {
                today,
                from,
                rows: tx.spending(from, today)?,
                sources: sources.map(|source| (source.id, source.name)).collect(),
                budgets,
            })
        })
        .await
    }

    /// Forgets what was spent on all days. Messages keep what they cost.
    ///
    /// # Errors
    /// In a supervised profile, unless its guardian unlocked it.
    pub async fn forget_spending(&self) -> Result<(), Error> {
        self.guarded().await?;
        self.open()?.reserved.0.lock().await.unwritten.clear();
        self.write(|tx| tx.spending_forget()).await?;
        self.tell(Event::SpendingChanged);
        Ok(())
    }

    /// What is known of the models of a source: of those it told of, of those that are listed, and
    /// of the one it is asked for.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn model_facts(&self, id: SourceId) -> Result<Vec<ModelFacts>, Error> {
        let (mut rows, source, listed) = self
            .read(move |tx| Ok((tx.model_facts(id)?, tx.source(id)?, tx.model_list(id)?)))
            .await?;
        let Some(source) = source else {
            return Ok(rows);
        };
        let known: HashSet<String> = rows.iter().map(|row| row.model.clone()).collect();
        let listed = listed.into_iter().flat_map(|(models, _)| models);
        let named = listed
            .map(|model| model.id)
            .chain(source.default_model.clone());
        let named: BTreeSet<String> = named.filter(|model| !known.contains(model)).collect();
        rows.extend(named.into_iter().map(|model| ModelFacts {
            model,
            ..ModelFacts::default()
        }));
        for row in &mut rows {
            row.published = fluxchat_providers::published(&source, &row.model);
        }
        rows.retain(|row| known.contains(&row.model) || row.published.is_some());
        rows.sort_by(|one, other| one.model.cmp(&other.model));
        Ok(rows)
    }

    /// Says how much a model reads and what it costs; `None` goes back to what its source tells.
    ///
    /// # Errors
    /// `invalid_price`; in a supervised profile, unless its guardian unlocked it.
    pub async fn set_model_facts(
        &self,
        source: SourceId,
        model: &str,
        context: Option<u32>,
        price: Option<Price>,
    ) -> Result<(), Error> {
        let model = model.trim().to_owned();
        let fits = |price: Price| {
            [price.input, price.output, price.cached.unwrap_or(0)]
                .iter()
                .all(|amount| *amount <= HIGHEST_PRICE)
        };
        let holds = !model.is_empty()
            && model.len() <= 200
            && context.is_none_or(|it| (256..=LARGEST_CONTEXT).contains(&it))
            && price.is_none_or(fits);
        if !holds {
            return Err(Error::invalid(
                "invalid_price",
                "A model reads at least 256 tokens, and costs at most $1,000 for a million of them.",
            ));
        }
        self.source(source).await?;
        self.guarded().await?;
        self.write(move |tx| tx.model_facts_entered(source, &model, context, price))
            .await?;
        self.tell(Event::SourcesChanged);
        Ok(())
    }

    /// How many answers of a conversation have a known cost, and what they cost together.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn conversation_cost(&self, id: ConversationId) -> Result<(u64, u64), Error> {
        let home = self.open()?.home(id);
        self.read_at(&home, move |tx| tx.conversation_cost(id))
            .await
    }
}

/// An answer that went on cost what both parts did.
pub(crate) fn joined(before: Option<Cost>, now: Option<Cost>) -> Option<Cost> {
    match (before, now) {
        (Some(before), Some(now)) => Some(Cost {
            nanos: before.nanos.saturating_add(now.nanos),
            ..now
        }),
        (before, now) => now.or(before),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_by_people() {
        let written = [
            (0, "$0.00"),
            (1, "$0.000001"),
            (4_000_000, "$0.004"),
            (9_999_999, "$0.01"),
            (10_000_000, "$0.01"),
            (1_994_999_999, "$1.99"),
            (1_995_000_000, "$2.00"),
            (12_340_000_000, "$12.34"),
        ];
        for (nanos, text) in written {
            assert_eq!(dollars(nanos), text);
        }
    }
}
