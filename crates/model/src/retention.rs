//! How long things are kept: rules, which of them decides, and which time can be trusted.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, FolderId, RetentionRuleId, SourceId, TagId, Timestamp};

/// What is kept or deleted by age where nothing more specific is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RetentionKind {
    /// Conversations with all that belongs to them.
    Conversations,
    /// Unsent texts.
    Drafts,
    /// What was searched for.
    Searches,
    /// Files, whatever they are; the messages they are in stay.
    Media,
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "level", content = "target", rename_all = "snake_case")]
pub enum RetentionTarget {
    /// One conversation.
    Conversation(ConversationId),
    /// What has a tag.
    Tag(TagId),
    /// What lies in a folder.
    Folder(FolderId),
    /// What is answered by a source.
    Source(SourceId),
    /// All of a kind.
    Kind(RetentionKind),
}

impl RetentionTarget {
    /// The more specific wins.
    fn rank(self) -> u8 {
        match self {
            Self::Conversation(_) => 4,
            Self::Tag(_) => 3,
            Self::Folder(_) => 2,
            Self::Source(_) => 1,
            Self::Kind(_) => 0,
        }
    }

    fn covers(self, subject: &RetentionSubject) -> bool {
        match self {
            Self::Conversation(id) => subject.id == id,
            Self::Tag(id) => subject.tags.contains(&id),
            Self::Folder(id) => subject.folder == Some(id),
            Self::Source(id) => subject.source == Some(id),
            Self::Kind(kind) => kind == RetentionKind::Conversations,
        }
    }
}

/// One rule. Without any number of days it says: keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionRule {
    /// Its id.
    pub id: RetentionRuleId,
    /// What it is about.
    pub target: RetentionTarget,
    /// Delete this many days after the last activity.
    pub idle_days: Option<u32>,
    /// Delete this many days after archiving.
    pub archived_days: Option<u32>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl RetentionRule {
    /// Whether it says: keep.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.idle_days.is_none() && self.archived_days.is_none()
    }

    /// When it lets a conversation go; `None` if it says nothing about it as it is now.
    fn deadline(&self, subject: &RetentionSubject) -> Option<Timestamp> {
        let after = |at: Timestamp, days: u32| at.plus_ms(i64::from(days) * Timestamp::DAY);
        let idle = self.idle_days.map(|days| after(subject.active_at, days));
        let archived = self
            .archived_days
            .zip(subject.archived_at)
            .map(|(days, at)| after(at, days));
        [idle, archived].into_iter().flatten().min()
    }
}

/// What rules look at in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionSubject {
    /// Which.
    pub id: ConversationId,
    /// Its folder.
    pub folder: Option<FolderId>,
    /// Its source.
    pub source: Option<SourceId>,
    /// Its tags.
    pub tags: Vec<TagId>,
    /// When it was last used, by the time that can be trusted.
    pub active_at: Timestamp,
    /// When it was archived; `None` while it is not.
    pub archived_at: Option<Timestamp>,
    /// Kept above the others.
    pub pinned: bool,
    /// Frozen.
    pub restricted: bool,
}

/// Why something is not deleted although a rule would.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RetentionExemption {
    /// It is pinned.
    Pinned,
    /// It is frozen.
    Restricted,
    /// Another rule is more specific, or says keep at the same level.
    OtherRule,
}

/// What the rules say about a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetentionVerdict {
    /// No rule says anything.
    Free,
    /// A rule says keep.
    Kept(RetentionRuleId),
    /// A rule would delete it, but it is pinned or frozen.
    Exempt(RetentionRuleId, RetentionExemption),
    /// It is deleted then.
    Until(RetentionRuleId, Timestamp),
}

/// Decides: the most specific rule wins; at the same level keep beats delete, and the later date
/// beats the earlier.
#[must_use]
pub fn retention_verdict(rules: &[RetentionRule], subject: &RetentionSubject) -> RetentionVerdict {
    let says = |rule: &&RetentionRule| {
        rule.target.covers(subject) && (rule.keeps() || rule.deadline(subject).is_some())
    };
    let Some(rank) = rules
        .iter()
        .filter(says)
        .map(|rule| rule.target.rank())
        .max()
    else {
        return RetentionVerdict::Free;
    };
    let level = || {
        rules
            .iter()
            .filter(says)
            .filter(|rule| rule.target.rank() == rank)
    };
    if let Some(rule) = level().find(|rule| rule.keeps()) {
        return RetentionVerdict::Kept(rule.id);
    }
    let latest = level()
        .filter_map(|rule| Some((rule.deadline(subject)?, rule.id)))
        .max_by_key(|(at, _)| *at);
    match latest {
        Some((_, rule)) if subject.restricted => {
            RetentionVerdict::Exempt(rule, RetentionExemption::Restricted)
        }
        Some((_, rule)) if subject.pinned => {
            RetentionVerdict::Exempt(rule, RetentionExemption::Pinned)
        }
        Some((at, rule)) => RetentionVerdict::Until(rule, at),
        None => RetentionVerdict::Free,
    }
}

/// Why a file stays although a rule about files would delete it: a conversation it is in is frozen
/// or pinned, or a rule about less than all says keep.
#[must_use]
pub fn media_exemption(
    rules: &[RetentionRule],
    subject: &RetentionSubject,
) -> Option<RetentionExemption> {
    if subject.restricted {
        return Some(RetentionExemption::Restricted);
    }
    if subject.pinned {
        return Some(RetentionExemption::Pinned);
    }
    let narrow: Vec<RetentionRule> = rules
        .iter()
        .filter(|rule| rule.target.rank() > 0)
        .copied()
        .collect();
    match retention_verdict(&narrow, subject) {
        RetentionVerdict::Kept(_) => Some(RetentionExemption::OtherRule),
        _ => None,
    }
}

/// Farther ahead than it ran, a clock is doubted.
const JUMP_MS: i64 = Timestamp::DAY;
/// Farther ahead of what was seen before the app was closed, a clock is doubted.
const ABSENCE_MS: i64 = 7 * Timestamp::DAY;
/// A doubted clock that runs this long without another jump is believed.
const CONFIRMED_MS: i64 = Timestamp::DAY;

/// The time as far as it can be trusted. It only goes forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustedTime {
    /// The latest time there was reason to believe in.
    pub trusted_at: Timestamp,
    /// What the clock said last, while it is doubted.
    pub doubted_at: Option<Timestamp>,
    /// How long the app ran while it was doubted.
    pub ran_ms: i64,
}

impl TrustedTime {
    /// Of an archive that has seen no time yet.
    #[must_use]
    pub fn starting(wall: Timestamp) -> Self {
        Self {
            trusted_at: wall,
            doubted_at: None,
            ran_ms: 0,
        }
    }

    /// The clock was read. `ran_ms` is how long this process ran since it was read before, by a
    /// clock that nobody sets; `None` if this process had not read it yet.
    pub fn observe(&mut self, wall: Timestamp, ran_ms: Option<i64>) {
        let allowed = |since: Timestamp| match ran_ms {
            Some(ran) => since.plus_ms(ran.max(0)).plus_ms(JUMP_MS),
            None => since.plus_ms(ABSENCE_MS),
        };
        let Some(before) = self.doubted_at else {
            if wall <= allowed(self.trusted_at) {
                self.trusted_at = self.trusted_at.max(wall);
            } else {
                self.doubted_at = Some(wall);
                self.ran_ms = 0;
            }
            return;
        };
        if wall <= self.trusted_at.plus_ms(self.ran_ms).plus_ms(JUMP_MS) {
            // It was set right again.
            self.confirm(self.trusted_at.max(wall));
            return;
        }
        let steady = wall <= allowed(before) && wall >= before.plus_ms(-JUMP_MS);
        self.ran_ms = if steady {
            self.ran_ms.saturating_add(ran_ms.unwrap_or(0).max(0))
        } else {
            0
        };
        self.doubted_at = Some(wall);
        if self.ran_ms >= CONFIRMED_MS {
            self.confirm(wall);
        }
    }

    /// A person said that the clock is right.
    pub fn confirm(&mut self, wall: Timestamp) {
        self.trusted_at = wall;
        self.doubted_at = None;
        self.ran_ms = 0;
    }

    /// How long a doubted clock has to go on without another jump until it is believed.
    #[must_use]
    pub fn left_ms(&self) -> i64 {
        CONFIRMED_MS.saturating_sub(self.ran_ms)
    }

    /// The time by which things are old; `None` while the clock is doubted. A clock that is behind
    /// makes nothing older.
    #[must_use]
    pub fn now(&self, wall: Timestamp) -> Option<Timestamp> {
        match self.doubted_at {
            Some(_) => None,
            None => Some(self.trusted_at.min(wall)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);
    const DAY: i64 = Timestamp::DAY;

    fn rule(number: u8, target: RetentionTarget, idle: Option<u32>) -> RetentionRule {
        RetentionRule {
            id: RetentionRuleId::new(NOW, [number; 10]),
            target,
            idle_days: idle,
            archived_days: None,
            created_at: NOW,
        }
    }

    fn subject() -> RetentionSubject {
        RetentionSubject {
            id: ConversationId::new(NOW, [1; 10]),
            folder: Some(FolderId::new(NOW, [2; 10])),
            source: Some(SourceId::new(NOW, [3; 10])),
            tags: vec![TagId::new(NOW, [4; 10]), TagId::new(NOW, [5; 10])],
            active_at: NOW,
            archived_at: None,
            pinned: false,
            restricted: false,
        }
    }

    const ALL: RetentionTarget = RetentionTarget::Kind(RetentionKind::Conversations);

    #[test]
    fn the_most_specific_rule_decides() {
        let it = subject();
        let targets = [
            ALL,
            RetentionTarget::Source(it.source.unwrap()),
            RetentionTarget::Folder(it.folder.unwrap()),
            RetentionTarget::Tag(it.tags[0]),
            RetentionTarget::Conversation(it.id),
        ];
        let mut rules = Vec::new();
        assert_eq!(retention_verdict(&rules, &it), RetentionVerdict::Free);
        for (number, target) in (1_u8..).zip(targets) {
            let days = u32::from(number) * 10;
            rules.insert(0, rule(number, target, Some(days)));
            let at = NOW.plus_ms(i64::from(days) * DAY);
            assert_eq!(
                retention_verdict(&rules, &it),
                RetentionVerdict::Until(rules[0].id, at)
            );
        }
        rules[0].idle_days = None;
        assert_eq!(
            retention_verdict(&rules, &it),
            RetentionVerdict::Kept(rules[0].id)
        );
    }

    #[test]
    fn at_the_same_level_keep_wins_and_then_the_later_date() {
        let it = subject();
        let first = rule(1, RetentionTarget::Tag(it.tags[0]), Some(90));
        let second = rule(2, RetentionTarget::Tag(it.tags[1]), Some(30));
        let at = NOW.plus_ms(90 * DAY);
        assert_eq!(
            retention_verdict(&[second, first], &it),
            RetentionVerdict::Until(first.id, at)
        );
        let keep = RetentionRule {
            idle_days: None,
            ..second
        };
        assert_eq!(
            retention_verdict(&[first, keep], &it),
            RetentionVerdict::Kept(keep.id)
        );
    }

    #[test]
    fn archiving_starts_its_own_time() {
        let mut it = subject();
        let archived = RetentionRule {
            archived_days: Some(7),
            ..rule(1, RetentionTarget::Folder(it.folder.unwrap()), None)
        };
        let all = rule(2, ALL, Some(365));
        let until = |id, days| RetentionVerdict::Until(id, NOW.plus_ms(days * DAY));
        assert_eq!(
            retention_verdict(&[archived, all], &it),
            until(all.id, 365),
            "it says nothing about what is not archived"
        );
        it.archived_at = Some(NOW.plus_ms(DAY));
        assert_eq!(
            retention_verdict(&[archived, all], &it),
            until(archived.id, 8)
        );
    }

    #[test]
    fn pinned_and_frozen_are_exempt() {
        let all = [rule(1, ALL, Some(1))];
        let pinned = RetentionSubject {
            pinned: true,
            ..subject()
        };
        let frozen = RetentionSubject {
            restricted: true,
            ..pinned.clone()
        };
        let exempt = |why| RetentionVerdict::Exempt(all[0].id, why);
        assert_eq!(
            retention_verdict(&all, &pinned),
            exempt(RetentionExemption::Pinned)
        );
        assert_eq!(
            retention_verdict(&all, &frozen),
            exempt(RetentionExemption::Restricted)
        );
    }

    #[test]
    fn a_file_stays_where_it_is_pinned_frozen_or_kept() {
        let mut it = subject();
        let tag = RetentionTarget::Tag(it.tags[0]);
        let media = rule(1, RetentionTarget::Kind(RetentionKind::Media), Some(7));
        let keep_all = rule(2, ALL, None);
        assert_eq!(media_exemption(&[media, keep_all], &it), None);
        let kept = rule(3, tag, None);
        let other = Some(RetentionExemption::OtherRule);
        assert_eq!(media_exemption(&[media, kept], &it), other);
        let later = rule(4, RetentionTarget::Conversation(it.id), Some(365));
        assert_eq!(
            media_exemption(&[media, kept, later], &it),
            None,
            "the more specific rule does not say keep"
        );
        it.pinned = true;
        let pinned = Some(RetentionExemption::Pinned);
        assert_eq!(media_exemption(&[media], &it), pinned);
        it.restricted = true;
        let frozen = Some(RetentionExemption::Restricted);
        assert_eq!(media_exemption(&[media], &it), frozen);
    }

    #[test]
    fn a_clock_that_goes_back_makes_nothing_older() {
        let mut time = TrustedTime::starting(NOW);
        time.observe(NOW.plus_ms(-730 * DAY), Some(1_000));
        assert_eq!(time.trusted_at, NOW);
        let wall = NOW.plus_ms(-730 * DAY);
        assert_eq!(time.now(wall), Some(wall));
        time.observe(NOW.plus_ms(2_000), Some(1_000));
        assert_eq!(time.now(NOW.plus_ms(2_000)), Some(NOW.plus_ms(2_000)));
    }

    #[test]
    fn a_clock_that_jumps_ahead_is_doubted_until_it_was_steady_for_a_day() {
        for ran in [Some(60_000), None] {
            let mut time = TrustedTime::starting(NOW);
            let mut wall = NOW.plus_ms(730 * DAY);
            time.observe(wall, ran);
            assert_eq!(time.now(wall), None, "{ran:?}");
            for hour in 1..=24 {
                assert_eq!(time.now(wall), None, "hour {hour}");
                wall = wall.plus_ms(DAY / 24);
                time.observe(wall, Some(DAY / 24));
            }
            assert_eq!(time.now(wall), Some(wall));
        }
    }

    #[test]
    fn a_clock_that_is_set_right_is_believed_at_once() {
        let mut time = TrustedTime::starting(NOW);
        time.observe(NOW.plus_ms(730 * DAY), Some(60_000));
        time.observe(NOW.plus_ms(120_000), Some(60_000));
        assert_eq!(time.trusted_at, NOW.plus_ms(120_000));
        assert_eq!(time.doubted_at, None);
    }

    #[test]
    fn another_jump_starts_the_doubt_anew_and_a_person_ends_it() {
        let mut time = TrustedTime::starting(NOW);
        time.observe(NOW.plus_ms(100 * DAY), Some(0));
        time.observe(NOW.plus_ms(100 * DAY + DAY / 2), Some(DAY / 2));
        assert_eq!(time.ran_ms, DAY / 2);
        let wall = NOW.plus_ms(300 * DAY);
        time.observe(wall, Some(DAY / 2));
        assert_eq!((time.ran_ms, time.now(wall)), (0, None));
        time.confirm(wall);
        assert_eq!(time.now(wall), Some(wall));
    }

    #[test]
    fn a_short_absence_is_no_jump() {
        let mut time = TrustedTime::starting(NOW);
        time.observe(NOW.plus_ms(7 * DAY), None);
        assert_eq!(time.trusted_at, NOW.plus_ms(7 * DAY));
        time.observe(NOW.plus_ms(14 * DAY + 1), None);
        assert_eq!(time.trusted_at, NOW.plus_ms(7 * DAY));
    }
}
