//! Ollama's own way, which unlike its shim for OpenAI says what a model can do.

mod frame;
mod request;

use fluxchat_egress::Call;
use fluxchat_model::{Abilities, Model, Source};
use serde_json::{Value, json};

use crate::ChatRequest;
use crate::normalise::safe_message;
use crate::openai::{list, model, word};
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
            model.answers_at = answers_at(&model.id, json);
            learn(&mut model, json);
            Some(model)
        });
        let marks = list(json)?.iter().filter_map(|json| {
            let id = model(json)?.id;
            Some((id, word(json, &["digest"])?))
        });
        Some(Page {
            models: models.collect(),
            next: None,
            marks: marks.collect(),
            fuller: None,
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

/// Whether a model runs at Ollama's servers, by its name.
pub(crate) fn is_cloud(model: &str) -> bool {
    let tag = model.rsplit(':').next().unwrap_or(model);
    tag == "cloud" || tag.ends_with("-cloud")
}

fn answers_at(model: &str, json: &Value) -> Option<String> {
    let told = word(json, &["remote_host"]).map(|address| {
        let rest = address
            .split_once("://")
            .map_or(&*address, |(_, rest)| rest);
        let host = rest.split(['/', ':']).next().unwrap_or(rest);
        safe_message(host, None)
    });
    told.or_else(|| is_cloud(model).then(|| "ollama.com".to_owned()))
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
            adaptive_thinking: None,
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
    fn a_model_that_runs_elsewhere_says_so() {
        let page = read_models(
            &OllamaChat,
            br#"{"models":[{"name":"a:7b"},{"name":"b:120b-cloud"},{"name":"c:cloud"},
                {"name":"d","remote_model":"d","remote_host":"https://ollama.com:443"}]}"#,
            None,
        )
        .unwrap();
        let at: Vec<_> = page
            .models
            .iter()
            .map(|model| model.answers_at.as_deref())
            .collect();
        let there = Some("ollama.com");
        assert_eq!(at, [None, there, there, there]);
        assert!(!is_cloud("cloud-reader:7b"));
    }

    #[test]
    fn a_list_and_what_is_said_of_one_model() {
        let page = read_models(
            &OllamaChat,
            br#"{"models":[{"name":"llama3.2:latest","model":"llama3.2:latest","size":1,
                "details":{"family":"llama"}},{"name":""}]}"#,
            None,
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
