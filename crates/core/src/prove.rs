//! The self-audit: whether the laws hold on this computer, in this profile, now.
//!
//! It plants words that nobody else can know in a conversation of the real profile, has them
//! answered in-process, deletes them and looks for them in every decrypted page and every file.
//! What could pass by looking at nothing has a control arm beside it that must fail.

mod beside;
mod planted;
mod scratch;
mod window;

use std::sync::PoisonError;
use std::time::Instant;

use fluxchat_forensic::{Needle, Scanner, all_needles};
use fluxchat_model::{
    Check, EgressRecord, Initiator, Law, LedgerFilter, MessageStatus, ProofReport, RequestId,
    StorageMode, Verdict,
};
use fluxchat_store::{ArchiveFacts, Integrity};

use crate::{App, Error, Event};
use beside::Beside;
use planted::Planted;
pub(crate) use scratch::clear as clear_scratch;
pub use window::WindowFacts;

/// What cannot be shown here, law by law.
const LIMITS: [(Law, &str); 6] = [
    (
        Law::OneDoor,
        "This looks at Fluxchat from inside. Programs of the system that watch the network see it from outside, and the tests of the project do.",
    ),
    (
        Law::OneVault,
        "Encryption at rest does not help against somebody who controls the unlocked computer. Swap, hibernation and the memory of running programs are outside of what is looked at.",
    ),
    (
        Law::DeleteMeansGone,
        "Snapshots of the disk, backups and copies you exported are outside. What a service keeps is asked of it, and only the service can confirm it.",
    ),
    (
        Law::NothingIsLost,
        "That a crash at any moment loses nothing is shown by the tests of the project, which end it by force hundreds of times.",
    ),
    (
        Law::CoreDecides,
        "The window is asked how it was built. That it keeps to it is shown by the tests of the project in a real window.",
    ),
    (
        Law::CostFollowsScreen,
        "The plans of the questions are looked at, not the clock.",
    ),
];

/// Gathers checks and tells them as they come.
struct Notes<'a> {
    app: &'a App,
    checks: Vec<Check>,
}

impl Notes<'_> {
    fn add(&mut self, law: Law, id: &str, verdict: Verdict, says: &str, figure: Option<usize>) {
        let check = Check {
            id: id.to_owned(),
            law,
            verdict,
            says: says.to_owned(),
            figure: figure.map(|figure| u32::try_from(figure).unwrap_or(u32::MAX)),
        };
        tracing::info!(name: "proof.check", holds = verdict != Verdict::Broken);
        self.app.tell(Event::ProofCheck(check.clone()));
        self.checks.push(check);
    }

    fn holds(&mut self, law: Law, id: &str, holds: bool, says: &str) {
        self.add(law, id, verdict(holds), says, None);
    }
}

fn verdict(holds: bool) -> Verdict {
    if holds {
        Verdict::Holds
    } else {
        Verdict::Broken
    }
}

impl App {
    /// Looks whether the laws hold here and now. `window` tells how the window was built, where
    /// there is one. Everything that is planted is gone at the end, whatever happened; rows of the
    /// ledger and the receipt stay. As with every deletion, the list of recent searches is emptied.
    ///
    /// # Errors
    /// When the archive is not open, the first run is not completed, or a step could not be taken:
    /// an audit that could not look must not pass.
    pub async fn prove(&self, window: Option<WindowFacts>) -> Result<ProofReport, Error> {
        let open = self.open()?;
        let _alone = open
            .proving
            .try_lock()
            .map_err(|_| Error::invalid("proof_running", "A self-audit is under way already."))?;
        let (at, started) = (self.now(), Instant::now());
        let mut notes = Notes {
            app: self,
            checks: Vec::new(),
        };
        // Both wait for an answer, so they wait together.
        let (planted, beside) = tokio::join!(Planted::plant(self), Beside::begin(self));
        let planted = match planted {
            Ok(planted) => planted,
            Err(error) => {
                if let Some(beside) = beside? {
                    beside.end(self).await?;
                }
                return Err(error);
            }
        };
        let looked = self.look_beside(&planted, beside, &mut notes).await;
        // Whatever went wrong in between, nothing of it may stay.
        let gone = planted.remove(self).await;
        looked?;
        self.after_deletion(&planted, gone?, &mut notes).await?;
        self.door_and_chains(&planted, &mut notes).await?;
        self.archive_checks(&mut notes).await?;
        window::check(window.as_ref(), &mut notes);
        notes.checks.sort_by_key(|check| check.law);
        let report = ProofReport {
            at,
            app_version: self.version().to_owned(),
            took_ms: u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX),
            holds: notes.checks.iter().all(|it| it.verdict != Verdict::Broken),
            checks: notes.checks,
            limits: LIMITS.map(|(law, says)| (law, says.to_owned())).to_vec(),
        };
        let mut last = open.proof.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(report.clone());
        Ok(report)
    }

    /// The last self-audit of this session.
    ///
    /// # Errors
    /// `not_found` if there was none.
    pub fn last_proof(&self) -> Result<ProofReport, Error> {
        let open = self.open()?;
        let last = open.proof.lock().unwrap_or_else(PoisonError::into_inner);
        last.clone().ok_or(Error::NotFound("report"))
    }

    /// Looks while a temporary conversation is open, too.
    async fn look_beside(
        &self,
        planted: &Planted,
        beside: Result<Option<Beside>, Error>,
        notes: &mut Notes<'_>,
    ) -> Result<(), Error> {
        let beside = beside?;
        let looked = self.look(planted, beside.as_ref(), notes).await;
        if let Some(beside) = beside {
            beside.end(self).await?;
        }
        looked
    }

    /// While it is there: the pages know it, the files do not, and the ledger has one row for it.
    /// Of what is beside it, neither knows anything.
    async fn look(
        &self,
        planted: &Planted,
        beside: Option<&Beside>,
        notes: &mut Notes<'_>,
    ) -> Result<(), Error> {
        let mut needles = planted.needles().to_vec();
        needles.extend(beside.iter().flat_map(|it| it.needles.clone()));
        let words = planted.words().len();
        let on_disk = self.open()?.storage != StorageMode::Memory;
        let (mut pages, files) = self.remnants(&needles).await?;
        let all = pages.len();
        pages.retain(|hit| beside.is_none_or(|it| !it.is(&hit.needle)));
        let of_temporary = all - pages.len();
        let found: std::collections::BTreeSet<_> =
            pages.iter().map(|hit| hit.needle.canary.clone()).collect();
        notes.add(
            Law::DeleteMeansGone,
            "delete.seen_before",
            if on_disk {
                verdict(found.len() == words)
            } else {
                Verdict::NotHere
            },
            "Before it is deleted, everything that was planted is found in the decrypted archive.",
            Some(pages.len()),
        );
        notes.add(
            Law::OneVault,
            "vault.unreadable",
            if on_disk {
                verdict(files == 0)
            } else {
                Verdict::NotHere
            },
            "No file of the profile shows any of it as it lies on the disk.",
            Some(files),
        );
        notes.add(
            Law::OneVault,
            "vault.temporary",
            if on_disk && beside.is_some() {
                verdict(of_temporary == 0 && files == 0)
            } else {
                Verdict::NotHere
            },
            "Of a temporary conversation that is open now, nothing is in the decrypted archive or in any file.",
            Some(of_temporary + files),
        );
        Ok(())
    }

    async fn after_deletion(
        &self,
        planted: &Planted,
        receipt_holds: bool,
        notes: &mut Notes<'_>,
    ) -> Result<(), Error> {
        let on_disk = self.open()?.storage != StorageMode::Memory;
        let (pages, files) = self.remnants(planted.needles()).await?;
        notes.add(
            Law::DeleteMeansGone,
            "delete.nothing_left",
            if on_disk { verdict(pages.is_empty() && files == 0) } else { Verdict::NotHere },
            "After it is deleted, none of it is in any page, in the log of the archive or in any file.",
            Some(pages.len() + files),
        );
        notes.holds(
            Law::DeleteMeansGone,
            "delete.receipt",
            receipt_holds,
            "The deletion has a receipt: nothing left in the log, freed pages overwritten, the search index asked.",
        );
        let left = self
            .off_thread(scratch::deletion_without_protection)
            .await?;
        notes.add(
            Law::DeleteMeansGone,
            "delete.control",
            verdict(left > 0),
            "Control: in a scratch archive without the protection, the same deletion leaves remnants, and they are found.",
            Some(left),
        );
        Ok(())
    }

    async fn door_and_chains(&self, planted: &Planted, notes: &mut Notes<'_>) -> Result<(), Error> {
        notes.add(
            Law::OneDoor,
            "door.row_for_each_request",
            verdict(planted.rows == 1 && planted.status == MessageStatus::Complete),
            "The planted question made one request, and the ledger has exactly one row for it.",
            Some(planted.rows),
        );
        let refused = self.refuses_without_consent().await?;
        notes.add(
            Law::OneDoor,
            "door.no_consent",
            refused.map_or(Verdict::NotHere, verdict),
            "A purpose that nobody agreed to is refused before anything is sent, and the refusal is in the ledger.",
            None,
        );
        let noticed = scratch::door_that_forgets(self).await?;
        notes.holds(
            Law::OneDoor,
            "door.control",
            noticed,
            "Control: with a ledger that forgets, the same comparison finds a request without a row.",
        );
        let sockets = window::internet_sockets();
        notes.add(
            Law::OneDoor,
            "door.no_connection",
            match sockets {
                Some(0) => Verdict::Holds,
                // A connection may be kept for the next question to the same source.
                _ => Verdict::NotHere,
            },
            "This program has no connection to another computer open now.",
            sockets,
        );
        let chains = self.verify().await?;
        for (law, id, chain, says) in [
            (
                Law::OneDoor,
                "door.chain",
                chains.ledger,
                "The chain of the ledger holds: no row was changed or taken out.",
            ),
            (
                Law::OneDoor,
                "door.consents",
                chains.consents,
                "The chain of consents holds.",
            ),
            (
                Law::OneDoor,
                "door.objections",
                chains.objections,
                "The chain of objections holds.",
            ),
            (
                Law::DeleteMeansGone,
                "delete.receipts",
                chains.receipts,
                "The chain of receipts holds.",
            ),
        ] {
            let holds = verdict(chain.broken_at.is_none());
            notes.add(law, id, holds, says, Some(chain.rows as usize));
        }
        Ok(())
    }

    async fn archive_checks(&self, notes: &mut Notes<'_>) -> Result<(), Error> {
        let storage = self.open()?.storage;
        let (facts, whole, plans) = self
            .off_thread(|app| {
                let store = &app.open()?.store;
                let whole = store.check_full()? == Integrity::Whole;
                Ok((store.facts()?, whole, store.plans_that_grow()?))
            })
            .await?;
        let ArchiveFacts {
            encrypted,
            overwrites,
            built_for_deletion,
            durable,
        } = facts;
        notes.holds(
            Law::OneVault,
            "vault.encrypted",
            encrypted,
            "The archive is encrypted, not a plain database.",
        );
        notes.add(
            Law::OneVault,
            "vault.key",
            if storage == StorageMode::Memory {
                Verdict::NotHere
            } else {
                Verdict::Holds
            },
            "Its key is in the keychain of the system or under a passphrase, and in no file.",
            None,
        );
        let private = window::is_private(&self.inner.options.profile);
        notes.add(
            Law::OneVault,
            "vault.private",
            private.map_or(Verdict::NotHere, verdict),
            "Only this user of the computer may enter the folder of the profile.",
            None,
        );
        notes.holds(
            Law::DeleteMeansGone,
            "delete.overwrites",
            overwrites,
            "What is freed is overwritten, in the tables and in the search index.",
        );
        notes.holds(
            Law::DeleteMeansGone,
            "delete.build",
            built_for_deletion,
            "The database library was built without what keeps samples of deleted text.",
        );
        notes.holds(
            Law::NothingIsLost,
            "kept.durable",
            durable,
            "Every change is on the disk before it counts as done.",
        );
        notes.holds(
            Law::NothingIsLost,
            "kept.whole",
            whole,
            "Every page of the archive authenticates, and every row agrees with every index.",
        );
        let (growing, questions) = plans;
        notes.add(
            Law::CostFollowsScreen,
            "cost.plans",
            verdict(growing == 0),
            "None of the questions that screens ask reads a whole table or sorts one.",
            Some(questions as usize),
        );
        Ok(())
    }

    /// What is found in decrypted pages, and how often something is found in files as they are.
    async fn remnants(
        &self,
        needles: &[Needle],
    ) -> Result<(Vec<fluxchat_forensic::Hit>, usize), Error> {
        let needles = needles.to_vec();
        self.off_thread(move |app| {
            let open = app.open()?;
            let profile = &app.inner.options.profile;
            // Two passes over the same bytes: as they are, and decrypted.
            let (pages, files) = std::thread::scope(|threads| {
                let files = threads.spawn(|| Scanner::new(&needles)?.tree(profile));
                let pages = open.store.find_in_pages(&needles);
                (pages, files.join())
            });
            let Some(pages) = pages? else {
                return Ok((Vec::new(), 0));
            };
            let files = files.map_err(|_| Error::Task)??;
            Ok((pages, files.len()))
        })
        .await
    }

    /// Whether the gate refuses a purpose that is not agreed to; `None` if all are.
    async fn refuses_without_consent(&self) -> Result<Option<bool>, Error> {
        let standings = self.consents().await?;
        let Some(purpose) = standings
            .iter()
            .find(|standing| standing.optional && !standing.state.given)
            .map(|standing| standing.state.purpose)
        else {
            return Ok(None);
        };
        let intent = EgressRecord {
            request_id: self.fresh(RequestId::new)?,
            at: self.now(),
            purpose,
            basis: purpose.basis(),
            consent_event_id: None,
            policy_version: None,
            endpoint: "self_audit".to_owned(),
            method: "POST".to_owned(),
            host: fluxchat_egress::IN_PROCESS.to_owned(),
            categories: Vec::new(),
            initiator: Initiator::User,
            conversation_id: None,
            training_allowed: false,
        };
        let request_id = intent.request_id;
        self.off_thread(move |app| {
            let open = app.open()?;
            let refused = open.ledger.begin(&intent).is_err();
            let newest = LedgerFilter {
                purpose: Some(purpose),
                ..LedgerFilter::default()
            };
            let rows = open.store.read(|tx| tx.ledger_page(&newest, 5))?;
            let row = rows.iter().find(|row| row.record.request_id == request_id);
            let blocked = row.is_some_and(|row| row.outcome == fluxchat_model::Outcome::Blocked);
            Ok(Some(refused && blocked))
        })
        .await
    }
}

fn needles_of(words: &[String]) -> Vec<Needle> {
    all_needles(words)
}
