//! OpenAI Chat Completions, as OpenAI and everybody compatible with it speaks it.

mod frame;
mod models;
mod request;

use std::collections::BTreeMap;

use fluxchat_egress::Call;
use fluxchat_model::Source;
use serde_json::Value;

use crate::ChatRequest;
use crate::wire::{Body, Frames, Page, Wire};

pub(crate) use frame::{cost, usage};
pub(crate) use models::{count, hear_beside, list, model, models, word};

/// `POST {base}/chat/completions`
pub(crate) struct ChatCompletions;

impl Wire for ChatCompletions {
    fn chat_call(&self, _: &ChatRequest) -> Call {
        Call::ChatCompletions
    }

    fn write(&self, source: &Source, request: &ChatRequest, training_allowed: bool) -> Body {
        request::body(source, request, training_allowed)
    }

    fn reader(&self) -> Box<dyn Frames> {
        Box::new(frame::Reader::default())
    }

    fn models(&self, json: &Value) -> Option<Page> {
        let list = list(json)?;
        Some(Page {
            models: models(json)?,
            next: None,
            marks: BTreeMap::new(),
            fuller: models::fuller(list),
        })
    }
}
