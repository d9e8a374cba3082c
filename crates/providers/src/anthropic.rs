//! Anthropic Messages, version 2023-06-01.

mod frame;
mod request;

use std::collections::BTreeMap;

use fluxchat_egress::Call;
use fluxchat_model::{Abilities, Model, Source};
use serde_json::Value;

use crate::ChatRequest;
use crate::openai::{count, hear_beside, list, model, word};
use crate::wire::{Body, Frames, Page, Wire};

/// The longest page of models.
const PAGE: u32 = 1000;

/// `POST {base}/messages`
pub(crate) struct Messages;

impl Wire for Messages {
    fn chat_call(&self, _: &ChatRequest) -> Call {
        Call::Messages
    }

    fn write(&self, source: &Source, request: &ChatRequest, training_allowed: bool) -> Body {
        request::body(source, request, training_allowed)
    }

    fn reader(&self) -> Box<dyn Frames> {
        Box::new(frame::Reader::default())
    }

    fn models_call(&self, after: Option<&str>) -> Call {
        Call::ModelsPage {
            size: ("limit", PAGE),
            after: after.map(|mark| ("after_id", mark.to_owned())),
        }
    }

    fn models(&self, json: &Value) -> Option<Page> {
        let more = json.get("has_more").and_then(Value::as_bool) == Some(true);
        let mut models: Vec<Model> = list(json)?.iter().filter_map(told).collect();
        for model in &mut models {
            hear_beside(model, json);
        }
        Some(Page {
            models,
            next: word(json, &["last_id"]).filter(|_| more),
            marks: BTreeMap::new(),
            fuller: None,
        })
    }
}

fn told(json: &Value) -> Option<Model> {
    let can = |name: &str| {
        json.pointer(&format!("/capabilities/{name}/supported"))
            .and_then(Value::as_bool)
    };
    let mut model = model(json)?;
    model.output_tokens = model
        .output_tokens
        .or_else(|| count(json, &["/max_tokens"]));
    if json.get("capabilities").is_some_and(Value::is_object) {
        model.abilities = Abilities {
            chat: Some(true),
            images: can("image_input"),
            files: can("pdf_input"),
            audio: None,
            tools: Some(true),
            reasoning: can("thinking"),
            adaptive_thinking: can("thinking/types/adaptive"),
        };
    }
    Some(model)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::read_models;

    #[test]
    fn a_list_in_pages_says_what_a_model_can_do() {
        let page = read_models(
            &Messages,
            br#"{"data":[{"type":"model","id":"c","display_name":"C","max_input_tokens":200000,
                "max_tokens":64000,"retires_at":"2027-05-01T00:00:00Z","deprecated_at":null,
                "capabilities":{"image_input":{"supported":true},"pdf_input":{"supported":false},
                "thinking":{"supported":true,"types":{"adaptive":{"supported":false},
                "enabled":{"supported":true}}}}},{"type":"model","id":"d"}],
                "has_more":true,"first_id":"c","last_id":"d"}"#,
            None,
        )
        .unwrap();
        let first = &page.models[0];
        assert_eq!(first.display_name.as_deref(), Some("C"));
        assert_eq!(
            (first.context_tokens, first.output_tokens),
            (Some(200_000), Some(64_000))
        );
        assert_eq!(first.shutdown_date.as_deref(), Some("2027-05-01T00:00:00Z"));
        let can = first.abilities;
        assert_eq!(
            (can.images, can.files, can.reasoning),
            (Some(true), Some(false), Some(true))
        );
        assert_eq!(can.adaptive_thinking, Some(false));
        assert!(page.models[1].abilities.is_empty());
        assert_eq!(page.next.as_deref(), Some("d"));
        let last = read_models(
            &Messages,
            br#"{"data":[],"has_more":false,"last_id":"x"}"#,
            None,
        );
        assert_eq!(last.unwrap().next, None);
    }
}
