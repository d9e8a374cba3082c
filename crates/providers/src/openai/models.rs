use fluxchat_egress::Call;
use fluxchat_model::{Abilities, Model, Price};
use serde_json::Value;

use crate::json::each;

/// A list of models: `{data:[…]}`, `{models:[…]}` or `[…]`.
pub(crate) fn list(json: &Value) -> Option<&Vec<Value>> {
    [json.get("data"), json.get("models"), Some(json)]
        .into_iter()
        .flatten()
        .find_map(Value::as_array)
}

/// The models of a list.
pub(crate) fn models(json: &Value) -> Option<Vec<Model>> {
    let mut models: Vec<Model> = list(json)?.iter().filter_map(model).collect();
    for model in &mut models {
        hear_beside(model, json);
    }
    Some(models)
}

/// llama-server says beside its list which models do nothing but continue words. Of one that is
/// `multimodal` it does not say what else it takes.
pub(crate) fn hear_beside(model: &mut Model, list: &Value) {
    let is_of_it = |it: &&Value| word(it, &["model", "name"]).as_ref() == Some(&model.id);
    let can = each(list.get("models"))
        .find(is_of_it)
        .and_then(|it| it.get("capabilities")?.as_array());
    if can.is_some_and(|can| can.len() == 1 && can[0] == "completion") {
        let abilities = &mut model.abilities;
        abilities.images = abilities.images.or(Some(false));
        abilities.audio = abilities.audio.or(Some(false));
    }
}

/// When LiteLLM says that all its models were made.
const MADE: u64 = 1_677_610_602;

/// Who says what its models can do in a list of its own: LM Studio, which names no owner but this,
/// and LiteLLM, whose models were all made at one second.
pub(super) fn fuller(list: &[Value]) -> Option<(&'static str, Call)> {
    let is_of_studio = |it: &Value| {
        it.get("owned_by").and_then(Value::as_str) == Some("organization_owner")
            && it.get("state").is_none()
    };
    let is_of_gateway = |it: &Value| it.get("created").and_then(Value::as_u64) == Some(MADE);
    match list {
        [] => None,
        all if all.iter().all(is_of_studio) => Some(("/api/v0", Call::ModelsList)),
        all if all.iter().all(is_of_gateway) => Some(("/v1", Call::ModelsInfo)),
        _ => None,
    }
}

/// The first of these fields that is a word.
pub(crate) fn word(json: &Value, names: &[&str]) -> Option<String> {
    names
        .iter()
        .filter_map(|name| json.get(name).and_then(Value::as_str))
        .map(str::trim)
        .find(|word| !word.is_empty())
        .map(str::to_owned)
}

/// The first of these places that is a number of tokens.
pub(crate) fn count(json: &Value, paths: &[&str]) -> Option<u32> {
    paths
        .iter()
        .find_map(|path| json.pointer(path).and_then(Value::as_u64))
        .and_then(|tokens| u32::try_from(tokens).ok())
        .filter(|tokens| *tokens > 0)
}

/// What is told of a model, in the words of all who speak this dialect. What has no name is none,
/// and what Groq no longer answers with.
pub(crate) fn model(json: &Value) -> Option<Model> {
    if let Some(info) = json.get("model_info").filter(|it| it.is_object()) {
        return behind_gateway(json, info);
    }
    if json.get("active").and_then(Value::as_bool) == Some(false) {
        return None;
    }
    let id = json
        .as_str()
        .map(str::to_owned)
        .or_else(|| word(json, &["id", "model", "name"]))?;
    Some(Model {
        display_name: word(json, &["display_name", "displayName", "name"])
            .filter(|name| *name != id),
        context_tokens: count(
            json,
            &[
                // LM Studio: what is loaded reads no more than it was loaded with.
                "/loaded_context_length",
                "/context_length",
                "/context_window",
                "/max_context_length",
                "/max_model_len",
                "/max_input_tokens",
                "/inputTokenLimit",
                "/meta/n_ctx",
            ],
        ),
        output_tokens: count(
            json,
            &[
                "/top_provider/max_completion_tokens",
                "/max_completion_tokens",
                "/max_output_tokens",
            ],
        ),
        shutdown_date: shutdown_date(json),
        abilities: abilities(json),
        price: price(json),
        answers_at: None,
        published: None,
        id,
    })
}

/// What LiteLLM knows of a model behind it, in dollars for one token.
fn behind_gateway(json: &Value, info: &Value) -> Option<Model> {
    let dollars = |name: &str| info.get(name).and_then(Value::as_f64).and_then(per_million);
    let can = |name: &str| info.get(name).and_then(Value::as_bool);
    let price = dollars("input_cost_per_token").zip(dollars("output_cost_per_token"));
    let chats = |mode: &str| matches!(mode, "chat" | "completion" | "responses");
    Some(Model {
        id: word(json, &["model_name"])?,
        context_tokens: count(info, &["/max_input_tokens"]),
        output_tokens: count(info, &["/max_output_tokens"]),
        price: price.map(|(input, output)| Price {
            input,
            output,
            cached: dollars("cache_read_input_token_cost"),
        }),
        shutdown_date: word(info, &["deprecation_date"]),
        abilities: Abilities {
            chat: info.get("mode").and_then(Value::as_str).map(chats),
            images: can("supports_vision"),
            files: can("supports_pdf_input"),
            audio: can("supports_audio_input"),
            tools: can("supports_function_calling"),
            reasoning: can("supports_reasoning"),
            adaptive_thinking: None,
        },
        ..Model::default()
    })
}

/// The first of the fields that tell when a model ends: a word, or a second since 1970. Azure tells
/// apart when it can no longer be asked and when it can no longer be trained.
fn shutdown_date(json: &Value) -> Option<String> {
    const FIELDS: &[&str] = &[
        "shutdown_date",
        "retires_at",
        "deprecation",
        "deprecated_at",
        "expiration_date",
    ];
    FIELDS.iter().find_map(|name| match json.get(name)? {
        Value::Object(of) => of.get("inference").and_then(day),
        Value::Number(_) => json.get(name).and_then(day),
        _ => word(json, &[name]),
    })
}

/// The day of a second since 1970, if it is one at all.
fn day(seconds: &Value) -> Option<String> {
    let seconds = seconds.as_i64().filter(|it| *it > 0)?;
    let date = time::OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    Some(date.date().to_string())
}

fn abilities(json: &Value) -> Abilities {
    let says = |path: &str, word: &str| {
        let list = json.pointer(path)?.as_array()?;
        Some(list.iter().any(|it| it.as_str() == Some(word)))
    };
    let flag = |path: &str| json.pointer(path).and_then(Value::as_bool);
    // OpenRouter, Mistral, llama-server; LM Studio, whose own list knows kinds of models.
    let takes = |word| {
        says("/architecture/input_modalities", word).or_else(|| says("/input_modalities", word))
    };
    let sees = || match json.get("type").and_then(Value::as_str) {
        Some("vlm") => Some(true),
        Some("llm") if json.get("state").is_some() => Some(false),
        _ => None,
    };
    let supports = |word| says("/supported_parameters", word);
    let embeds = json.get("type").and_then(Value::as_str) == Some("embeddings");
    Abilities {
        chat: says("/architecture/output_modalities", "text")
            .or_else(|| flag("/capabilities/completion_chat"))
            // Azure.
            .or_else(|| flag("/capabilities/chat_completion"))
            .or_else(|| embeds.then_some(false)),
        images: takes("image")
            .or_else(|| flag("/capabilities/vision"))
            .or_else(sees),
        files: takes("file"),
        audio: takes("audio").or_else(|| flag("/capabilities/audio")),
        tools: supports("tools")
            .or_else(|| flag("/capabilities/function_calling"))
            .or_else(|| flag("/capabilities/trained_for_tool_use"))
            .or_else(|| says("/capabilities", "tool_use")),
        reasoning: supports("reasoning").or_else(|| flag("/capabilities/reasoning")),
        adaptive_thinking: None,
    }
}

/// OpenRouter tells dollars for one token, as text.
fn price(json: &Value) -> Option<Price> {
    let of = |path: &str| per_million(json.pointer(path)?.as_str()?.parse().ok()?);
    Some(Price {
        input: of("/pricing/prompt")?,
        output: of("/pricing/completion")?,
        cached: of("/pricing/input_cache_read"),
    })
}

/// Dollars for one token as millionths of a dollar for a million of them.
fn per_million(dollars: f64) -> Option<u64> {
    let price = (dollars * 1e12).round();
    (0.0..1e15).contains(&price).then_some(price as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anthropic::Messages;
    use crate::openai::ChatCompletions;
    use crate::responses::Responses;
    use crate::{ProviderError, wire};

    fn read(body: &[u8]) -> Result<Vec<Model>, ProviderError> {
        Ok(wire::read_models(&ChatCompletions, body, None)?.models)
    }

    fn ids(body: &str) -> Vec<String> {
        read(body.as_bytes())
            .unwrap()
            .into_iter()
            .map(|it| it.id)
            .collect()
    }

    #[test]
    fn every_shape_of_a_list() {
        assert_eq!(
            ids(r#"{"object":"list","data":[{"id":"a"},{"id":"b"},{"id":"a"}]}"#),
            ["a", "b"]
        );
        assert_eq!(ids(r#"{"models":[{"name":"llama3"}]}"#), ["llama3"]);
        assert_eq!(ids(r#"["x",{"id":"y"},{},null,3]"#), ["x", "y"]);
        assert_eq!(
            ids(r#"{"data":[{"id":"a","active":false},{"id":"b","active":true}]}"#),
            ["b"]
        );
        assert!(ids(r#"{"data":[]}"#).is_empty());
    }

    #[test]
    fn what_is_told_about_a_model() {
        let all = read(
            br#"{"data":[
                {"id":"a","name":"Model A","context_length":8192},
                {"id":"b","context_window":131072,"shutdown_date":"2027-01-06"},
                {"id":"c","meta":{"n_ctx":2048},"created":null},
                {"id":"d","context_length":99999999999}]}"#,
        )
        .unwrap();
        assert_eq!(all[0].display_name.as_deref(), Some("Model A"));
        assert_eq!(all[0].context_tokens, Some(8192));
        assert_eq!(all[1].shutdown_date.as_deref(), Some("2027-01-06"));
        assert_eq!(all[2].context_tokens, Some(2048));
        assert_eq!(all[3].context_tokens, None);
    }

    /// As the documentation of Azure has it; nothing of it was recorded.
    #[test]
    fn azure_tells_the_second_when_a_model_ends() {
        let all = read(
            br#"{"data":[
                {"id":"a","lifecycle_status":"generally-available","capabilities":{"inference":true,
                 "chat_completion":true},"deprecation":{"fine_tune":1677662127,"inference":1709284527}},
                {"id":"b","capabilities":{"chat_completion":false},"deprecation":{"fine_tune":1677662127}},
                {"id":"c","deprecation":{"inference":-1}},{"id":"d","shutdown_date":1709284527},
                {"id":"e","deprecation":null,"deprecated_at":"2027-02-26"}]}"#,
        )
        .unwrap();
        let ends: Vec<_> = all.iter().map(|it| it.shutdown_date.as_deref()).collect();
        let day = Some("2024-03-01");
        assert_eq!(ends, [day, None, None, day, Some("2027-02-26")]);
        assert_eq!(all[0].abilities.chat, Some(true));
        assert_eq!(all[1].abilities.chat, Some(false));
    }

    #[test]
    fn what_a_model_can_do_and_costs() {
        let router = read(
            br#"[{"id":"a","architecture":{"input_modalities":["text","image"],"output_modalities":["text"]},
                "supported_parameters":["tools"],"pricing":{"prompt":"0.000003","completion":"0.000015","input_cache_read":"0.0000003"},
                "top_provider":{"max_completion_tokens":64000}},
                {"id":"b","pricing":{"prompt":"-1","completion":"-1"}}]"#,
        )
        .unwrap();
        let can = router[0].abilities;
        assert_eq!(
            (can.chat, can.images, can.files),
            (Some(true), Some(true), Some(false))
        );
        assert_eq!((can.tools, can.reasoning), (Some(true), Some(false)));
        assert_eq!(router[0].output_tokens, Some(64_000));
        let price = Price {
            input: 3_000_000,
            output: 15_000_000,
            cached: Some(300_000),
        };
        assert_eq!(router[0].price, Some(price));
        assert_eq!(
            (router[1].price, router[1].abilities.is_empty()),
            (None, true)
        );
        let studio = read(
            br#"{"data":[{"id":"s","type":"vlm","state":"loaded","max_context_length":4096},
                {"id":"t","type":"llm","state":"not-loaded"},{"id":"u","type":"llm"},
                {"id":"v","type":"llm","capabilities":{"vision":true,"trained_for_tool_use":false}}]}"#,
        )
        .unwrap();
        let sees: Vec<_> = studio.iter().map(|it| it.abilities.images).collect();
        assert_eq!(sees, [Some(true), Some(false), None, Some(true)]);
        assert_eq!(studio[3].abilities.tools, Some(false));
        let mistral = read(
            br#"[{"id":"m","capabilities":{"completion_chat":true,"function_calling":true,"vision":false}}]"#,
        )
        .unwrap();
        let can = mistral[0].abilities;
        assert_eq!(
            (can.chat, can.tools, can.images),
            (Some(true), Some(true), Some(false))
        );
    }

    /// As it was recorded, and of a model that sees.
    #[test]
    fn llama_server_says_beside_its_list_what_only_continues_words() {
        let recorded = include_str!("../../../../tests/fixtures/wire/llamaserver-errors.http");
        let (_, from) = recorded.split_once("## models").unwrap();
        let (_, body) = from.split_once("\r\n\r\n").unwrap();
        let (body, _) = body.split_once("\n##").unwrap();
        let sees = body.replace(r#"["completion"]"#, r#"["completion","multimodal"]"#);
        let nothing = body.replace(r#"["completion"]"#, "[]");
        let other = body.replace(r#""model":"scripted""#, r#""model":"other""#);
        for (body, takes) in [
            (body, Some(false)),
            (&sees, None),
            (&nothing, None),
            (&other, None),
        ] {
            for wire in [&ChatCompletions as &dyn wire::Wire, &Responses, &Messages] {
                let page = wire::read_models(wire, body.as_bytes(), None).unwrap();
                let can = page.models[0].abilities;
                assert_eq!((can.images, can.audio), (takes, takes), "{body}");
                assert_eq!(page.models[0].context_tokens, Some(2048));
            }
        }
    }

    #[test]
    fn what_is_no_list() {
        for (body, code) in [
            ("<html></html>", "remote_unexpected_answer"),
            ("", "remote_unexpected_answer"),
            ("{}", "remote_unexpected_answer"),
            ("{\"data\":", "remote_unexpected_answer"),
            (
                r#"{"error":{"message":"m","code":401}}"#,
                "remote_unauthorized",
            ),
        ] {
            assert_eq!(read(body.as_bytes()).unwrap_err().code(), code, "{body}");
        }
    }
}
