//! Context control: which messages of a conversation go along.

use std::collections::HashSet;

use fluxchat_model::{ContextRule, Instructions, Message, MessageId, ModelFacts, Source};
use fluxchat_store::{ReadTx, Size, StoreError, WriteTx};

use super::estimate::{Estimate, weigh};
use super::trim::Line;
use super::{Ask, model_for};
use crate::attachments::{self, WHOLE};
use crate::temporary::Home;
use crate::{App, Error, instructions, tokens};

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
                let of = path
                    .iter()
                    .map(|message| attachments::known_told(tx, message));
                let files: Result<Vec<_>, StoreError> = of.collect();
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
    for it in attachments::known_told(tx, message)? {
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
