//! A server of tools over HTTP on loopback that writes down what arrives and behaves as told.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri, header};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::loopback::{Recorded, Seen, Serving, answer, events, lock, moved, respond};

/// How it behaves when a tool is called, a prompt filled in or a resource read. It greets and lists well, unless it says otherwise.
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
    /// Wants somebody who is signed in.
    Guarded(Guarding),
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
    /// More values than anybody reads, in one document or in an event.
    TooManyValues {
        /// Whether in an event.
        in_event: bool,
    },
    /// Something that is not JSON.
    NotJson,
    /// An error of HTTP.
    Fails(u16),
}

/// Whom it lets in, and what it says about that.
#[derive(Clone, Debug, Default)]
pub struct Guarding {
    /// Who guards it, in its order.
    pub guards: Vec<String>,
    /// What must be shown.
    pub access: String,
    /// Where it says so; `None`: on itself.
    pub metadata: Option<String>,
    /// What must be shown to call a tool, and how it calls what that is for.
    pub to_call: Option<(String, String)>,
}

struct Shared {
    seen: Seen,
    manner: Mutex<Manner>,
    description: Mutex<String>,
    sessions: Mutex<u32>,
}

/// The server. It has one tool, `echo`, and some prompts and resources. Dropping it stops it.
pub struct ToolHost(Serving<Shared>);

impl ToolHost {
    /// Starts on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn start(manner: Manner) -> Self {
        let shared = Shared {
            seen: Seen::default(),
            manner: Mutex::new(manner),
            description: Mutex::new("Says it again.".to_owned()),
            sessions: Mutex::new(0),
        };
        let router = |shared| Router::new().fallback(serve).with_state(shared);
        Self(Serving::start("127.0.0.1", shared, router).await)
    }

    /// `http://127.0.0.1:PORT/mcp`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.0.address)
    }

    /// `127.0.0.1:PORT`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.0.address
    }

    /// Behaves differently from now on.
    pub fn behave(&self, manner: Manner) {
        *lock(&self.0.shared.manner) = manner;
    }

    /// Describes its tool differently from now on.
    pub fn describe(&self, description: &str) {
        description.clone_into(&mut lock(&self.0.shared.description));
    }

    /// Everything that arrived.
    #[must_use]
    pub fn seen(&self) -> Vec<Recorded> {
        self.0.shared.seen.all()
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
        self.0.shared.seen.request_ids()
    }
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    shared.seen.note(&method, &uri, &headers, &body);
    let body = String::from_utf8_lossy(&body).into_owned();
    let manner = lock(&shared.manner).clone();
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    match &manner {
        Manner::Wants(key) if text("authorization") != Some(key) => {
            return answer(401, "text/plain", "no");
        }
        Manner::Guarded(guarding) => {
            let own = text("host").unwrap_or_default();
            if let Some(refused) = guarding.refuse(&uri, own, text("authorization"), &body) {
                return refused;
            }
        }
        Manner::Redirects(to) => return moved(307, to),
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
                "protocolVersion": "2025-06-18", 
                "capabilities": {"tools": {}, "prompts": {}, "resources": {}},
                "serverInfo": {"name": "host", "version": "1"}}});
            let head = Response::builder()
                .header(header::CONTENT_TYPE, "application/json")
                .header("mcp-session-id", format!("s-{sessions}"));
            respond(head, greeting.to_string().into())
        }
        Some("tools/list") => {
            let description = lock(&shared.description).clone();
            json_of(&json!({"jsonrpc": "2.0", "id": id, "result": {"tools": [
                {"name": "echo", "description": description, "inputSchema": {"type": "object"}}]}}))
        }
        Some("prompts/list") => {
            json_of(&json!({"jsonrpc": "2.0", "id": id, "result": prompts(&message)}))
        }
        Some("resources/list") => json_of(
            &json!({"jsonrpc": "2.0", "id": id, "result": {"resources": [
            {"uri": "file:///plans/lisbon.md", "name": "lisbon", "title": "Lis\u{202e}bon", "mimeType": "text/markdown", "size": 9},
            {"uri": "x://dot", "name": "dot", "mimeType": "image/png"},
            {"uri": "x://nothing", "name": "nothing"}]}}),
        ),
        Some("resources/templates/list") => {
            json_of(&json!({"jsonrpc": "2.0", "id": id, "result": {
            "resourceTemplates": [{"uriTemplate": "file:///plans/{name}", "name": "plan"},
                                  {"uriTemplate": "x://{a,b}", "name": "unusable"}]}}))
        }
        Some("prompts/get") => offered(manner, id, filled(&message)).await,
        Some("resources/read") => offered(manner, id, read(&message)).await,
        Some("tools/call") => call(&shared, manner, text("mcp-session-id"), &message).await,
        _ => answer(202, "text/plain", Body::empty()),
    }
}

/// Two pages of prompts.
fn prompts(message: &Value) -> Value {
    if message["params"]["cursor"] == "2" {
        return json!({"prompts": [{"name": "second"}]});
    }
    json!({"nextCursor": "2", "prompts": [{
        "name": "compare", "title": "Compare\u{200b} two", "description": "Says what differs.",
        "arguments": [{"name": "first", "required": true}, {"name": "other"}]}]})
}

fn filled(message: &Value) -> Option<Value> {
    let params = &message["params"];
    let text = |text: String| json!({"type": "text", "text": text});
    let first = params["arguments"]["first"].as_str();
    Some(match params["name"].as_str()? {
        "compare" => json!({"messages": [
            {"role": "user", "content": text(format!("Compare {}\u{202e}.", first?))},
            {"role": "assistant", "content": text("First:\nsecond".to_owned())},
            {"role": "user", "content": {"type": "image", "data": DOT, "mimeType": "image/png"}},
            {"role": "user", "content": {"type": "audio", "data": "no", "mimeType": "audio/wav"}}]}),
        "second" => json!({"messages": []}),
        _ => return None,
    })
}

fn read(message: &Value) -> Option<Value> {
    let uri = message["params"]["uri"].as_str()?;
    Some(match uri {
        "x://dot" => json!({"contents": [{"uri": uri, "blob": DOT, "mimeType": "image/png"}]}),
        "x://nothing" => json!({"contents": []}),
        "file:///plans/none" => return None,
        _ => {
            json!({"contents": [{"uri": uri, "text": format!("# {uri}\n"), "mimeType": "text/markdown"}]})
        }
    })
}

/// Eight pixels by eight.
const DOT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mM4ERCFFTEMLQkAQGRcgUWIpi0AAAAASUVORK5CYII=";

async fn offered(manner: Manner, id: &Value, result: Option<Value>) -> Response<Body> {
    match (manner, result) {
        (Manner::Silent, _) => std::future::pending().await,
        (Manner::Fails(status), _) => answer(status, "text/plain", "no"),
        (_, Some(result)) => json_of(&json!({"jsonrpc": "2.0", "id": id, "result": result})),
        (_, None) => json_of(&json!({"jsonrpc": "2.0", "id": id,
            "error": {"code": -32602, "message": "There is none of this name."}})),
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
        Manner::TooManyValues { in_event } => {
            let many = vec![0; 600_000];
            let many = json!({"jsonrpc": "2.0", "id": id, "result": {"content": [], "_meta": {"many": many}}});
            if in_event {
                events(Body::from(event(&many)))
            } else {
                json_of(&many)
            }
        }
        Manner::NotJson => answer(200, "application/json", "<html>hello</html>"),
        Manner::Fails(status) => answer(status, "text/plain", "no"),
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

fn json_of(message: &Value) -> Response<Body> {
    crate::loopback::json(200, message)
}

impl Guarding {
    /// What it says to whom it does not let in, or to who asks who guards it.
    fn refuse(
        &self,
        uri: &Uri,
        own: &str,
        shown: Option<&str>,
        body: &str,
    ) -> Option<Response<Body>> {
        const PLACE: &str = "/.well-known/oauth-protected-resource";
        if let Some(path) = uri.path().strip_prefix(PLACE) {
            return Some(json_of(&json!({
                "resource": format!("http://{own}{path}"), "authorization_servers": self.guards,
                "scopes_supported": ["tools"],
            })));
        }
        let shown = shown.and_then(|it| it.strip_prefix("Bearer "));
        let at = self.metadata.clone();
        let at = at.unwrap_or(format!("http://{own}{PLACE}{}", uri.path()));
        let refused = |status: u16, more: &str| {
            let said = format!("Bearer {more}resource_metadata=\"{at}\"");
            let head = Response::builder().status(status);
            Some(respond(
                head.header(header::WWW_AUTHENTICATE, said),
                Body::empty(),
            ))
        };
        let to_call = self.to_call.as_ref();
        match to_call {
            Some((access, _)) if shown == Some(access) => None,
            _ if shown != Some(&self.access) => refused(401, ""),
            Some((_, scope)) if body.contains("tools/call") => refused(
                403,
                &format!("error=\"insufficient_scope\", scope=\"{scope}\", "),
            ),
            _ => None,
        }
    }
}
