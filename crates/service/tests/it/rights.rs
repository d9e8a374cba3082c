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
        let asked = request(u8::try_from(n).unwrap(), kind, "email", "p@example.org");
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

fn path_of(asked: &Value) -> String {
    let id = asked["subject_request_id"].as_str().unwrap();
    format!("/v1/privacy/requests/{id}")
}

async fn cancel(service: &Service, asked: &Value) -> crate::service::Reply {
    let request = http::Request::delete(path_of(asked));
    service
        .send(request.body(axum::body::Body::empty()).unwrap())
        .await
}

#[tokio::test]
async fn access_gives_what_is_kept_and_of_a_subject_only_its_own() {
    let service = service();
    chat(&service, "a").await;
    chat(&service, "b").await;
    for (n, identity, value, count) in [
        (1, "everything", "", 2),
        (2, "conversation_alias", "a", 1),
        (3, "conversation_alias", "nobody", 0),
    ] {
        let asked = request(n, "access", identity, value);
        let answer = service.post("/v1/privacy/requests", &asked).await.json();
        assert_eq!(
            (&answer["status"], &answer["results_count"]),
            (&json!("fulfilled"), &json!(1))
        );
        let results = service
            .get(answer["results_url"].as_str().unwrap())
            .await
            .json();
        assert_eq!(results["subject_request_id"], asked["subject_request_id"]);
        let kept = results["records"]["requests"].as_array().unwrap();
        assert_eq!(kept.len(), count, "{identity} {value}");
        assert!(!results.to_string().contains("fingerprint"));
    }
    let erasure = request(4, "erasure", "conversation_alias", "x");
    service.post("/v1/privacy/requests", &erasure).await;
    let none = format!("{}/results", path_of(&erasure));
    assert_eq!(service.get(&none).await.status, 404);
}

#[tokio::test]
async fn what_a_subject_decides_is_written_down() {
    let service = service();
    let decide = |n, kind, extension: Value| {
        let mut asked = request(n, kind, "everything", "");
        asked["extensions"] = json!({ "fluxchat": extension });
        asked
    };
    for asked in [
        decide(
            1,
            "rectification",
            json!({ "corrections": { "display_name": "Ada", "email": "a@example.org" } }),
        ),
        decide(
            2,
            "rectification",
            json!({ "corrections": { "email": "" } }),
        ),
        decide(3, "restriction", json!({})),
        decide(
            4,
            "objection",
            json!({ "objection": { "purposes": ["sec.abuse", "app.update_check"] } }),
        ),
        decide(
            5,
            "objection",
            json!({ "objection": { "withdrawn": ["app.update_check"] } }),
        ),
    ] {
        let answer = service.post("/v1/privacy/requests", &asked).await.json();
        assert_eq!(answer["status"], "fulfilled", "{answer}");
    }
    assert_eq!(
        service.get("/v1/privacy/subject").await.json(),
        json!({ "display_name": "Ada", "email": null, "restricted": true, "objections": ["sec.abuse"] })
    );
    for empty in [
        decide(6, "rectification", json!({})),
        decide(7, "objection", json!({})),
    ] {
        let error = service.post("/v1/privacy/requests", &empty).await.error();
        assert_eq!(
            error,
            (400, "invalid_value".to_owned(), "extensions".to_owned())
        );
    }
}

#[tokio::test]
async fn a_request_is_taken_back_while_it_is_pending_and_no_later() {
    let service = service();
    let pending = request(1, "access", "email", "p@example.org");
    service.post("/v1/privacy/requests", &pending).await;
    for _ in 0..2 {
        let reply = cancel(&service, &pending).await;
        assert_eq!(reply.status, 202);
        assert_eq!(reply.json()["status"], "revoked");
        assert_eq!(reply.json()["request_status"], "cancelled");
    }
    assert_eq!(
        service.get(&path_of(&pending)).await.json()["status"],
        "revoked"
    );
    let done = request(2, "access", "everything", "");
    service.post("/v1/privacy/requests", &done).await;
    assert_eq!(cancel(&service, &done).await.error().1, "not_pending");
    assert_eq!(
        cancel(&service, &request(3, "access", "everything", ""))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn every_answer_is_signed_with_the_key_that_discovery_names() {
    use fluxchat_service::{PublicKey, ServiceState, SignatureCheck, SigningKey, router};
    let storage = std::sync::Arc::new(MemoryStorage::new());
    let state = ServiceState::new(storage.clone(), std::sync::Arc::new(crate::service::Still));
    let signing = Service {
        storage,
        router: router(state.with_key(SigningKey::from_seed(&[3; 32]).unwrap())),
    };
    let discovery = signing.get("/v1/privacy/discovery").await.json();
    let key = PublicKey::from_text(discovery["processor_certificate"].as_str().unwrap()).unwrap();
    let pending = request(1, "access", "email", "p@example.org");
    let created = signing.post("/v1/privacy/requests", &pending).await.json();
    let read = signing.get(&path_of(&pending)).await.json();
    let revoked = cancel(&signing, &pending).await.json();
    for mut answer in [created, read, revoked] {
        assert_eq!(key.check(&answer), SignatureCheck::Valid);
        answer["status"] = json!("fulfilled");
        assert_eq!(key.check(&answer), SignatureCheck::Forged);
    }
    let unsigned = service().get("/v1/privacy/discovery").await.json();
    assert_eq!(unsigned["processor_certificate"], Value::Null);
}
