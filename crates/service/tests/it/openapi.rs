//! The description that is checked in is the one the code generates.

use std::path::Path;

use serde_json::Value;

use crate::service::service;

fn generated() -> Value {
    serde_json::to_value(fluxchat_service::openapi()).unwrap()
}

/// Run with `UPDATE=1` to write the file anew.
#[test]
fn the_file_is_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    if std::env::var_os("UPDATE").is_some_and(|it| it == "1") {
        let text = serde_json::to_string_pretty(&generated()).unwrap();
        std::fs::write(&path, text + "\n").unwrap();
    }
    let kept: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert!(
        kept == generated(),
        "openapi.json is old; run `UPDATE=1 cargo test -p fluxchat-service --test it openapi`"
    );
}

#[tokio::test]
async fn the_service_gives_its_own_description() {
    assert_eq!(service().get("/openapi.json").await.json(), generated());
}

#[test]
fn it_is_openapi_3_1_and_covers_every_route_and_error() {
    let document = generated();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths: Vec<_> = document["paths"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    for path in [
        "/v1/models",
        "/v1/chat/completions",
        "/v1/policies/current",
        "/v1/policies/{version}",
        "/v1/consents",
        "/v1/consents/{id}",
        "/v1/privacy/requests",
        "/v1/privacy/requests/{id}",
        "/v1/privacy/requests/{id}/results",
        "/v1/privacy/discovery",
        "/v1/privacy/subject",
        "/v1/telemetry",
    ] {
        assert!(paths.iter().any(|it| it == path), "{path} in {paths:?}");
    }
    let chat = &document["paths"]["/v1/chat/completions"]["post"]["responses"];
    assert!(chat["200"]["content"]["text/event-stream"].is_object());
    assert!(chat["400"]["content"]["application/json"].is_object());
}

/// Every `$ref` leads somewhere.
#[test]
fn it_refers_to_nothing_that_is_missing() {
    fn walk<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, value)| match value {
                Value::String(target) if name == "$ref" => found.push(target),
                other => walk(other, found),
            }),
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            _ => {}
        }
    }
    let document = generated();
    let mut targets = Vec::new();
    walk(&document, &mut targets);
    assert!(!targets.is_empty());
    for target in targets {
        let pointer = target.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{target}");
    }
}
