//! A service in memory with a clock that stands still, and a caller without a socket.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use fluxchat_model::{Clock, Timestamp};
use fluxchat_service::{MemoryStorage, ServiceState, Storage, router};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// 2026-11-23T20:00:00Z.
pub const NOW: Timestamp = Timestamp(1_795_464_000_000);

pub struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        NOW
    }
}

pub struct Service {
    pub storage: Arc<MemoryStorage>,
    pub router: Router,
}

pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub fn error(&self) -> (u16, String, String) {
        let error = &self.json()["error"];
        assert!(
            error["message"].is_string() && error["type"].is_string(),
            "{error}"
        );
        assert!(error.get("param").is_some(), "{error}");
        (
            self.status.as_u16(),
            error["code"].as_str().unwrap().to_owned(),
            error["param"].as_str().unwrap_or_default().to_owned(),
        )
    }
}

pub fn service() -> Service {
    let storage = Arc::new(MemoryStorage::new());
    Service {
        router: router_over(storage.clone(), Duration::ZERO),
        storage,
    }
}

pub fn router_over(storage: Arc<dyn Storage>, pace: Duration) -> Router {
    router(ServiceState::new(storage, Arc::new(Still)).with_pace(pace))
}

impl Service {
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Reply {
            status: head.status,
            headers: head.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(post(path, body.to_string())).await
    }
}

pub fn post(path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}
