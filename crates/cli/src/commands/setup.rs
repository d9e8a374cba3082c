use std::process::ExitCode;

use fluxchat_core::{App, Audience, Setup};
use fluxchat_model::Purpose;
use serde_json::json;

use super::Done;
use crate::args;
use crate::output::{Failure, Out};

pub async fn run(app: &App, setup: args::Setup, out: &Out) -> Done {
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
        audience: Audience::Adult,
        policy_version: policy.version.0.clone(),
        language: policy.language,
        consents: consents.clone(),
    })
    .await?;
    let storage = app.status().storage;
    out.answer(
        &json!({ "state": app.state(), "storage": storage, "policy_version": policy.version, "consents": consents }),
        |_| "Ready. Ask something: fluxchat-cli ask \"What do you keep about me?\"\n".to_owned(),
    );
    Ok(ExitCode::SUCCESS)
}
