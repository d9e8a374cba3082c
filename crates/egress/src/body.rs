use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use fluxchat_model::{Outcome, RequestId};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use tokio::time::Instant;

use crate::EgressError;
use crate::board::Flight;
use crate::leaf::WireBody;

/// An answer. Its row in the ledger is completed when the body was read, settled or dropped.
#[derive(Debug)]
pub struct Response {
    /// Never 3xx.
    pub status: StatusCode,
    /// As received.
    pub headers: HeaderMap,
    /// What follows.
    pub body: ResponseBody,
    /// Of the attempt that was answered.
    pub request_id: RequestId,
    /// How long the server asks to wait before the next try, where it says.
    pub retry_after: Option<Duration>,
}

impl Response {
    /// A header as text, if it is one.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

enum Source {
    Wire {
        body: WireBody,
        flight: Flight,
    },
    /// Already read and accounted for.
    Read(Bytes),
    Ended,
}

/// What an answer may take.
pub(crate) struct Limits {
    /// How long the server may be silent.
    pub(crate) silence: Duration,
    /// When all of it has to be there, however steadily it trickles.
    pub(crate) until: Option<Instant>,
    /// The most that is read, in bytes.
    pub(crate) bytes: u64,
}

/// The body of an answer, counted, limited in size and in time, stopped with its request.
pub struct ResponseBody {
    source: Source,
    host: String,
    limits: Limits,
    read: u64,
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody")
            .field("host", &self.host)
            .field("read", &self.read)
            .finish_non_exhaustive()
    }
}

impl ResponseBody {
    pub(crate) fn new(body: WireBody, flight: Flight, host: String, limits: Limits) -> Self {
        Self {
            source: Source::Wire { body, flight },
            host,
            limits,
            read: 0,
        }
    }

    pub(crate) fn replace_with(&mut self, read: Bytes) {
        self.source = Source::Read(read);
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// When it was stopped, fell silent for too long, broke off or grew too large. Every later
    /// call gives `None`.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, EgressError> {
        loop {
            let (body, flight) = match &mut self.source {
                Source::Wire { body, flight } => (body, flight),
                Source::Read(bytes) => {
                    let bytes = std::mem::take(bytes);
                    self.source = Source::Ended;
                    return Ok(Some(bytes).filter(|bytes| !bytes.is_empty()));
                }
                Source::Ended => return Ok(None),
            };
            let token = flight.token().clone();
            let left = self.limits.until.map_or(Duration::MAX, |until| {
                until.saturating_duration_since(Instant::now())
            });
            let patience = self.limits.silence.min(left);
            let next = tokio::select! {
                biased;
                () = token.cancelled() => None,
                next = tokio::time::timeout(patience, body.frame()) => Some(next),
            };
            let error = match next {
                None => {
                    let why = flight.stopped();
                    self.end(Outcome::Cancelled);
                    return Err(why);
                }
                Some(Ok(None)) => {
                    self.end(Outcome::Sent);
                    return Ok(None);
                }
                Some(Ok(Some(Ok(frame)))) => {
                    let Ok(data) = frame.into_data() else {
                        continue;
                    };
                    let length = data.len() as u64;
                    flight.bytes_in = flight.bytes_in.saturating_add(length);
                    self.read = self.read.saturating_add(length);
                    let limit = self.limits.bytes;
                    if self.read <= limit {
                        return Ok(Some(data));
                    }
                    EgressError::TooLarge { limit }
                }
                Some(Ok(Some(Err(_)))) => EgressError::Interrupted,
                Some(Err(_)) => self.timed_out(),
            };
            self.end(Outcome::Failed);
            return Err(error);
        }
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// As [`ResponseBody::chunk`], and [`EgressError::TooLarge`] above `limit` bytes.
    pub async fn collect(&mut self, limit: usize) -> Result<Bytes, EgressError> {
        let mut all = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if all.len().saturating_add(chunk.len()) > limit {
                self.end(Outcome::Failed);
                return Err(EgressError::TooLarge {
                    limit: limit as u64,
                });
            }
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// The answer is complete by its own words (`[DONE]`): what may follow is not waited for.
    pub fn settle(&mut self) {
        self.end(Outcome::Sent);
    }

    /// The answer is of no use (malformed): what may follow is not waited for.
    pub fn fail(&mut self) {
        self.end(Outcome::Failed);
    }

    /// What it is called if whoever reads has waited long enough.
    #[must_use]
    pub fn timed_out(&self) -> EgressError {
        EgressError::Timeout {
            host: self.host.clone(),
        }
    }

    fn end(&mut self, outcome: Outcome) {
        if let Source::Wire { flight, body } = std::mem::replace(&mut self.source, Source::Ended) {
            drop(body);
            flight.finish(outcome);
        }
    }
}
