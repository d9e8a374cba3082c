//! Before you send: what would leave, byte by byte. Nothing does, and nothing is written.

use fluxchat_egress::CancellationToken;
use fluxchat_model::{Dialect, Role};
use fluxchat_providers::{ChatMessage, OptOut, keeps_nothing, opt_outs};

use super::{Ask, checked, model_for, outgoing};
use crate::redaction::Replaced;
use crate::{App, Error, only_here};

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
    /// What placeholders stand for.
    pub replaced: Vec<Replaced>,
    /// Whether placeholders are used.
    pub redact: bool,
    /// Whether the source may train on it.
    pub training_allowed: bool,
    /// What is asked of the source.
    pub opt_outs: Vec<OptOut>,
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
    /// What [`App::ask`] would send first, built by the same functions.
    ///
    /// # Errors
    /// When there is nothing to ask or nowhere to ask it.
    pub async fn preview(&self, ask: Ask) -> Result<Preview, Error> {
        let text = checked(&ask.text)?;
        let home = self.home_of_ask(&ask)?;
        let existing = match ask.conversation {
            Some(id) => Some(self.conversation_at(&home, id).await?),
            None => None,
        };
        let source = self.source_for(existing.as_ref(), ask.source).await?;
        if let Some(conversation) = &existing {
            only_here::check(conversation, &source)?;
        }
        let model = model_for(existing.as_ref(), &source, ask.model);
        let id = ask.conversation;
        let head = existing.as_ref().and_then(|it| it.head_id);
        let (path, alias) = self
            .read_at(&home, move |tx| {
                let path = match head {
                    Some(head) => tx.path_to(head, outgoing::LONGEST_PATH)?,
                    None => Vec::new(),
                };
                let alias = id.map(|id| tx.conversation_alias(id)).transpose()?;
                Ok((path, alias.flatten()))
            })
            .await?;
        let alias = match (source.dialect, alias) {
            (Dialect::Fluxchat, None) if home.is_temporary => None,
            (Dialect::Fluxchat, None) => Some(hex::encode(crate::clock::random10()?)),
            (Dialect::Fluxchat, known) => known,
            _ => None,
        };
        let mut said = outgoing::said(&path);
        said.push(ChatMessage {
            role: Role::User,
            text,
        });
        let outgoing = self
            .outgoing(&source, model.clone().unwrap_or_default(), said, alias)
            .await?
            .keeping(!home.is_temporary);
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
                text: message.text,
                is_question: at == last,
            })
            .collect();
        Ok(Preview {
            wire,
            model,
            messages,
            replaced: outgoing.redactor.replaced().to_vec(),
            redact: source.redact,
            training_allowed,
            opt_outs: opt_outs(&source, training_allowed)
                .into_iter()
                .chain(home.is_temporary.then(|| keeps_nothing(&source)).flatten())
                .collect(),
            source: source.name,
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
