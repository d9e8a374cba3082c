//! Retention and restriction.

use fluxchat_core::{App, NewRule, Pause};
use fluxchat_model::{RetentionTarget, Timestamp};

use crate::ApiError;
use crate::dto::Empty;
use crate::dto::retention::*;

type Answer<T> = Result<T, ApiError>;

const MOST_RESTRICTED: u32 = 200;

/// The rules and what came of them.
///
/// # Errors
/// When the archive is not open.
pub async fn retention_get(app: &App, _: Empty) -> Answer<Retention> {
    let state = app.retention().await?;
    let rules = state
        .rules
        .into_iter()
        .map(|(rule, name)| RetentionRuleRow {
            id: rule.id,
            target: crossing(rule.target),
            name,
            idle_days: rule.idle_days,
            archived_days: rule.archived_days,
            created_at: rule.created_at,
        });
    let runs = state.runs.into_iter().map(|run| RetentionRunRow {
        seq: u32::try_from(run.seq).unwrap_or(u32::MAX),
        at: run.at,
        conversations: run.conversations,
        drafts: run.drafts,
        searches: run.searches,
        media: run.media,
        receipts: run.receipts,
    });
    Ok(Retention {
        rules: rules.collect(),
        paused: state.paused.map(pause),
        runs: runs.collect(),
    })
}

/// Sets the rule of a target.
///
/// # Errors
/// `invalid_retention`; when the target does not exist.
pub async fn retention_set(app: &App, req: RetentionRuleReq) -> Answer<Retention> {
    app.set_retention(new_rule(req)).await?;
    retention_get(app, Empty {}).await
}

/// Removes a rule.
///
/// # Errors
/// When it does not exist.
pub async fn retention_remove(app: &App, req: RetentionRemoveReq) -> Answer<Retention> {
    app.remove_retention(req.id).await?;
    retention_get(app, Empty {}).await
}

/// What a rule would delete today.
///
/// # Errors
/// `invalid_retention`.
pub async fn retention_preview(app: &App, req: RetentionRuleReq) -> Answer<RetentionPreviewRes> {
    let found = app.preview_retention(new_rule(req)).await?;
    Ok(RetentionPreviewRes {
        conversations: found.conversations,
        messages: found.messages,
        bytes: found.bytes,
        at_least: found.at_least,
        drafts: found.drafts,
        searches: found.searches,
        files: found.files,
        first_files: found
            .first_files
            .into_iter()
            .map(|file| RetentionFile {
                id: file.id,
                name: file.name,
                bytes: file.bytes,
                since: file.since,
            })
            .collect(),
        first: found
            .first
            .into_iter()
            .map(|(id, title)| RetentionItem {
                id,
                title,
                why: None,
            })
            .collect(),
        exempt: found
            .exempt
            .into_iter()
            .map(|item| RetentionItem {
                id: item.id,
                title: item.title,
                why: Some(item.why),
            })
            .collect(),
        exempt_total: found.exempt_total,
        frozen: found.frozen,
    })
}

/// A person says that the clock is right.
///
/// # Errors
/// When the archive is not open.
pub async fn retention_confirm_clock(app: &App, _: Empty) -> Answer<Retention> {
    app.confirm_clock().await?;
    retention_get(app, Empty {}).await
}

/// What is frozen.
///
/// # Errors
/// When the archive is not open.
pub async fn restriction_get(app: &App, _: Empty) -> Answer<Restriction> {
    let conversations = app.restricted_conversations(MOST_RESTRICTED).await?;
    Ok(Restriction {
        everything: app.everything_restricted().await?,
        conversations: conversations
            .into_iter()
            .map(|conversation| RetentionItem {
                id: conversation.id,
                title: conversation.title,
                why: None,
            })
            .collect(),
    })
}

/// Freezes everything, or no longer.
///
/// # Errors
/// When the archive is not open.
pub async fn restriction_set_everything(
    app: &App,
    req: RestrictEverythingReq,
) -> Answer<Restriction> {
    app.restrict_everything(req.on).await?;
    restriction_get(app, Empty {}).await
}

fn new_rule(req: RetentionRuleReq) -> NewRule {
    let target = match req.target {
        RetentionTargetDto::Conversation { id } => RetentionTarget::Conversation(id),
        RetentionTargetDto::Tag { id } => RetentionTarget::Tag(id),
        RetentionTargetDto::Folder { id } => RetentionTarget::Folder(id),
        RetentionTargetDto::Source { id } => RetentionTarget::Source(id),
        RetentionTargetDto::Kind { kind } => RetentionTarget::Kind(kind),
    };
    NewRule {
        target,
        idle_days: req.idle_days,
        archived_days: req.archived_days,
    }
}

fn crossing(target: RetentionTarget) -> RetentionTargetDto {
    match target {
        RetentionTarget::Conversation(id) => RetentionTargetDto::Conversation { id },
        RetentionTarget::Tag(id) => RetentionTargetDto::Tag { id },
        RetentionTarget::Folder(id) => RetentionTargetDto::Folder { id },
        RetentionTarget::Source(id) => RetentionTargetDto::Source { id },
        RetentionTarget::Kind(kind) => RetentionTargetDto::Kind { kind },
    }
}

fn pause(pause: Pause) -> RetentionPause {
    const HOUR: i64 = 3_600 * Timestamp::SECOND;
    match pause {
        Pause::Frozen => RetentionPause::Frozen,
        Pause::Clock {
            trusted_at,
            clock_at,
            left_ms,
        } => RetentionPause::Clock {
            trusted_at,
            clock_at,
            hours_left: u32::try_from((left_ms + HOUR - 1) / HOUR).unwrap_or(0),
        },
    }
}
