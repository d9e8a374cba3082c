//! Context control: which messages go along, about how many tokens that is, and what it costs.
//!
//! Asking, showing what would be asked and the line below the composer decide by [`weigh`] alone,
//! so that they agree.

use std::collections::HashSet;

use fluxchat_model::{
    ContextRule, CostBasis, Instructions, Message, MessageId, ModelFacts, Price, Published, Source,
    VisibleError,
};
use fluxchat_store::{ReadTx, Size, StoreError, WriteTx};

use super::trim::{Line, trim};
use super::{Ask, model_for};
use crate::attachments::{self, Said, WHOLE};
use crate::temporary::Home;
use crate::{App, BudgetState, Error, instructions, tokens};

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

/// Where a branch would go.
pub(super) struct Going<'g> {
    pub(super) source: &'g Source,
    pub(super) model: &'g str,
    pub(super) instructions: &'g Instructions,
    /// How many tokens are said after it.
    pub(super) after: Option<u64>,
    /// Whether its last message is the question.
    pub(super) asked: bool,
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

/// The id of the first message that goes along after what does not.
fn first_sent(ids: &[MessageId], keep: &[bool], lines: &[Line]) -> Option<MessageId> {
    let gap = keep
        .iter()
        .zip(lines)
        .rposition(|(keep, line)| !keep && line.tokens > 0)?;
    ids.get(gap + 1).copied()
}

impl App {
    /// Leaves out of a branch what does not go along.
    pub(super) async fn fit(
        &self,
        home: &Home,
        to: &Going<'_>,
        path: Vec<Message>,
    ) -> Result<(Vec<Message>, Estimate), Error> {
        let Going {
            source,
            model,
            instructions,
            after,
            asked,
        } = *to;
        let pins = match path.first().map(|message| message.conversation_id) {
            Some(id) => self.read_at(home, move |tx| tx.message_pins(id)).await?,
            None => Vec::new(),
        };
        let (path, files) = self
            .read_at(home, move |tx| {
                let of =
                    |message: &Message| attachments::known(tx, attachments::of(&message.parts));
                let files: Result<Vec<_>, StoreError> = path.iter().map(of).collect();
                files.map(|files| (path, files))
            })
            .await?;
        let taker = self.taker(source, Some(model)).await?;
        let facts = self.facts_of(source, model).await?;
        let pins: HashSet<MessageId> = pins.into_iter().collect();
        let last = path.len().saturating_sub(1);
        let mut lines: Vec<Line> = path
            .iter()
            .zip(files)
            .enumerate()
            .map(|(at, (message, files))| Line {
                tokens: tokens::of_message(message) + taker.tokens(files),
                is_mine: message.role == fluxchat_model::Role::User,
                always: pins.contains(&message.id) || (asked && at == last),
            })
            .collect();
        lines.extend(after.map(after_line));
        let (keep, mut estimate) = weigh(&facts, instructions, &lines);
        let ids: Vec<MessageId> = path.iter().map(|message| message.id).collect();
        estimate.first_sent = first_sent(&ids, &keep, &lines);
        estimate.model = Some(model.to_owned());
        let sent = path.into_iter().zip(&keep).filter(|(_, keep)| **keep);
        Ok((sent.map(|(message, _)| message).collect(), estimate))
    }

    /// What a question would take along, for the line below the composer: reads the text of no
    /// message that was counted before. The text may still be empty.
    ///
    /// # Errors
    /// When there is nowhere to ask it.
    pub async fn estimate(&self, ask: Ask) -> Result<Estimate, Error> {
        let home = self.home_of_ask(&ask)?;
        let existing = match ask.conversation {
            Some(id) => Some(self.conversation_at(&home, id).await?),
            None => None,
        };
        let source = self.source_for(existing.as_ref(), ask.source).await?;
        let model = model_for(existing.as_ref(), &source, ask.model.clone());
        let beside = self.beside(&home, &ask, &source, model.as_deref()).await?;
        let given = ask.instructions.map(instructions::checked).transpose()?;
        let facts = self
            .facts_of(&source, model.as_deref().unwrap_or_default())
            .await?;
        let question = tokens::of_words(ask.text.trim()) + beside;
        let (id, head) = (
            existing.as_ref().map(|it| it.id),
            existing.as_ref().and_then(|it| it.head_id),
        );
        if let Some(head) = head {
            self.count(&home, head).await?;
        }
        let mut estimate = self
            .read_at(&home, move |tx| {
                let instructions = match (given, id) {
                    (Some(given), _) => given,
                    (None, Some(id)) => tx.instructions(id)?,
                    (None, None) => Instructions::default(),
                };
                let pins = id.map(|id| tx.message_pins(id)).transpose()?;
                climbed(
                    tx,
                    &facts,
                    &instructions,
                    head,
                    pins.unwrap_or_default(),
                    question,
                )
            })
            .await?;
        estimate.model = model;
        self.judge(&source, &mut estimate).await?;
        Ok(estimate)
    }

    /// About how many tokens the files are that are to go with a question. One that was taken away
    /// in between counts for nothing.
    async fn beside(
        &self,
        home: &Home,
        ask: &Ask,
        source: &Source,
        model: Option<&str>,
    ) -> Result<u64, Error> {
        if ask.attachments.is_empty() {
            return Ok(0);
        }
        let ids = ask.attachments.clone();
        let files = self
            .read_at(home, move |tx| attachments::known(tx, ids))
            .await?;
        let taker = self.taker(source, model).await?;
        Ok(taker.tokens(files))
    }

    /// Says why it would not be sent, and which budget is nearly used up.
    pub(super) async fn judge(
        &self,
        source: &Source,
        estimate: &mut Estimate,
    ) -> Result<(), Error> {
        let refused = match estimate.check() {
            Err(error) => Some(error),
            Ok(()) => match self.budget_for(source, estimate).await? {
                Ok(passed) => {
                    estimate.warning = passed.warning;
                    estimate.longest = passed.longest;
                    if passed.longest.is_some() {
                        estimate.nanos_most = Some(estimate.nanos_with(passed.longest));
                    }
                    None
                }
                Err(error) => Some(error),
            },
        };
        estimate.stop = refused.map(|error| error.visible());
        Ok(())
    }

    /// Counts what of a branch was not counted yet, each message once.
    async fn count(&self, home: &Home, head: MessageId) -> Result<(), Error> {
        let known = self
            .read_at(home, move |tx| Ok(tx.message_size(head)?.is_some()))
            .await?;
        if known {
            return Ok(());
        }
        let counted = self.read_at(home, move |tx| counted(tx, head)).await?;
        self.write_at(home, move |tx| keep_counted(tx, &counted))
            .await
    }

    pub(crate) async fn facts_of(&self, source: &Source, model: &str) -> Result<ModelFacts, Error> {
        let (id, named) = (source.id, model.to_owned());
        let told = self.read(move |tx| tx.model_fact(id, &named)).await?;
        Ok(ModelFacts {
            published: fluxchat_providers::published(source, model),
            ..told
        })
    }

    /// Has a message always sent, or no longer.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn pin_message(&self, id: MessageId, on: bool) -> Result<(), Error> {
        let home = self.home_of_message(id).await?;
        let conversation = self.message_at(&home, id).await?.conversation_id;
        self.write_at(&home, move |tx| tx.message_pin_set(id, on))
            .await?;
        self.tell(crate::Event::ConversationChanged(conversation));
        Ok(())
    }

    /// The messages of a conversation that are always sent.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn pinned_messages(
        &self,
        id: fluxchat_model::ConversationId,
    ) -> Result<Vec<MessageId>, Error> {
        let home = self.open()?.home(id);
        self.read_at(&home, move |tx| tx.message_pins(id)).await
    }
}

fn after_line(tokens: u64) -> Line {
    Line {
        tokens,
        is_mine: true,
        always: true,
    }
}

fn counted(tx: &ReadTx<'_>, head: MessageId) -> Result<Vec<(MessageId, Size)>, StoreError> {
    let below = tx.not_counted(head)?;
    let mut upto = below.known;
    let mut sizes = Vec::with_capacity(below.unknown.len());
    for id in below.unknown {
        let Some(message) = tx.message(id)? else {
            break;
        };
        let tokens = size_of(tx, &message)?;
        upto = Size {
            tokens,
            upto_tokens: upto.upto_tokens + tokens,
            upto_messages: upto.upto_messages + u64::from(tokens > 0),
        };
        sizes.push((id, upto));
    }
    Ok(sizes)
}

/// About how many tokens a message is, with its files, whoever is asked.
fn size_of(tx: &ReadTx<'_>, message: &Message) -> Result<u64, StoreError> {
    let mut tokens = tokens::of_message(message);
    for it in attachments::known(tx, attachments::of(&message.parts))? {
        tokens += tokens::of_any(&it, tx.attachment_way(it.asset_id)?, WHOLE);
    }
    Ok(tokens)
}

fn keep_counted(tx: &WriteTx<'_>, sizes: &[(MessageId, Size)]) -> Result<(), StoreError> {
    for (id, size) in sizes {
        // It may be gone since it was counted.
        if tx.message(*id)?.is_some() {
            tx.message_size_set(*id, *size)?;
        }
    }
    Ok(())
}

/// Steps up a branch by its sizes as far as the rule asks for, and no further.
fn climbed(
    tx: &ReadTx<'_>,
    facts: &ModelFacts,
    instructions: &Instructions,
    head: Option<MessageId>,
    pins: Vec<MessageId>,
    question: u64,
) -> Result<Estimate, StoreError> {
    let all = match head {
        Some(head) => tx.message_size(head)?.unwrap_or_default(),
        None => Size::default(),
    };
    // Everything in one line: if that goes along, nobody has to look closer.
    let rest = Line {
        tokens: all.upto_tokens,
        is_mine: true,
        always: false,
    };
    let rule = instructions.parameters.context.unwrap_or_default();
    let (keep, mut estimate) = weigh(facts, instructions, &[rest, after_line(question)]);
    let by_number =
        matches!(rule, ContextRule::Last { messages } if all.upto_messages >= u64::from(messages));
    if !by_number && keep[0] {
        estimate.messages = all.upto_messages + u64::from(question > 0);
        return Ok(estimate);
    }
    let enough_tokens = facts
        .context()
        .map_or(u64::MAX, |context| u64::from(context) * 2 + 1);
    let enough_messages = match rule {
        ContextRule::Last { messages } => messages as usize + 1,
        _ => usize::MAX,
    };
    let pins: HashSet<MessageId> = pins.into_iter().collect();
    let (mut lines, mut ids) = (vec![after_line(question)], Vec::new());
    let (mut sum, mut sent) = (0, 0);
    let mut next = head;
    while let Some(id) = next
        && (!pins.is_empty() || (sum <= enough_tokens && sent <= enough_messages))
        && let Some(step) = tx.size_step(id)?
    {
        sum += step.tokens;
        sent += usize::from(step.tokens > 0);
        lines.push(Line {
            tokens: step.tokens,
            is_mine: step.is_mine,
            always: pins.contains(&id),
        });
        ids.push(id);
        next = step.parent;
    }
    lines.reverse();
    ids.reverse();
    let (keep, mut estimate) = weigh(facts, instructions, &lines);
    estimate.first_sent = first_sent(&ids, &keep, &lines);
    estimate.left_out += all.upto_messages.saturating_sub(sent as u64);
    Ok(estimate)
}
