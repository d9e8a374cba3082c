//! Google Gemini: `generateContent`, its older way of being asked, and the list of its models.

mod models;
mod reply;
mod request;

use fluxchat_egress::Call;
use fluxchat_model::Source;
use serde_json::Value;

use crate::ChatRequest;
use crate::wire::{Body, Frames, Page, Wire};

pub(crate) use models::{call as models_call, read as read_models};
pub(crate) use reply::usage;
pub(crate) use request::{Medium, media_type, medium};

/// `POST {base}/models/{model}:streamGenerateContent?alt=sse`
pub(crate) struct GenerateContent;

impl Wire for GenerateContent {
    fn chat_call(&self, request: &ChatRequest) -> Call {
        let model = request.model.as_str();
        Call::GenerateContent {
            model: model.strip_prefix("models/").unwrap_or(model).to_owned(),
        }
    }

    fn write(&self, source: &Source, request: &ChatRequest, training_allowed: bool) -> Body {
        request::body(source, request, training_allowed)
    }

    fn reader(&self) -> Box<dyn Frames> {
        Box::new(reply::Reader::default())
    }

    fn models_call(&self, after: Option<&str>) -> Call {
        models_call(after)
    }

    fn models(&self, json: &Value) -> Option<Page> {
        read_models(json)
    }
}
