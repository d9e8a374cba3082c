//! Reports that are off until somebody agrees, and the support bundle.

use std::process::ExitCode;

use fluxchat_core::App;
use fluxchat_model::{DiagnosticReport, DiagnosticReportId};
use serde_json::{Value, json};

use super::{Done, word};
use crate::args::{Diagnostics, SupportBundle};
use crate::output::{Failure, Out};

pub async fn run(app: &App, command: Diagnostics, out: &Out) -> Done {
    match command {
        Diagnostics::Show => {}
        Diagnostics::Prepare => {
            let report = app.diagnostics_prepare().await?;
            out.answer(&row(&report), |_| {
                format!("{}\n{}\n", report.id, report.body)
            });
            return Ok(ExitCode::SUCCESS);
        }
        Diagnostics::Send { id } => app.diagnostics_send(parse(&id)?).await?,
        Diagnostics::Discard { id } => app.diagnostics_discard(parse(&id)?).await?,
    }
    show(app, out).await
}

async fn show(app: &App, out: &Out) -> Done {
    let found = app.diagnostics().await?;
    let document = json!({
        "crash_given": found.crash_given,
        "usage_given": found.usage_given,
        "receiver": found.receiver,
        "usage_now": payload(&found.usage_now),
        "reports": found.reports.iter().map(row).collect::<Vec<_>>(),
    });
    out.answer(&document, |_| {
        let on = |given| if given { "agreed to" } else { "off" };
        let mut text = format!(
            "crash reports  {}\nusage reports  {}\nreceiver       {}\n",
            on(found.crash_given),
            on(found.usage_given),
            found
                .receiver
                .as_deref()
                .unwrap_or("the service inside the app"),
        );
        for report in &found.reports {
            text.push_str(&format!(
                "{}  {:<6} {}\n",
                report.id,
                word(&report.kind),
                word(&report.state)
            ));
        }
        text
    });
    Ok(ExitCode::SUCCESS)
}

pub async fn support_bundle(app: &App, args: SupportBundle, out: &Out) -> Done {
    let text = app.support_bundle().await?;
    match args.out {
        Some(path) => {
            let name = app.save_support_bundle(&text, &path, false).await?;
            out.answer(&json!({ "name": name, "bytes": text.len() }), |_| {
                "Saved. Read it, and change what you like, before you send it.\n".to_owned()
            });
        }
        None => out.answer(&json!({ "text": text }), |_| text.clone()),
    }
    Ok(ExitCode::SUCCESS)
}

fn row(report: &DiagnosticReport) -> Value {
    json!({
        "id": report.id,
        "kind": report.kind,
        "state": report.state,
        "created_at": report.created_at,
        "sent_at": report.sent_at,
        "body": payload(&report.body),
    })
}

fn payload(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

fn parse(id: &str) -> Result<DiagnosticReportId, Failure> {
    id.parse()
        .map_err(|error: fluxchat_model::InvalidId| Failure::usage(&error.to_string()))
}
