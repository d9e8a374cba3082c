//! `privacy prove`: the self-audit.

use std::path::Path;
use std::process::ExitCode;

use fluxchat_core::{App, Error};
use fluxchat_model::{Check, Law, ProofReport, Verdict};

use crate::commands::{Done, word};
use crate::output::Out;

pub async fn run(app: &App, file: Option<&Path>, out: &Out) -> Done {
    out.note("Planting words, deleting them and looking for what is left …");
    let report = app.prove(None).await?;
    if let Some(file) = file {
        let text = serde_json::to_vec_pretty(&report).map_err(std::io::Error::from);
        text.and_then(|text| std::fs::write(file, text))
            .map_err(Error::Io)?;
    }
    out.answer(&report, text);
    Ok(ExitCode::from(u8::from(!report.holds)))
}

fn text(report: &ProofReport) -> String {
    let mut lines = String::new();
    for law in Law::ALL {
        lines.push_str(&format!("{}\n", word(&law)));
        let checks = report.checks.iter().filter(|check| check.law == law);
        lines.extend(checks.map(line));
        let limits = report.limits.iter().filter(|(of, _)| *of == law);
        lines.extend(limits.map(|(_, says)| format!("  limit     {says}\n")));
    }
    let all = if report.holds {
        "Every promise that can be looked at here holds."
    } else {
        "Something does not hold."
    };
    format!("{lines}\n{all} It took {} ms.\n", report.took_ms)
}

fn line(check: &Check) -> String {
    let mark = match check.verdict {
        Verdict::Holds => "holds",
        Verdict::Broken => "BROKEN",
        Verdict::NotHere => "not here",
    };
    let figure = check
        .figure
        .map(|it| format!(" ({it})"))
        .unwrap_or_default();
    format!("  {mark:<8}  {}{figure}\n", check.says)
}
