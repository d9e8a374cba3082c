//! What all servers on loopback have in common: they write down what arrives, and answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri, header};
use tokio::task::JoinHandle;

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// `POST`, …
    pub method: String,
    /// Path and query.
    pub path: String,
    /// All headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// All of the body.
    pub body: String,
}

impl Recorded {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Everything that arrived at a server, in order.
#[derive(Default)]
pub(crate) struct Seen {
    all: Mutex<Vec<Recorded>>,
    arrived: tokio::sync::Notify,
}

impl Seen {
    pub(crate) fn note(&self, method: &Method, uri: &Uri, headers: &HeaderMap, body: &Bytes) {
        let text = |value: &header::HeaderValue| value.to_str().unwrap_or("?").to_owned();
        let headers = headers.iter();
        lock(&self.all).push(Recorded {
            method: method.to_string(),
            path: uri.to_string(),
            headers: headers
                .map(|(name, value)| (name.to_string(), text(value)))
                .collect(),
            body: String::from_utf8_lossy(body).into_owned(),
        });
        self.arrived.notify_waiters();
    }

    pub(crate) fn all(&self) -> Vec<Recorded> {
        lock(&self.all).clone()
    }

    /// Waits until what arrived is as it should be.
    pub(crate) async fn until(&self, is_so: impl Fn(&[Recorded]) -> bool) {
        loop {
            let next = self.arrived.notified();
            if is_so(&lock(&self.all)) {
                return;
            }
            next.await;
        }
    }

    /// The `X-Request-Id` of everything that arrived, sorted.
    pub(crate) fn request_ids(&self) -> Vec<String> {
        let id = |it: &Recorded| it.header("x-request-id").unwrap_or("none").to_owned();
        let mut ids: Vec<String> = lock(&self.all).iter().map(id).collect();
        ids.sort();
        ids
    }
}

/// What a test that panicked held is still good.
pub(crate) fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A server at work. Dropping it stops it.
pub(crate) struct Serving<S> {
    pub(crate) address: String,
    pub(crate) shared: Arc<S>,
    task: JoinHandle<()>,
}

impl<S: Send + Sync + 'static> Serving<S> {
    /// On a free port of a loopback address.
    ///
    /// # Panics
    /// When the address has no free port.
    #[allow(clippy::disallowed_types, reason = "a test server listens on loopback")]
    pub(crate) async fn start(
        address: &str,
        shared: S,
        router: impl FnOnce(Arc<S>) -> Router,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind((address, 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let shared = Arc::new(shared);
        // Whoever asks decides how much it sends.
        let router = router(Arc::clone(&shared)).layer(DefaultBodyLimit::disable());
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self {
            address,
            shared,
            task,
        }
    }
}

impl<S> Drop for Serving<S> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) fn answer(status: u16, content_type: &str, body: impl Into<Body>) -> Response<Body> {
    respond(
        Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, content_type),
        body.into(),
    )
}

pub(crate) fn json(status: u16, document: &serde_json::Value) -> Response<Body> {
    answer(status, "application/json", document.to_string())
}

pub(crate) fn events(body: impl Into<Body>) -> Response<Body> {
    answer(200, "text/event-stream", body)
}

pub(crate) fn moved(status: u16, to: &str) -> Response<Body> {
    let head = Response::builder().status(status);
    respond(head.header(header::LOCATION, to), Body::empty())
}

pub(crate) fn respond(head: axum::http::response::Builder, body: Body) -> Response<Body> {
    head.body(body).unwrap_or_else(|_| {
        let mut failed = Response::new(Body::empty());
        *failed.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        failed
    })
}
