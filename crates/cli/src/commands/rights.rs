use std::process::ExitCode;

use fluxchat_core::{App, Wish};
use fluxchat_model::{
    Attestation, COMPLAINT, MessageId, PrivacyRequestId, PrivacyRequestState, Purpose,
    RequestEvent, StatementFlag, TrackedRequest, reason_sentence,
};
use serde_json::{Value, json};

use super::{Done, word};
use crate::args::RightsRequest;
use crate::output::{Failure, Out, plain};

const PAGE: u32 = 500;

pub async fn request(app: &App, request: RightsRequest, out: &Out) -> Done {
    let (wish, at) = match request {
        RightsRequest::Cancel { id } => return cancel(app, &id, out).await,
        RightsRequest::Key { trust, at } => return key(app, trust, &at.source, out).await,
        RightsRequest::Access(at) => (Wish::Access, at),
        RightsRequest::Portability(at) => (Wish::Portability, at),
        RightsRequest::Erasure(at) => (Wish::Erasure, at),
        RightsRequest::Rectification { name, email, at } => (
            Wish::Rectification {
                display_name: name,
                email,
            },
            at,
        ),
        RightsRequest::Restriction { lift, at } => (Wish::Restriction { restricted: !lift }, at),
        RightsRequest::Objection { purpose, lift, at } => (
            Wish::Objection {
                purpose: named(&purpose)?,
                objected: !lift,
            },
            at,
        ),
    };
    let id = app.request_right(wish, &at.source).await?;
    app.flush_outbox().await?;
    show(app, id, out).await
}

async fn cancel(app: &App, id: &str, out: &Out) -> Done {
    let id = request_id(id)?;
    app.cancel_request(id).await?;
    show(app, id, out).await
}

async fn key(app: &App, trust: Option<String>, source: &str, out: &Out) -> Done {
    let key = match trust {
        Some(key) => app.trust_service_key(source, &key).await?,
        None => app.service_key(source).await?,
    };
    let document = json!({
        "source": source,
        "known": key.known,
        "since": key.since,
        "offered": key.offered,
        "changed": key.changed(),
    });
    out.answer(&document, |_| {
        let word = |key: &Option<String>| key.clone().unwrap_or_else(|| "none".to_owned());
        let mut text = format!(
            "known by  {}\nsigns by  {}\n",
            word(&key.known),
            word(&key.offered)
        );
        if key.changed() {
            text.push_str(
                "The key changed, so its answers do not count. Compare the new one with what the \
                 operator of the service names, then trust it with --trust KEY.\n",
            );
        }
        text
    });
    Ok(ExitCode::SUCCESS)
}

async fn show(app: &App, id: PrivacyRequestId, out: &Out) -> Done {
    let page = app.rights_requests(None, PAGE).await?;
    let found = page
        .iter()
        .find(|(tracked, _)| tracked.request.id == id)
        .ok_or_else(|| Failure::usage("There is no such request"))?;
    out.answer(&document(found), |_| line(found));
    Ok(ExitCode::SUCCESS)
}

pub async fn list(app: &App, limit: u32, check: bool, out: &Out) -> Done {
    if check {
        app.check_requests(None).await?;
    }
    let page = app.rights_requests(None, limit.clamp(1, PAGE)).await?;
    let documents: Vec<Value> = page.iter().map(document).collect();
    out.answer(&documents, |_| page.iter().map(line).collect());
    Ok(ExitCode::SUCCESS)
}

pub async fn result(app: &App, id: &str, out: &Out) -> Done {
    let text = app.request_result(request_id(id)?).await?;
    let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    out.answer(&value, |_| format!("{text}\n"));
    Ok(ExitCode::SUCCESS)
}

pub async fn objections(app: &App, out: &Out) -> Done {
    let found = app.objections().await?;
    let rows: Vec<Value> = found
        .iter()
        .map(|it| json!({ "purpose": it.purpose, "objected": it.objected, "at": it.at }))
        .collect();
    out.answer(&rows, |_| {
        found
            .iter()
            .map(|it| {
                let state = if it.objected {
                    "objected to"
                } else {
                    "allowed"
                };
                format!("{:<18} {state}\n", it.purpose.id())
            })
            .collect()
    });
    Ok(ExitCode::SUCCESS)
}

pub async fn object(app: &App, purpose: &str, objected: bool, out: &Out) -> Done {
    let purpose = named(purpose)?;
    app.set_objection(purpose, objected).await?;
    out.answer(&json!({ "purpose": purpose, "objected": objected }), |_| {
        let state = if objected { "objected to" } else { "allowed" };
        format!("{purpose}: {state}.\n")
    });
    Ok(ExitCode::SUCCESS)
}

pub async fn flag(app: &App, message: &str, note: &str, out: &Out) -> Done {
    let id: MessageId = message
        .parse()
        .map_err(|_| Failure::usage("That is no id of a message"))?;
    app.flag_statement(id, note).await?;
    let flagged = !note.trim().is_empty();
    out.answer(&json!({ "message_id": id, "flagged": flagged }), |_| {
        if flagged {
            "The note is kept with the answer.\n".to_owned()
        } else {
            "The note is gone.\n".to_owned()
        }
    });
    Ok(ExitCode::SUCCESS)
}

pub async fn flags(app: &App, out: &Out) -> Done {
    let mut all: Vec<StatementFlag> = Vec::new();
    loop {
        let after = all.last().map_or(0, |flag| flag.seq);
        let page = app.statement_flags(None, after, PAGE).await?;
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    out.answer(&all, |all| {
        all.iter()
            .map(|flag| format!("{}  {}\n", flag.message_id, plain(&flag.note)))
            .collect()
    });
    Ok(ExitCode::SUCCESS)
}

fn named(purpose: &str) -> Result<Purpose, Failure> {
    purpose
        .parse()
        .map_err(|message: String| Failure::usage(&message))
}

fn request_id(text: &str) -> Result<PrivacyRequestId, Failure> {
    text.parse()
        .map_err(|_| Failure::usage("That is no id of a request"))
}

fn document((tracked, steps): &(TrackedRequest, Vec<RequestEvent>)) -> Value {
    let (request, progress) = (&tracked.request, &tracked.progress);
    json!({
        "id": request.id,
        "kind": request.kind,
        "source": request.source_name,
        "state": request.state,
        "created_at": request.created_at,
        "submitted_at": progress.submitted_at,
        "expected_by": request.expected_by,
        "extended": progress.extended,
        "reason": request.reason,
        "says": request.reason.as_deref().map(reason_sentence),
        "complaint": may_complain(request.state).then_some(COMPLAINT),
        "attestation": request.attestation,
        "has_result": progress.has_result,
        "checked_at": progress.checked_at,
        "steps": steps,
    })
}

fn may_complain(state: PrivacyRequestState) -> bool {
    matches!(
        state,
        PrivacyRequestState::Overdue
            | PrivacyRequestState::Denied
            | PrivacyRequestState::PartiallyFulfilled
    )
}

fn line((tracked, _): &(TrackedRequest, Vec<RequestEvent>)) -> String {
    let request = &tracked.request;
    let worth = match request.attestation {
        Attestation::None => "",
        Attestation::Said => "  (the service says)",
        Attestation::Checked => "  (confirmed by the service, signature checked)",
    };
    let mut text = format!(
        "{}  {:<13} {:<12} {}{worth}\n",
        request.id,
        word(&request.kind),
        plain(&request.source_name),
        word(&request.state).replace('_', " "),
    );
    if let Some(reason) = &request.reason {
        text.push_str(&format!("    {}\n", reason_sentence(reason)));
    }
    if may_complain(request.state) {
        text.push_str(&format!("    {COMPLAINT}\n"));
    }
    text
}
