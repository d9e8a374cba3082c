//! Settings that few set, fields for which there is no setting, and what a list of models tells:
//! what a person sees before it is sent is what is sent, and what a rule decides stays decided.

use fluxchat_core::{App, Ask};
use fluxchat_model::{Instructions, Parameters, Secret, SourceId};
use serde_json::{Value, json};

use super::{last_body, recorded};
use crate::support::app;

fn asked(source: SourceId, parameters: Parameters) -> Ask {
    Ask {
        text: "hello".to_owned(),
        source: Some(source),
        instructions: Some(Instructions {
            parameters,
            ..Instructions::default()
        }),
        ..Ask::default()
    }
}

fn extra(text: &str) -> Parameters {
    Parameters {
        extra: Some(text.to_owned()),
        ..Parameters::default()
    }
}

async fn shown(app: &App, ask: Ask) -> Value {
    let shown = app.preview(ask).await.unwrap();
    serde_json::from_slice(&shown.wire.body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn other_fields_are_shown_before_they_are_sent_and_go_with_a_copy() {
    let (_home, app, recorder, source) = recorded().await;
    let fields = r#"{ "chat_template_kwargs": { "enable_thinking": false }, "top_a": 0.2 }"#;
    let ask = asked(source, extra(fields));
    let before = shown(&app, ask.clone()).await;
    let sent = app::ask(&app, ask).await;
    assert_eq!(before, last_body(&recorder));
    assert_eq!(
        before["chat_template_kwargs"],
        json!({"enable_thinking": false})
    );
    let kept = app.instructions(sent.conversation_id).await.unwrap();
    assert_eq!(
        kept.parameters.extra.as_deref(),
        Some(fields),
        "as it was typed"
    );
    let copy = app.fork(sent.id).await.unwrap();
    let of_copy = app.instructions(copy.id).await.unwrap();
    assert_eq!(of_copy, kept);
    // No fields are none.
    for empty in ["", " ", "{}"] {
        let tidied = app.check_instructions(Instructions {
            parameters: extra(empty),
            ..Instructions::default()
        });
        assert!(tidied.await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rule_decides_is_refused_when_it_is_typed_and_named() {
    let (_home, app, recorder, source) = recorded().await;
    let all = [
        (r#"{"stream": false}"#, "extra_protected", Some("stream")),
        (r#"{"Store": true}"#, "extra_protected", Some("Store")),
        (
            r#"{"provider": {"zdr": false}}"#,
            "extra_protected",
            Some("zdr"),
        ),
        ("[1]", "extra_not_object", None),
        ("{", "extra_not_object", None),
    ];
    for (text, code, field) in all {
        let instructions = Instructions {
            parameters: extra(text),
            ..Instructions::default()
        };
        let preset = fluxchat_core::NewPreset {
            name: "Odd".to_owned(),
            parameters: extra(text),
            ..fluxchat_core::NewPreset::default()
        };
        let errors = [
            app.ask(asked(source, extra(text))).await.unwrap_err(),
            app.preview(asked(source, extra(text))).await.unwrap_err(),
            app.check_instructions(instructions).await.unwrap_err(),
            app.add_preset(preset).await.unwrap_err(),
        ];
        for error in errors {
            let said = error.visible();
            assert_eq!(said.code, code, "{text}");
            let named = said.named.and_then(|it| it.field.clone());
            assert_eq!(named.as_deref(), field);
            assert!(field.is_none_or(|field| said.message.contains(field)));
        }
    }
    assert!(recorder.seen().iter().all(|it| it.method != "POST"));
    // Control arm: the same with a field that is nobody's is asked.
    app::ask(&app, asked(source, extra(r#"{"top_a": 1}"#))).await;
    assert_eq!(last_body(&recorder)["top_a"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn private_details_in_other_fields_are_replaced_as_well() {
    let (_home, app, recorder, source) = recorded().await;
    app.redact_name_add("Zoe Miller").await.unwrap();
    let fields = r#"{"note": {"to": ["zoe@example.org", "Zoe Miller"]}, "logit_bias": {"1": 5}, "at": 4111111111111111}"#;
    let ask = || asked(source, extra(fields));
    // Control arm.
    app::ask(&app, ask()).await;
    assert!(last_body(&recorder).to_string().contains("zoe@example.org"));
    app.set_redact(source, true).await.unwrap();
    let before = app.preview(ask()).await.unwrap();
    app::ask(&app, ask()).await;
    let body = last_body(&recorder);
    assert_eq!(body["note"], json!({"to": ["[EMAIL_1]", "[NAME_1]"]}));
    assert_eq!(
        (&body["logit_bias"], &body["at"]),
        (&json!({"1": 5}), &json!(4_111_111_111_111_111_u64)),
        "numbers stay what they are"
    );
    assert_eq!(before.replaced.len(), 2, "and it is said what was replaced");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardian_keeps_other_fields_off() {
    let (_home, app, recorder, source) = recorded().await;
    let before = app::ask(&app, asked(source, extra(r#"{"top_a": 1}"#))).await;
    assert_eq!(last_body(&recorder)["top_a"], 1, "the control arm");
    app.guardian_begin(Secret::new("four plum trees".to_owned()))
        .await
        .unwrap();
    let refused = app.ask(asked(source, extra(r#"{"top_a": 1}"#))).await;
    assert_eq!(refused.unwrap_err().code(), "supervised");
    // What was there before is kept, and not sent.
    let next = Ask {
        conversation: Some(before.conversation_id),
        text: "two".to_owned(),
        ..Ask::default()
    };
    app::ask(&app, next).await;
    assert_eq!(last_body(&recorder).get("top_a"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_list_tells_of_thinking_reaches_the_first_request() {
    let (_home, app, recorder, source) = recorded().await;
    recorder.models(
        r#"{"data": [
            {"id": "plain", "supported_parameters": ["temperature"]},
            {"id": "thinker", "supported_parameters": ["reasoning"]},
            {"id": "silent"}]}"#,
    );
    let row = app.source(source).await.unwrap();
    assert_eq!(app.models(&row).await.unwrap().len(), 3);
    let effort = Parameters {
        reasoning_effort: Some("low".to_owned()),
        ..Parameters::default()
    };
    for (model, asks) in [("plain", false), ("thinker", true), ("silent", true)] {
        let ask = Ask {
            model: Some(model.to_owned()),
            ..asked(source, effort.clone())
        };
        let answer = app::ask(&app, ask).await;
        let body = last_body(&recorder);
        assert_eq!(body.get("reasoning_effort").is_some(), asks, "{model}");
        let told = answer.parts.iter().any(|part| {
            matches!(part, fluxchat_model::Part::Notice { notice: fluxchat_model::AnswerNotice::ParameterDropped { name } }
                if name == "reasoning_effort")
        });
        assert_eq!(
            told, !asks,
            "{model}: the effort is named where it is dropped"
        );
    }
}
