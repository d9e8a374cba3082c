//! Before you send: what would leave, byte by byte. Nothing does, and nothing is written.

use fluxchat_egress::CancellationToken;
use fluxchat_model::{
    AssetId, Conversation, Dialect, Instructions, MessageId, Part, Role, Source, SourceId,
};
use fluxchat_providers::{OptOut, keeps_nothing, opt_outs};

use super::context::Going;
use super::repeat::question_of;
use super::said::Listener;
use super::{Answerer, Ask, Estimate, checked_with, files_in, model_for, outgoing};
use crate::attachments::FileSent;
use crate::redaction::Replaced;
use crate::temporary::Home;
use crate::{App, Error, attachments, instructions, only_here, tokens};

/// What would be asked.
#[derive(Clone, Debug)]
pub enum Asking {
    /// A new question.
    New(Box<Ask>),
    /// A question of one's own, in other words.
    Differently(MessageId, String, Vec<AssetId>),
    /// For another answer beside this one, of this source and model where they are given.
    Again(MessageId, Option<SourceId>, Option<String>),
}

impl From<Ask> for Asking {
    fn from(ask: Ask) -> Self {
        Self::New(Box::new(ask))
    }
}

/// A message of the conversation, as it would leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewMessage {
    /// Who said it.
    pub role: Role,
    /// As it would leave.
    pub text: String,
    /// True for what is asked now; the others are there because a source only knows what it is
    /// told.
    pub is_question: bool,
}

/// What would leave.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The request.
    pub wire: fluxchat_egress::Preview,
    /// The name of the source.
    pub source: String,
    /// The model; `None` if the source was never asked what it offers.
    pub model: Option<String>,
    /// Every message of the body.
    pub messages: Vec<PreviewMessage>,
    /// How much of the conversation that is, and what it costs.
    pub estimate: Estimate,
    /// What placeholders stand for.
    pub replaced: Vec<Replaced>,
    /// Whether placeholders are used.
    pub redact: bool,
    /// Whether the source may train on it.
    pub training_allowed: bool,
    /// What is asked of the source.
    pub opt_outs: Vec<OptOut>,
    /// Files that leave, whole or in part, and those that do not.
    pub files: Vec<FileSent>,
}

impl Preview {
    /// Why it would not be let out, if it would not.
    #[must_use]
    pub fn refused(&self) -> Option<Error> {
        self.wire
            .refusal
            .map(|refusal| fluxchat_egress::EgressError::Blocked(refusal).into())
    }
}

impl App {
    /// What [`App::ask`], [`App::edit`] or [`App::regenerate`] would send first, built by the same
    /// functions.
    ///
    /// # Errors
    /// When there is nothing to ask or nowhere to ask it.
    pub async fn preview(&self, asking: impl Into<Asking>) -> Result<Preview, Error> {
        let To {
            home,
            existing,
            head,
            text,
            source,
            model,
            instructions,
            files,
        } = self.to(asking.into()).await?;
        if let Some(conversation) = &existing {
            only_here::check(conversation, &source)?;
            only_here::check_model(conversation, &source, model.as_deref().unwrap_or_default())?;
        }
        let id = existing.as_ref().map(|it| it.id);
        let stays_here = existing.as_ref().is_some_and(|it| it.local_only);
        let (path, alias, kept) = self
            .read_at(&home, move |tx| {
                let path = match head {
                    Some(head) => tx.path_to(head, outgoing::LONGEST_PATH)?,
                    None => Vec::new(),
                };
                let alias = id.map(|id| tx.conversation_alias(id)).transpose()?;
                let kept = id.map(|id| tx.instructions(id)).transpose()?;
                Ok((path, alias.flatten(), kept))
            })
            .await?;
        let alias = match (source.dialect, alias) {
            (Dialect::Fluxchat, None) if home.is_temporary => None,
            (Dialect::Fluxchat, None) => Some(hex::encode(crate::clock::random10()?)),
            (Dialect::Fluxchat, known) => known,
            _ => None,
        };
        let mut instructions = instructions.or(kept).unwrap_or_default();
        let after = text.as_deref().map(tokens::of_words);
        let going = Going {
            source: &source,
            model: model.as_deref().unwrap_or_default(),
            instructions: &instructions,
            after,
            asked: text.is_none(),
        };
        let (path, mut estimate) = self.fit(&home, &going, path).await?;
        let mut path = attachments::path(path);
        if let Some(text) = text {
            path.push((Role::User, [files, vec![Part::Text { text }]].concat()));
        }
        let offered = self
            .offer(&source, &instructions.parameters.tools, stays_here, None)
            .await?;
        let listener = Listener {
            source: source.id,
            model: model.clone().unwrap_or_default(),
            has_tools: !offered.is_empty(),
        };
        let said = self.said(&home, &source, path, listener).await?;
        estimate.count_told(
            &instructions,
            &said,
            &source,
            model.as_deref().unwrap_or_default(),
        );
        self.judge(&source, &mut estimate).await?;
        instructions.parameters.no_longer_than(estimate.longest);
        let outgoing = self
            .outgoing(
                &source,
                model.clone().unwrap_or_default(),
                said.messages,
                instructions,
                alias,
            )
            .await?
            .keeping(!home.is_temporary)
            .offering(offered.wire());
        let in_ledger = id.filter(|_| !home.is_temporary);
        let ctx = self.chat_ctx(in_ledger, CancellationToken::new());
        let training_allowed = ctx.training_allowed;
        let credential = self.credential(&source).await?;
        let wire = fluxchat_providers::preview(
            &self.open()?.door,
            &source,
            credential,
            ctx,
            &outgoing.request,
        )?;
        let last = outgoing.request.messages.len().saturating_sub(1);
        let messages = outgoing
            .request
            .messages
            .into_iter()
            .enumerate()
            .map(|(at, message)| PreviewMessage {
                role: message.role,
                // Of tools, what they were called with and what they returned.
                text: match message.words() {
                    words if words.is_empty() => message.texts().collect::<Vec<_>>().join("\n\n"),
                    words => words,
                },
                is_question: at == last,
            })
            .collect();
        Ok(Preview {
            wire,
            model,
            messages,
            estimate,
            replaced: outgoing.redactor.replaced().to_vec(),
            redact: source.redact,
            training_allowed,
            opt_outs: opt_outs(&source, training_allowed)
                .into_iter()
                .chain(home.is_temporary.then(|| keeps_nothing(&source)).flatten())
                .collect(),
            source: source.name,
            files: said.files,
        })
    }
}

/// Where a question goes, and what is said before it.
struct To {
    home: Home,
    existing: Option<Conversation>,
    /// The last message that is said as it is kept.
    head: Option<MessageId>,
    /// Said after it.
    text: Option<String>,
    /// With these files.
    files: Vec<Part>,
    source: Source,
    model: Option<String>,
    /// How it would be asked, where that is not as it is kept.
    instructions: Option<Instructions>,
}

impl App {
    async fn to(&self, asking: Asking) -> Result<To, Error> {
        let mut instructions = None;
        let mut files = Vec::new();
        let (home, existing, head, text, source, model) = match asking {
            Asking::New(mut ask) => {
                let given = ask.instructions.take();
                instructions = given.map(instructions::checked).transpose()?;
                let home = self.home_of_ask(&ask)?;
                let attached = self.files_of(&home, &ask).await?;
                let text = checked_with(&ask.text, !attached.is_empty())?;
                files = attachments::parts(&attached);
                let existing = match ask.conversation {
                    Some(id) => Some(self.conversation_at(&home, id).await?),
                    None => None,
                };
                let head = existing.as_ref().and_then(|it| it.head_id);
                (home, existing, head, Some(text), ask.source, ask.model)
            }
            Asking::Differently(question, text, without) => {
                let home = self.home_of_message(question).await?;
                let old = self.own_question(&home, question).await?;
                files = files_in(&old, &without);
                let text = checked_with(&text, !files.is_empty())?;
                let existing = self.conversation_at(&home, old.conversation_id).await?;
                (home, Some(existing), old.parent_id, Some(text), None, None)
            }
            Asking::Again(message, source, model) => {
                let home = self.home_of_message(message).await?;
                let old = self.message_at(&home, message).await?;
                let question = question_of(&old)?;
                let existing = self.conversation_at(&home, old.conversation_id).await?;
                let chosen = Answerer { source, model };
                let (source, model) = self.again(&home, &existing, &old, chosen).await?;
                let source = Some(source.id);
                (home, Some(existing), Some(question), None, source, model)
            }
        };
        let source = self.source_for(existing.as_ref(), source).await?;
        Ok(To {
            model: model_for(existing.as_ref(), &source, model),
            home,
            existing,
            head,
            text,
            source,
            instructions,
            files,
        })
    }
}

/// JSON with line breaks, for people; other bytes as text.
#[must_use]
pub fn pretty(body: &[u8]) -> String {
    let json = serde_json::from_slice::<serde_json::Value>(body);
    json.and_then(|json| serde_json::to_string_pretty(&json))
        .unwrap_or_else(|_| String::from_utf8_lossy(body).into_owned())
}
