//! What goes to a source: the same for asking and for showing what would be asked.

use fluxchat_egress::{CancellationToken, Ctx, Reply};
use fluxchat_model::{ConversationId, DataCategory, Instructions, Purpose, Role, Source, SourceId};
use fluxchat_providers::{ChatMessage, ChatRequest, Tool, extra_fields};
use serde_json::{Map, Value};

use crate::redaction::Redactor;
use crate::{App, Error};

/// More than any model reads; a bound on memory, not on what is sent.
pub(crate) const LONGEST_PATH: u32 = 10_000;

/// A request, and what was replaced in it.
pub(super) struct Outgoing {
    pub(super) request: ChatRequest,
    pub(super) redactor: Redactor,
}

impl Outgoing {
    /// Whether the service may keep a record of it.
    pub(super) fn keeping(mut self, may_keep: bool) -> Self {
        self.request.keep_nothing = !may_keep;
        self
    }

    /// The tools the source may ask for.
    pub(super) fn offering(mut self, tools: Vec<Tool>) -> Self {
        self.request.tools = tools;
        self
    }
}

impl App {
    /// The names that placeholders stand for where a source is asked with them; `None` where it is
    /// not. As the source is now, not as it was when the question was asked.
    pub(crate) async fn names_hidden_from(
        &self,
        id: SourceId,
    ) -> Result<Option<Vec<String>>, Error> {
        self.read(move |tx| {
            let redact = tx.source(id)?.is_some_and(|source| source.redact);
            redact.then(|| tx.redact_names()).transpose()
        })
        .await
    }

    /// What the door is told about a question.
    pub(super) fn chat_ctx(
        &self,
        conversation_id: Option<ConversationId>,
        cancel: CancellationToken,
    ) -> Ctx {
        Ctx {
            policy_version: Some(self.policy_in_force().0),
            conversation_id,
            reply: Reply::Stream,
            cancel,
            ..Ctx::new(
                Purpose::Chat,
                &[DataCategory::Content, DataCategory::Parameters],
            )
        }
    }

    /// Builds a request; where the source asks for it, with placeholders for private details.
    pub(super) async fn outgoing(
        &self,
        source: &Source,
        model: String,
        mut messages: Vec<ChatMessage>,
        instructions: Instructions,
        conversation_alias: Option<String>,
    ) -> Result<Outgoing, Error> {
        if !instructions.system.is_empty() {
            messages.insert(0, ChatMessage::text(Role::System, instructions.system));
        }
        let parameters = instructions.parameters;
        // As with tools, a guardian may have come since they were chosen.
        let is_free = self.tools_allowed().await.is_ok();
        let mut extra = match parameters.extra.as_deref().filter(|_| is_free) {
            Some(text) => extra_fields(text)?,
            None => Map::new(),
        };
        let abilities = self.facts_of(source, &model).await?.abilities;
        let names = self.names_hidden_from(source.id).await?;
        let texts = messages.iter().flat_map(ChatMessage::texts);
        // Where something was typed is of no matter to a placeholder that is taken.
        let texts = texts.chain(parameters.extra.as_deref());
        let mut redactor = Redactor::new(names.as_deref().unwrap_or_default(), texts);
        if names.is_some() {
            for text in messages.iter_mut().flat_map(ChatMessage::texts_mut) {
                *text = redactor.redact(text);
            }
            // After the conversation, whose numbers stay the same.
            redact_fields(&mut redactor, &mut extra);
        }
        Ok(Outgoing {
            request: ChatRequest {
                model,
                messages,
                temperature: parameters.temperature,
                top_p: parameters.top_p,
                max_tokens: parameters.max_tokens,
                stop: parameters.stop,
                seed: parameters.seed,
                reasoning_effort: parameters.reasoning_effort,
                top_k: parameters.top_k,
                min_p: parameters.min_p,
                frequency_penalty: parameters.frequency_penalty,
                presence_penalty: parameters.presence_penalty,
                repeat_penalty: parameters.repeat_penalty,
                response_format: parameters.response_format,
                extra,
                abilities,
                web_search: parameters.web_search && is_free,
                conversation_alias,
                ..ChatRequest::default()
            },
            redactor,
        })
    }
}

/// Names of fields and words in them, at every depth. Numbers stay what they are.
fn redact_fields(redactor: &mut Redactor, fields: &mut Map<String, Value>) {
    *fields = std::mem::take(fields)
        .into_iter()
        .map(|(name, mut value)| {
            redact_value(redactor, &mut value);
            (redactor.redact(&name), value)
        })
        .collect();
}

fn redact_value(redactor: &mut Redactor, value: &mut Value) {
    match value {
        Value::String(text) => *text = redactor.redact(text),
        Value::Array(values) => values
            .iter_mut()
            .for_each(|value| redact_value(redactor, value)),
        Value::Object(fields) => redact_fields(redactor, fields),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
