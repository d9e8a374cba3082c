//! Consents: given and withdrawn in one step, in force before the next request.

use fluxchat_model::{
    ConsentDefault, ConsentEventId, ConsentState, ConsentStatus, ConversationId, Policy, Purpose,
    SessionState, Timestamp,
};
use fluxchat_store::{NewConsentEvent, ReadTx, StoreError, WriteTx};
use uuid::Uuid;

use crate::{App, Error, Event, clock, consent_sync, policies, session};

/// Where a purpose stands, for people.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The purpose and its last event.
    pub state: ConsentState,
    /// Whether it can be given and withdrawn.
    pub optional: bool,
    /// Whether a guardian keeps it off.
    pub locked: bool,
}

pub(crate) fn is_given(
    tx: &ReadTx<'_>,
    purpose: Purpose,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(state(tx, purpose, now)?.given)
}

/// Where a purpose stands.
pub(crate) fn state(
    tx: &ReadTx<'_>,
    purpose: Purpose,
    now: Timestamp,
) -> Result<ConsentState, StoreError> {
    tx.consent_state(purpose, &policies::counting(tx, purpose, now)?)
}

/// Records a decision and has it sent. The same answer twice is one event: the chain records
/// decisions, not clicks.
pub(crate) fn decide(
    tx: &WriteTx<'_>,
    event: &NewConsentEvent,
    fresh: Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    let given = event.status == ConsentStatus::Given;
    if is_given(tx, event.purpose, now)? != given {
        let kept = tx.consent_append(event.clone())?;
        consent_sync::queue(tx, &kept, fresh, now)?;
    }
    Ok(())
}

/// Whether it is asked for where it is first needed, and lasts until it is taken back.
fn is_asked(purpose: Purpose) -> bool {
    purpose == Purpose::Transcription
}

/// What is asked for where it is first needed, naming who gets what, is not given here; it can be
/// taken back here.
pub(crate) fn check_optional(purpose: Purpose, given: bool) -> Result<(), Error> {
    if purpose.default_state() == ConsentDefault::Off || (is_asked(purpose) && !given) {
        Ok(())
    } else if is_asked(purpose) {
        Err(Error::invalid(
            "consent_where_used",
            format!("“{purpose}” is agreed to where it is first used, and names who gets what."),
        ))
    } else {
        Err(Error::invalid(
            "purpose_not_optional",
            format!(
                "“{purpose}” does not rest on consent, so it can be neither given nor withdrawn."
            ),
        ))
    }
}

impl App {
    /// Every purpose and where it stands, the optional ones first. Before the first run, when
    /// there is no archive, nothing has been agreed to.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn consents(&self) -> Result<Vec<Standing>, Error> {
        let states = if self.state() == SessionState::FirstRun {
            Purpose::all()
                .map(|purpose| ConsentState {
                    purpose,
                    given: false,
                    event: None,
                })
                .collect()
        } else {
            let now = self.now();
            self.read(move |tx| {
                Purpose::all()
                    .map(|purpose| state(tx, purpose, now))
                    .collect::<Result<Vec<_>, _>>()
            })
            .await?
        };
        let supervised = self.status().supervised;
        let mut all: Vec<Standing> = states
            .into_iter()
            .map(|state| {
                let optional = state.purpose.default_state() == ConsentDefault::Off
                    || (is_asked(state.purpose) && state.given);
                Standing {
                    state,
                    optional,
                    locked: optional && supervised,
                }
            })
            .collect();
        all.sort_by_key(|standing| !standing.optional);
        Ok(all)
    }

    /// Gives or withdraws. When this returns, no request of a withdrawn purpose is under way and
    /// none will leave.
    ///
    /// # Errors
    /// When the purpose is not optional or a guardian keeps it off.
    pub async fn set_consent(&self, purpose: Purpose, given: bool) -> Result<(), Error> {
        check_optional(purpose, given)?;
        let status = if given {
            ConsentStatus::Given
        } else {
            ConsentStatus::Withdrawn
        };
        if given {
            self.guarded().await?;
        }
        let surface = self.inner.options.surface;
        let unmarked = self
            .off_thread(move |app| {
                let open = app.open()?;
                let setup = session::set_up(&open.store)?;
                let policy = app.policy(None, &setup.language)?;
                let event = app.consent_event(purpose, status, &policy, surface)?;
                let fresh = Uuid::from_bytes(clock::random16()?);
                let now = app.now();
                let unmarked = open.store.write(|tx| {
                    decide(tx, &event, fresh, now)?;
                    // Who takes training back takes it back everywhere.
                    if purpose == Purpose::AiTraining && !given {
                        tx.training_forget()
                    } else {
                        Ok(Vec::new())
                    }
                })?;
                if !given {
                    open.door.cancel_purpose(purpose);
                }
                open.outbox.notify_one();
                Ok(unmarked)
            })
            .await?;
        self.tell_decided(unmarked);
        Ok(())
    }

    /// Consents changed, and conversations lost their mark with one.
    pub(crate) fn tell_decided(&self, unmarked: Vec<ConversationId>) {
        for conversation in unmarked {
            self.tell(Event::ConversationChanged(conversation));
        }
        self.tell(Event::ConsentsChanged);
    }

    pub(crate) fn consent_event(
        &self,
        purpose: Purpose,
        status: ConsentStatus,
        policy: &Policy,
        surface: &str,
    ) -> Result<NewConsentEvent, Error> {
        Ok(NewConsentEvent {
            id: self.fresh(ConsentEventId::new)?,
            purpose,
            status,
            at: self.now(),
            policy_version: policy.version.0.clone(),
            notice_sha256: policy.sha256.clone(),
            language: policy.language.clone(),
            ui_surface: surface.to_owned(),
            app_version: self.version().to_owned(),
            scope: None,
        })
    }
}

/// The bundled language that serves a BCP 47 tag best.
#[must_use]
pub(crate) fn supported_language(tag: &str) -> &'static str {
    let primary = tag
        .split(['-', '_'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    fluxchat_service::LANGUAGES
        .into_iter()
        .find(|language| *language == primary)
        .unwrap_or(fluxchat_service::LANGUAGES[0])
}
