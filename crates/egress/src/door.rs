use std::sync::Arc;
use std::time::Duration;

use fluxchat_model::{Clock, DataCategory, Dialect, EgressRecord, Purpose, RequestId, Timestamp};
use http::{HeaderName, HeaderValue, header};
use tokio::sync::watch;
use tower::util::BoxCloneSyncService;
use tower::{ServiceBuilder, ServiceExt};

use crate::board::Board;
use crate::busy;
use crate::gate::{Attempt, GateLayer};
use crate::leaf::{Leaves, Network};
use crate::retry::{self, Attempted};
use crate::{
    Activity, Ctx, EgressError, Endpoint, InProcess, Ledger, Payload, Refusal, Reply, Response,
    TRAINING_HEADER,
};

const SILENCE_CLOUD: Duration = Duration::from_secs(120);
/// A local server reads the prompt and loads its model in silence.
const SILENCE_LOCAL: Duration = Duration::from_secs(600);
/// A document is short. One that trickles would keep whoever waits for it for ever; a stream may,
/// for somebody watches it and can stop it.
const DOCUMENT_TIME: Duration = Duration::from_secs(600);
const DOCUMENT_LIMIT: u64 = 16 << 20;
const STREAM_LIMIT: u64 = 256 << 20;
const SOUND_LIMIT: u64 = 64 << 20;

/// The one door out. Clones are the same door.
#[derive(Clone)]
pub struct Door {
    board: Arc<Board>,
    network: Network,
    clock: Arc<dyn Clock>,
    stack: BoxCloneSyncService<Attempt, Response, EgressError>,
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Door")
    }
}

impl Door {
    /// An open door whose account is kept by `ledger`. `in_process` is the service that answers
    /// calls to [`crate::Target::in_process`].
    #[must_use]
    pub fn new(
        ledger: Arc<dyn Ledger>,
        clock: Arc<dyn Clock>,
        in_process: Option<InProcess>,
    ) -> Self {
        let board = Board::new();
        let network = Network::default();
        let stack = ServiceBuilder::new()
            .layer(GateLayer {
                board: Arc::clone(&board),
                ledger,
            })
            .service(Leaves {
                network: network.clone(),
                in_process,
            });
        Self {
            board,
            network,
            clock,
            stack: BoxCloneSyncService::new(stack),
        }
    }

    /// Closes (`true`) or opens the door. Closing stops what is under way and drops open
    /// connections; what does not leave the process goes on.
    pub fn set_offline(&self, offline: bool) {
        self.board.set_offline(offline);
        if offline {
            self.network.forget();
        }
        tracing::info!(name: "egress.offline", offline);
    }

    /// True while the door is closed.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.board.is_offline()
    }

    /// What is under way, for the egress light; changes as it happens.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Activity> {
        self.board.watch()
    }

    /// Stops everything under way for a purpose. Call it after the withdrawal of a consent was
    /// written: what began before is stopped here, what begins after is refused by the ledger.
    pub fn cancel_purpose(&self, purpose: Purpose) {
        self.board.cancel_purpose(purpose);
    }

    /// Sends a request, trying again where that makes sense. Each attempt is a row of the
    /// ledger with a request id of its own. The status of the answer may be an error; it is
    /// never a redirect.
    ///
    /// # Errors
    /// When it was refused, stopped, or brought no answer.
    pub async fn send(
        &self,
        ctx: Ctx,
        endpoint: Endpoint,
        payload: Payload,
    ) -> Result<Response, EgressError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let attempt = self.attempt(&ctx, &endpoint, &payload)?;
            let mut result = self.stack.clone().oneshot(attempt).await;
            if !endpoint.call.may_repeat() {
                return result;
            }
            let now = self.clock.now();
            if let Ok(response) = &mut result {
                response.retry_after = retry::asked_wait(&response.headers, now);
            }
            let mut wait = retry::wait(&Attempted {
                tries,
                local: endpoint.target.is_local(),
                result: result
                    .as_ref()
                    .map(|response| (response.status.as_u16(), &response.headers)),
                now,
                random: random::<1>()?[0],
            });
            if let Ok(response) = &mut result
                && let Some(usual) = wait
            {
                wait = busy::reconsider(response, usual).await;
            }
            let Some(wait) = wait else {
                return result;
            };
            tracing::info!(name: "egress.retry", tries, wait_ms = wait.as_millis() as u64);
            drop(result);
            tokio::select! {
                biased;
                () = ctx.cancel.cancelled() => return Err(EgressError::Cancelled),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    pub(crate) fn attempt(
        &self,
        ctx: &Ctx,
        endpoint: &Endpoint,
        payload: &Payload,
    ) -> Result<Attempt, EgressError> {
        let at = self.clock.now();
        let (target, call) = (&endpoint.target, &endpoint.call);
        let request_id = RequestId::new(at, random()?);
        let mut categories = ctx.categories.clone();
        let mut builder = http::Request::builder()
            .method(call.method())
            .uri(endpoint.uri()?)
            .header(header::ACCEPT, accept(ctx.reply))
            .header(
                HeaderName::from_static("x-request-id"),
                request_id.to_string(),
            );
        match payload {
            Payload::Empty => {}
            Payload::Json(_) => {
                builder = builder.header(header::CONTENT_TYPE, "application/json");
            }
            Payload::Fields(_) => {
                let kind = "application/x-www-form-urlencoded";
                builder = builder.header(header::CONTENT_TYPE, kind);
            }
            Payload::Form { boundary, .. } => {
                let kind = format!("multipart/form-data; boundary={boundary}");
                builder = builder.header(header::CONTENT_TYPE, kind);
            }
        }
        for (name, value) in call.headers(target.dialect) {
            builder = builder.header(*name, HeaderValue::from_static(value));
        }
        for (name, value) in call.own_headers() {
            builder = builder.header(name, value);
        }
        if target.dialect == Dialect::Fluxchat {
            let allowed = if ctx.training_allowed {
                "true"
            } else {
                "false"
            };
            builder = builder.header(TRAINING_HEADER, HeaderValue::from_static(allowed));
        }
        let mut refusal = check(ctx, endpoint);
        if let Some(credential) = &endpoint.credential {
            if target.origin.as_ref() == Some(credential.origin()) {
                for (name, value) in credential.headers()? {
                    builder = builder.header(name, value);
                }
                if credential.is_in_address() {
                    builder = builder.uri(endpoint.uri_with(credential)?);
                }
                if !categories.contains(&DataCategory::Credential) {
                    categories.push(DataCategory::Credential);
                }
            } else {
                refusal = refusal.or(Some(Refusal::CredentialOrigin));
            }
        }
        if !categories.iter().all(|it| covered(ctx.purpose, *it)) {
            refusal = refusal.or(Some(Refusal::CategoryNotAllowed));
        }
        let request = builder
            .body(payload.bytes())
            .map_err(|_| EgressError::InvalidParameter)?;
        Ok(Attempt {
            record: self.record(ctx, endpoint, request_id, at, categories),
            refusal,
            target: target.clone(),
            request,
            cancel: ctx.cancel.clone(),
            silence: ctx.silence.unwrap_or(if target.is_local() {
                SILENCE_LOCAL
            } else {
                SILENCE_CLOUD
            }),
            within: (ctx.reply == Reply::Document).then_some(DOCUMENT_TIME),
            limit: match ctx.reply {
                Reply::Document => DOCUMENT_LIMIT,
                Reply::Stream => STREAM_LIMIT,
                Reply::Sound => SOUND_LIMIT,
            },
        })
    }

    fn record(
        &self,
        ctx: &Ctx,
        endpoint: &Endpoint,
        request_id: RequestId,
        at: Timestamp,
        categories: Vec<DataCategory>,
    ) -> EgressRecord {
        EgressRecord {
            request_id,
            at,
            purpose: ctx.purpose,
            basis: ctx.purpose.basis(),
            consent_event_id: ctx.consent,
            policy_version: ctx.policy_version.clone(),
            endpoint: endpoint.call.id().to_owned(),
            method: endpoint.call.method().to_string(),
            host: endpoint.target.host(),
            categories,
            initiator: ctx.initiator,
            conversation_id: ctx.conversation_id,
            training_allowed: ctx.training_allowed,
        }
    }
}

fn check(ctx: &Ctx, endpoint: &Endpoint) -> Option<Refusal> {
    if !endpoint.call.purposes().contains(&ctx.purpose) {
        return Some(Refusal::PurposeNotAllowed);
    }
    endpoint.target.check().err()
}

fn covered(purpose: Purpose, category: DataCategory) -> bool {
    category == DataCategory::None || purpose.categories().contains(&category)
}

fn accept(reply: Reply) -> &'static str {
    match reply {
        Reply::Document => "application/json",
        Reply::Stream => "text/event-stream, application/json",
        Reply::Sound => "audio/*, application/json",
    }
}

fn random<const N: usize>() -> Result<[u8; N], EgressError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| EgressError::NoRandomness)?;
    Ok(bytes)
}
