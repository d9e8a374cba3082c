//! Who guards a server, and where one signs in: read from what they say themselves. Nobody is
//! asked who was not named to a person before.

use fluxchat_model::Origin;
use serde::Deserialize;

use super::challenge::plain;
use super::{Challenge, Guarded, SignInError, is_same, written};
use crate::McpError;

/// A server may name so many; the others are not looked at.
const MOST_GUARDS: usize = 8;

/// Who guards a server, as the server says: one, and those it names after it.
#[derive(Clone, Debug)]
pub struct Guard {
    issuer: String,
    at: Origin,
    others: Vec<(String, Origin)>,
    pub(super) resource: String,
    pub(super) scopes: Vec<String>,
}

impl Guard {
    /// Where it is.
    #[must_use]
    pub fn host(&self) -> String {
        self.at.authority()
    }

    /// What is asked for there.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Asks for these and no others.
    pub fn ask_for(&mut self, scopes: &[String]) {
        self.scopes = plain(scopes.iter().map(String::as_str));
    }

    /// The one that is named next, should this one not answer.
    #[must_use]
    pub fn next(mut self) -> Option<Self> {
        if self.others.is_empty() {
            return None;
        }
        (self.issuer, self.at) = self.others.remove(0);
        Some(self)
    }
}

/// Where one signs in, as the guard says.
#[derive(Clone, Debug)]
pub struct Gates {
    pub(super) issuer: String,
    pub(super) authorize: String,
    pub(super) token: String,
    pub(super) register: Option<String>,
    pub(super) revoke: Option<String>,
    pub(super) names_itself: bool,
    hosts: Vec<String>,
}

impl Gates {
    /// All hosts that would hear of it.
    #[must_use]
    pub fn hosts(&self) -> &[String] {
        &self.hosts
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

impl Guarded {
    /// Who guards the server. Only the server itself is asked.
    ///
    /// # Errors
    /// When it does not say, or says something that leads astray.
    pub async fn guard(&self, challenge: &Challenge) -> Result<Guard, McpError> {
        let Some(found) = self.resource(challenge).await? else {
            if challenge.metadata.is_some() {
                return Err(SignInError::Unknown.into());
            }
            // As before the protocol had such documents: it guards itself.
            return Ok(Guard {
                issuer: written(&self.origin),
                at: self.origin.clone(),
                others: Vec::new(),
                resource: self.named(format!("{}{}", written(&self.origin), self.path)),
                scopes: challenge.scopes.clone(),
            });
        };
        let (at, path) = self.place(&found.resource)?;
        let below = path.trim_end_matches('/');
        let is_its = self.path.strip_prefix(below);
        let is_its = is_its.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if at != self.origin || !is_its {
            return Err(SignInError::Elsewhere.into());
        }
        if found.authorization_servers.is_empty() {
            return Err(SignInError::Unknown.into());
        }
        // In the order of the server; one that leads astray is none.
        let guards = found.authorization_servers.into_iter().take(MOST_GUARDS);
        let mut guards = guards.filter_map(|issuer| {
            let (at, _) = self.place(&issuer).ok()?;
            Some((issuer, at))
        });
        let (issuer, at) = guards.next().ok_or(SignInError::Elsewhere)?;
        // What the server wants now, or all it knows.
        let scopes = if challenge.scopes.is_empty() {
            plain(found.scopes_supported.iter().map(String::as_str))
        } else {
            challenge.scopes.clone()
        };
        Ok(Guard {
            issuer,
            at,
            others: guards.collect(),
            resource: self.named(found.resource),
            scopes,
        })
    }

    /// What the server says about itself.
    async fn resource(&self, challenge: &Challenge) -> Result<Option<Resource>, McpError> {
        const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";
        let mut places = Vec::new();
        if let Some(text) = &challenge.metadata {
            let (origin, path) = self.place(text)?;
            // It speaks for itself; somebody else does not.
            if origin != self.origin {
                return Err(SignInError::Elsewhere.into());
            }
            places.push(path);
        } else {
            if !self.path.trim_matches('/').is_empty() {
                places.push(format!("{WELL_KNOWN}{}", self.path));
            }
            places.push(WELL_KNOWN.to_owned());
        }
        self.first(&self.origin, places).await
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
        let found: Option<Metadata> = self.first(&origin, places).await?;
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
}
