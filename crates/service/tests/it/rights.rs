//! Data rights: repeatable requests, erasure that deletes, dates.

use fluxchat_service::{Collection, MemoryStorage, Page, Storage};
use serde_json::{Value, json};

use crate::service::{Service, service};

fn request(n: u8, kind: &str, identity: &str, value: &str) -> Value {
    json!({
        "regulation": "gdpr",
        "subject_request_id": format!("0190b5a4-3c1e-4c3a-9d1e-2f6a1b7c8d{n:02x}"),
        "subject_request_type": kind,
        "subject_identities": [
            { "identity_type": identity, "identity_value": value, "identity_format": "raw" },
        ],
        "submitted_time": "2026-11-23T19:59:59Z",
        "api_version": "2.0",
    })
}

async fn chat(service: &Service, alias: &str) {
    let request = json!({
        "model": "guide",
        "messages": [{ "role": "user", "content": "hello" }],
        "conversation_alias": alias,
    });
    assert_eq!(
        service.post("/v1/chat/completions", &request).await.status,
        200
    );
}

fn owners(storage: &MemoryStorage) -> Vec<String> {
    let page = Page {
        limit: 100,
        ..Page::default()
    };
    let rows = storage.list(Collection::Requests, &page).unwrap();
    rows.into_iter().filter_map(|row| row.owner).collect()
}

#[tokio::test]
async fn an_erasure_deletes_that_conversation_and_no_other() {
    let service = service();
    chat(&service, "a").await;
    chat(&service, "b").await;
    chat(&service, "a").await;
    let reply = service
        .post(
            "/v1/privacy/requests",
            &request(1, "erasure", "conversation_alias", "a"),
        )
        .await;
    assert_eq!(reply.status, 201);
    let answer = reply.json();
    assert_eq!(answer["status"], "fulfilled");
    assert_eq!(answer["request_status"], "completed");
    assert_eq!(answer["received_at"], "2026-11-23T20:00:00Z");
    assert_eq!(answer["expected_by"], "2026-12-23T20:00:00Z");
    assert_eq!(answer["processor_signature"], Value::Null);
    assert_eq!(owners(&service.storage), ["b"]);
}

#[tokio::test]
async fn an_erasure_of_everything_leaves_only_its_own_answer() {
    let service = service();
    chat(&service, "a").await;
    service
        .post(
            "/v1/privacy/requests",
            &request(1, "access", "pii_principal_id", "p"),
        )
        .await;
    let everything = request(2, "erasure", "everything", "*");
    assert_eq!(
        service
            .post("/v1/privacy/requests", &everything)
            .await
            .status,
        201
    );
    let page = Page {
        limit: 100,
        ..Page::default()
    };
    let left: Vec<_> = Collection::ALL
        .into_iter()
        .flat_map(|collection| service.storage.list(collection, &page).unwrap())
        .collect();
    assert_eq!(left.len(), 1);
    assert_eq!(json!(left[0].key), everything["subject_request_id"]);
}

#[tokio::test]
async fn the_same_request_gets_the_same_answer_and_another_is_refused() {
    let service = service();
    let asked = request(1, "access", "pii_principal_id", "p");
    let first = service.post("/v1/privacy/requests", &asked).await;
    assert_eq!(first.status, 201);

    // Other layout and order of fields, same request.
    let again = format!(
        r#"{{ "api_version":"2.0", "submitted_time":"2026-11-23T19:59:59Z",
        "subject_identities":[{{"identity_format":"raw","identity_value":"p","identity_type":"pii_principal_id"}}],
        "subject_request_type":"access","regulation":"gdpr","subject_request_id":{} }}"#,
        asked["subject_request_id"]
    );
    let reply = service
        .send(crate::service::post("/v1/privacy/requests", again))
        .await;
    assert_eq!((reply.status.as_u16(), reply.json()), (200, first.json()));

    let other = request(1, "erasure", "everything", "*");
    let refused = service.post("/v1/privacy/requests", &other).await.error();
    assert_eq!((refused.0, refused.1.as_str()), (409, "conflict"));
    let path = format!(
        "/v1/privacy/requests/{}",
        asked["subject_request_id"].as_str().unwrap()
    );
    assert_eq!(
        service.get(&path).await.json(),
        first.json(),
        "it was not carried out"
    );
}

#[tokio::test]
async fn a_repeated_erasure_does_not_delete_what_came_later() {
    let service = service();
    let erasure = request(1, "erasure", "conversation_alias", "a");
    service.post("/v1/privacy/requests", &erasure).await;
    chat(&service, "a").await;
    assert_eq!(
        service.post("/v1/privacy/requests", &erasure).await.status,
        200
    );
    assert_eq!(owners(&service.storage), ["a"]);
}

#[tokio::test]
async fn what_cannot_be_done_at_once_is_acknowledged_with_a_date() {
    let service = service();
    let kinds = [
        "access",
        "portability",
        "rectification",
        "restriction",
        "objection",
    ];
    for (n, kind) in kinds.into_iter().enumerate() {
        let asked = request(u8::try_from(n).unwrap(), kind, "pii_principal_id", "p");
        let answer = service.post("/v1/privacy/requests", &asked).await.json();
        assert_eq!(answer["status"], "open", "{kind}");
        assert_eq!(answer["subject_request_type"], kind);
        assert_eq!(answer["expected_completion_time"], "2026-12-23T20:00:00Z");
    }
    let list = service.get("/v1/privacy/requests?limit=3").await.json();
    assert_eq!(list["data"].as_array().unwrap().len(), 3);
    assert_eq!(list["has_more"], true);
}

#[tokio::test]
async fn what_is_kept_of_a_request_names_nobody() {
    let service = service();
    service
        .post(
            "/v1/privacy/requests",
            &request(1, "access", "pii_principal_id", "CANARY-41"),
        )
        .await;
    let page = Page {
        limit: 10,
        ..Page::default()
    };
    let kept = service
        .storage
        .list(Collection::PrivacyRequests, &page)
        .unwrap();
    assert!(!kept[0].body.to_string().contains("CANARY"));
}

#[tokio::test]
async fn requests_that_say_nothing_usable_are_refused() {
    let service = service();
    let mut nobody = request(1, "erasure", "everything", "*");
    nobody["subject_identities"] = json!([]);
    let mut hashed = request(2, "erasure", "conversation_alias", "x");
    hashed["subject_identities"][0]["identity_format"] = json!("sha256");
    let stranger = request(3, "erasure", "email", "x@example.org");
    let mut undated = request(4, "access", "everything", "*");
    undated["submitted_time"] = json!("soon");
    for (asked, param) in [
        (nobody, "subject_identities"),
        (hashed, "subject_identities"),
        (stranger, "subject_identities"),
        (undated, "submitted_time"),
    ] {
        let error = service.post("/v1/privacy/requests", &asked).await.error();
        assert_eq!(error, (400, "invalid_value".to_owned(), param.to_owned()));
    }
    let unknown = request(5, "applause", "everything", "*");
    assert_eq!(
        service
            .post("/v1/privacy/requests", &unknown)
            .await
            .error()
            .1,
        "invalid_json"
    );
    assert_eq!(
        service.get("/v1/privacy/requests/none").await.error().1,
        "not_found"
    );
}
