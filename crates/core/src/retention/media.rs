//! Files: which a rule takes, which it leaves and why.

use fluxchat_model::{
    AssetId, ConversationId, ErasureId, RetentionExemption, RetentionKind, RetentionRule,
    RetentionTarget, Timestamp, media_exemption,
};
use fluxchat_store::{OldFile, ReadTx, StoreError};

use super::preview::{ExemptConversation, OldFileShown, RetentionPreview, SHOWN};
use super::{BREATH, back};
use crate::app::Open;
use crate::{App, Error, Event, restriction};

/// Files looked at per read and taken per transaction.
const BATCH: u32 = 64;

/// Why one of the conversations a file is in keeps it, and which.
type Kept = (ConversationId, RetentionExemption);

/// When a file must have come to go now, by the rules as they are.
pub(super) fn until(rules: &[RetentionRule], now: Timestamp) -> Option<Timestamp> {
    let of = RetentionTarget::Kind(RetentionKind::Media);
    let rule = rules.iter().find(|rule| rule.target == of)?;
    rule.idle_days.map(|days| back(now, days))
}

/// What keeps a file: nothing, a conversation, or that it waits for another deletion.
enum Stays {
    No(Vec<ConversationId>),
    Kept(Kept),
    Waits,
}

fn stays(
    tx: &ReadTx<'_>,
    rules: &[RetentionRule],
    id: AssetId,
    now: Timestamp,
) -> Result<Stays, StoreError> {
    let Some(places) = tx.places_of_file(id)? else {
        return Ok(Stays::Waits);
    };
    for place in &places {
        let subject = tx.retention_subject(*place, now)?;
        if let Some(why) = subject.and_then(|it| media_exemption(rules, &it)) {
            return Ok(Stays::Kept((*place, why)));
        }
    }
    Ok(Stays::No(places))
}

impl App {
    /// Deletes files that are due, some per transaction, each time with proof. Returns how many.
    pub(super) async fn sweep_media(
        &self,
        open: &Open,
        now: Timestamp,
        run: &mut Option<i64>,
    ) -> Result<u32, Error> {
        let mut removed: u32 = 0;
        let mut after = None;
        while !open.stop.is_cancelled() {
            let page = self
                .read(move |tx| match until(&tx.retention_rules()?, now) {
                    Some(until) => tx.files_older(until, after, BATCH),
                    None => Ok(Vec::new()),
                })
                .await?;
            let Some(last) = page.last() else { break };
            after = Some((last.since, last.id));
            let gone = self.take_media(open, page, now, run).await?;
            if gone > 0 {
                removed = removed.saturating_add(gone);
                tokio::time::sleep(BREATH).await;
            }
        }
        Ok(removed)
    }

    async fn take_media(
        &self,
        open: &Open,
        page: Vec<OldFile>,
        now: Timestamp,
        run: &mut Option<i64>,
    ) -> Result<u32, Error> {
        let free = self
            .read(move |tx| {
                let rules = tx.retention_rules()?;
                let mut free = Vec::new();
                for file in &page {
                    if let Stays::No(places) = stays(tx, &rules, file.id, now)? {
                        free.push((file.id, places));
                    }
                }
                Ok(free)
            })
            .await?;
        // An answer that arrives may be about a file; it is looked at again in the next pass.
        let due: Vec<AssetId> = free
            .into_iter()
            .filter(|(_, places)| !places.iter().any(|place| open.is_generating(*place)))
            .map(|(id, _)| id)
            .collect();
        if due.is_empty() {
            return Ok(0);
        }
        let erasure = self.fresh(ErasureId::new)?;
        let (at, before) = (self.now(), *run);
        let taken = self
            .write(move |tx| {
                // Once more, in the transaction that takes them.
                let rules = tx.retention_rules()?;
                let Some(until) = until(&rules, now) else {
                    return Ok(None);
                };
                if restriction::is_everything_frozen(tx)? {
                    return Ok(None);
                }
                let mut files = Vec::new();
                let mut touched = Vec::new();
                for id in &due {
                    if tx.file_is_older(*id, until)?
                        && let Stays::No(places) = stays(tx, &rules, *id, now)?
                    {
                        files.push(*id);
                        touched.extend(places);
                    }
                }
                if files.is_empty() {
                    return Ok(None);
                }
                let run = before.map_or_else(|| tx.retention_run_begin(at), Ok)?;
                tx.retention_purge_media(run, erasure, &files, at)?;
                Ok(Some((run, files.len(), touched)))
            })
            .await?;
        let Some((of, count, mut touched)) = taken else {
            return Ok(0);
        };
        *run = Some(of);
        touched.sort_unstable();
        touched.dedup();
        for conversation in touched {
            self.tell(Event::MessagesChanged(conversation));
        }
        self.carry_through(erasure).await;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}

/// What a rule about files would take today, and which conversations keep some.
pub(super) fn preview(
    tx: &ReadTx<'_>,
    rule: &RetentionRule,
    now: Timestamp,
    preview: &mut RetentionPreview,
) -> Result<(), StoreError> {
    let Some(until) = until(std::slice::from_ref(rule), now) else {
        return Ok(());
    };
    let rules = tx.retention_rules()?;
    let mut kept = std::collections::HashMap::new();
    let mut after = None;
    loop {
        let page = tx.files_older(until, after, BATCH)?;
        let Some(last) = page.last() else { break };
        after = Some((last.since, last.id));
        for file in page {
            match stays(tx, &rules, file.id, now)? {
                Stays::Waits => {}
                Stays::Kept((place, why)) => {
                    if kept.insert(place, why).is_none() && preview.exempt.len() < SHOWN {
                        let title = tx.conversation(place)?.map(|it| it.title);
                        preview.exempt.push(ExemptConversation {
                            id: place,
                            title: title.unwrap_or_default(),
                            why,
                        });
                    }
                }
                Stays::No(_) => {
                    preview.files = preview.files.saturating_add(1);
                    preview.bytes = preview.bytes.saturating_add(file.bytes);
                    if preview.first_files.len() < SHOWN {
                        preview.first_files.push(OldFileShown {
                            id: file.id,
                            name: file.name,
                            bytes: file.bytes,
                            since: file.since,
                        });
                    }
                }
            }
        }
    }
    preview.exempt_total = u32::try_from(kept.len()).unwrap_or(u32::MAX);
    Ok(())
}
