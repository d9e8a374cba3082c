//! Bad input gets the error body of the OpenAI API and the right status.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use fluxchat_service::{Collection, Page, Record, Storage, StorageError};
use http::Request;
use serde_json::json;

use crate::service::{Service, post, router_over, service};

async fn refused(request: Request<Body>) -> (u16, String, String) {
    service().send(request).await.error()
}

fn error(status: u16, code: &str, param: &str) -> (u16, String, String) {
    (status, code.to_owned(), param.to_owned())
}

#[tokio::test]
async fn requests_that_cannot_be_read() {
    const CHAT: &str = "/v1/chat/completions";
    assert_eq!(
        refused(post(CHAT, "")).await,
        error(400, "invalid_json", "")
    );
    assert_eq!(
        refused(post(CHAT, "{\"model\":")).await,
        error(400, "invalid_json", "")
    );
    assert_eq!(
        refused(post(CHAT, "[]")).await,
        error(400, "invalid_json", "")
    );
    assert_eq!(
        refused(post(CHAT, "\u{0}\u{1}")).await,
        error(400, "invalid_json", "")
    );
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(
        refused(post(CHAT, deep)).await,
        error(400, "invalid_json", "")
    );

    let untyped = Request::post(CHAT).body(Body::from("{}")).unwrap();
    assert_eq!(
        refused(untyped).await,
        error(415, "unsupported_media_type", "")
    );
    let form = Request::post(CHAT)
        .header("content-type", "text/plain")
        .body(Body::from("{}"));
    assert_eq!(
        refused(form.unwrap()).await,
        error(415, "unsupported_media_type", "")
    );
}

#[tokio::test]
async fn errors_never_repeat_what_was_sent() {
    let bodies = [
        r#"{"model":"guide","messages":"CANARY-1"}"#,
        r#"{"model":"guide","messages":[{"role":"CANARY-2""#,
        r#"{"model":{"CANARY-3":1},"messages":[]}"#,
    ];
    for body in bodies {
        let reply = service().send(post("/v1/chat/completions", body)).await;
        assert!(!reply.text.contains("CANARY"), "{}", reply.text);
    }
}

#[tokio::test]
async fn requests_that_cannot_be_answered() {
    let service = service();
    let hello = json!([{ "role": "user", "content": "hello" }]);
    for (body, expected) in [
        (
            json!({ "model": "gpt", "messages": hello }),
            error(404, "model_not_found", "model"),
        ),
        (
            json!({ "model": "guide", "messages": [] }),
            error(400, "invalid_value", "messages"),
        ),
        (
            json!({ "model": "guide", "messages": hello, "n": 2 }),
            error(400, "invalid_value", "n"),
        ),
        (
            json!({ "model": "guide", "messages": hello, "conversation_alias": "x".repeat(129) }),
            error(400, "invalid_value", "conversation_alias"),
        ),
    ] {
        assert_eq!(
            service.post("/v1/chat/completions", &body).await.error(),
            expected
        );
    }
}

#[tokio::test]
async fn addresses_and_methods_that_do_not_exist() {
    assert_eq!(
        service().get("/v1/nothing").await.error(),
        error(404, "not_found", "")
    );
    assert_eq!(
        service().get("/v1/chat/completions").await.error(),
        error(405, "method_not_allowed", "")
    );
    let delete = Request::delete("/v1/models").body(Body::empty()).unwrap();
    assert_eq!(refused(delete).await, error(405, "method_not_allowed", ""));
}

#[tokio::test]
async fn bodies_are_limited_whether_announced_or_not() {
    let long = format!("{{\"x\":\"{}\"}}", "y".repeat(70 * 1024));
    for path in ["/v1/consents", "/v1/privacy/requests"] {
        assert_eq!(
            refused(post(path, long.clone())).await,
            error(413, "request_too_large", "")
        );
    }
    let huge = "x".repeat(8 * 1024 * 1024 + 1);
    assert_eq!(
        refused(post("/v1/chat/completions", huge)).await,
        error(413, "request_too_large", "")
    );

    // Pieces without an announced length, endless if nobody stopped reading.
    let piece = Ok::<_, std::convert::Infallible>(Bytes::from(vec![b' '; 16 * 1024]));
    let endless = Body::from_stream(futures_util::stream::repeat(piece));
    assert_eq!(
        refused(post("/v1/consents", endless)).await,
        error(413, "request_too_large", "")
    );
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused() {
    let pieces: [Result<Bytes, std::io::Error>; 2] = [
        Ok(Bytes::from_static(b"{")),
        Err(std::io::Error::other("gone")),
    ];
    let broken = Body::from_stream(futures_util::stream::iter(pieces));
    assert_eq!(
        refused(post("/v1/consents", broken)).await,
        error(400, "body_incomplete", "")
    );
}

struct Broken;

impl Storage for Broken {
    fn insert(&self, _: Record) -> Result<Option<Record>, StorageError> {
        Err(StorageError::Unavailable)
    }
    fn put(&self, _: Record) -> Result<(), StorageError> {
        Err(StorageError::Failed(
            "disk I/O error in SECRET.db".to_owned(),
        ))
    }
    fn get(&self, _: Collection, _: &str) -> Result<Option<Record>, StorageError> {
        Err(StorageError::Unavailable)
    }
    fn list(&self, _: Collection, _: &Page) -> Result<Vec<Record>, StorageError> {
        Err(StorageError::Unavailable)
    }
    fn delete(&self, _: Collection, _: &str) -> Result<bool, StorageError> {
        Err(StorageError::Unavailable)
    }
    fn delete_owned(&self, _: &str) -> Result<u64, StorageError> {
        Err(StorageError::Unavailable)
    }
    fn delete_all(&self) -> Result<u64, StorageError> {
        Err(StorageError::Unavailable)
    }
}

#[tokio::test]
async fn a_storage_that_fails_is_told_without_its_own_words() {
    let service = Service {
        storage: Arc::default(),
        router: router_over(Arc::new(Broken), Duration::ZERO),
    };
    let hello = json!({ "model": "guide", "messages": [{ "role": "user", "content": "hello" }] });
    let reply = service.post("/v1/chat/completions", &hello).await;
    assert_eq!(reply.error(), error(500, "storage_failed", ""));
    assert!(!reply.text.contains("SECRET"));
    assert_eq!(
        service.get("/v1/consents").await.error(),
        error(503, "storage_unavailable", "")
    );
}
