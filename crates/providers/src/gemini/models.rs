use std::collections::BTreeMap;

use fluxchat_egress::Call;
use fluxchat_model::{Abilities, Model};
use serde_json::Value;

use crate::json::{count, each, text, word};
use crate::wire::Page;

/// `GET {base}/models?pageSize=1000&pageToken=…`
pub(crate) fn call(after: Option<&str>) -> Call {
    Call::ModelsPage {
        size: ("pageSize", 1000),
        after: after.map(|token| ("pageToken", token.to_owned())),
    }
}

/// Reads one page: `{models:[…], nextPageToken}`.
pub(crate) fn read(json: &Value) -> Option<Page> {
    let next = word(json, "nextPageToken").filter(|token| !token.is_empty());
    // A page without models may have no list at all.
    let fields = json.as_object()?;
    if !fields.is_empty() && !fields.contains_key("models") && next.is_none() {
        return None;
    }
    let mut models: Vec<Model> = each(json.get("models")).filter_map(model).collect();
    // Google leaves out of its JSON what is false: a list that says of some that they think says of
    // the others that they do not.
    if models.iter().any(|it| it.abilities.reasoning == Some(true)) {
        for model in &mut models {
            model.abilities.reasoning.get_or_insert(false);
        }
    }
    Some(Page {
        models,
        next: next.map(str::to_owned),
        marks: BTreeMap::new(),
        fuller: None,
    })
}

fn model(json: &Value) -> Option<Model> {
    let name = text(json, "name").trim();
    let id = name.strip_prefix("models/").unwrap_or(name);
    if id.is_empty() {
        return None;
    }
    let methods = json
        .get("supportedGenerationMethods")
        .or_else(|| json.get("supportedActions"))
        .filter(|it| it.is_array());
    let tokens = |pointer: &str| count(json, pointer).filter(|tokens| *tokens > 0);
    Some(Model {
        id: id.to_owned(),
        display_name: word(json, "displayName")
            .map(str::trim)
            .filter(|shown| !shown.is_empty() && *shown != id)
            .map(str::to_owned),
        context_tokens: tokens("/inputTokenLimit"),
        output_tokens: tokens("/outputTokenLimit"),
        abilities: Abilities {
            chat: methods
                .map(|_| each(methods).any(|method| method.as_str() == Some("generateContent"))),
            reasoning: json.get("thinking").and_then(Value::as_bool),
            ..Abilities::default()
        },
        ..Model::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_told_about_a_model() {
        let page = read(&json!({
            "models": [
                {"name": "models/gemini-x", "displayName": "Gemini X", "inputTokenLimit": 1_048_576,
                 "outputTokenLimit": 65_536, "thinking": true,
                 "supportedGenerationMethods": ["generateContent", "countTokens"]},
                {"name": "models/embed", "supportedGenerationMethods": ["embedContent"]},
                {"name": "tuned/x", "inputTokenLimit": 0},
                {"displayName": "nameless"}, null, 3],
            "nextPageToken": "more",
        }))
        .unwrap();
        assert_eq!(page.next.as_deref(), Some("more"));
        let ids: Vec<_> = page.models.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ["gemini-x", "embed", "tuned/x"]);
        let first = &page.models[0];
        assert_eq!(first.display_name.as_deref(), Some("Gemini X"));
        assert_eq!(
            (first.context_tokens, first.output_tokens),
            (Some(1_048_576), Some(65_536))
        );
        assert_eq!(
            (first.abilities.chat, first.abilities.reasoning),
            (Some(true), Some(true))
        );
        assert_eq!(page.models[1].abilities.chat, Some(false));
        assert_eq!(page.models[2].abilities.chat, None);
        assert_eq!(page.models[2].context_tokens, None);
        assert_eq!(page.models[2].abilities.reasoning, Some(false));
        let silent = read(&json!({"models": [{"name": "models/x"}]})).unwrap();
        assert_eq!(silent.models[0].abilities.reasoning, None);
    }

    #[test]
    fn the_pages_are_asked_for_one_after_the_other_and_what_is_no_page_is_none() {
        assert_eq!(
            call(Some("more")),
            Call::ModelsPage {
                size: ("pageSize", 1000),
                after: Some(("pageToken", "more".to_owned()))
            }
        );
        assert!(read(&json!({})).is_some_and(|page| page.models.is_empty()));
        assert!(read(&json!({"nextPageToken": ""})).is_none());
        for other in [json!({"data": []}), json!([]), json!("x"), json!(null)] {
            assert!(read(&other).is_none(), "{other}");
        }
    }
}
