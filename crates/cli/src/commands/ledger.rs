use std::io::IsTerminal as _;
use std::process::ExitCode;

use fluxchat_core::{App, Recipient};
use fluxchat_model::{
    LedgerEntry, LedgerFilter, LedgerSummary, LegalBasis, Outcome, Purpose, Timestamp,
};
use serde_json::{Value, json};

use super::Done;
use crate::args::{Ledger, LedgerClear, LedgerKeep, RedactNames};
use crate::output::{Failure, Out, plain};

pub async fn list(app: &App, which: Ledger, out: &Out) -> Done {
    let limit = which.limit;
    let entries = app.ledger_page(filter(which)?, limit).await?;
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
        let line = |entry: &LedgerEntry| {
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

fn filter(which: Ledger) -> Result<LedgerFilter, Failure> {
    let purpose = |id: String| -> Result<Purpose, Failure> {
        id.parse()
            .map_err(|message: String| Failure::usage(&message))
    };
    let basis = |word: String| {
        match word.as_str() {
            "consent" => Some(LegalBasis::Consent),
            "contract" => Some(LegalBasis::Contract),
            "legal_obligation" => Some(LegalBasis::LegalObligation),
            "legitimate_interest" => Some(LegalBasis::LegitimateInterest),
            id => LegalBasis::from_id(id),
        }
        .ok_or_else(|| {
            Failure::usage("A basis is consent, contract, legal_obligation or legitimate_interest.")
        })
    };
    let outcome = |id: String| {
        Outcome::from_id(&id).ok_or_else(|| {
            Failure::usage("An outcome is sent, blocked, failed, cancelled or pending.")
        })
    };
    let conversation = |id: String| {
        id.parse()
            .map_err(|error: fluxchat_model::InvalidId| Failure::usage(&error.to_string()))
    };
    Ok(LedgerFilter {
        host: which.host,
        purpose: which.purpose.map(purpose).transpose()?,
        basis: which.basis.map(basis).transpose()?,
        outcome: which.outcome.map(outcome).transpose()?,
        conversation_id: which.conversation.map(conversation).transpose()?,
        from: which.from.map(day).transpose()?,
        until: which.until.map(day).transpose()?,
        before_seq: None,
    })
}

fn day(text: String) -> Result<Timestamp, Failure> {
    fluxchat_core::clock::day(&text)
        .ok_or_else(|| Failure::usage("A day is written as YYYY-MM-DD."))
}

pub async fn recipients(app: &App, out: &Out) -> Done {
    let rows = app.recipients().await?;
    out.answer(&rows, |rows| {
        let line = |it: &Recipient| {
            let mut text = format!(
                "{:<28} {:>8} requests {:>11} bytes out\n",
                plain(&it.host),
                it.requests,
                it.bytes_out
            );
            for purpose in &it.purposes {
                let categories: Vec<&str> = purpose.categories.iter().map(|it| it.id()).collect();
                text.push_str(&format!(
                    "  {:<18} {:>8} requests  {}\n",
                    purpose.purpose.id(),
                    purpose.requests,
                    categories.join(", ")
                ));
            }
            let says = [
                ("training", &it.practices.training),
                ("retention", &it.practices.retention),
                ("region", &it.practices.region),
            ];
            for (what, words) in says {
                if let Some(words) = words {
                    text.push_str(&format!("  the provider says, {what}: {}\n", plain(words)));
                }
            }
            for opt_out in &it.opt_outs {
                text.push_str(&format!(
                    "  asked with every request: {}={}\n",
                    opt_out.field, opt_out.value
                ));
            }
            text
        };
        rows.iter().map(line).collect()
    });
    Ok(ExitCode::SUCCESS)
}

pub async fn clear(app: &App, clear: LedgerClear, out: &Out) -> Done {
    let until = clear.until.map(day).transpose()?;
    if !clear.yes {
        confirm(out)?;
    }
    let summary = app.ledger_clear(until).await?;
    out.answer(&json!({ "cleared": summary }), |_| {
        summary
            .as_ref()
            .map_or_else(|| "There was nothing to clear.\n".to_owned(), cleared_line)
    });
    Ok(ExitCode::SUCCESS)
}

fn confirm(out: &Out) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(
            "Clearing the ledger has to be confirmed: add --yes.",
        ));
    }
    out.note("This removes the rows and leaves one that says how many there were.");
    out.note("Type CLEAR to go on:");
    let mut typed = String::new();
    let _ = std::io::stdin().read_line(&mut typed);
    if typed.trim() == "CLEAR" {
        Ok(())
    } else {
        Err(Failure::not_confirmed(
            "The word was not typed, so nothing was cleared.",
            "Run it again and type the word, if you want it.",
        ))
    }
}

/// One line on cleared rows.
pub fn cleared_line(summary: &LedgerSummary) -> String {
    format!(
        "ledger    rows {} to {} were cleared ({} requests, {} bytes out); row {} stands for them\n",
        summary.first_seq, summary.last_seq, summary.requests, summary.bytes_out, summary.seq
    )
}

pub async fn keep(app: &App, keep: LedgerKeep, out: &Out) -> Done {
    let state = match keep.months.as_deref() {
        None => app.ledger_state().await?,
        Some("forever") => app.set_ledger_keep(None).await?,
        Some(months) => {
            let months = months
                .parse()
                .map_err(|_| Failure::usage("Give a number of months, or “forever”."))?;
            app.set_ledger_keep(Some(months)).await?
        }
    };
    let document = json!({
        "rows": state.rows,
        "keep_months": state.keep_months,
        "cleared": state.cleared,
    });
    out.answer(&document, |_| match state.keep_months {
        Some(months) => format!("The ledger is kept for {months} months.\n"),
        None => "The ledger is kept without an end.\n".to_owned(),
    });
    Ok(ExitCode::SUCCESS)
}

pub async fn redact_names(app: &App, names: RedactNames, out: &Out) -> Done {
    match names {
        RedactNames::Add { name } => app.redact_name_add(&name).await?,
        RedactNames::Remove { name } => {
            app.redact_name_remove(&name).await?;
        }
        RedactNames::List => {}
    }
    let names = app.redact_names().await?;
    out.answer(&json!({ "names": names }), |_| {
        names
            .iter()
            .map(|name| format!("{}\n", plain(name)))
            .collect()
    });
    Ok(ExitCode::SUCCESS)
}
