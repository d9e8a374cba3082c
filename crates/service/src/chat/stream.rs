//! An answer cut into the chunks of a stream.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, Sse};
use futures_util::{Stream, StreamExt, stream};

use super::wire::{ChatChunk, ChatDelta, ChunkChoice, Citation, TokenUsage};

/// A finished answer with everything its stream has to say.
pub(super) struct Script {
    pub(super) id: String,
    pub(super) created: i64,
    pub(super) model: String,
    pub(super) training_allowed: bool,
    pub(super) pieces: Vec<String>,
    pub(super) citations: Vec<Citation>,
    pub(super) finish_reason: &'static str,
    pub(super) usage: TokenUsage,
    pub(super) include_usage: bool,
}

impl Script {
    fn chunk(&self, choices: Vec<ChunkChoice>, usage: Option<TokenUsage>) -> ChatChunk {
        ChatChunk {
            id: self.id.clone(),
            object: "chat.completion.chunk".to_owned(),
            created: self.created,
            model: self.model.clone(),
            choices,
            usage,
            training_allowed: self.training_allowed,
        }
    }

    fn delta(&self, delta: ChatDelta, finish_reason: Option<&str>) -> ChatChunk {
        let choice = ChunkChoice {
            index: 0,
            delta,
            finish_reason: finish_reason.map(str::to_owned),
        };
        self.chunk(vec![choice], None)
    }

    /// The chunk at a place of the stream: role, words, citations, end, token counts.
    fn at(&self, step: usize) -> Option<ChatChunk> {
        let words = self.pieces.len();
        if step == 0 {
            let delta = ChatDelta {
                role: Some("assistant".to_owned()),
                content: Some(String::new()),
                ..ChatDelta::default()
            };
            return Some(self.delta(delta, None));
        }
        if let Some(piece) = self.pieces.get(step - 1) {
            let delta = ChatDelta {
                content: Some(piece.clone()),
                ..ChatDelta::default()
            };
            return Some(self.delta(delta, None));
        }
        match step - words {
            1 => {
                let delta = ChatDelta {
                    citations: self.citations.clone(),
                    ..ChatDelta::default()
                };
                Some(self.delta(delta, None))
            }
            2 => Some(self.delta(ChatDelta::default(), Some(self.finish_reason))),
            3 if self.include_usage => Some(self.chunk(Vec::new(), Some(self.usage))),
            _ => None,
        }
    }

    /// The stream; it waits `pace` before every word. Dropping it stops it.
    pub(super) fn into_sse(
        self,
        pace: Duration,
    ) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
        let chunks = stream::unfold((self, 0_usize), move |(script, step)| async move {
            let is_word = (1..=script.pieces.len()).contains(&step);
            if is_word && !pace.is_zero() {
                tokio::time::sleep(pace).await;
            }
            let chunk = script.at(step)?;
            let event = match serde_json::to_string(&chunk) {
                Ok(json) => Event::default().data(json),
                Err(_) => return None,
            };
            Some((Ok(event), (script, step + 1)))
        });
        let done = stream::once(async { Ok(Event::default().data("[DONE]")) });
        Sse::new(chunks.chain(done))
    }
}

/// Cuts text after every white space, so that the pieces joined are the text again.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for piece in text.split_inclusive(char::is_whitespace) {
        match pieces.last_mut() {
            // Indentation and blank lines travel with the word before them.
            Some(last) if piece.trim().is_empty() => last.push_str(piece),
            _ => pieces.push(piece.to_owned()),
        }
    }
    pieces
}
