use bytes::Bytes;
use fluxchat_model::DataCategory;
use http::header;

use crate::leaf::USER_AGENT;
use crate::{Ctx, Door, EgressError, Endpoint, Payload, Refusal};

/// A header as it would be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewHeader {
    /// In lower case.
    pub name: String,
    /// `None` for a credential, which is never shown.
    pub value: Option<String>,
}

/// A request as it would leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// `POST`, …
    pub method: String,
    /// The whole address; of the service in this process, the path.
    pub url: String,
    /// Host and port, or `in-process`.
    pub host: String,
    /// With what the connection adds. `x-request-id` is another one for every request.
    pub headers: Vec<PreviewHeader>,
    /// Every byte of the body.
    pub body: Bytes,
    /// What kinds of data it carries.
    pub categories: Vec<DataCategory>,
    /// Why the door would not let it out as it is.
    pub refusal: Option<Refusal>,
}

impl Door {
    /// What [`Door::send`] would send, built by the same function. Nothing leaves, and nothing is
    /// written into the ledger.
    ///
    /// # Errors
    /// When the request cannot be built.
    pub fn preview(
        &self,
        ctx: &Ctx,
        endpoint: &Endpoint,
        payload: &Payload,
    ) -> Result<Preview, EgressError> {
        let attempt = self.attempt(ctx, endpoint, payload)?;
        let request = attempt.request;
        let mut headers: Vec<PreviewHeader> = request
            .headers()
            .iter()
            .map(|(name, value)| PreviewHeader {
                name: name.to_string(),
                value: (!value.is_sensitive())
                    .then(|| String::from_utf8_lossy(value.as_bytes()).into_owned()),
            })
            .collect();
        let mut add = |name: header::HeaderName, value: String| {
            headers.push(PreviewHeader {
                name: name.to_string(),
                value: Some(value),
            });
        };
        if let Some(origin) = &attempt.target.origin {
            // Added by the connection.
            add(header::USER_AGENT, USER_AGENT.to_owned());
            add(header::HOST, origin.authority());
            if !request.body().is_empty() {
                add(header::CONTENT_LENGTH, request.body().len().to_string());
            }
        }
        let offline = self.is_offline() && !attempt.target.is_in_process();
        Ok(Preview {
            method: request.method().to_string(),
            url: request.uri().to_string(),
            host: attempt.record.host,
            headers,
            categories: attempt.record.categories,
            refusal: attempt.refusal.or(offline.then_some(Refusal::Offline)),
            body: request.into_body(),
        })
    }
}
