//! OpenAI Responses, and the servers that speak it beside Chat Completions.

mod reply;
mod request;

use std::collections::BTreeMap;

use fluxchat_egress::Call;
use fluxchat_model::Source;
use serde_json::Value;

use crate::ChatRequest;
use crate::openai::models;
use crate::wire::{Body, Frames, Page, Wire};

/// `POST {base}/responses`
pub(crate) struct Responses;

impl Wire for Responses {
    fn chat_call(&self, _: &ChatRequest) -> Call {
        Call::Responses
    }

    fn write(&self, source: &Source, request: &ChatRequest, training_allowed: bool) -> Body {
        request::body(source, request, training_allowed)
    }

    fn reader(&self) -> Box<dyn Frames> {
        Box::new(reply::Reader::default())
    }

    fn models(&self, json: &Value) -> Option<Page> {
        Some(Page {
            models: models(json)?,
            next: None,
            marks: BTreeMap::new(),
            fuller: None,
        })
    }
}
