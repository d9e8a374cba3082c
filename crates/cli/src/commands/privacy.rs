mod prove;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use fluxchat_core::{App, Chain};
use fluxchat_model::{LedgerFilter, Purpose, Receipt};
use serde_json::{Value, json};

use super::{Done, retention, word};
use crate::args::{Consent, Privacy};
use crate::output::{Failure, Out, plain};

pub async fn run(app: &App, privacy: Privacy, out: &Out) -> Done {
    match privacy {
        Privacy::Stored => stored(app, out).await,
        Privacy::Ledger { limit } => ledger(app, limit, out).await,
        Privacy::Consents => consents(app, out).await,
        Privacy::Consent(Consent::Give { purpose }) => consent(app, &purpose, true, out).await,
        Privacy::Consent(Consent::Withdraw { purpose }) => consent(app, &purpose, false, out).await,
        Privacy::DeleteAll { yes } => delete_all(app, yes, out).await,
        Privacy::Retention(rules) => retention::run(app, rules, out).await,
        Privacy::Restrict(what) => retention::restrict(app, what, true, out).await,
        Privacy::Unrestrict(what) => retention::restrict(app, what, false, out).await,
        Privacy::Receipts => receipts(app, out).await,
        Privacy::Verify => verify(app, out).await,
        Privacy::Export(args) => super::export::run(app, args, out).await,
        Privacy::Diagnostics(command) => super::diagnostics::run(app, command, out).await,
        Privacy::SupportBundle(args) => super::diagnostics::support_bundle(app, args, out).await,
        Privacy::Prove { report } => prove::run(app, report.as_deref(), out).await,
        Privacy::Policy => {
            let policy = app.policy(None, "en")?;
            out.answer(&policy, |policy| policy.markdown.clone());
            Ok(ExitCode::SUCCESS)
        }
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

async fn ledger(app: &App, limit: u32, out: &Out) -> Done {
    let entries = app.ledger_page(LedgerFilter::default(), limit).await?;
    let rows: Vec<Value> = entries
        .iter()
        .map(|entry| {
            json!({
                "seq": entry.seq,
                "at": entry.record.at,
                "purpose": entry.record.purpose,
                "basis": entry.record.basis,
                "host": entry.record.host,
                "bytes_out": entry.bytes_out,
                "bytes_in": entry.bytes_in,
                "outcome": entry.outcome,
                "request_id": entry.record.request_id,
            })
        })
        .collect();
    out.answer(&rows, |_| {
        let line = |entry: &fluxchat_model::LedgerEntry| {
            format!(
                "{:>6}  {:<16} {:<28} {:>9} out {:>9} in  {}\n",
                entry.seq,
                entry.record.purpose.id(),
                plain(&entry.record.host),
                entry.bytes_out,
                entry.bytes_in,
                entry.outcome.id(),
            )
        };
        entries.iter().map(line).collect()
    });
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

async fn consent(app: &App, purpose: &str, given: bool, out: &Out) -> Done {
    let purpose: Purpose = purpose
        .parse()
        .map_err(|message: String| Failure::usage(&message))?;
    app.set_consent(purpose, given).await?;
    out.answer(&json!({ "purpose": purpose, "given": given }), |_| {
        format!(
            "{purpose}: {}.\n",
            if given { "given" } else { "withdrawn" }
        )
    });
    Ok(ExitCode::SUCCESS)
}

async fn delete_all(app: &App, yes: bool, out: &Out) -> Done {
    if !yes {
        confirm(out)?;
    }
    let receipt = app.delete_everything().await?;
    app.flush_outbox().await?;
    out.answer(&receipt, |receipt| {
        format!(
            "All content was deleted for good, proven on this computer (receipt {}).\n",
            receipt.hash
        )
    });
    Ok(ExitCode::SUCCESS)
}

fn confirm(out: &Out) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(
            "Deleting everything has to be confirmed: add --yes.",
        ));
    }
    out.note("This deletes every conversation, draft and file on this computer. There is no undo.");
    out.note("Type DELETE to go on:");
    let mut typed = String::new();
    let _ = std::io::stdin().read_line(&mut typed);
    if typed.trim() == "DELETE" {
        Ok(())
    } else {
        Err(Failure::usage(
            "The word was not typed, so nothing was deleted.",
        ))
    }
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
    let chain = |chain: Chain| json!({ "rows": chain.rows, "broken_at": chain.broken_at });
    let document = json!({
        "holds": found.holds(),
        "ledger": chain(found.ledger),
        "consents": chain(found.consents),
        "receipts": chain(found.receipts),
    });
    out.answer(&document, |_| {
        let line = |name: &str, chain: Chain| match chain.broken_at {
            None => format!("{name:<9} {:>6} rows, the chain holds\n", chain.rows),
            Some(seq) => format!(
                "{name:<9} {:>6} rows, the chain breaks at {seq}\n",
                chain.rows
            ),
        };
        [
            ("ledger", found.ledger),
            ("consents", found.consents),
            ("receipts", found.receipts),
        ]
        .map(|(name, chain)| line(name, chain))
        .concat()
    });
    Ok(ExitCode::from(if found.holds() { 0 } else { 6 }))
}
