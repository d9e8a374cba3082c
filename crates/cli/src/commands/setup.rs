use std::process::ExitCode;

use fluxchat_core::{App, Audience, Setup};
use fluxchat_model::{Purpose, Secret};
use serde_json::json;

use super::Done;
use crate::args;
use crate::output::{Failure, Out};

pub async fn run(
    app: &App,
    setup: args::Setup,
    guardian: Option<Secret<String>>,
    out: &Out,
) -> Done {
    let consents = setup
        .consent
        .iter()
        .map(|id| {
            id.parse::<Purpose>()
                .map_err(|message| Failure::usage(&message))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let policy = app.policy(None, "en")?;
    app.setup(Setup {
        audience: match guardian.filter(|_| setup.guardian) {
            Some(passphrase) => Audience::Guardian(passphrase),
            None => Audience::Adult,
        },
        policy_version: policy.version.0.clone(),
        language: policy.language,
        consents: consents.clone(),
    })
    .await?;
    app.flush_outbox().await?;
    let storage = app.status().storage;
    out.answer(
        &json!({ "state": app.state(), "storage": storage, "policy_version": policy.version, "consents": consents, "supervised": setup.guardian }),
        |_| "Ready. Ask something: fluxchat-cli ask \"What do you keep about me?\"\n".to_owned(),
    );
    Ok(ExitCode::SUCCESS)
}
