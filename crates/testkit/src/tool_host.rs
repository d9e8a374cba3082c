//! A server of tools over HTTP on loopback that writes down what arrives and behaves as told.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri, header};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::loopback;
use crate::recorder::Recorded;

/// How it behaves when a tool is called. It greets and lists well, unless it says otherwise.
#[derive(Clone, Debug)]
pub enum Manner {
    /// Answers in one document.
    Well,
    /// Answers in events.
    Events,
    /// Ends the events before the answer, and gives it to who asks for the rest.
    Resumes,
    /// Wants this in the header `authorization`, for everything.
    Wants(&'static str),
    /// Wants somebody who is signed in and shows this permit; says that this is who guards it, in
    /// a document at this address.
    Guarded {
        /// Who guards it.
        guard: String,
        /// What must be shown.
        access: String,
        /// Where it says so; `None`: on itself.
        metadata: Option<String>,
    },
    /// Sends everything elsewhere.
    Redirects(String),
    /// Has forgotten the session once.
    Forgets,
    /// Never answers, and never ends.
    NeverEnds,
    /// Says nothing at all.
    Silent,
    /// One event without an end in size.
    TooLarge,
    /// Something that is not JSON.
    NotJson,
    /// An error of HTTP.
    Fails(u16),
}

struct Shared {
    seen: Mutex<Vec<Recorded>>,
    manner: Mutex<Manner>,
    description: Mutex<String>,
    sessions: Mutex<u32>,
}

/// The server. It has one tool, `echo`. Dropping it stops it.
pub struct ToolHost {
    address: String,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

fn lock<T>(it: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ToolHost {
    /// Starts on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn start(manner: Manner) -> Self {
        let shared = Arc::new(Shared {
            seen: Mutex::default(),
            manner: Mutex::new(manner),
            description: Mutex::new("Says it again.".to_owned()),
            sessions: Mutex::new(0),
        });
        let router = Router::new().fallback(serve).with_state(shared.clone());
        let (address, task) = loopback::serve("127.0.0.1", router).await;
        Self {
            address,
            shared,
            task,
        }
    }

    /// `http://127.0.0.1:PORT/mcp`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// `127.0.0.1:PORT`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.address
    }

    /// Behaves differently from now on.
    pub fn behave(&self, manner: Manner) {
        *lock(&self.shared.manner) = manner;
    }

    /// Describes its tool differently from now on.
    pub fn describe(&self, description: &str) {
        description.clone_into(&mut lock(&self.shared.description));
    }

    /// Everything that arrived.
    #[must_use]
    pub fn seen(&self) -> Vec<Recorded> {
        lock(&self.shared.seen).clone()
    }

    /// What was asked for, in order: methods of the protocol, or of HTTP where there is none.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        let method = |it: &Recorded| {
            let message: Value = serde_json::from_str(&it.body).unwrap_or_default();
            message["method"].as_str().unwrap_or(&it.method).to_owned()
        };
        self.seen().iter().map(method).collect()
    }

    /// The `X-Request-Id` of everything that arrived, sorted.
    #[must_use]
    pub fn request_ids(&self) -> Vec<String> {
        let id = |it: &Recorded| it.header("x-request-id").unwrap_or("none").to_owned();
        let mut ids: Vec<String> = self.seen().iter().map(id).collect();
        ids.sort();
        ids
    }
}

impl Drop for ToolHost {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let body = String::from_utf8_lossy(&body).into_owned();
    lock(&shared.seen).push(Recorded {
        method: method.to_string(),
        path: uri.to_string(),
        headers: headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("?").to_owned()))
            .collect(),
        body: body.clone(),
    });
    let manner = lock(&shared.manner).clone();
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    match &manner {
        Manner::Wants(key) if text("authorization") != Some(key) => {
            return answer(401, "text/plain", "no".into());
        }
        Manner::Guarded { guard, .. }
            if uri.path() == "/.well-known/oauth-protected-resource/mcp" =>
        {
            let own = text("host").unwrap_or_default();
            return json_of(&json!({
                "resource": format!("http://{own}/mcp"), "authorization_servers": [guard],
                "scopes_supported": ["tools"],
            }));
        }
        Manner::Guarded {
            access, metadata, ..
        } if text("authorization") != Some(&format!("Bearer {access}")) => {
            let own = text("host").unwrap_or_default();
            let path = "/.well-known/oauth-protected-resource/mcp";
            let at = metadata.clone().unwrap_or(format!("http://{own}{path}"));
            return Response::builder()
                .status(401)
                .header(
                    header::WWW_AUTHENTICATE,
                    format!("Bearer resource_metadata=\"{at}\""),
                )
                .body(Body::empty())
                .unwrap_or_default();
        }
        Manner::Redirects(to) => {
            let moved = Response::builder().status(307).header(header::LOCATION, to);
            return moved.body(Body::empty()).unwrap_or_default();
        }
        _ => {}
    }
    if method == Method::DELETE {
        return answer(200, "text/plain", Body::empty());
    }
    if method == Method::GET {
        return match text("last-event-id") {
            Some("e1") => events(Body::from(event(&called(&json!(*lock(&shared.sessions)))))),
            _ => answer(405, "text/plain", Body::empty()),
        };
    }
    let message: Value = serde_json::from_str(&body).unwrap_or_default();
    let id = &message["id"];
    match message["method"].as_str() {
        Some("initialize") => {
            let mut sessions = lock(&shared.sessions);
            *sessions += 1;
            let greeting = json!({"jsonrpc": "2.0", "id": id, "result": {
                "protocolVersion": "2025-06-18", "capabilities": {"tools": {}},
                "serverInfo": {"name": "host", "version": "1"}}});
            Response::builder()
                .header(header::CONTENT_TYPE, "application/json")
                .header("mcp-session-id", format!("s-{sessions}"))
                .body(greeting.to_string().into())
                .unwrap_or_default()
        }
        Some("tools/list") => {
            let description = lock(&shared.description).clone();
            json_of(&json!({"jsonrpc": "2.0", "id": id, "result": {"tools": [
                {"name": "echo", "description": description, "inputSchema": {"type": "object"}}]}}))
        }
        Some("tools/call") => call(&shared, manner, text("mcp-session-id"), &message).await,
        _ => answer(202, "text/plain", Body::empty()),
    }
}

async fn call(
    shared: &Shared,
    manner: Manner,
    session: Option<&str>,
    message: &Value,
) -> Response<Body> {
    let id = &message["id"];
    match manner {
        Manner::Events => events(Body::from(format!(
            ": hello\n\n{}{}",
            event(
                &json!({"jsonrpc": "2.0", "method": "notifications/progress",
                          "params": {"progressToken": 1, "progress": 1}})
            ),
            event(&called(id)),
        ))),
        Manner::Resumes => {
            // What it answers to who comes back.
            *lock(&shared.sessions) = u32::try_from(id.as_u64().unwrap_or(0)).unwrap_or(0);
            events(Body::from("id: e1\nretry: 1\ndata:\n\n"))
        }
        Manner::Forgets if session == Some("s-1") => answer(404, "text/plain", Body::empty()),
        Manner::NeverEnds => {
            let drops = stream::repeat(": still here\n\n").then(|line| async move {
                tokio::task::yield_now().await;
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                Ok::<_, std::io::Error>(line)
            });
            events(Body::from_stream(drops))
        }
        Manner::Silent => std::future::pending().await,
        Manner::TooLarge => {
            let piece = "x".repeat(64 << 10);
            let begin = stream::once(async { Ok::<_, std::io::Error>("data: \"".to_owned()) });
            let rest = stream::repeat_with(move || Ok(piece.clone()));
            events(Body::from_stream(begin.chain(rest)))
        }
        Manner::NotJson => answer(200, "application/json", "<html>hello</html>".into()),
        Manner::Fails(status) => answer(status, "text/plain", "no".into()),
        _ => json_of(&called(id)),
    }
}

fn called(id: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id,
           "result": {"content": [{"type": "text", "text": "echo from afar"}]}})
}

fn event(message: &Value) -> String {
    format!("event: message\ndata: {message}\n\n")
}

fn events(body: Body) -> Response<Body> {
    answer(200, "text/event-stream", body)
}

fn json_of(message: &Value) -> Response<Body> {
    answer(200, "application/json", message.to_string().into())
}

fn answer(status: u16, content_type: &str, body: Body) -> Response<Body> {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, content_type)
        .body(body)
        .unwrap_or_default()
}
