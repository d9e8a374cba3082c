//! Versions of the privacy policy: which is in force, what was accepted, what is announced.

mod diff;
mod purposes;

use std::sync::Arc;
use std::time::Duration;

use fluxchat_egress::{Call, Ctx, Endpoint, Payload, Target};
use fluxchat_model::{
    ConsentStatus, Initiator, Policy, PolicyDiff, PolicySpan, PolicyVersion, Purpose, SessionState,
    Timestamp,
};
use fluxchat_service::PolicyDocument;
use fluxchat_store::{ReadTx, StoreError};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::app::Open;
use crate::consents::supported_language;
use crate::{App, Error, Event, clock, consent_sync, session};

/// Where a consent was given that goes on under a new version.
const CARRIED_OVER: &str = "carried_over";
const SCHEDULED: &str = "policy_check";
const CHECKED_AT: &str = "policy_checked_at";
/// Between two looks for a new version.
const EVERY: i64 = Timestamp::DAY;
/// The first look of a session; the start belongs to the person.
const FIRST_LOOK: Duration = Duration::from_secs(300);
const LARGEST: usize = 1 << 20;

/// How the policy stands.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyStanding {
    /// The version in force.
    pub in_force: PolicyVersion,
    /// When it was accepted here; `None` if it was not.
    pub accepted_at: Option<Timestamp>,
    /// The version that was accepted last.
    pub accepted: Option<PolicyVersion>,
    /// The next version, whose day has not come.
    pub upcoming: Option<PolicyVersion>,
    /// When that was accepted, ahead of its day.
    pub upcoming_accepted_at: Option<Timestamp>,
    /// Every version that can be read here, newest first.
    pub versions: Vec<PolicyVersion>,
    /// Whether the app looks for new versions once a day.
    pub scheduled: bool,
    /// When it looked last.
    pub checked_at: Option<Timestamp>,
}

/// Every version known here, newest first.
fn known(tx: &ReadTx<'_>) -> Result<Vec<PolicyVersion>, StoreError> {
    let mut versions = fluxchat_service::policy_versions();
    versions.extend(tx.policy_versions()?);
    versions.sort_by(|a, b| b.cmp(a));
    versions.dedup();
    Ok(versions)
}

/// The version that consents have to be given under.
pub(crate) fn in_force(tx: &ReadTx<'_>, now: Timestamp) -> Result<PolicyVersion, StoreError> {
    let versions = known(tx)?;
    Ok(newest_due(&versions, now))
}

fn newest_due(versions: &[PolicyVersion], now: Timestamp) -> PolicyVersion {
    fluxchat_service::in_force(versions, now)
        .cloned()
        .unwrap_or_else(|| PolicyVersion(String::new()))
}

fn text(tx: &ReadTx<'_>, version: &str, language: &str) -> Result<Option<Policy>, StoreError> {
    match fluxchat_service::policy(version, language) {
        Some(policy) => Ok(Some(policy)),
        None => tx.policy_text(version, language),
    }
}

/// Whether a version says something else about a purpose than the one before it, in any language
/// that both are here in. One of which there is no text at all says something else.
fn says_otherwise(
    tx: &ReadTx<'_>,
    before: &PolicyVersion,
    version: &PolicyVersion,
    purpose: Purpose,
) -> Result<bool, StoreError> {
    for (at, language) in fluxchat_service::LANGUAGES.into_iter().enumerate() {
        let texts = (
            text(tx, &before.0, language)?,
            text(tx, &version.0, language)?,
        );
        let differs = match texts {
            (Some(from), Some(to)) => purposes::differs(&from, &to, purpose),
            _ => at == 0,
        };
        if differs {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The versions under which a consent to a purpose counts now: from the last one that changed it,
/// whether it declared that or not. A version whose text is not here counts as one that did.
pub(crate) fn counting(
    tx: &ReadTx<'_>,
    purpose: Purpose,
    now: Timestamp,
) -> Result<PolicySpan, StoreError> {
    let versions = known(tx)?;
    let to = newest_due(&versions, now);
    let mut from = versions.last().map_or_else(String::new, |it| it.0.clone());
    for (at, version) in versions.iter().enumerate() {
        if *version > to {
            continue;
        }
        let declared = match fluxchat_service::policy_changes(&version.0) {
            Some(changed) => changed.contains(&purpose.id()),
            None => {
                let text = tx.policy_text(&version.0, fluxchat_service::LANGUAGES[0])?;
                text.is_none_or(|policy| policy.changed.iter().any(|id| id == purpose.id()))
            }
        };
        let changed = declared
            || match versions.get(at + 1) {
                Some(before) => says_otherwise(tx, before, version, purpose)?,
                None => false,
            };
        if changed {
            from.clone_from(&version.0);
            break;
        }
    }
    Ok(PolicySpan { from, to: to.0 })
}

pub(crate) fn accepted_at(
    tx: &ReadTx<'_>,
    version: &PolicyVersion,
) -> Result<Option<Timestamp>, StoreError> {
    if let Some(at) = tx.policy_accepted_at(&version.0)? {
        return Ok(Some(at));
    }
    Ok(session::setup_record(tx)?
        .filter(|setup| setup.policy_version == version.0)
        .map(|setup| setup.at))
}

/// Looks for new versions once a day, where the person wants that.
pub(crate) fn spawn(app: &App, open: &Arc<Open>) {
    let (app, stop) = (app.clone(), open.stop.clone());
    open.tasks.spawn(async move {
        let mut wait = FIRST_LOOK;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
            wait = Duration::from_secs(3_600);
            if let Err(error) = app.check_policy_if_due().await {
                tracing::info!(name: "policy.not_checked", code = error.code());
            }
            let carried = app.off_thread(|app| app.carry_consents_over(&*app.open()?));
            if let Err(error) = carried.await {
                tracing::info!(name: "consents.not_carried", code = error.code());
            }
        }
    });
}

impl App {
    /// The version of the policy in force.
    pub(crate) fn policy_in_force(&self) -> PolicyVersion {
        let now = self.now();
        let found = self.open().and_then(|open| {
            let version = open.store.read(|tx| in_force(tx, now))?;
            Ok(version)
        });
        found.unwrap_or_else(|_| newest_due(&fluxchat_service::policy_versions(), now))
    }

    /// A policy, bundled or fetched before. `None` for the version in force.
    ///
    /// # Errors
    /// When there is no such version.
    pub fn policy(&self, version: Option<&str>, language: &str) -> Result<Policy, Error> {
        let language = supported_language(language);
        let version = match version {
            Some(version) => version.to_owned(),
            None => self.policy_in_force().0,
        };
        if let Some(bundled) = fluxchat_service::policy(&version, language) {
            return Ok(bundled);
        }
        if self.state() != SessionState::Ready {
            return Err(Error::NotFound("policy"));
        }
        let fetched = self.open()?.store.read(|tx| {
            Ok(match tx.policy_text(&version, language)? {
                Some(policy) => Some(policy),
                None => tx.policy_text(&version, fluxchat_service::LANGUAGES[0])?,
            })
        })?;
        fetched.ok_or(Error::NotFound("policy"))
    }

    /// How the policy stands.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn policy_standing(&self) -> Result<PolicyStanding, Error> {
        let now = self.now();
        self.read(move |tx| {
            let versions = known(tx)?;
            let in_force = newest_due(&versions, now);
            let upcoming = versions.iter().filter(|it| **it > in_force).min().cloned();
            let mut accepted = None;
            for version in &versions {
                if accepted_at(tx, version)?.is_some() {
                    accepted = Some(version.clone());
                    break;
                }
            }
            Ok(PolicyStanding {
                accepted_at: accepted_at(tx, &in_force)?,
                accepted,
                upcoming_accepted_at: match &upcoming {
                    Some(version) => accepted_at(tx, version)?,
                    None => None,
                },
                upcoming,
                in_force,
                versions,
                scheduled: tx.setting(SCHEDULED)?.unwrap_or(false),
                checked_at: tx.setting(CHECKED_AT)?,
            })
        })
        .await
    }

    /// When a version was accepted here.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn policy_accepted(&self, version: &str) -> Result<Option<Timestamp>, Error> {
        let version = PolicyVersion(version.to_owned());
        self.read(move |tx| accepted_at(tx, &version)).await
    }

    /// How two versions differ; `to`: `None` for the one in force.
    ///
    /// # Errors
    /// When one of them is not known.
    pub fn policy_diff(
        &self,
        from: &str,
        to: Option<&str>,
        language: &str,
    ) -> Result<PolicyDiff, Error> {
        let to = self.policy(to, language)?;
        let from = self.policy(Some(from), &to.language)?;
        Ok(diff::between(&from, &to))
    }

    /// Accepts a version: the one in force, or the next ahead of its day. Consents are no part of
    /// it: those to purposes that a version changed count no more, and the others go on, which is
    /// recorded once the version is in force.
    ///
    /// # Errors
    /// When it is not known or was superseded, or a guardian has to do it.
    pub async fn policy_accept(&self, version: &str) -> Result<PolicyStanding, Error> {
        if version < self.policy_in_force().0.as_str() {
            return Err(Error::invalid(
                "policy_unknown",
                "This version of the policy is no longer in force.",
            ));
        }
        self.guarded().await?;
        let version = version.to_owned();
        let surface = self.inner.options.surface;
        self.off_thread(move |app| {
            let open = app.open()?;
            let setup = session::set_up(&open.store)?;
            let policy = app.policy(Some(&version), &setup.language)?;
            let now = app.now();
            open.store.write(|tx| {
                if accepted_at(tx, &policy.version)?.is_none() {
                    tx.policy_accept(&policy, now, surface)?;
                }
                Ok(())
            })?;
            app.carry_consents_over(&open)
        })
        .await?;
        self.tell(Event::ConsentsChanged);
        self.policy_standing().await
    }

    /// Records what a version in force that was accepted left as it was: each consent that goes on
    /// gets a link of its own under the new version. Training marks that count no more go.
    pub(crate) fn carry_consents_over(&self, open: &Open) -> Result<(), Error> {
        let now = self.now();
        let setup = open.store.read(session::setup_record)?;
        let Some(setup) = setup else { return Ok(()) };
        let policy = self.policy(None, &setup.language)?;
        let mut carried = Vec::new();
        for purpose in Purpose::optional() {
            let version = policy.version.0.as_str();
            let goes_on = open.store.read(|tx| {
                let state = tx.consent_state(purpose, &counting(tx, purpose, now)?)?;
                let event = state.event.filter(|_| state.given);
                Ok(event.is_some_and(|event| event.policy_version != version))
            })?;
            if goes_on {
                let event =
                    self.consent_event(purpose, ConsentStatus::Given, &policy, CARRIED_OVER)?;
                carried.push(event);
            }
        }
        let fresh = Uuid::from_bytes(clock::random16()?);
        open.store.write(|tx| {
            if accepted_at(tx, &policy.version)?.is_none() {
                return Ok(());
            }
            for event in &carried {
                let kept = tx.consent_append(event.clone())?;
                consent_sync::queue(tx, &kept, fresh, now)?;
            }
            // Marks of an older policy count no more; nothing shall look as if they did.
            if !crate::consents::is_given(tx, Purpose::AiTraining, now)? {
                tx.training_forget()?;
            }
            Ok(())
        })?;
        open.outbox.notify_one();
        Ok(())
    }

    /// Switches the daily look for new versions on or off.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn policy_schedule(&self, on: bool) -> Result<PolicyStanding, Error> {
        self.write(move |tx| tx.setting_set(SCHEDULED, &on)).await?;
        self.policy_standing().await
    }

    /// Looks for new versions if the person wants that and a day has passed since the last look.
    ///
    /// # Errors
    /// When the service could not be asked.
    pub async fn check_policy_if_due(&self) -> Result<bool, Error> {
        let now = self.now();
        let due = self
            .read(move |tx| {
                let wanted: bool = tx.setting(SCHEDULED)?.unwrap_or(false);
                let last: Option<Timestamp> = tx.setting(CHECKED_AT)?;
                let passed = last.is_none_or(|at| at > now || now.0 - at.0 >= EVERY);
                Ok(wanted && passed && session::setup_record(tx)?.is_some())
            })
            .await?;
        if due {
            self.look_for_policy(Initiator::Timer).await?;
        }
        Ok(due)
    }

    /// Looks for new versions now.
    ///
    /// # Errors
    /// Before the first run; when the service could not be asked, or what it said cannot be used.
    pub async fn check_policy(&self) -> Result<PolicyStanding, Error> {
        self.look_for_policy(Initiator::User).await?;
        self.policy_standing().await
    }

    async fn look_for_policy(&self, initiator: Initiator) -> Result<(), Error> {
        if self.read(session::setup_record).await?.is_none() {
            return Err(Error::SetupNeeded);
        }
        let now = self.now();
        self.write(move |tx| tx.setting_set(CHECKED_AT, &now))
            .await?;
        let current = self.ask_policy(Call::PoliciesCurrent, initiator).await?;
        let mut wanted = vec![current.version.clone()];
        wanted.extend(current.upcoming.clone());
        for version in wanted {
            for language in fluxchat_service::LANGUAGES {
                if fluxchat_service::policy(&version, language).is_some() {
                    continue;
                }
                let (wanted, language) = (version.clone(), language.to_owned());
                let have = self.read({
                    let (version, language) = (version.clone(), language.clone());
                    move |tx| tx.policy_text(&version, &language)
                });
                if have.await?.is_some() {
                    continue;
                }
                let call = Call::PoliciesIn {
                    version: wanted,
                    language,
                };
                let policy = checked(self.ask_policy(call, initiator).await?, &version)?;
                self.write(move |tx| tx.policy_text_keep(&policy, now))
                    .await?;
            }
        }
        self.tell(Event::ConsentsChanged);
        Ok(())
    }

    async fn ask_policy(&self, call: Call, initiator: Initiator) -> Result<PolicyDocument, Error> {
        let open = self.open()?;
        let ctx = Ctx {
            initiator,
            policy_version: Some(self.policy_in_force().0),
            ..Ctx::new(Purpose::PolicyCheck, &[])
        };
        let endpoint = Endpoint::new(call, Target::in_process());
        let mut response = open.door.send(ctx, endpoint, Payload::Empty).await?;
        if !response.status.is_success() {
            return Err(unusable());
        }
        let body = response.body.collect(LARGEST).await?;
        serde_json::from_slice(&body).map_err(|_| unusable())
    }
}

/// A text that a service sent, if it is what it says it is.
fn checked(document: PolicyDocument, version: &str) -> Result<Policy, Error> {
    let policy = Policy::from(document);
    let is_date = version.len() == 10
        && version.char_indices().all(|(at, c)| match at {
            4 | 7 => c == '-',
            _ => c.is_ascii_digit(),
        });
    let whole = hex::encode(Sha256::digest(&policy.markdown)) == policy.sha256;
    if is_date && whole && policy.version.0 == version {
        Ok(policy)
    } else {
        Err(unusable())
    }
}

fn unusable() -> Error {
    Error::invalid(
        "policy_unusable",
        "The service sent a policy that cannot be used.",
    )
}
