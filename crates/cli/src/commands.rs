//! The commands, by group.

mod ask;
mod attach;
mod branches;
mod consent;
mod deletion;
mod diagnostics;
mod export;
mod filing;
mod history;
mod ledger;
mod lock;
mod offers;
mod preset;
mod privacy;
mod retention;
mod rights;
mod setup;
mod source;
mod spend;
mod tools;
mod voice;

use std::process::ExitCode;

use fluxchat_core::App;
use fluxchat_model::Secret;
use serde_json::json;

use crate::args::{Command, Privacy};
use crate::output::{Failure, Out, document, exit_code};

type Done = Result<ExitCode, Failure>;

/// Runs one command.
pub async fn run(app: &App, command: Command, guardian: Option<Secret<String>>, out: &Out) -> Done {
    match command {
        Command::Setup(setup) => setup::run(app, setup, guardian, out).await,
        Command::Ask(ask) => ask::run(app, *ask, out).await,
        Command::History(history) => history::run(app, history, out).await,
        Command::Source(source) => source::run(app, source, out).await,
        Command::Preset(command) => preset::preset(app, command, out).await,
        Command::Prompt(command) => preset::prompt(app, command, out).await,
        Command::Privacy(Privacy::Guardian(command)) => {
            consent::guardian(app, command, guardian, out).await
        }
        Command::Privacy(privacy) => privacy::run(app, privacy, out).await,
        Command::Spend(command) => spend::spend(app, command, out).await,
        Command::Budget(command) => spend::budget(app, command, out).await,
        Command::Titles { state } => spend::titles(app, state, out).await,
        Command::Voice(command) => voice::run(app, command, out).await,
        Command::Tool(command) => tools::run(app, command, out).await,
        Command::Doctor => doctor(app, out).await,
    }
}

async fn doctor(app: &App, out: &Out) -> Done {
    let found = app.doctor().await;
    let sources: Vec<_> = found
        .sources
        .iter()
        .map(|(name, host)| json!({ "name": name, "host": host }))
        .collect();
    out.answer(
        &json!({
            "state": found.state,
            "storage": found.storage,
            "integrity": found.integrity,
            "sources": sources,
            "error": found.problem.as_ref().map(document),
        }),
        |_| {
            let mut text = format!(
                "state      {}\nkey        {}\nintegrity  {}\n",
                word(&found.state),
                found
                    .storage
                    .map_or_else(|| "-".to_owned(), |storage| word(&storage)),
                found.integrity.unwrap_or("-"),
            );
            for (name, host) in &found.sources {
                text.push_str(&format!(
                    "source     {name} ({})\n",
                    host.as_deref().unwrap_or("in this app")
                ));
            }
            text
        },
    );
    match found.problem {
        Some(problem) => {
            out.explain(&problem);
            Ok(ExitCode::from(exit_code(&problem.code)))
        }
        None => Ok(ExitCode::SUCCESS),
    }
}

/// A value as its JSON word, without the quotes.
fn word<T: serde::Serialize>(value: &T) -> String {
    json!(value).as_str().unwrap_or_default().to_owned()
}
