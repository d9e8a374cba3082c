//! What a rule would delete today.

use fluxchat_model::{
    AssetId, ConversationId, RetentionExemption, RetentionKind, RetentionTarget, RetentionVerdict,
    Timestamp, retention_verdict,
};
use fluxchat_store::{ReadTx, StoreError};

use super::{NewRule, back, media, observed};
use crate::{App, Error, restriction};

/// Titles that are shown.
pub(super) const SHOWN: usize = 50;
/// From here on sizes are no longer added up.
const MOST_MEASURED: u32 = 20_000;

/// A conversation that would stay, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExemptConversation {
    /// Which.
    pub id: ConversationId,
    /// Its title.
    pub title: String,
    /// Why.
    pub why: RetentionExemption,
}

/// A file that would go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldFileShown {
    /// Which.
    pub id: AssetId,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Since when it is here.
    pub since: Timestamp,
}

/// What a rule would delete today.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RetentionPreview {
    /// How many conversations.
    pub conversations: u32,
    /// How many messages in them.
    pub messages: u32,
    /// Bytes of words and files.
    pub bytes: u64,
    /// Whether messages and bytes are more than what was added up.
    pub at_least: bool,
    /// How many drafts.
    pub drafts: u32,
    /// How many searches.
    pub searches: u32,
    /// How many files; the messages they are in stay.
    pub files: u32,
    /// The first of the files, oldest first.
    pub first_files: Vec<OldFileShown>,
    /// The first of the conversations, oldest first.
    pub first: Vec<(ConversationId, String)>,
    /// The first of those that would stay although they are old enough; of a rule about files,
    /// those that keep old files.
    pub exempt: Vec<ExemptConversation>,
    /// How many of them there are.
    pub exempt_total: u32,
    /// Whether everything is frozen, so that nothing goes.
    pub frozen: bool,
}

impl App {
    /// What a rule would delete today, if it were set.
    ///
    /// # Errors
    /// `invalid_retention`; when the archive is not open.
    pub async fn preview_retention(&self, new: NewRule) -> Result<RetentionPreview, Error> {
        let rule = self.rule(new)?;
        let (wall, ran) = self.since_read()?;
        self.read(move |tx| {
            let time = observed(tx.trusted_time()?, wall, ran);
            let now = time.map_or(wall, |time| time.now(wall).unwrap_or(time.trusted_at));
            let mut preview = RetentionPreview {
                frozen: restriction::is_everything_frozen(tx)?,
                ..RetentionPreview::default()
            };
            match (rule.target, rule.idle_days) {
                (RetentionTarget::Kind(RetentionKind::Drafts), days) => {
                    preview.drafts = older(days, now, |at| tx.drafts_older(at))?;
                }
                (RetentionTarget::Kind(RetentionKind::Searches), days) => {
                    preview.searches = older(days, now, |at| tx.searches_older(at))?;
                }
                (RetentionTarget::Kind(RetentionKind::Media), _) => {
                    media::preview(tx, &rule, now, &mut preview)?;
                }
                _ => conversations(tx, &rule, now, &mut preview)?,
            }
            Ok(preview)
        })
        .await
    }
}

fn older(
    days: Option<u32>,
    now: Timestamp,
    count: impl Fn(Timestamp) -> Result<u32, StoreError>,
) -> Result<u32, StoreError> {
    days.map_or(Ok(0), |days| count(back(now, days)))
}

fn conversations(
    tx: &ReadTx<'_>,
    rule: &fluxchat_model::RetentionRule,
    now: Timestamp,
    preview: &mut RetentionPreview,
) -> Result<(), StoreError> {
    let mut rules = tx.retention_rules()?;
    rules.retain(|other| other.target != rule.target);
    rules.push(*rule);
    let idle = rule.idle_days.map(|days| back(now, days));
    let archived = rule.archived_days.map(|days| back(now, days));
    for id in tx.retention_candidates(rule.target, idle, archived)? {
        let Some(subject) = tx.retention_subject(id, now)? else {
            continue;
        };
        let why = match retention_verdict(&rules, &subject) {
            RetentionVerdict::Until(by, at) if by == rule.id && at <= now => None,
            // Another rule deletes it today: nothing is kept from this one.
            RetentionVerdict::Until(_, at) if at <= now => continue,
            RetentionVerdict::Exempt(_, why) => Some(why),
            _ => Some(RetentionExemption::OtherRule),
        };
        let title =
            || Ok::<_, StoreError>(tx.conversation(id)?.map(|it| it.title).unwrap_or_default());
        match why {
            None => {
                preview.conversations += 1;
                if preview.messages < MOST_MEASURED {
                    let weight = tx.conversation_weight(id)?;
                    preview.messages += weight.messages;
                    preview.bytes += weight.bytes;
                } else {
                    preview.at_least = true;
                }
                if preview.first.len() < SHOWN {
                    preview.first.push((id, title()?));
                }
            }
            Some(why) => {
                preview.exempt_total += 1;
                if preview.exempt.len() < SHOWN {
                    preview.exempt.push(ExemptConversation {
                        id,
                        title: title()?,
                        why,
                    });
                }
            }
        }
    }
    Ok(())
}
