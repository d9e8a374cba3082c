//! Purposes, consents, policies, supervision.

use std::process::ExitCode;

use fluxchat_core::{App, ConsentFormat, PolicyStanding};
use fluxchat_model::{
    ConversationId, InvalidId, PolicyDiff, Purpose, Secret, TextChange, TextKind, Timestamp,
};
use serde_json::{Value, json};

use super::Done;
use crate::args::{ConsentFormatArg, Guardian, OnOff, Policy};
use crate::output::{Failure, Out, plain};

pub fn purposes(out: &Out) -> Done {
    let rows: Vec<Value> = Purpose::all()
        .map(|purpose| {
            json!({
                "purpose": purpose,
                "terms": purpose.terms(),
                "basis": purpose.basis(),
                "optional": Purpose::optional().any(|it| it == purpose),
                "categories": purpose.categories(),
                "recipients": purpose.recipients(),
                "kept_for": purpose.kept_for(),
                "text_key": purpose.text_key(),
                "in_use": purpose.is_in_use(),
            })
        })
        .collect();
    out.answer(&rows, |_| {
        Purpose::all()
            .map(|purpose| {
                let categories: Vec<_> = purpose.categories().iter().map(|it| it.id()).collect();
                let recipients: Vec<_> = purpose.recipients().iter().map(|it| it.words()).collect();
                format!(
                    "{}\n  basis       {}\n  carries     {}\n  recipients  {}\n  kept        {}\n",
                    purpose.id(),
                    purpose.basis().id(),
                    categories.join(", "),
                    recipients.join(", "),
                    purpose.kept_for().words(),
                )
            })
            .collect()
    });
    Ok(ExitCode::SUCCESS)
}

pub async fn decide(
    app: &App,
    purpose: &str,
    conversation: Option<&str>,
    given: bool,
    out: &Out,
) -> Done {
    let purpose: Purpose = purpose
        .parse()
        .map_err(|message: String| Failure::usage(&message))?;
    let said = if given { "given" } else { "withdrawn" };
    match conversation {
        None => app.set_consent(purpose, given).await?,
        Some(_) if purpose != Purpose::AiTraining => {
            return Err(Failure::usage(
                "Only ai.training is decided per conversation.",
            ));
        }
        Some(id) => {
            let id: ConversationId = id
                .parse()
                .map_err(|error: InvalidId| Failure::usage(&error.to_string()))?;
            app.set_training(id, given).await?;
        }
    }
    app.flush_outbox().await?;
    let mut document = json!({ "purpose": purpose, "given": given });
    if let Some(id) = conversation {
        document["conversation_id"] = json!(id);
    }
    out.answer(&document, |_| format!("{purpose}: {said}.\n"));
    Ok(ExitCode::SUCCESS)
}

pub async fn export(app: &App, format: ConsentFormatArg, out: &Out) -> Done {
    let format = match format {
        ConsentFormatArg::Iso27560 => ConsentFormat::Iso27560,
        ConsentFormatArg::Kantara => ConsentFormat::Kantara,
    };
    let (document, _) = app.consent_export(format).await?;
    out.answer(&document, |document| format!("{document:#}\n"));
    Ok(ExitCode::SUCCESS)
}

pub async fn policy(app: &App, diff: Option<String>, command: Option<Policy>, out: &Out) -> Done {
    let standing = match command {
        None => match diff {
            Some(from) => {
                let diff = app.policy_diff(&from, None, "en")?;
                out.answer(&diff, differences);
                return Ok(ExitCode::SUCCESS);
            }
            None => {
                let policy = app.policy(None, "en")?;
                out.answer(&policy, |policy| policy.markdown.clone());
                return Ok(ExitCode::SUCCESS);
            }
        },
        Some(Policy::Accept { version }) => app.policy_accept(&version).await?,
        Some(Policy::Status) => app.policy_standing().await?,
        Some(Policy::Check) => app.check_policy().await?,
        Some(Policy::Schedule { state }) => app.policy_schedule(state == OnOff::On).await?,
    };
    show_standing(&standing, out);
    Ok(ExitCode::SUCCESS)
}

fn show_standing(standing: &PolicyStanding, out: &Out) {
    out.answer(
        &json!({
            "in_force": standing.in_force,
            "accepted_at": standing.accepted_at,
            "accepted": standing.accepted,
            "upcoming": standing.upcoming,
            "upcoming_accepted_at": standing.upcoming_accepted_at,
            "versions": standing.versions,
            "scheduled": standing.scheduled,
            "checked_at": standing.checked_at,
        }),
        |_| {
            let said = |at: Option<Timestamp>| match at {
                Some(_) => "accepted",
                None => "not accepted yet",
            };
            let mut text = format!(
                "in force  {}  {}\n",
                standing.in_force.0,
                said(standing.accepted_at)
            );
            if let Some(upcoming) = &standing.upcoming {
                text.push_str(&format!(
                    "next      {}  {}\n",
                    plain(&upcoming.0),
                    said(standing.upcoming_accepted_at)
                ));
            }
            text
        },
    );
}

fn differences(diff: &PolicyDiff) -> String {
    let mut text = format!("{} -> {}\n\n", plain(&diff.from), plain(&diff.to));
    if !diff.changed.is_empty() {
        text.push_str(&format!(
            "asked anew: {}\n\n",
            plain(&diff.changed.join(", "))
        ));
    }
    for row in &diff.rows {
        let of = |skip| {
            let parts = row.parts.iter().filter(|part| part.change != skip);
            parts.map(|part| plain(&part.text)).collect::<String>()
        };
        match row.change {
            // Headings say where in the text something changed.
            TextChange::Same if row.kind == TextKind::Heading => {
                text.push_str(&format!("  # {}\n", of(TextChange::Removed)));
            }
            TextChange::Same => {}
            TextChange::Added => text.push_str(&format!("+ {}\n", of(TextChange::Removed))),
            TextChange::Removed => text.push_str(&format!("- {}\n", of(TextChange::Added))),
            TextChange::Changed => text.push_str(&format!(
                "- {}\n+ {}\n",
                of(TextChange::Added),
                of(TextChange::Removed)
            )),
        }
    }
    text
}

pub async fn guardian(
    app: &App,
    command: Guardian,
    passphrase: Option<Secret<String>>,
    out: &Out,
) -> Done {
    let needed = || Failure::usage("Give the guardian's passphrase with --guardian-fd N.");
    let state = match command {
        Guardian::Status => app.guardian().await?,
        Guardian::Unlock { once } => {
            let passphrase = passphrase.ok_or_else(needed)?;
            app.guardian_unlock(passphrase, once).await?
        }
        Guardian::Lock => {
            app.guardian_lock().await?;
            app.guardian().await?
        }
        Guardian::Begin => app.guardian_begin(passphrase.ok_or_else(needed)?).await?,
        Guardian::End => {
            app.guardian_end(passphrase.ok_or_else(needed)?).await?;
            app.guardian().await?
        }
    };
    out.answer(
        &json!({
            "supervised": state.supervised,
            "unlocked_until": state.unlocked_until,
            "once": state.once,
            "wait_ms": state.wait_ms,
        }),
        |_| {
            let words = match (state.supervised, state.unlocked_until) {
                (false, _) => "Nobody supervises this profile.",
                (true, None) => "Supervised, and locked.",
                (true, Some(_)) if state.once => "Supervised; unlocked for the next locked action.",
                (true, Some(_)) => "Supervised; unlocked for ten minutes.",
            };
            format!("{words}\n")
        },
    );
    Ok(ExitCode::SUCCESS)
}
