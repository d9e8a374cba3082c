//! Permits: asked for by a person in a browser, renewed, and given back.

use fluxchat_egress::{Exchange, Payload, Returned, parse_tool_url};
use fluxchat_model::{DataCategory, Secret};
use futures_util::FutureExt as _;
use oauth2::basic::{BasicClient, BasicErrorResponseType, BasicTokenResponse};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope, TokenResponse as _,
    TokenUrl,
};
use serde::{Deserialize, Serialize};

use super::{Gates, Guard, Guarded, SignInError, is_same};
use crate::McpError;

const LONGEST_TOKEN: usize = 32 << 10;
/// A permit that has less than this before it ends is renewed.
const SPARE_MS: i64 = 30_000;

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
    /// What was asked for, or what its guard says it is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scopes: Vec<String>,
}

impl std::fmt::Debug for Permit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Permit")
    }
}

#[derive(Deserialize)]
struct Registered {
    client_id: String,
    #[serde(default)]
    client_secret: Option<String>,
}

impl Guarded {
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
            scopes: guard.scopes.clone(),
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

    /// Gives a permit back (RFC 7009). `false` when the guard has no place for that.
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

    /// What it is for.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Whether this app was known by the same name when it got another one there.
    #[must_use]
    pub fn is_of_same_client(&self, other: &Self) -> bool {
        (&self.issuer, &self.client) == (&other.issuer, &other.client)
    }

    /// Who gave it.
    #[must_use]
    pub fn host(&self) -> String {
        let found = parse_tool_url(&self.issuer).map(|it| it.origin.authority());
        found.unwrap_or_default()
    }

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
        if let Some(scopes) = answer.scopes() {
            self.scopes = super::challenge::plain(scopes.iter().map(|scope| scope.as_str()));
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
