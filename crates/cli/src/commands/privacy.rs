mod prove;

use std::process::ExitCode;

use fluxchat_core::{App, Chain};
use fluxchat_model::Receipt;
use serde_json::{Value, json};

use super::{Done, consent, ledger, retention, rights, word};
use crate::args::{Consent, Consents, Privacy};
use crate::output::{Out, count};

pub async fn run(app: &App, privacy: Privacy, out: &Out) -> Done {
    match privacy {
        Privacy::Stored => stored(app, out).await,
        Privacy::Purposes => consent::purposes(out),
        Privacy::Consents { command: None } => consents(app, out).await,
        Privacy::Consents {
            command: Some(Consents::Export { format }),
        } => consent::export(app, format, out).await,
        Privacy::Consent(Consent::Give {
            purpose,
            conversation,
        }) => consent::decide(app, &purpose, conversation.as_deref(), true, out).await,
        Privacy::Consent(Consent::Withdraw {
            purpose,
            conversation,
        }) => consent::decide(app, &purpose, conversation.as_deref(), false, out).await,
        Privacy::Retention(rules) => retention::run(app, rules, out).await,
        Privacy::Restrict(what) => retention::restrict(app, what, true, out).await,
        Privacy::Unrestrict(what) => retention::restrict(app, what, false, out).await,
        Privacy::DeleteAll { yes } => super::deletion::everything(app, yes, out).await,
        Privacy::Delete(delete) => super::deletion::delete(app, delete, out).await,
        Privacy::RotateKey { status } => super::deletion::rotate_key(app, status, out).await,
        Privacy::Ledger(which) => ledger::list(app, which, out).await,
        Privacy::Recipients => ledger::recipients(app, out).await,
        Privacy::LedgerClear(clear) => ledger::clear(app, clear, out).await,
        Privacy::LedgerKeep(keep) => ledger::keep(app, keep, out).await,
        Privacy::RedactNames(names) => ledger::redact_names(app, names, out).await,
        Privacy::Receipts => receipts(app, out).await,
        Privacy::Verify => verify(app, out).await,
        Privacy::Lock(lock) => super::lock::run(app, lock, out).await,
        Privacy::Policy { diff, command } => consent::policy(app, diff, command, out).await,
        // Answered before, with the passphrase.
        Privacy::Guardian(command) => consent::guardian(app, command, None, out).await,
        Privacy::Export(args) => super::export::run(app, args, out).await,
        Privacy::Diagnostics(command) => super::diagnostics::run(app, command, out).await,
        Privacy::SupportBundle(args) => super::diagnostics::support_bundle(app, args, out).await,
        Privacy::Prove { report } => prove::run(app, report.as_deref(), out).await,
        Privacy::Request { command } => rights::request(app, command, out).await,
        Privacy::Requests { limit, check } => rights::list(app, limit, check, out).await,
        Privacy::Result { id } => rights::result(app, &id, out).await,
        Privacy::Object { purpose: None } => rights::objections(app, out).await,
        Privacy::Object {
            purpose: Some(purpose),
        } => rights::object(app, &purpose, true, out).await,
        Privacy::Unobject { purpose } => rights::object(app, &purpose, false, out).await,
        Privacy::Flag { message, note } => rights::flag(app, &message, &note, out).await,
        Privacy::Flags => rights::flags(app, out).await,
    }
}

async fn stored(app: &App, out: &Out) -> Done {
    let (kinds, total_bytes, storage) = app.stored().await?;
    out.answer(
        &json!({ "kinds": kinds, "total_bytes": total_bytes, "storage": storage }),
        |_| {
            let line = |total: &fluxchat_model::StoredTotal| {
                format!(
                    "{:<14} {:>8}  {:>12} bytes\n",
                    word(&total.kind),
                    total.count,
                    total.bytes
                )
            };
            let lines: String = kinds.iter().map(line).collect();
            format!(
                "{lines}{:<14} {:>8}  {total_bytes:>12} bytes\n",
                "on disk", ""
            )
        },
    );
    Ok(ExitCode::SUCCESS)
}

async fn consents(app: &App, out: &Out) -> Done {
    let rows: Vec<Value> = app
        .consents()
        .await?
        .into_iter()
        .map(|standing| {
            json!({
                "purpose": standing.state.purpose,
                "given": standing.state.given,
                "optional": standing.optional,
                "locked": standing.locked,
                "basis": standing.state.purpose.basis(),
                "event": standing.state.event,
            })
        })
        .collect();
    out.answer(&rows, |rows| {
        let line = |row: &Value| {
            let state = match (row["optional"].as_bool(), row["given"].as_bool()) {
                (Some(true), Some(true)) => "given",
                (Some(true), _) => "off",
                _ => "not optional",
            };
            format!(
                "{:<18} {state}\n",
                row["purpose"].as_str().unwrap_or_default()
            )
        };
        rows.iter().map(line).collect()
    });
    Ok(ExitCode::SUCCESS)
}

async fn receipts(app: &App, out: &Out) -> Done {
    let receipts = app.receipts().await?;
    out.answer(&receipts, |receipts| {
        let line = |receipt: &Receipt| {
            format!(
                "{}  {:<12}  {}\n",
                receipt.erasure_id, receipt.scope, receipt.hash
            )
        };
        receipts.iter().map(line).collect()
    });
    Ok(ExitCode::SUCCESS)
}

async fn verify(app: &App, out: &Out) -> Done {
    let found = app.verify().await?;
    let cleared = app.ledger_state().await?.cleared;
    let chain = |chain: Chain| json!({ "rows": chain.rows, "broken_at": chain.broken_at });
    let document = json!({
        "holds": found.holds(),
        "ledger": chain(found.ledger),
        "consents": chain(found.consents),
        "receipts": chain(found.receipts),
        "objections": chain(found.objections),
        "cleared": cleared,
    });
    out.answer(&document, |_| {
        let rows = |number: u32| count(u64::from(number), "row", "rows");
        let line = |name: &str, chain: Chain| match chain.broken_at {
            None => format!("{name:<10} {:>12}, the chain holds\n", rows(chain.rows)),
            Some(seq) => format!(
                "{name:<10} {:>12}, the chain breaks at {seq}\n",
                rows(chain.rows)
            ),
        };
        [
            ("ledger", found.ledger),
            ("consents", found.consents),
            ("receipts", found.receipts),
            ("objections", found.objections),
        ]
        .map(|(name, chain)| line(name, chain))
        .concat()
            + &cleared.iter().map(ledger::cleared_line).collect::<String>()
    });
    Ok(ExitCode::from(if found.holds() { 0 } else { 6 }))
}
