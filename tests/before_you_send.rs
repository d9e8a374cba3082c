//! Before you send: what is shown is what the wire sees. With local redaction the wire sees
//! placeholders, the archive keeps what was written, and the answer comes back as if nothing had
//! been replaced.

use std::sync::Arc;

use fluxchat_core::clock::SystemClock;
use fluxchat_core::{App, Ask, Asking, NewSource};
use fluxchat_model::{Dialect, LedgerFilter, MessageStatus, Secret, SourceId};
use fluxchat_testkit::canary;
use fluxchat_testkit::recorder::{Answer, Recorded, Recorder};
use fluxchat_vault::MemoryKeychain;

use crate::support::app;

async fn recorded(key: Option<&str>) -> (tempfile::TempDir, App, Recorder, SourceId) {
    let home = tempfile::tempdir().unwrap();
    let keychain = Arc::new(MemoryKeychain::new());
    let app = App::start(app::options(home.path(), &keychain, Arc::new(SystemClock))).await;
    app::set_up(&app).await;
    let recorder = Recorder::start(Answer::Words(vec!["fine".to_owned()])).await;
    let source = NewSource {
        name: "recorder".to_owned(),
        url: recorder.base_url(),
        dialect: Dialect::Openai,
        key: key.map(|key| Secret::new(key.to_owned())),
    };
    let id = app.add_source(source).await.unwrap().source.id;
    (home, app, recorder, id)
}

fn asking(text: &str, source: SourceId) -> Ask {
    Ask {
        text: text.to_owned(),
        source: Some(source),
        ..Ask::default()
    }
}

fn last(recorder: &Recorder) -> Recorded {
    recorder.seen().pop().unwrap()
}

/// Names and values but for the request id and the key, which are never shown.
fn comparable(headers: impl Iterator<Item = (String, Option<String>)>) -> Vec<(String, String)> {
    let mut headers: Vec<_> = headers
        .map(|(name, value)| match name.as_str() {
            "x-request-id" | "authorization" => (name, "…".to_owned()),
            _ => (name, value.unwrap_or_default()),
        })
        .collect();
    headers.sort();
    headers
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_what_the_wire_sees() {
    let key = format!("sk-{}", canary());
    let (_home, app, recorder, source) = recorded(Some(&key)).await;
    let first = app::ask(&app, asking("one", source)).await;
    let next = Ask {
        conversation: Some(first.conversation_id),
        ..asking("and two", source)
    };
    let rows = app.ledger_page(LedgerFilter::default(), 100).await.unwrap();
    let arrived = recorder.seen().len();

    let shown = app.preview(next.clone()).await.unwrap();
    assert_eq!(recorder.seen().len(), arrived, "showing sends nothing");
    let rows_after = app.ledger_page(LedgerFilter::default(), 100).await.unwrap();
    assert_eq!(rows_after.len(), rows.len(), "and is no request");
    assert_eq!(shown.wire.refusal, None);
    let context: Vec<_> = shown.messages.iter().map(|it| it.is_question).collect();
    assert_eq!(context, [false, false, true]);
    assert!(!format!("{shown:?}").contains(&key), "the key is not in it");

    app::ask(&app, next).await;
    let wire = last(&recorder);
    assert_eq!(wire.method, shown.wire.method);
    assert_eq!(
        shown.wire.url,
        format!("http://{}{}", recorder.host(), wire.path)
    );
    assert_eq!(wire.body.as_bytes(), &shown.wire.body[..], "byte by byte");
    let on_wire = wire
        .headers
        .into_iter()
        .map(|(name, value)| (name, Some(value)));
    let in_preview = shown
        .wire
        .headers
        .into_iter()
        .map(|header| (header.name, header.value));
    assert_eq!(comparable(in_preview), comparable(on_wire));

    app.set_offline(true).await.unwrap();
    let offline = app.preview(asking("three", source)).await.unwrap();
    assert_eq!(offline.refused().unwrap().code(), "offline");
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_words_and_another_answer_are_shown_as_they_leave() {
    let (_home, app, recorder, source) = recorded(None).await;
    let first = app::ask(&app, asking("one", source)).await;
    let question = first.parent_id.unwrap();
    let next = Ask {
        conversation: Some(first.conversation_id),
        ..asking("and two", source)
    };
    app::ask(&app, next).await;

    let again = Asking::Again(first.id, None, None);
    let shown = app.preview(again).await.unwrap();
    let arrived = recorder.seen().len();
    app.regenerate(first.id, None, None).await.unwrap();
    recorder.arrived(arrived + 1).await;
    assert_eq!(last(&recorder).body.as_bytes(), &shown.wire.body[..]);
    assert_eq!(shown.messages.len(), 1, "nothing of what came after it");

    let other = Asking::Differently(question, "one, in other words".to_owned(), Vec::new());
    let shown = app.preview(other).await.unwrap();
    app.edit(question, "one, in other words", &[])
        .await
        .unwrap();
    recorder.arrived(arrived + 2).await;
    assert_eq!(last(&recorder).body.as_bytes(), &shown.wire.body[..]);
    assert_eq!(shown.messages[0].text, "one, in other words");
    let answers = Asking::Differently(first.id, "mine".to_owned(), Vec::new());
    let refused = app.preview(answers).await.unwrap_err();
    assert_eq!(refused.code(), "not_a_question");
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn private_details_leave_as_placeholders_and_come_back() {
    let (_home, app, recorder, source) = recorded(None).await;
    let name = format!("Zoë {}", canary());
    let mail = format!("{}@mail.example", canary());
    let secrets = [
        name.as_str(),
        mail.as_str(),
        "DE89 3704 0044 0532 0130 00",
        "4111 1111 1111 1111",
        "+49 30 901820",
        "sk-proj-abcdefghij0123456789",
    ];
    let text = format!("About {}.", secrets.join(" ; "));
    app.redact_name_add(&name).await.unwrap();

    // The control arm: off is the default, and everything is on the wire.
    let answer = app::ask(&app, asking(&text, source)).await;
    assert_eq!(answer.status, MessageStatus::Complete);
    for secret in secrets {
        assert!(last(&recorder).body.contains(secret), "{secret} leaves");
    }

    app.set_redact(source, true).await.unwrap();
    // The placeholders are cut over the pieces of the stream.
    let words = "Dear [NAM|E_1], [EMAIL_1|] is yours, [|IBAN_1] too; **[CARD\\|_1]** [PHONE_1] `[KEY_1]` [EMAIL_9]";
    recorder.answer(Answer::Words(words.split('|').map(str::to_owned).collect()));
    let shown = app.preview(asking(&text, source)).await.unwrap();
    assert_eq!(shown.replaced.len(), secrets.len());
    let first = app::ask(&app, asking(&text, source)).await;
    let wire = last(&recorder).body;
    assert_eq!(wire.as_bytes(), &shown.wire.body[..]);
    for secret in secrets {
        assert!(!wire.contains(secret), "{secret} stays");
    }
    assert_eq!(
        first.text(),
        format!(
            "Dear {name}, {mail} is yours, {} too; **{}** {} `{}` [EMAIL_9]",
            secrets[2], secrets[3], secrets[4], secrets[5]
        )
    );
    let question = app.message_by_id(first.parent_id.unwrap()).await.unwrap();
    assert_eq!(question.text(), text, "the archive keeps what was written");

    // What came back leaves as the same placeholders with the next question.
    let next = Ask {
        conversation: Some(first.conversation_id),
        ..asking(&format!("And {mail}?"), source)
    };
    recorder.answer(Answer::Words(vec!["yes".to_owned()]));
    app::ask(&app, next).await;
    let wire = last(&recorder).body;
    assert!(wire.contains("And [EMAIL_1]?"), "{wire}");
    for secret in secrets {
        assert!(!wire.contains(secret), "{secret} stays");
    }

    app.delete_everything().await.unwrap();
    assert_eq!(app.redact_names().await.unwrap(), Vec::<String>::new());
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_host_gets_no_field_it_may_refuse() {
    let (_home, app, recorder, source) = recorded(None).await;
    app::ask(&app, asking("one", source)).await;
    let body: serde_json::Value = serde_json::from_str(&last(&recorder).body).unwrap();
    let mut fields: Vec<&str> = body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    fields.sort_unstable();
    assert_eq!(fields, ["messages", "model", "stream", "stream_options"]);

    let openai = NewSource {
        name: "openai".to_owned(),
        url: "https://api.openai.com/v1".to_owned(),
        dialect: Dialect::Openai,
        key: None,
    };
    app.set_offline(true).await.unwrap();
    let openai = app.add_source(openai).await.unwrap().source;
    let ask = Ask {
        model: Some("m".to_owned()),
        ..asking("one", openai.id)
    };
    let shown = app.preview(ask).await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&shown.wire.body).unwrap();
    assert_eq!(body["store"], serde_json::json!(false));
    assert_eq!(shown.opt_outs.len(), 1);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_received_what_is_what_left() {
    let (_home, app, recorder, source) = recorded(None).await;
    app::ask(&app, asking("one", source)).await;
    let recipients = app.recipients().await.unwrap();
    let [recipient] = &recipients[..] else {
        panic!("{recipients:?}")
    };
    assert_eq!(recipient.host, recorder.host());
    assert_eq!(recipient.sources, ["recorder"]);
    assert_eq!(recipient.requests as usize, recorder.seen().len());
    let cleared = app.ledger_clear(None).await.unwrap().unwrap();
    assert_eq!(cleared.requests, recipient.requests);
    assert_eq!(app.recipients().await.unwrap(), []);
    let verified = app.verify().await.unwrap();
    assert!(verified.holds());
    app.shutdown().await;
}
