//! Ollama's own way, which unlike its shim for OpenAI says what a model can do.

mod frame;
mod request;

use fluxchat_egress::Call;
use fluxchat_model::{Abilities, Model, Source};
use serde_json::{Value, json};

use crate::ChatRequest;
use crate::openai::{list, model};
use crate::wire::{Body, Frames, Framing, Page, Wire};

/// `POST {base}/chat`
pub(crate) struct OllamaChat;

impl Wire for OllamaChat {
    fn chat_call(&self, _: &ChatRequest) -> Call {
        Call::OllamaChat
    }

    fn write(&self, source: &Source, request: &ChatRequest, training_allowed: bool) -> Body {
        request::body(source, request, training_allowed)
    }

    fn framing(&self) -> Framing {
        Framing::Lines
    }

    fn reader(&self) -> Box<dyn Frames> {
        Box::new(frame::Reader::default())
    }

    fn models_call(&self, _: Option<&str>) -> Call {
        Call::OllamaTags
    }

    fn models(&self, json: &Value) -> Option<Page> {
        let models = list(json)?.iter().filter_map(|json| {
            let mut model = model(json)?;
            learn(&mut model, json);
            Some(model)
        });
        Some(Page {
            models: models.collect(),
            next: None,
        })
    }

    fn model_call(&self, model: &Model) -> Option<(Call, Value)> {
        let unknown = model.abilities.is_empty() || model.context_tokens.is_none();
        unknown.then(|| (Call::OllamaShow, json!({"model": model.id})))
    }

    fn model_told(&self, model: &mut Model, json: &Value) {
        learn(model, json);
    }
}

fn learn(model: &mut Model, json: &Value) {
    if let Some(can) = json.get("capabilities").and_then(Value::as_array) {
        let can = |word: &str| Some(can.iter().any(|it| it.as_str() == Some(word)));
        model.abilities = Abilities {
            chat: can("completion"),
            images: can("vision"),
            files: None,
            audio: can("audio"),
            tools: can("tools"),
            reasoning: can("thinking"),
        };
    }
    let told = json.get("model_info").and_then(Value::as_object);
    let context = told.and_then(|told| {
        let (_, tokens) = told
            .iter()
            .find(|(name, _)| name.ends_with(".context_length"))?;
        u32::try_from(tokens.as_u64()?).ok()
    });
    model.context_tokens = context.or(model.context_tokens);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::read_models;

    #[test]
    fn a_list_and_what_is_said_of_one_model() {
        let page = read_models(
            &OllamaChat,
            br#"{"models":[{"name":"llama3.2:latest","model":"llama3.2:latest","size":1,
                "details":{"family":"llama"}},{"name":""}]}"#,
        )
        .unwrap();
        let mut model = page.models[0].clone();
        assert_eq!(
            (page.models.len(), model.id.as_str()),
            (1, "llama3.2:latest")
        );
        let (call, question) = OllamaChat.model_call(&model).unwrap();
        assert_eq!(call, Call::OllamaShow);
        assert_eq!(question, json!({"model": "llama3.2:latest"}));
        OllamaChat.model_told(
            &mut model,
            &json!({"capabilities": ["completion", "tools"],
                "model_info": {"general.architecture": "llama", "llama.context_length": 131_072}}),
        );
        assert_eq!(model.context_tokens, Some(131_072));
        let can = model.abilities;
        assert_eq!(
            (can.chat, can.tools, can.images, can.reasoning),
            (Some(true), Some(true), Some(false), Some(false))
        );
        assert!(OllamaChat.model_call(&model).is_none());
    }
}
