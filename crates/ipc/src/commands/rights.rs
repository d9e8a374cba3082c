//! Rights at services, objections, and what is wrong about people.

use fluxchat_core::{App, ServiceKey, Wish};
use fluxchat_model::{
    PrivacyRequestKind, PrivacyRequestState, RequestEvent, Source, TrackedRequest,
};

use super::privacy::purpose;
use crate::ApiError;
use crate::dto::rights::{
    FlagListReq, FlagPage, FlagRow, FlagSetReq, ObjectionRow, ObjectionSetReq, RightsKey,
    RightsKeyReq, RightsKeyTrustReq, RightsListReq, RightsReport, RightsReq, RightsRequestReq,
    RightsResult, RightsRow, RightsSubject,
};
use crate::dto::{Done, Empty};

type Answer<T> = Result<T, ApiError>;

const PAGE: u32 = 50;

/// What was asked of services, and what is objected to.
///
/// # Errors
/// When the archive is not open.
pub async fn rights_list(app: &App, req: RightsListReq) -> Answer<RightsReport> {
    let page = app.rights_requests(req.before, PAGE).await?;
    let next = (page.len() == PAGE as usize)
        .then(|| page.last().map(|(tracked, _)| tracked.request.id))
        .flatten();
    let (sources, _) = app.sources().await?;
    let mut sources: Vec<String> = sources.into_iter().map(|source| source.name).collect();
    sources.sort_by_key(|name| name != Source::SANDBOX);
    Ok(RightsReport {
        requests: page.into_iter().map(row).collect(),
        next,
        objections: app
            .objections()
            .await?
            .into_iter()
            .map(|it| ObjectionRow {
                purpose: it.purpose.id().to_owned(),
                objected: it.objected,
                at: it.at,
            })
            .collect(),
        sources,
    })
}

/// Which key a service signs its answers with.
///
/// # Errors
/// When there is no such source, or it cannot be asked.
pub async fn rights_key(app: &App, req: RightsKeyReq) -> Answer<RightsKey> {
    Ok(key(app.service_key(&req.source).await?))
}

/// Trusts a service anew, by the key that was shown.
///
/// # Errors
/// `key_not_offered`; when the service cannot be asked.
pub async fn rights_key_trust(app: &App, req: RightsKeyTrustReq) -> Answer<RightsKey> {
    Ok(key(app.trust_service_key(&req.source, &req.key).await?))
}

/// Asks a service. The request waits until the door is open.
///
/// # Errors
/// When there is no such source, or a correction says nothing.
pub async fn rights_request(app: &App, req: RightsRequestReq) -> Answer<Done> {
    let lift = req.lift.unwrap_or(false);
    let wish = match req.kind {
        PrivacyRequestKind::Access => Wish::Access,
        PrivacyRequestKind::Portability => Wish::Portability,
        PrivacyRequestKind::Erasure => Wish::Erasure,
        PrivacyRequestKind::Rectification => Wish::Rectification {
            display_name: req.display_name,
            email: req.email,
        },
        PrivacyRequestKind::Restriction => Wish::Restriction { restricted: !lift },
        PrivacyRequestKind::Objection => Wish::Objection {
            purpose: purpose(req.purpose.as_deref().unwrap_or_default())?,
            objected: !lift,
        },
    };
    app.request_right(wish, &req.source).await?;
    Ok(Done {})
}

/// Takes a request back.
///
/// # Errors
/// `not_pending` when it is answered already.
pub async fn rights_cancel(app: &App, req: RightsReq) -> Answer<Done> {
    app.cancel_request(req.id).await?;
    Ok(Done {})
}

/// Asks where the open requests stand.
///
/// # Errors
/// When the archive is not open.
pub async fn rights_check(app: &App, _: Empty) -> Answer<Done> {
    app.check_requests(None).await?;
    Ok(Done {})
}

/// Fetches what a service gave.
///
/// # Errors
/// When there is no result or the service cannot be reached.
pub async fn rights_result(app: &App, req: RightsReq) -> Answer<RightsResult> {
    Ok(RightsResult {
        text: app.request_result(req.id).await?,
    })
}

/// What the sandbox knows of the person.
///
/// # Errors
/// When the archive is not open.
pub async fn rights_subject(app: &App, _: Empty) -> Answer<RightsSubject> {
    let found = app.service_subject(Source::SANDBOX).await?;
    Ok(RightsSubject {
        display_name: found.display_name,
        email: found.email,
        restricted: found.restricted,
    })
}

/// Objects to a purpose, or takes the objection back.
///
/// # Errors
/// When the purpose does not rest on a legitimate interest.
pub async fn objection_set(app: &App, req: ObjectionSetReq) -> Answer<Done> {
    app.set_objection(purpose(&req.purpose)?, req.objected)
        .await?;
    Ok(Done {})
}

/// Writes down what is wrong in an answer.
///
/// # Errors
/// When there is no such message or the note is too long.
pub async fn flag_set(app: &App, req: FlagSetReq) -> Answer<Done> {
    app.flag_statement(req.message_id, &req.note).await?;
    Ok(Done {})
}

/// What was written down as wrong.
///
/// # Errors
/// When the archive is not open.
pub async fn flag_list(app: &App, req: FlagListReq) -> Answer<FlagPage> {
    let page = app
        .statement_flags(req.conversation_id, i64::from(req.after), PAGE)
        .await?;
    let next = (page.len() == PAGE as usize)
        .then(|| page.last().and_then(|flag| i32::try_from(flag.seq).ok()))
        .flatten();
    Ok(FlagPage {
        rows: page
            .into_iter()
            .map(|flag| FlagRow {
                message_id: flag.message_id,
                conversation_id: flag.conversation_id,
                at: flag.at,
                note: flag.note,
            })
            .collect(),
        next,
    })
}

fn row((tracked, steps): (TrackedRequest, Vec<RequestEvent>)) -> RightsRow {
    let TrackedRequest { request, progress } = tracked;
    let state = request.state;
    RightsRow {
        submitted_at: progress.submitted_at,
        checked_at: progress.checked_at,
        extended: progress.extended,
        has_result: progress.has_result,
        can_cancel: !state.is_settled() && !progress.cancelling,
        may_complain: matches!(
            state,
            PrivacyRequestState::Overdue
                | PrivacyRequestState::Denied
                | PrivacyRequestState::PartiallyFulfilled
        ),
        receipt: progress.receipt.filter(|_| state.is_settled()),
        request,
        steps,
    }
}

fn key(key: ServiceKey) -> RightsKey {
    RightsKey {
        changed: key.changed(),
        known: key.known,
        since: key.since,
        offered: key.offered,
    }
}
