//! Google Gemini: Interactions, its newer way of being asked.

mod reply;
mod request;

use fluxchat_egress::Call;
use fluxchat_model::Source;
use serde_json::Value;

use crate::ChatRequest;
use crate::gemini;
use crate::wire::{Body, Frames, Page, Wire};

/// `POST {base}/interactions`
pub(crate) struct Interactions;

impl Wire for Interactions {
    fn chat_call(&self, _: &ChatRequest) -> Call {
        Call::Interactions
    }

    fn write(&self, source: &Source, request: &ChatRequest, training_allowed: bool) -> Body {
        request::body(source, request, training_allowed)
    }

    fn reader(&self) -> Box<dyn Frames> {
        Box::new(reply::Reader::default())
    }

    fn models_call(&self, after: Option<&str>) -> Call {
        gemini::models_call(after)
    }

    fn models(&self, json: &Value) -> Option<Page> {
        gemini::read_models(json)
    }
}
