//! Policies and consent records.

use axum::body::Body;
use fluxchat_model::{ConsentEvent, ConsentEventId, ConsentStatus, Purpose};
use fluxchat_service::{ConsentRecord, Party};
use http::Request;
use serde_json::{Value, json};

use crate::service::{NOW, service};

fn record(n: u8) -> Value {
    let event = ConsentEvent {
        seq: i64::from(n),
        id: ConsentEventId::new(NOW, [n; 10]),
        purpose: Purpose::AiTraining,
        status: ConsentStatus::Given,
        at: NOW,
        policy_version: "2026-11-01".to_owned(),
        notice_sha256: "ab".repeat(32),
        language: "de".to_owned(),
        ui_surface: "privacy".to_owned(),
        app_version: "0.1.0".to_owned(),
        scope: None,
        prev_hash: "0".repeat(64),
        hash: "1".repeat(64),
    };
    let controller = Party {
        party_id: "sandbox".to_owned(),
        party_name: "The sandbox of this app".to_owned(),
        other: std::collections::BTreeMap::new(),
    };
    serde_json::to_value(ConsentRecord::from_event(
        &event,
        "principal-1",
        &controller,
    ))
    .unwrap()
}

#[tokio::test]
async fn a_record_of_the_chain_has_the_mandatory_fields_of_27560() {
    let record = record(1);
    for field in ["schema_version", "record_id", "pii_principal_id"] {
        assert!(record[field].is_string(), "{field}");
    }
    for field in [
        "privacy_notice",
        "language",
        "purpose",
        "pii_information",
        "pii_controllers",
        "storage_locations",
        "retention_period",
        "jurisdiction",
        "recipient_third_parties",
        "withdrawal_method",
    ] {
        assert!(!record["processing"][field].is_null(), "{field}");
    }
    for field in [
        "event_time",
        "validity_duration",
        "entity_id",
        "event_type",
        "event_state",
    ] {
        assert!(
            !record["event"][field].as_str().unwrap().is_empty(),
            "{field}"
        );
    }
    assert_eq!(record["event"]["event_time"], "2026-11-23T20:00:00Z");
}

#[tokio::test]
async fn a_record_is_stored_once_and_given_back() {
    let service = service();
    let mut record = record(1);
    record["processing"]["impact_assessment"] = json!("none needed");
    let first = service.post("/v1/consents", &record).await;
    assert_eq!(first.status, 201);
    let stored = first.json();
    assert_eq!(stored["id"], record["record_id"]);
    assert_eq!(stored["received_at"], "2026-11-23T20:00:00Z");
    assert_eq!(
        stored["processing"], record["processing"],
        "unknown fields are kept"
    );

    let again = service.post("/v1/consents", &record).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, stored.clone()));

    record["event"]["event_state"] = json!("ConsentWithdrawn");
    let other = service.post("/v1/consents", &record).await;
    assert_eq!(other.error(), (409, "conflict".to_owned(), String::new()));

    let path = format!("/v1/consents/{}", stored["id"].as_str().unwrap());
    assert_eq!(service.get(&path).await.json(), stored);
    assert_eq!(service.get("/v1/consents/none").await.error().0, 404);
}

#[tokio::test]
async fn records_are_listed_page_by_page() {
    let service = service();
    for n in 1..=5 {
        assert_eq!(service.post("/v1/consents", &record(n)).await.status, 201);
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = service
            .get(&format!("/v1/consents?limit=2{after}"))
            .await
            .json();
        let ids = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["id"].as_str().unwrap().to_owned());
        seen.extend(ids);
        if page["has_more"] == false {
            break;
        }
        after = format!("&after={}", seen.last().unwrap());
    }
    assert_eq!(seen.len(), 5);
    let nobody = service
        .get("/v1/consents?pii_principal_id=nobody")
        .await
        .json();
    assert_eq!(nobody["data"], json!([]));
    assert_eq!(service.get("/v1/consents?limit=0").await.error().2, "limit");
    assert_eq!(
        service.get("/v1/consents?limit=many").await.error().2,
        "query"
    );
}

#[tokio::test]
async fn a_record_that_says_nothing_usable_is_refused() {
    let service = service();
    for (pointer, value, param) in [
        ("/processing/purpose", "world.peace", "processing.purpose"),
        ("/event/event_state", "ConsentMaybe", "event.event_state"),
        ("/event/event_time", "yesterday", "event.event_time"),
        ("/pii_principal_id", "", "pii_principal_id"),
    ] {
        let mut record = record(9);
        *record.pointer_mut(pointer).unwrap() = json!(value);
        let error = service.post("/v1/consents", &record).await.error();
        assert_eq!(error, (400, "invalid_value".to_owned(), param.to_owned()));
    }
    let error = service.post("/v1/consents", &json!({})).await.error();
    assert_eq!((error.0, error.1.as_str()), (400, "invalid_json"));
}

#[tokio::test]
async fn the_policy_comes_in_the_language_of_the_reader() {
    let service = service();
    let current = service.get("/v1/policies/current").await;
    assert_eq!(current.headers["content-language"], "en");
    let policy = current.json();
    assert_eq!(policy["version"], "2026-11-01");
    assert_eq!(policy["summary"].as_array().unwrap().len(), 3);
    assert_eq!(policy["sha256"].as_str().unwrap().len(), 64);

    let german = Request::get("/v1/policies/2026-11-01")
        .header("accept-language", "de-AT,en;q=0.5")
        .body(Body::empty())
        .unwrap();
    assert_eq!(service.send(german).await.json()["language"], "de");
    let asked = service.get("/v1/policies/current?language=de").await.json();
    assert_eq!(asked["language"], "de");
    assert_eq!(
        service.get("/v1/policies/2020-01-01").await.error().1,
        "not_found"
    );
}
