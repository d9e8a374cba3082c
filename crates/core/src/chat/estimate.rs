//! About how much a question is, and what it costs.
//!
//! Asking, showing what would be asked and the line below the composer decide by [`weigh`] alone,
//! so that they agree.

use fluxchat_model::{
    ContextRule, CostBasis, Instructions, MessageId, ModelFacts, Price, Published, Source,
    VisibleError,
};

use super::trim::{Line, trim};
use crate::attachments::Said;
use crate::{BudgetState, Error, tokens};

/// Kept free for an answer where nobody says how long it may be.
const ANSWER: u64 = 4_096;
/// A budget has to have room for an answer of so many tokens: a shorter one helps nobody.
const SHORTEST: u64 = 256;
/// The longest answer where nobody says.
const UNTOLD: u64 = 131_072;

/// What a question would take along.
#[derive(Clone, Debug, Default)]
pub struct Estimate {
    /// The model; `None` if the source was never asked what it offers.
    pub model: Option<String>,
    /// The rule.
    pub rule: ContextRule,
    /// How many messages go along, the question included.
    pub messages: u64,
    /// How many earlier ones do not.
    pub left_out: u64,
    /// The first that goes along after what does not.
    pub first_sent: Option<MessageId>,
    /// About how many tokens all that is.
    pub tokens: u64,
    /// How many the model reads, where it is known.
    pub context: Option<u32>,
    /// How many of them are kept for the answer.
    pub reserved: u64,
    /// About what reading it costs, in billionths of a US dollar.
    pub nanos: Option<u64>,
    /// The same with the longest answer that a person or a budget allows.
    pub nanos_most: Option<u64>,
    /// How many tokens of an answer a budget has room for, where that is less than the model may
    /// say: the answer is asked to be no longer.
    pub longest: Option<u32>,
    /// Where the price comes from.
    pub basis: Option<CostBasis>,
    /// What the provider publishes, where the price comes from there.
    pub published: Option<Published>,
    /// The budget that is nearly used up.
    pub warning: Option<BudgetState>,
    /// Why it would not be sent.
    pub stop: Option<VisibleError>,
    /// What a budget has to have room for, where it is known: the longest answer that a person
    /// allows, or a short one where any is.
    pub(crate) least: Option<u64>,
    /// The tokens before they were corrected by what the model counted.
    pub(crate) raw: u64,
    /// Whether the model cannot read all of it.
    too_long: bool,
    /// What one token of the answer costs, and how many the model may say; `None` where no price is
    /// known or a person said how many.
    any_length: Option<(Price, u64)>,
}

impl Estimate {
    /// Of something that is no conversation: what it may cost, in billionths of a US dollar, where
    /// that is known.
    pub(crate) fn costing(nanos_most: Option<u64>) -> Self {
        Self {
            nanos_most,
            least: nanos_most,
            ..Self::default()
        }
    }

    /// How many tokens of an answer so much money has room for; `None` where that is no less than
    /// the model may say. Half of what is left, so that another answer beside it has room, too.
    pub(crate) fn longest_within(&self, left: u64) -> Option<u32> {
        let (price, longest) = self.any_length?;
        let left = left.saturating_sub(self.nanos.unwrap_or(0));
        let one = price.nanos(0, 1_000);
        if one == 0 {
            return None;
        }
        let all = u128::from(left) * 1_000 / u128::from(one);
        let all = u64::try_from(all).unwrap_or(u64::MAX);
        let most = (all / 2).max(all.min(ANSWER));
        (most < longest).then(|| u32::try_from(most).unwrap_or(u32::MAX))
    }

    /// What it costs with an answer of so many tokens, or with the longest.
    pub(crate) fn nanos_with(&self, tokens: Option<u32>) -> u64 {
        let Some((price, longest)) = self.any_length else {
            return self.least.unwrap_or(0);
        };
        let answer = price.nanos(0, tokens.map_or(longest, u64::from));
        self.nanos.unwrap_or(0).saturating_add(answer)
    }

    /// Counts what is really told. Without files only where that is more than was counted, for
    /// the rest of it was read.
    pub(super) fn count_told(
        &mut self,
        instructions: &Instructions,
        said: &Said,
        source: &Source,
        model: &str,
    ) {
        let told = tokens::of_words(&instructions.system) + said.tokens(source, model);
        if self.raw == 0 || (said.files.is_empty() && told <= self.raw) {
            return;
        }
        let changed = |it: u64| {
            let changed = u128::from(it) * u128::from(told) / u128::from(self.raw);
            u64::try_from(changed).unwrap_or(u64::MAX)
        };
        let (before, fewer) = (self.nanos.unwrap_or(0), self.tokens);
        self.tokens = changed(self.tokens);
        self.nanos = self.nanos.map(changed);
        let mut answer = (1, 1);
        if let Some(published) = &self.published {
            let (was, price) = (published.price_for(fewer), published.price_for(self.tokens));
            self.nanos = Some(price.nanos(self.tokens, 0));
            self.any_length = self.any_length.map(|(_, longest)| (price, longest));
            answer = (price.output, was.output.max(1));
        }
        let read = self.nanos.unwrap_or(0);
        for with_answer in [&mut self.nanos_most, &mut self.least]
            .into_iter()
            .flatten()
        {
            let said = u128::from(with_answer.saturating_sub(before)) * u128::from(answer.0);
            let said = u64::try_from(said.div_ceil(u128::from(answer.1))).unwrap_or(u64::MAX);
            *with_answer = read.saturating_add(said);
        }
        self.raw = told;
        self.too_long = self
            .context
            .is_some_and(|context| self.tokens + self.reserved > u64::from(context));
    }

    /// Refuses what the model cannot read.
    pub(super) fn check(&self) -> Result<(), Error> {
        if !self.too_long {
            return Ok(());
        }
        Err(Error::invalid(
            "context_full",
            format!(
                "This is about {} tokens, and the model reads {}, of which {} are kept for the answer.",
                self.tokens,
                self.context.unwrap_or(0),
                self.reserved,
            ),
        ))
    }
}

/// Decides what goes along.
pub(crate) fn weigh(
    facts: &ModelFacts,
    instructions: &Instructions,
    lines: &[Line],
) -> (Vec<bool>, Estimate) {
    let percent = facts.percent();
    let context = facts.context();
    let parameters = &instructions.parameters;
    let rule = parameters.context.unwrap_or_default();
    let reserved = context.map_or(0, |context| {
        let context = u64::from(context);
        match parameters.max_tokens {
            Some(most) => u64::from(most),
            None => u64::from(facts.longest().unwrap_or(u32::MAX))
                .min(ANSWER)
                .min(context / 4),
        }
    });
    let system = tokens::of_words(&instructions.system);
    // In the tokens of the estimate.
    let room = context.map(|context| {
        let free = u64::from(context).saturating_sub(reserved) * 100 / percent;
        free.saturating_sub(system)
    });
    let keep = trim(lines, rule, room);
    let of = |kept: bool| {
        let which = lines.iter().zip(&keep);
        which
            .filter(move |(line, keep)| **keep == kept && line.tokens > 0)
            .map(|(line, _)| line.tokens)
    };
    let said: u64 = of(true).sum();
    let raw = system + said;
    let tokens = (raw * percent).div_ceil(100);
    let longest = facts.longest().map_or(UNTOLD, u64::from);
    let allowed = parameters.max_tokens.map(u64::from);
    let least = allowed.unwrap_or(longest.min(SHORTEST));
    let priced = facts.priced_for(tokens);
    let estimate = Estimate {
        model: None,
        rule,
        messages: of(true).count() as u64,
        left_out: of(false).count() as u64,
        first_sent: None,
        tokens,
        context,
        reserved,
        nanos: priced.map(|(price, _)| price.nanos(tokens, 0)),
        nanos_most: priced.map(|(price, _)| price.nanos(tokens, allowed.unwrap_or(0))),
        least: priced.map(|(price, _)| price.nanos(tokens, least)),
        basis: priced.map(|(_, basis)| basis),
        published: priced
            .filter(|(_, basis)| *basis == CostBasis::Published)
            .and(facts.published.clone()),
        warning: None,
        stop: None,
        longest: None,
        raw,
        too_long: room.is_some_and(|room| said > room),
        any_length: priced
            .filter(|_| parameters.max_tokens.is_none())
            .map(|(price, _)| (price, longest)),
    };
    (keep, estimate)
}
