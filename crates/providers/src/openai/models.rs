use std::collections::BTreeSet;

use fluxchat_model::Model;
use serde_json::Value;

use crate::ProviderError;
use crate::normalise::RemoteError;
use crate::openai::unexpected;

/// Reads a list of models: `{data:[…]}`, `{models:[…]}` or `[…]`. What has no name is skipped.
pub(crate) fn read(body: &[u8]) -> Result<Vec<Model>, ProviderError> {
    let text = String::from_utf8_lossy(body);
    let json: Value =
        serde_json::from_str(text.trim_start_matches('\u{FEFF}')).map_err(|_| unexpected(&text))?;
    if let Some(error) = RemoteError::from_frame(&json) {
        return Err(error.classify(200, None, None));
    }
    let list = [json.get("data"), json.get("models"), Some(&json)]
        .into_iter()
        .flatten()
        .find_map(Value::as_array)
        .ok_or_else(|| unexpected("JSON that is no list of models"))?;
    let mut seen = BTreeSet::new();
    Ok(list
        .iter()
        .filter_map(model)
        .filter(|model| seen.insert(model.id.clone()))
        .collect())
}

fn model(json: &Value) -> Option<Model> {
    let word = |names: &[&str]| {
        names
            .iter()
            .filter_map(|name| json.get(name).and_then(Value::as_str))
            .map(str::trim)
            .find(|word| !word.is_empty())
            .map(str::to_owned)
    };
    let id = json
        .as_str()
        .map(str::to_owned)
        .or_else(|| word(&["id", "model", "name"]))?;
    let display_name = word(&["display_name", "displayName", "name"]).filter(|name| *name != id);
    let context_tokens = [
        json.get("context_length"),
        json.get("context_window"),
        json.get("max_context_length"),
        json.get("max_model_len"),
        json.get("max_input_tokens"),
        json.get("inputTokenLimit"),
        json.pointer("/meta/n_ctx"),
    ]
    .into_iter()
    .flatten()
    .find_map(Value::as_u64)
    .and_then(|tokens| u32::try_from(tokens).ok())
    .filter(|tokens| *tokens > 0);
    Some(Model {
        id,
        display_name,
        context_tokens,
        shutdown_date: word(&[
            "shutdown_date",
            "retires_at",
            "deprecation",
            "deprecated_at",
        ]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
