//! What is said on the way to a sign-in: every request through the one door, to no place that is
//! refused.

use std::time::Duration;

use fluxchat_egress::{
    Call, Ctx, Endpoint, Exchange, ExchangeHeaders, HostClass, Payload, Reply, Target, host_class,
    parse_tool_url,
};
use fluxchat_model::{DataCategory, Origin};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::StatusCode;

use super::{Guarded, SignInError, written};
use crate::McpError;

/// Of a document or an answer about signing in.
const LONGEST: usize = 256 << 10;
const PATIENCE: Duration = Duration::from_secs(30);
/// For a permit that is given back: it is deleted here already.
const PATIENCE_AT_THE_END: Duration = Duration::from_secs(8);

impl Guarded {
    async fn token(&self, request: oauth2::HttpRequest) -> Result<oauth2::HttpResponse, McpError> {
        let at = request.uri().to_string();
        let payload = Payload::Fields(request.into_body().into());
        let category = DataCategory::Credential;
        let (status, body) = self.ask(Exchange::Token, &at, category, payload).await?;
        let mut response = oauth2::HttpResponse::new(body);
        *response.status_mut() = status;
        Ok(response)
    }

    /// The document at the first of these places where there is one.
    pub(super) async fn first<T: serde::de::DeserializeOwned>(
        &self,
        origin: &Origin,
        paths: Vec<String>,
    ) -> Result<Option<T>, McpError> {
        for path in paths {
            let at = format!("{}{path}", written(origin));
            let none = DataCategory::None;
            let (status, body) = self
                .ask(Exchange::Metadata, &at, none, Payload::Empty)
                .await?;
            if status.is_success()
                && let Ok(document) = serde_json::from_slice(&body)
            {
                return Ok(Some(document));
            }
        }
        Ok(None)
    }

    pub(super) async fn ask(
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
        let patience = match what {
            Exchange::Revoke => PATIENCE_AT_THE_END,
            _ => PATIENCE,
        };
        let answer = tokio::time::timeout(patience, asked).await;
        answer
            .map_err(|_| McpError::NoAnswer)?
            .map_err(McpError::Remote)
    }

    /// An address somebody else wrote, that is asked by this app.
    pub(super) fn place(&self, text: &str) -> Result<(Origin, String), SignInError> {
        let found = parse_tool_url(text).map_err(|_| SignInError::Elsewhere)?;
        if !text.contains("://") || found.query.is_some() || !self.may_lead_to(&found.origin) {
            return Err(SignInError::Elsewhere);
        }
        Ok((found.origin, found.path))
    }

    /// The same of a page, which may have a query.
    pub(super) fn page(&self, text: &str) -> Result<Origin, SignInError> {
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
