//! The gate before the leaves: nothing passes without a row in the ledger.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use fluxchat_model::{EgressRecord, Outcome};
use http::{HeaderMap, header};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tower::{Layer, Service, ServiceExt};

use crate::board::{Board, Flight};
use crate::body::Limits;
use crate::leaf::{Departure, WireResponse};
use crate::{EgressError, Ledger, Refusal, Response, ResponseBody, Target};

/// One attempt, complete but not yet allowed.
#[derive(Clone)]
pub(crate) struct Attempt {
    pub(crate) record: EgressRecord,
    /// What the door found before it asked the ledger.
    pub(crate) refusal: Option<Refusal>,
    pub(crate) target: Target,
    pub(crate) request: http::Request<Bytes>,
    pub(crate) cancel: CancellationToken,
    /// How long the server may be silent.
    pub(crate) silence: Duration,
    /// How long all of it may take, where that is limited.
    pub(crate) within: Option<Duration>,
    /// The most that is read, in bytes.
    pub(crate) limit: u64,
}

#[derive(Clone)]
pub(crate) struct GateLayer {
    pub(crate) board: Arc<Board>,
    pub(crate) ledger: Arc<dyn Ledger>,
}

impl<S> Layer<S> for GateLayer {
    type Service = Gate<S>;
    fn layer(&self, inner: S) -> Gate<S> {
        Gate {
            board: Arc::clone(&self.board),
            ledger: Arc::clone(&self.ledger),
            inner,
        }
    }
}

#[derive(Clone)]
pub(crate) struct Gate<S> {
    board: Arc<Board>,
    ledger: Arc<dyn Ledger>,
    inner: S,
}

impl<S> Service<Attempt> for Gate<S>
where
    S: Service<Departure, Response = WireResponse, Error = EgressError>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = EgressError;
    type Future = Pin<Box<dyn Future<Output = Result<Response, EgressError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), EgressError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, attempt: Attempt) -> Self::Future {
        let gate = self.clone();
        Box::pin(async move {
            let flight = gate.admit(&attempt).await?;
            gate.pass(attempt, flight).await
        })
    }
}

impl<S> Gate<S>
where
    S: Service<Departure, Response = WireResponse, Error = EgressError>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
{
    /// Registers the attempt, then has its row written.
    async fn admit(&self, attempt: &Attempt) -> Result<Flight, EgressError> {
        let entered = match attempt.refusal {
            Some(refusal) => Err(refusal),
            None => self.board.enter(
                &attempt.record,
                attempt.target.is_in_process(),
                &attempt.cancel,
                &self.ledger,
            ),
        };
        let ledger = Arc::clone(&self.ledger);
        let record = attempt.record.clone();
        // The flight goes into the closure: if this future is dropped while the row is being
        // written, the flight is dropped with the result and completes the row.
        let admitted = tokio::task::spawn_blocking(move || match entered {
            Err(refusal) => {
                ledger.block(&record, refusal);
                Err(refusal)
            }
            Ok(mut flight) => {
                flight.admitted(ledger.begin(&record)?);
                Ok(flight)
            }
        })
        .await
        .unwrap_or(Err(Refusal::LedgerUnavailable));
        admitted.map_err(|refusal| {
            self.board.blocked(&attempt.record, refusal);
            tracing::info!(
                name: "egress.blocked",
                request_id = %attempt.record.request_id,
                code = refusal.code(),
            );
            match refusal {
                Refusal::LedgerUnavailable => EgressError::Ledger,
                other => EgressError::Blocked(other),
            }
        })
    }

    /// The row is there: the bytes may leave.
    async fn pass(self, attempt: Attempt, mut flight: Flight) -> Result<Response, EgressError> {
        let host = attempt.record.host.clone();
        let token = flight.token().clone();
        let limits = Limits {
            silence: attempt.silence,
            until: attempt.within.map(|within| Instant::now() + within),
            bytes: attempt.limit,
        };
        let out = bytes_of_request(&attempt.request);
        let departure = Departure {
            target: attempt.target,
            request: attempt.request,
        };
        let leaf = async {
            match tokio::time::timeout(attempt.silence, self.inner.oneshot(departure)).await {
                Ok(result) => result,
                Err(_) => Err(EgressError::Timeout { host: host.clone() }),
            }
        };
        let answered = tokio::select! {
            biased;
            () = token.cancelled() => None,
            answered = async {
                flight.bytes_out = out;
                leaf.await
            } => Some(answered),
        };
        let response = match answered {
            None => {
                let why = flight.stopped();
                flight.finish(Outcome::Cancelled);
                return Err(why);
            }
            Some(Err(error)) => {
                if never_connected(&error) {
                    flight.bytes_out = 0;
                }
                tracing::info!(
                    name: "egress.failed",
                    request_id = %attempt.record.request_id,
                    code = error.code(),
                );
                flight.finish(Outcome::Failed);
                return Err(error);
            }
            Some(Ok(response)) => response,
        };
        let (head, body) = response.into_parts();
        flight.status = Some(head.status.as_u16());
        flight.bytes_in = bytes_of_headers(&head.headers).saturating_add(17);
        tracing::debug!(
            name: "egress.answered",
            request_id = %attempt.record.request_id,
            status = head.status.as_u16(),
        );
        if head.status.is_redirection() {
            let host = redirect_host(&head.headers);
            drop(body);
            flight.finish(Outcome::Sent);
            return Err(EgressError::Redirect { host });
        }
        if is_encoded(&head.headers) {
            drop(body);
            flight.finish(Outcome::Failed);
            return Err(EgressError::Encoding);
        }
        Ok(Response {
            status: head.status,
            headers: head.headers,
            request_id: attempt.record.request_id,
            retry_after: None,
            body: ResponseBody::new(body, flight, host, limits),
        })
    }
}

fn never_connected(error: &EgressError) -> bool {
    matches!(
        error,
        EgressError::Connect { .. }
            | EgressError::Dns { .. }
            | EgressError::Tls { .. }
            | EgressError::Blocked(_)
            | EgressError::NoService
    )
}

/// No encoding was offered, so only `identity` is an answer. This also keeps decompression bombs out.
fn is_encoded(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .any(|value| {
            let value = value.as_bytes().trim_ascii();
            !value.is_empty() && !value.eq_ignore_ascii_case(b"identity")
        })
}

fn redirect_host(headers: &HeaderMap) -> Option<String> {
    let location = headers.get(header::LOCATION)?.to_str().ok()?;
    url::Url::parse(location)
        .ok()?
        .host_str()
        .map(str::to_owned)
}

fn bytes_of_headers(headers: &HeaderMap) -> u64 {
    headers
        .iter()
        .map(|(name, value)| (name.as_str().len() + value.len() + 4) as u64)
        .sum()
}

/// As HTTP/1.1 writes it.
fn bytes_of_request(request: &http::Request<Bytes>) -> u64 {
    let path = request
        .uri()
        .path_and_query()
        .map_or(1, |it| it.as_str().len());
    let line = request.method().as_str().len() + path + 12;
    bytes_of_headers(request.headers()).saturating_add((line + 2 + request.body().len()) as u64)
}
