//! A place to sign in (OAuth 2.1) on loopback that writes down what arrives and behaves as told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use serde_json::json;
use tokio::sync::Notify;

use crate::loopback::{Recorded, Seen, Serving, json, lock, moved};

/// How it behaves.
#[derive(Clone, Debug, Default)]
pub struct Habits {
    /// It calls itself by this name instead of its own.
    pub issuer: Option<String>,
    /// It says this as the one who answers, instead of its own name.
    pub answers_as: Option<String>,
    /// It takes no app it does not know.
    pub knows_all: bool,
    /// It has no way to take a permit back.
    pub keeps_all: bool,
    /// It fails when it should take one back.
    pub fails_to_revoke: bool,
    /// It never answers when it should take one back.
    pub hangs_on_revoke: bool,
    /// What it says a permit is for; otherwise it does not say.
    pub allows: Option<String>,
    /// The person says no.
    pub denies: bool,
    /// It renews nothing.
    pub renews_nothing: bool,
    /// It does not do PKCE.
    pub unprotected: bool,
    /// Its tokens are asked for elsewhere.
    pub token_at: Option<String>,
    /// A permit that is given arrives when this is told to.
    pub holds_permits: Option<Arc<Notify>>,
    /// So long is a permit good, in seconds.
    pub lasts: u32,
}

#[derive(Default)]
struct Shared {
    seen: Seen,
    habits: Mutex<Habits>,
    /// Apps that were made known.
    known: Mutex<u32>,
    /// Permits that were given.
    given: Mutex<u32>,
}

/// The place. Dropping it stops it.
pub struct Guard(Serving<Shared>);

/// The permit that is given as the number so many.
#[must_use]
pub fn access(number: u32) -> String {
    format!("access-canary-{number}")
}

/// What renews it.
#[must_use]
pub fn refresh(number: u32) -> String {
    format!("refresh-canary-{number}")
}

impl Guard {
    /// Starts on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn start(habits: Habits) -> Self {
        let shared = Shared {
            habits: Mutex::new(habits),
            ..Shared::default()
        };
        let router = |shared| Router::new().fallback(serve).with_state(shared);
        Self(Serving::start("127.0.0.1", shared, router).await)
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// `127.0.0.1:PORT`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.0.address
    }

    /// Behaves differently from now on.
    pub fn behave(&self, change: impl FnOnce(&mut Habits)) {
        change(&mut lock(&self.0.shared.habits));
    }

    /// Everything that arrived.
    #[must_use]
    pub fn seen(&self) -> Vec<Recorded> {
        self.0.shared.seen.all()
    }

    /// Waits until something arrived at this path.
    pub async fn asked(&self, path: &str) {
        let is_there = |all: &[Recorded]| all.iter().any(|it| it.path == path);
        self.0.shared.seen.until(is_there).await;
    }

    /// Waits until so many times something arrived at this path.
    pub async fn asked_times(&self, path: &str, times: usize) {
        let here = |all: &[Recorded]| all.iter().filter(|it| it.path == path).count() >= times;
        self.0.shared.seen.until(here).await;
    }

    /// What stood after the `?` of this path, as names and values.
    #[must_use]
    pub fn queries(&self, path: &str) -> Vec<BTreeMap<String, String>> {
        let seen = self.seen();
        let asked = seen.iter().filter_map(|it| it.path.split_once('?'));
        let here = asked.filter(|(at, _)| *at == path);
        here.map(|(_, query)| fields(query)).collect()
    }

    /// What arrived at this path, as names and values.
    #[must_use]
    pub fn fields(&self, path: &str) -> Vec<BTreeMap<String, String>> {
        let seen = self.seen();
        let here = seen.iter().filter(|it| it.path == path);
        here.map(|it| fields(&it.body)).collect()
    }
}

fn fields(text: &str) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
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
    let habits = lock(&shared.habits).clone();
    // As whoever asks calls it.
    let host = headers.get("host").and_then(|it| it.to_str().ok());
    let own = format!("http://{}", host.unwrap_or_default());
    match uri.path() {
        "/.well-known/oauth-authorization-server" => {
            let mut document = json!({
                "issuer": habits.issuer.as_ref().unwrap_or(&own),
                "authorization_endpoint": format!("{own}/authorize"),
                "token_endpoint": habits.token_at.clone().unwrap_or(format!("{own}/token")),
                "authorization_response_iss_parameter_supported": true,
            });
            if !habits.unprotected {
                document["code_challenge_methods_supported"] = json!(["S256"]);
            }
            if !habits.knows_all {
                document["registration_endpoint"] = json!(format!("{own}/register"));
            }
            if !habits.keeps_all {
                document["revocation_endpoint"] = json!(format!("{own}/revoke"));
            }
            json(200, &document)
        }
        "/register" => {
            let mut known = lock(&shared.known);
            *known += 1;
            json(201, &json!({ "client_id": format!("client-{known}") }))
        }
        "/authorize" => {
            let asked = fields(uri.query().unwrap_or_default());
            let text = |name: &str| asked.get(name).cloned().unwrap_or_default();
            let mut back = url::form_urlencoded::Serializer::new(String::new());
            back.append_pair("state", &text("state"));
            let issuer = habits.answers_as.as_ref().unwrap_or(&own);
            back.append_pair("iss", issuer);
            if habits.denies {
                back.append_pair("error", "access_denied");
            } else {
                // What is to be proven when the code is changed for a permit.
                back.append_pair("code", &format!("code.{}", text("code_challenge")));
            }
            let to = format!("{}?{}", text("redirect_uri"), back.finish());
            moved(302, &to)
        }
        "/token" => {
            let given = token(&shared, &habits, &fields(&body));
            if let Some(until) = &habits.holds_permits {
                until.notified().await;
            }
            given
        }
        "/revoke" if habits.hangs_on_revoke => std::future::pending().await,
        "/revoke" if habits.fails_to_revoke => json(503, &json!({})),
        "/revoke" => json(200, &json!({})),
        _ => json(404, &json!({})),
    }
}

fn token(shared: &Shared, habits: &Habits, fields: &BTreeMap<String, String>) -> Response<Body> {
    let text = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let mut given = lock(&shared.given);
    let is_right = match text("grant_type") {
        "authorization_code" => {
            let proof = crate::guard::challenge(text("code_verifier"));
            text("code") == format!("code.{proof}")
        }
        "refresh_token" => !habits.renews_nothing && text("refresh_token") == refresh(*given),
        _ => false,
    };
    if !is_right {
        return json(400, &json!({ "error": "invalid_grant" }));
    }
    *given += 1;
    let mut document = json!({
        "access_token": access(*given), "token_type": "Bearer",
        "expires_in": habits.lasts, "refresh_token": refresh(*given),
    });
    if let Some(allows) = &habits.allows {
        document["scope"] = json!(allows);
    }
    json(200, &document)
}

/// RFC 7636, 4.2.
fn challenge(verifier: &str) -> String {
    use base64::Engine as _;
    use sha2::Digest as _;
    let hash = sha2::Sha256::digest(verifier);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(hash)
}
