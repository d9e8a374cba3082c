//! Requests about data rights: made, followed, taken back; objections; what is wrong about people.

pub(crate) mod answer;
mod follow;
mod key;
mod object;
mod statements;

use std::collections::BTreeMap;

use fluxchat_egress::{Call, Payload};
use fluxchat_model::{
    Attestation, Initiator, OutboxEntry, OutboxId, OutboxKind, OutboxState, PrivacyRequest,
    PrivacyRequestId, PrivacyRequestKind, PrivacyRequestState, Purpose, RequestEvent, RequestStep,
    Source, Timestamp, TrackedRequest,
};
use fluxchat_service::{Identity, IdentityFormat, RequestType, RightsRequest, SubjectRecord};
use serde_json::json;

use crate::outbox::{LARGEST_ANSWER, step};
use crate::{App, Error, Event};
use answer::rfc3339;

pub use key::ServiceKey;
pub use object::Objection;
pub(crate) use object::objected;

const LARGEST_RESULT: usize = 16 << 20;
const LONGEST_FIELD: usize = 200;

/// What is asked of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// What it keeps of the person.
    Access,
    /// The same, to take along.
    Portability,
    /// That it deletes everything it keeps of the person.
    Erasure,
    /// That it corrects what it knows; an empty text takes a field away.
    Rectification {
        /// What the person is called.
        display_name: Option<String>,
        /// Where the person is reached.
        email: Option<String>,
    },
    /// That it keeps what it has and uses it for nothing, or that it may again.
    Restriction {
        /// Which way.
        restricted: bool,
    },
    /// That it stops using what it has for a purpose, or that it may again.
    Objection {
        /// The purpose.
        purpose: Purpose,
        /// Which way.
        objected: bool,
    },
}

impl Wish {
    fn kind(&self) -> (PrivacyRequestKind, RequestType) {
        use {PrivacyRequestKind as K, RequestType as T};
        match self {
            Self::Access => (K::Access, T::Access),
            Self::Portability => (K::Portability, T::Portability),
            Self::Erasure => (K::Erasure, T::Erasure),
            Self::Rectification { .. } => (K::Rectification, T::Rectification),
            Self::Restriction { .. } => (K::Restriction, T::Restriction),
            Self::Objection { .. } => (K::Objection, T::Objection),
        }
    }

    fn extension(&self) -> Result<Option<serde_json::Value>, Error> {
        Ok(match self {
            Self::Access | Self::Portability | Self::Erasure => None,
            Self::Rectification {
                display_name,
                email,
            } => {
                let texts = [display_name, email];
                if texts.iter().all(|text| text.is_none()) {
                    return Err(Error::invalid(
                        "invalid_correction",
                        "A correction has to say what is right.",
                    ));
                }
                let long = |text: &String| text.chars().count() > LONGEST_FIELD;
                if texts.into_iter().flatten().any(long) {
                    return Err(Error::invalid(
                        "invalid_correction",
                        "A name or an address has at most 200 characters.",
                    ));
                }
                Some(json!({ "corrections": { "display_name": display_name, "email": email } }))
            }
            Self::Restriction { restricted } => Some(json!({ "restricted": restricted })),
            Self::Objection { purpose, objected } => {
                object::check(*purpose)?;
                let field = if *objected { "purposes" } else { "withdrawn" };
                Some(json!({ "objection": { field: [purpose.id()] } }))
            }
        })
    }
}

impl App {
    /// Asks a service. The request waits until the door is open and is sent exactly once.
    ///
    /// # Errors
    /// When there is no such source, or a correction says nothing.
    pub async fn request_right(
        &self,
        wish: Wish,
        source_name: &str,
    ) -> Result<PrivacyRequestId, Error> {
        let name = source_name.to_owned();
        let source = self
            .read(move |tx| tx.source_by_name(&name))
            .await?
            .ok_or(Error::NotFound("source"))?;
        let (kind, request_type) = wish.kind();
        let extensions = wish
            .extension()?
            .map(|it| BTreeMap::from([("fluxchat".to_owned(), it)]))
            .unwrap_or_default();
        let id = self.fresh(PrivacyRequestId::new)?;
        let now = self.now();
        let body = RightsRequest {
            regulation: "gdpr".to_owned(),
            subject_request_id: id.0,
            subject_request_type: request_type,
            subject_identities: vec![Identity {
                identity_type: "everything".to_owned(),
                identity_value: String::new(),
                identity_format: IdentityFormat::Raw,
            }],
            submitted_time: rfc3339(now),
            api_version: Some("2.0".to_owned()),
            status_callback_urls: Vec::new(),
            extensions,
        };
        let entry = OutboxEntry {
            id: OutboxId(id.0),
            kind: OutboxKind::PrivacyRequest,
            source_name: source.name.clone(),
            body: serde_json::to_string(&body).map_err(|_| Error::Task)?,
            attempts: 0,
            next_try_at: now,
            state: OutboxState::Queued,
            created_at: now,
        };
        let row = PrivacyRequest {
            id,
            kind,
            erasure_id: None,
            source_name: source.name,
            state: PrivacyRequestState::QueuedOffline,
            created_at: now,
            expected_by: None,
            reason: None,
            attestation: Attestation::None,
        };
        self.write(move |tx| {
            tx.request_made(&row)?;
            tx.outbox_insert(&entry)
        })
        .await?;
        self.tell(Event::ReceiptsChanged);
        self.open()?.outbox.notify_one();
        Ok(id)
    }

    /// A page of requests, newest first, each in the state of now.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn rights_requests(
        &self,
        before: Option<PrivacyRequestId>,
        limit: u32,
    ) -> Result<Vec<(TrackedRequest, Vec<RequestEvent>)>, Error> {
        let now = self.now();
        self.read(move |tx| {
            let page = tx.tracked_requests(before, limit)?;
            page.into_iter()
                .map(|mut tracked| {
                    let steps = tx.request_steps(tracked.request.id)?;
                    tracked.request.state = tracked.state_at(now);
                    Ok((tracked, steps))
                })
                .collect()
        })
        .await
    }

    /// Takes a request back. One that was not sent is never sent; of one that was, the service is
    /// told.
    ///
    /// # Errors
    /// `not_pending` when it is answered already.
    pub async fn cancel_request(&self, id: PrivacyRequestId) -> Result<(), Error> {
        let open = self.open()?;
        // Held to the end: the background must not tell the service as well.
        let _alone = open.sending.lock().await;
        let now = self.now();
        let done = self
            .write(move |tx| {
                let Some(mut tracked) = tx.tracked_request(id)? else {
                    return Ok(None);
                };
                if tracked.request.state.is_settled() {
                    return Ok(Some(false));
                }
                let step = if tracked.progress.submitted_at.is_none() {
                    tracked.request.state = PrivacyRequestState::Cancelled;
                    tracked.progress.next_poll_at = None;
                    tx.outbox_remove(OutboxId(id.0))?;
                    step(now, RequestStep::Cancelled)
                } else {
                    tracked.progress.cancelling = true;
                    tracked.progress.next_poll_at = Some(now);
                    step(now, RequestStep::Cancelling)
                };
                tx.tracked_request_update(&tracked)?;
                tx.request_step(id, &step)?;
                Ok(Some(true))
            })
            .await?;
        match done {
            None => return Err(Error::NotFound("request")),
            Some(false) => {
                return Err(Error::invalid(
                    "not_pending",
                    "The request was answered already, so it cannot be taken back.",
                ));
            }
            Some(true) => {}
        }
        self.tell(Event::ReceiptsChanged);
        // What cannot be told now is told with the next look.
        self.poll_requests_now(Some(id)).await
    }

    /// What a service gave for an access or portability request, as one JSON document. It is
    /// fetched when it is asked for and not kept here.
    ///
    /// # Errors
    /// When there is no result, or the service cannot be reached.
    pub async fn request_result(&self, id: PrivacyRequestId) -> Result<String, Error> {
        let tracked = self
            .read(move |tx| tx.tracked_request(id))
            .await?
            .filter(|tracked| tracked.progress.has_result)
            .ok_or(Error::NotFound("result"))?;
        let call = Call::PrivacyRequestsResults { id: id.to_string() };
        let source = self.source_of(&tracked.request.source_name).await?;
        self.rights_document(&source, call, LARGEST_RESULT).await
    }

    /// What a service knows about the person.
    ///
    /// # Errors
    /// When the service cannot be reached or does not say.
    pub async fn service_subject(&self, source_name: &str) -> Result<SubjectRecord, Error> {
        let source = self.source_of(source_name).await?;
        let text = self
            .rights_document(&source, Call::PrivacySubject, LARGEST_ANSWER)
            .await?;
        serde_json::from_str(&text).map_err(|_| not_said())
    }

    pub(crate) async fn source_of(&self, name: &str) -> Result<Source, Error> {
        let name = name.to_owned();
        self.read(move |tx| tx.source_by_name(&name))
            .await?
            .ok_or(Error::NotFound("source"))
    }

    async fn rights_document(
        &self,
        source: &Source,
        call: Call,
        largest: usize,
    ) -> Result<String, Error> {
        let endpoint = self.rights_endpoint(source, call).await?;
        let door = self.open()?.door.clone();
        let mut response = door
            .send(self.rights_ctx(Initiator::User), endpoint, Payload::Empty)
            .await?;
        if !response.status.is_success() {
            return Err(not_said());
        }
        let body = response.body.collect(largest).await?;
        let value: serde_json::Value = serde_json::from_slice(&body).map_err(|_| not_said())?;
        serde_json::to_string_pretty(&value).map_err(|_| Error::Task)
    }
}

fn not_said() -> Error {
    Error::invalid(
        "remote_no_result",
        "The service did not give what was asked for.",
    )
}

/// How long to wait before the service is asked again: a twenty-fourth of what is left, not
/// more often than hourly, and at least daily.
fn wait_for(now: Timestamp, due: Option<Timestamp>) -> i64 {
    const HOUR: i64 = 3_600 * Timestamp::SECOND;
    let left = due.map_or(0, |due| due.0.saturating_sub(now.0).max(0));
    (left / 24).clamp(HOUR, 24 * HOUR)
}
