//! Signing in to a server of tools by OAuth 2.1, as its protocol asks for: who guards it is read
//! from what it says itself, and every request goes through the one door. Nothing here opens a
//! page or listens for one; and nothing is sent to a place that was not named before.

use std::time::Duration;

use fluxchat_egress::{
    Call, Ctx, Door, Endpoint, Exchange, ExchangeHeaders, HostClass, Payload, Reply, Returned,
    Target, host_class, parse_tool_url,
};
use fluxchat_model::{DataCategory, Origin, Secret};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::StatusCode;
use oauth2::basic::{BasicClient, BasicErrorResponseType, BasicTokenResponse};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope, TokenResponse as _,
    TokenUrl,
};
use serde::{Deserialize, Serialize};

use crate::McpError;

/// Of a document or an answer about signing in.
const LONGEST: usize = 256 << 10;
const PATIENCE: Duration = Duration::from_secs(30);
const MOST_SCOPES: usize = 64;
const LONGEST_TOKEN: usize = 32 << 10;
/// A permit that has less than this before it ends is renewed.
const SPARE_MS: i64 = 30_000;

/// Why nobody could be signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// It answers without one.
    #[error("The server of tools wants no sign-in.")]
    NotWanted,
    /// It does not say where.
    #[error("The server of tools does not say where to sign in.")]
    Unknown,
    /// What it says leads to a place that is not its own, or not encrypted.
    #[error("What the server of tools says about its sign-in leads to a place that is refused.")]
    Elsewhere,
    /// The place calls itself by another name.
    #[error("The place to sign in calls itself by another name than the server of tools does.")]
    Issuer,
    /// It does not protect the sign-in.
    #[error("The place to sign in does not protect it as it must (PKCE with S256).")]
    Unprotected,
    /// It takes no app it does not know.
    #[error("The place to sign in does not take apps it does not know. It wants a client id.")]
    ClientWanted,
    /// The person, or the place, said no.
    #[error("The sign-in was denied.")]
    Denied,
    /// The place did not accept what was sent.
    #[error("The place to sign in refused.")]
    Refused,
    /// A permit ended and cannot be renewed.
    #[error("The sign-in has ended.")]
    Over,
}

impl SignInError {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::NotWanted => "sign_in_not_wanted",
            Self::Unknown => "sign_in_unknown",
            Self::Elsewhere => "sign_in_elsewhere",
            Self::Issuer => "sign_in_issuer",
            Self::Unprotected => "sign_in_unprotected",
            Self::ClientWanted => "sign_in_client_wanted",
            Self::Denied => "sign_in_denied",
            Self::Refused => "sign_in_refused",
            Self::Over => "sign_in_over",
        }
    }
}

impl From<SignInError> for McpError {
    fn from(error: SignInError) -> Self {
        Self::SignIn(error)
    }
}

/// What a server says when it refuses somebody who is not signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Challenge {
    metadata: Option<String>,
    scope: Option<String>,
}

impl Challenge {
    /// Reads the header `WWW-Authenticate`.
    pub(crate) fn read(header: &str) -> Self {
        Self {
            metadata: parameter(header, "resource_metadata"),
            scope: parameter(header, "scope"),
        }
    }
}

/// The value of a parameter of a challenge (RFC 9110, 11.2).
fn parameter(header: &str, name: &str) -> Option<String> {
    let lower = header.to_ascii_lowercase();
    let at = lower.match_indices(name).find_map(|(at, _)| {
        let before = lower[..at].chars().next_back();
        let rest = header[at + name.len()..].trim_start();
        let is_whole = before.is_none_or(|c| c == ',' || c.is_whitespace());
        rest.strip_prefix('=').filter(|_| is_whole)
    })?;
    let value = at.trim_start();
    let value = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => value.split([',', ' ']).next()?,
    };
    (!value.is_empty()).then(|| value.to_owned())
}

/// The way to a server and to who guards it.
#[derive(Clone)]
pub struct Guarded {
    /// The way there.
    pub door: Door,
    /// On whose behalf it is asked.
    pub ctx: Ctx,
    /// Where the server is.
    pub origin: Origin,
    /// And at which path.
    pub path: String,
}

/// Who guards a server, as the server says.
#[derive(Clone, Debug)]
pub struct Guard {
    issuer: String,
    at: Origin,
    resource: String,
    scopes: Vec<String>,
}

impl Guard {
    /// Where it is.
    #[must_use]
    pub fn host(&self) -> String {
        self.at.authority()
    }
}

/// Where one signs in, as the guard says.
#[derive(Clone, Debug)]
pub struct Gates {
    issuer: String,
    authorize: String,
    token: String,
    register: Option<String>,
    revoke: Option<String>,
    names_itself: bool,
    hosts: Vec<String>,
}

impl Gates {
    /// All hosts that would hear of it.
    #[must_use]
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }
}

/// How the guard knows this app.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its name there.
    pub id: String,
    /// What proves it, where it wants that.
    pub secret: Option<Secret<String>>,
}

/// A sign-in that a person goes through in a browser.
pub struct Begun {
    /// The page.
    pub address: String,
    state: CsrfToken,
    verifier: PkceCodeVerifier,
    redirect: String,
    known: Known,
}

/// A permit, and what renews it. It is kept where keys are.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permit {
    access: String,
    until: Option<i64>,
    refresh: Option<String>,
    issuer: String,
    token: String,
    revoke: Option<String>,
    client: String,
    secret: Option<String>,
    resource: String,
}

impl std::fmt::Debug for Permit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Permit")
    }
}

impl Permit {
    /// What the server is shown.
    #[must_use]
    pub fn access(&self) -> Secret<String> {
        Secret::new(self.access.clone())
    }

    /// Whether it ended, or is about to.
    #[must_use]
    pub fn is_over(&self, now_ms: i64) -> bool {
        self.until.is_some_and(|until| until - SPARE_MS <= now_ms)
    }

    /// When it ends for good: `None` if it can be renewed, or has no end that was told.
    #[must_use]
    pub fn ends_at(&self) -> Option<i64> {
        self.until.filter(|_| self.refresh.is_none())
    }

    /// Who gave it.
    #[must_use]
    pub fn host(&self) -> String {
        let found = parse_tool_url(&self.issuer).map(|it| it.origin.authority());
        found.unwrap_or_default()
    }
}

#[derive(Deserialize)]
struct Resource {
    resource: String,
    #[serde(default)]
    authorization_servers: Vec<String>,
    #[serde(default)]
    scopes_supported: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    #[serde(default)]
    registration_endpoint: Option<String>,
    #[serde(default)]
    revocation_endpoint: Option<String>,
    #[serde(default)]
    code_challenge_methods_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
struct Registered {
    client_id: String,
    #[serde(default)]
    client_secret: Option<String>,
}

impl Guarded {
    /// Who guards the server. Only the server itself is asked.
    ///
    /// # Errors
    /// When it does not say, or says something that leads astray.
    pub async fn guard(&self, challenge: &Challenge) -> Result<Guard, McpError> {
        let mut places = Vec::new();
        match &challenge.metadata {
            Some(text) => {
                let (origin, path) = self.place(text)?;
                // It speaks for itself; somebody else does not.
                if origin != self.origin {
                    return Err(SignInError::Elsewhere.into());
                }
                places.push(path);
            }
            None => {
                const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";
                if self.path.trim_matches('/').is_empty() {
                    places.push(WELL_KNOWN.to_owned());
                } else {
                    places.push(format!("{WELL_KNOWN}{}", self.path));
                    places.push(WELL_KNOWN.to_owned());
                }
            }
        }
        let mut found: Option<Resource> = None;
        for path in places {
            found = self.document(&self.origin, &path).await?;
            if found.is_some() {
                break;
            }
        }
        let own = format!("{}{}", written(&self.origin), self.path);
        let Some(resource) = found else {
            if challenge.metadata.is_some() {
                return Err(SignInError::Unknown.into());
            }
            // As before the protocol had such documents: it guards itself.
            return Ok(Guard {
                issuer: written(&self.origin),
                at: self.origin.clone(),
                resource: own,
                scopes: scopes(challenge, Vec::new()),
            });
        };
        let (at, path) = self.place(&resource.resource)?;
        let below = path.trim_end_matches('/');
        let is_its = self.path.strip_prefix(below);
        let is_its = is_its.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if at != self.origin || !is_its {
            return Err(SignInError::Elsewhere.into());
        }
        let issuer = resource.authorization_servers.into_iter().next();
        let issuer = issuer.ok_or(SignInError::Unknown)?;
        let (at, _) = self.place(&issuer)?;
        Ok(Guard {
            issuer,
            at,
            resource: resource.resource,
            scopes: scopes(challenge, resource.scopes_supported),
        })
    }

    /// Where one signs in. The guard is asked, and must have been named before.
    ///
    /// # Errors
    /// When it does not say, calls itself by another name, or does not protect the sign-in.
    pub async fn gates(&self, guard: &Guard) -> Result<Gates, McpError> {
        let (origin, path) = self.place(&guard.issuer)?;
        let path = path.trim_end_matches('/');
        let mut places = vec![
            format!("/.well-known/oauth-authorization-server{path}"),
            format!("/.well-known/openid-configuration{path}"),
        ];
        if !path.is_empty() {
            places.push(format!("{path}/.well-known/openid-configuration"));
        }
        let mut found: Option<Metadata> = None;
        for path in places {
            found = self.document(&origin, &path).await?;
            if found.is_some() {
                break;
            }
        }
        let found = found.ok_or(SignInError::Unknown)?;
        if !is_same(&found.issuer, &guard.issuer) {
            return Err(SignInError::Issuer.into());
        }
        let methods = &found.code_challenge_methods_supported;
        if !methods.iter().any(|it| it == "S256") {
            return Err(SignInError::Unprotected.into());
        }
        let mut hosts = vec![guard.host()];
        let used = [&found.authorization_endpoint, &found.token_endpoint];
        let more = [&found.registration_endpoint, &found.revocation_endpoint];
        for text in used.into_iter().chain(more.into_iter().flatten()) {
            let host = self.page(text)?.authority();
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        Ok(Gates {
            issuer: found.issuer,
            authorize: found.authorization_endpoint,
            token: found.token_endpoint,
            register: found.registration_endpoint,
            revoke: found.revocation_endpoint,
            names_itself: found.authorization_response_iss_parameter_supported,
            hosts,
        })
    }

    /// Makes this app known there.
    ///
    /// # Errors
    /// When it takes no app it does not know.
    pub async fn register(&self, gates: &Gates, redirect: &str) -> Result<Known, McpError> {
        let at = gates.register.as_ref().ok_or(SignInError::ClientWanted)?;
        let body = serde_json::json!({
            "client_name": "Fluxchat Desktop",
            "redirect_uris": [redirect],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        });
        let payload = Payload::Json(body.to_string().into());
        let category = DataCategory::Parameters;
        let (status, body) = self.ask(Exchange::Register, at, category, payload).await?;
        if !status.is_success() {
            return Err(SignInError::ClientWanted.into());
        }
        let known: Registered = serde_json::from_slice(&body).map_err(|_| SignInError::Refused)?;
        Ok(Known {
            id: known.client_id,
            secret: known.client_secret.map(Secret::new),
        })
    }

    /// The page a person signs in on.
    ///
    /// # Errors
    /// When what the guard says cannot be used.
    pub fn begin(
        &self,
        guard: &Guard,
        gates: &Gates,
        known: Known,
        redirect: String,
    ) -> Result<Begun, McpError> {
        let bad = |_| SignInError::Elsewhere;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = BasicClient::new(ClientId::new(known.id.clone()))
            .set_auth_uri(AuthUrl::new(gates.authorize.clone()).map_err(bad)?)
            .set_redirect_uri(RedirectUrl::new(redirect.clone()).map_err(bad)?);
        let (address, state) = client
            .authorize_url(CsrfToken::new_random)
            .set_pkce_challenge(challenge)
            .add_scopes(guard.scopes.iter().cloned().map(Scope::new))
            .add_extra_param("resource", &guard.resource)
            .url();
        Ok(Begun {
            address: address.into(),
            state,
            verifier,
            redirect,
            known,
        })
    }

    /// Changes what the browser brought for a permit.
    ///
    /// # Errors
    /// When it was denied, comes from somebody else, or is refused.
    pub async fn finish(
        &self,
        guard: &Guard,
        gates: &Gates,
        begun: Begun,
        returned: Returned,
        now_ms: i64,
    ) -> Result<Permit, McpError> {
        if !begun.is_its(&returned) {
            return Err(SignInError::Refused.into());
        }
        // RFC 9207: who answers is who was asked.
        match &returned.issuer {
            Some(issuer) if !is_same(issuer, &gates.issuer) => {
                return Err(SignInError::Issuer.into());
            }
            None if gates.names_itself => return Err(SignInError::Issuer.into()),
            _ => {}
        }
        let code = match (returned.code, returned.error) {
            (Some(code), None) => code,
            (_, Some(error)) if error == "access_denied" => {
                return Err(SignInError::Denied.into());
            }
            _ => return Err(SignInError::Refused.into()),
        };
        let bad = |_| SignInError::Elsewhere;
        let client = client_of(&begun.known)
            .set_token_uri(TokenUrl::new(gates.token.clone()).map_err(bad)?)
            .set_redirect_uri(RedirectUrl::new(begun.redirect.clone()).map_err(bad)?);
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(begun.verifier)
            .add_extra_param("resource", &guard.resource)
            .request_async(self)
            .boxed()
            .await
            .map_err(|error| refused(error, SignInError::Refused))?;
        let permit = Permit {
            access: String::new(),
            until: None,
            refresh: None,
            issuer: gates.issuer.clone(),
            token: gates.token.clone(),
            revoke: gates.revoke.clone(),
            client: begun.known.id,
            secret: begun.known.secret.map(|it| it.expose().clone()),
            resource: guard.resource.clone(),
        };
        permit.with(&answer, now_ms)
    }

    /// A new permit in the place of one that ended.
    ///
    /// # Errors
    /// [`SignInError::Over`] when there is none to be had.
    pub async fn renew(&self, permit: &Permit, now_ms: i64) -> Result<Permit, McpError> {
        let Some(refresh) = permit.refresh.clone() else {
            return Err(SignInError::Over.into());
        };
        let known = Known {
            id: permit.client.clone(),
            secret: permit.secret.clone().map(Secret::new),
        };
        let token = TokenUrl::new(permit.token.clone()).map_err(|_| SignInError::Over)?;
        let answer = client_of(&known)
            .set_token_uri(token)
            .exchange_refresh_token(&RefreshToken::new(refresh))
            .add_extra_param("resource", &permit.resource)
            .request_async(self)
            .boxed()
            .await
            .map_err(|error| refused(error, SignInError::Over))?;
        permit.clone().with(&answer, now_ms)
    }

    /// Gives a permit back. `false` when the guard has no place for that.
    ///
    /// # Errors
    /// When it cannot be told.
    pub async fn revoke(&self, permit: &Permit) -> Result<bool, McpError> {
        let Some(at) = &permit.revoke else {
            return Ok(false);
        };
        let (token, kind) = match &permit.refresh {
            Some(refresh) => (refresh, "refresh_token"),
            None => (&permit.access, "access_token"),
        };
        // The serializer must not be held while the answer is awaited.
        let form = {
            let mut fields = url::form_urlencoded::Serializer::new(String::new());
            fields
                .append_pair("token", token)
                .append_pair("token_type_hint", kind)
                .append_pair("client_id", &permit.client);
            if let Some(secret) = &permit.secret {
                fields.append_pair("client_secret", secret);
            }
            fields.finish()
        };
        let payload = Payload::Fields(form.into());
        let category = DataCategory::Credential;
        let (status, _) = self.ask(Exchange::Revoke, at, category, payload).await?;
        if status.is_success() {
            Ok(true)
        } else {
            Err(McpError::Status(status.as_u16()))
        }
    }

    async fn token(&self, request: oauth2::HttpRequest) -> Result<oauth2::HttpResponse, McpError> {
        let at = request.uri().to_string();
        let payload = Payload::Fields(request.into_body().into());
        let category = DataCategory::Credential;
        let (status, body) = self.ask(Exchange::Token, &at, category, payload).await?;
        let mut response = oauth2::HttpResponse::new(body);
        *response.status_mut() = status;
        Ok(response)
    }

    /// A document, or `None` where there is no such one.
    async fn document<T: serde::de::DeserializeOwned>(
        &self,
        origin: &Origin,
        path: &str,
    ) -> Result<Option<T>, McpError> {
        let at = format!("{}{path}", written(origin));
        let none = DataCategory::None;
        let (status, body) = self
            .ask(Exchange::Metadata, &at, none, Payload::Empty)
            .await?;
        if !status.is_success() {
            return Ok(None);
        }
        Ok(serde_json::from_slice(&body).ok())
    }

    async fn ask(
        &self,
        what: Exchange,
        at: &str,
        category: DataCategory,
        payload: Payload,
    ) -> Result<(StatusCode, Vec<u8>), McpError> {
        let (origin, path) = self.place(at)?;
        let ctx = Ctx {
            categories: vec![category],
            reply: Reply::Document,
            ..self.ctx.clone()
        };
        let headers = ExchangeHeaders::default();
        let endpoint = Endpoint::new(Call::Tools { what, headers }, Target::tools(origin, &path));
        let asked = async {
            let mut response = self.door.send(ctx, endpoint, payload).await?;
            let body = response.body.collect(LONGEST).await?;
            Ok((response.status, body.to_vec()))
        };
        let answer = tokio::time::timeout(PATIENCE, asked).await;
        answer
            .map_err(|_| McpError::NoAnswer)?
            .map_err(McpError::Remote)
    }

    /// An address somebody else wrote, that is asked by this app.
    fn place(&self, text: &str) -> Result<(Origin, String), SignInError> {
        let found = parse_tool_url(text).map_err(|_| SignInError::Elsewhere)?;
        if !text.contains("://") || found.query.is_some() || !self.may_lead_to(&found.origin) {
            return Err(SignInError::Elsewhere);
        }
        Ok((found.origin, found.path))
    }

    /// The same of a page, which may have a query.
    fn page(&self, text: &str) -> Result<Origin, SignInError> {
        let found = parse_tool_url(text).map_err(|_| SignInError::Elsewhere)?;
        if !text.contains("://") || !self.may_lead_to(&found.origin) {
            return Err(SignInError::Elsewhere);
        }
        Ok(found.origin)
    }

    /// A server in the world leads to no place in this network; unencrypted goes on this computer
    /// alone, from a server on it.
    fn may_lead_to(&self, there: &Origin) -> bool {
        let class = |origin: &Origin| host_class(origin.host());
        let (from, to) = (class(&self.origin), class(there));
        match there.scheme() {
            "https" => {
                to == HostClass::Public
                    || (from != HostClass::Public && from != HostClass::Unusable)
            }
            _ => to == HostClass::Loopback && from == HostClass::Loopback,
        }
    }
}

impl<'a> oauth2::AsyncHttpClient<'a> for Guarded {
    type Error = McpError;
    type Future = BoxFuture<'a, Result<oauth2::HttpResponse, McpError>>;

    fn call(&'a self, request: oauth2::HttpRequest) -> Self::Future {
        self.token(request).boxed()
    }
}

impl Begun {
    /// What a browser must bring back.
    #[must_use]
    pub fn state(&self) -> Secret<String> {
        Secret::new(self.state.secret().clone())
    }

    fn is_its(&self, returned: &Returned) -> bool {
        *self.state.secret() == returned.state
    }
}

impl Permit {
    fn with(mut self, answer: &BasicTokenResponse, now_ms: i64) -> Result<Self, McpError> {
        let access = answer.access_token().secret();
        let is_usable = !access.is_empty() && access.len() <= LONGEST_TOKEN;
        if !is_usable || *answer.token_type() != oauth2::basic::BasicTokenType::Bearer {
            return Err(SignInError::Refused.into());
        }
        self.access.clone_from(access);
        self.until = answer.expires_in().map(|time| {
            let ms = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
            now_ms.saturating_add(ms)
        });
        if let Some(refresh) = answer.refresh_token() {
            self.refresh = Some(refresh.secret().clone());
        }
        Ok(self)
    }
}

fn client_of(known: &Known) -> BasicClient {
    let client = BasicClient::new(ClientId::new(known.id.clone()));
    match &known.secret {
        Some(secret) => client
            .set_client_secret(ClientSecret::new(secret.expose().clone()))
            .set_auth_type(AuthType::RequestBody),
        None => client.set_auth_type(AuthType::RequestBody),
    }
}

type TokenError = RequestTokenError<McpError, oauth2::basic::BasicErrorResponse>;

fn refused(error: TokenError, means: SignInError) -> McpError {
    match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::ServerResponse(answer) => match answer.error() {
            // What was sent is good for nothing any more.
            BasicErrorResponseType::InvalidGrant
            | BasicErrorResponseType::InvalidClient
            | BasicErrorResponseType::UnauthorizedClient => means.into(),
            _ => SignInError::Refused.into(),
        },
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => SignInError::Refused.into(),
    }
}

/// What is asked for: what the server wants now, or all it knows.
fn scopes(challenge: &Challenge, known: Vec<String>) -> Vec<String> {
    match &challenge.scope {
        Some(scope) => scope.split_whitespace().map(str::to_owned).collect(),
        None => known.into_iter().take(MOST_SCOPES).collect(),
    }
}

/// Without a port that goes without saying.
fn written(origin: &Origin) -> String {
    format!("{}://{}", origin.scheme(), origin.authority())
}

fn is_same(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_read() {
        let read = Challenge::read(
            r#"Bearer error="invalid_token", resource_metadata="https://x.example/a", scope="a b""#,
        );
        assert_eq!(read.metadata.as_deref(), Some("https://x.example/a"));
        assert_eq!(read.scope.as_deref(), Some("a b"));
        let bare = Challenge::read("Bearer resource_metadata=https://x.example/a,scope=a");
        assert_eq!(bare.metadata.as_deref(), Some("https://x.example/a"));
        assert_eq!(bare.scope.as_deref(), Some("a"));
        for other in ["", "Bearer", "Bearer x_scope=\"a\"", "Basic realm=\"x\""] {
            assert_eq!(Challenge::read(other), Challenge::default(), "{other}");
        }
    }
}
