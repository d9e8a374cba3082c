//! Budgets: what they have left while answers arrive, and what they stop.

use std::collections::{HashMap, HashSet};

use fluxchat_model::{Budget, BudgetStop, MessageId, Period, Source, SourceId, Timestamp};
use fluxchat_store::{ReadTx, StoreError};
use tokio::sync::Mutex;

use super::{DOLLAR, day_of, dollars};
use crate::app::Open;
use crate::{App, Error, Estimate, Event, only_here};

const BUDGETS: &str = "budgets";
/// A million US dollars; a bound on what is typed.
const MOST: u64 = 1_000_000 * DOLLAR;

/// What is under way.
#[derive(Default)]
pub(crate) struct Reserved(pub(super) Mutex<Held>);

#[derive(Default)]
pub(super) struct Held {
    /// Answers that are arriving.
    pub(super) running: HashMap<MessageId, Arriving>,
    /// What temporary conversations cost, by day: nothing of them is written, and it is known until
    /// the archive is closed.
    pub(super) unwritten: Vec<(i32, SourceId, u64)>,
    /// Answers that may cost more than a budget has left, each once.
    pub(super) allowed: HashSet<MessageId>,
}

/// What an answer that is arriving may cost.
#[derive(Clone, Copy)]
pub(super) struct Arriving {
    source: SourceId,
    /// What counts as spent meanwhile.
    nanos: u64,
    /// The same if it becomes as long as it may.
    longest: u64,
}

impl Held {
    /// What is in no table: of answers that arrive, and of temporary conversations since a day.
    /// With it, how much more the answers may come to cost.
    fn besides(&self, of: Option<SourceId>, since: i32) -> (u64, u64) {
        let is_of = |source: &SourceId| of.is_none_or(|of| of == *source);
        let running = || self.running.values().filter(|it| is_of(&it.source));
        let unwritten = self.unwritten.iter();
        let unwritten = unwritten.filter(|(day, source, _)| *day >= since && is_of(source));
        let nanos = running()
            .map(|it| it.nanos)
            .chain(unwritten.map(|(_, _, nanos)| *nanos))
            .fold(0, u64::saturating_add);
        let more = running()
            .map(|it| it.longest.saturating_sub(it.nanos))
            .fold(0, u64::saturating_add);
        (nanos, more)
    }
}

/// A budget and how much of it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetState {
    /// The budget.
    pub budget: Budget,
    /// The name of the source it is for.
    pub source: Option<String>,
    /// What was spent, what is arriving included.
    pub spent: u64,
    /// How much more what is arriving may come to cost.
    pub(crate) held: u64,
}

impl BudgetState {
    fn left(&self) -> u64 {
        self.budget
            .nanos
            .saturating_sub(self.spent.saturating_add(self.held))
    }

    /// Whether it is to be warned of.
    #[must_use]
    pub fn is_near(&self) -> bool {
        self.is_near_with(0)
    }

    fn is_near_with(&self, more: u64) -> bool {
        let used = u128::from(self.spent) + u128::from(more);
        used * 100 >= u128::from(self.budget.nanos) * u128::from(self.budget.warn_percent)
    }
}

/// The first day of the period that a day is in.
fn first_day(period: Period, day: i32) -> i32 {
    match period {
        Period::Day => day,
        Period::Month => {
            let seconds = i64::from(day) * (Timestamp::DAY / Timestamp::SECOND);
            let into = time::OffsetDateTime::from_unix_timestamp(seconds)
                .map_or(0, |date| i32::from(date.day()) - 1);
            day - into
        }
    }
}

fn budgets(tx: &ReadTx<'_>) -> Result<Vec<Budget>, StoreError> {
    Ok(tx.setting(BUDGETS)?.unwrap_or_default())
}

fn states(tx: &ReadTx<'_>, today: i32, held: &Held) -> Result<Vec<BudgetState>, StoreError> {
    let mut states = Vec::new();
    for budget in budgets(tx)? {
        let source = match budget.source_id {
            Some(id) => match tx.source(id)? {
                Some(source) => Some(source.name),
                // Its source is gone, and can cost nothing.
                None => continue,
            },
            None => None,
        };
        let since = first_day(budget.period, today);
        let spent = tx.spent(since, today, budget.source_id)?;
        let (arriving, more) = held.besides(budget.source_id, since);
        states.push(BudgetState {
            budget,
            source,
            spent: spent.saturating_add(arriving),
            held: more,
        });
    }
    Ok(states)
}

/// Why a budget stopped a question, in words.
pub(crate) fn stopped(stop: &BudgetStop) -> String {
    let time = match stop.period {
        Period::Day => "day",
        Period::Month => "month",
    };
    let (limit, spent) = (dollars(stop.limit), dollars(stop.spent));
    let rest = if stop.more == 0 {
        String::new()
    } else {
        format!(", and this may cost {} more", dollars(stop.more))
    };
    format!("The budget for this {time} is {limit}, {spent} is spent{rest}.")
}

fn stop(state: &BudgetState, more: u64) -> BudgetStop {
    BudgetStop {
        period: state.budget.period,
        limit: state.budget.nanos,
        spent: state.spent.saturating_add(state.held),
        more,
    }
}

/// A question that no budget stops.
#[derive(Default)]
pub(crate) struct Passed {
    /// The budget that is nearly used up.
    pub(crate) warning: Option<BudgetState>,
    /// How many tokens of an answer a budget has room for, where that is less than the model may
    /// say.
    pub(crate) longest: Option<u32>,
}

/// Lets a question pass that no budget stops; tells the one that is nearly used up.
fn judge(states: Vec<BudgetState>, source: &Source, estimate: &Estimate) -> Result<Passed, Error> {
    let mut passed = Passed::default();
    // What answers on this computer costs nothing, unless somebody says so.
    if estimate.least.is_none() && only_here::answers_here(source) {
        return Ok(passed);
    }
    let most = estimate.least.unwrap_or(0);
    let mut left = None::<u64>;
    for state in states {
        if state.budget.source_id.is_some_and(|id| id != source.id) {
            continue;
        }
        let full = most > state.left() || (estimate.least.is_none() && state.left() == 0);
        if full {
            return Err(Error::Budget(stop(&state, most)));
        }
        left = Some(left.map_or(state.left(), |left| left.min(state.left())));
        if passed.warning.is_none() && state.is_near_with(most) {
            passed.warning = Some(state);
        }
    }
    passed.longest = left.and_then(|left| estimate.longest_within(left));
    Ok(passed)
}

/// Whether there is room for all of several answers at once. One that has no room by itself is
/// stopped at the door, and counts for nothing here.
fn judge_together(states: &[BudgetState], asked: &[(Source, Estimate)]) -> Result<(), Error> {
    let alone = asked
        .iter()
        .filter(|(source, estimate)| judge(states.to_vec(), source, estimate).is_ok());
    let alone: Vec<_> = alone.collect();
    for state in states {
        let of = state.budget.source_id;
        let more = alone
            .iter()
            .filter(|(source, _)| of.is_none_or(|id| id == source.id))
            .map(|(_, estimate)| estimate.least.unwrap_or(0))
            .fold(0, u64::saturating_add);
        if more > state.left() {
            return Err(Error::BudgetTogether(stop(state, more)));
        }
    }
    Ok(())
}

impl App {
    /// Stops several answers before any of them is asked for, where a budget has room for each
    /// but not for all.
    pub(crate) async fn afford_together(&self, asked: &[(Source, Estimate)]) -> Result<(), Error> {
        let open = self.open()?;
        let held = open.reserved.0.lock().await;
        judge_together(&self.states(&held).await?, asked)
    }

    /// Whether a budget stops a question, is nearly used up by it, or makes its answer shorter.
    /// Nothing is reserved.
    pub(crate) async fn budget_for(
        &self,
        source: &Source,
        estimate: &Estimate,
    ) -> Result<Result<Passed, Error>, Error> {
        let open = self.open()?;
        let held = open.reserved.0.lock().await;
        Ok(judge(self.states(&held).await?, source, estimate))
    }

    pub(super) async fn states(&self, held: &Held) -> Result<Vec<BudgetState>, Error> {
        let today = day_of(self.now());
        let running = Held {
            running: held.running.clone(),
            unwritten: held.unwritten.clone(),
            allowed: HashSet::new(),
        };
        self.read(move |tx| states(tx, today, &running)).await
    }

    /// Right before the door: stops what a budget has no room for, and holds the room for the
    /// rest until its cost is known. Returns how many tokens the answer may have at most, where a
    /// budget says so: an answer that is no longer cannot cost more than was held for it.
    pub(crate) async fn reserve(
        &self,
        open: &Open,
        answer: MessageId,
        source: &Source,
        estimate: &Estimate,
    ) -> Result<Option<u32>, Error> {
        if source.is_in_process() {
            return Ok(None);
        }
        let mut held = open.reserved.0.lock().await;
        let nanos = estimate.least.unwrap_or(0);
        let (longest, may_cost) = if held.allowed.remove(&answer) {
            (None, nanos)
        } else {
            let passed = judge(self.states(&held).await?, source, estimate)?;
            (passed.longest, estimate.nanos_with(passed.longest))
        };
        let arriving = Arriving {
            source: source.id,
            nanos,
            longest: may_cost.max(nanos),
        };
        held.running.insert(answer, arriving);
        Ok(longest)
    }

    /// Sets a budget; there is one for a source and a time.
    ///
    /// # Errors
    /// `invalid_budget`; in a supervised profile, unless its guardian unlocked it.
    pub async fn set_budget(&self, budget: Budget) -> Result<(), Error> {
        if budget.nanos > MOST || !(1..=100).contains(&budget.warn_percent) {
            return Err(Error::invalid(
                "invalid_budget",
                "A budget is at most a million dollars, and warns from 1 to 100 percent.",
            ));
        }
        if let Some(id) = budget.source_id {
            self.source(id).await?;
        }
        self.change_budgets(
            move |budgets| budgets.push(budget),
            budget.source_id,
            budget.period,
        )
        .await
    }

    /// Removes a budget.
    ///
    /// # Errors
    /// The same.
    pub async fn remove_budget(
        &self,
        source_id: Option<SourceId>,
        period: Period,
    ) -> Result<(), Error> {
        self.change_budgets(|_| (), source_id, period).await
    }

    async fn change_budgets(
        &self,
        change: impl FnOnce(&mut Vec<Budget>) + Send + 'static,
        source_id: Option<SourceId>,
        period: Period,
    ) -> Result<(), Error> {
        self.guarded().await?;
        self.write(move |tx| {
            let mut all = budgets(tx)?;
            all.retain(|it| it.source_id != source_id || it.period != period);
            change(&mut all);
            tx.setting_set(BUDGETS, &all)
        })
        .await?;
        self.tell(Event::SpendingChanged);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_with_its_first_day() {
        // 2024-02-29 and 2024-03-01.
        let leap = 19_782;
        assert_eq!(first_day(Period::Month, leap), leap - 28);
        assert_eq!(first_day(Period::Month, leap + 1), leap + 1);
        assert_eq!(first_day(Period::Day, leap), leap);
        assert_eq!(day_of(Timestamp(-1)), -1);
    }
}
