//! Fluxchat on the command line: parses, calls the core, prints. Standard output carries the
//! answer and nothing else; everything for people goes to standard error.

mod args;
mod commands;
mod input;
mod output;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use fluxchat_core::clock::SystemClock;
use fluxchat_core::{Access, App, Error, Options, OsKeychain, logging, profile};
use fluxchat_model::VisibleError;

use crate::args::{Cli, Command, Global, History, Privacy};
use crate::output::{Failure, Out};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    start_logging();
    let out = Out::new(cli.global.json);
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return out.fail(&Failure::from(Error::Io(error))),
    };
    match runtime.block_on(run(cli, &out)) {
        Ok(code) => code,
        Err(failure) => out.fail(&failure),
    }
}

async fn run(cli: Cli, out: &Out) -> Result<ExitCode, Failure> {
    let app = start(&cli.global, &cli.command).await?;
    // Ctrl-C ends what is under way in order: what arrived is kept.
    let stopping = app.clone();
    let interrupted = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stopping.shutdown().await;
        }
    });
    let result = commands::run(&app, cli.command, out).await;
    interrupted.abort();
    app.shutdown().await;
    result
}

async fn start(global: &Global, command: &Command) -> Result<App, Failure> {
    let profile = match &global.profile {
        Some(folder) => folder.clone(),
        None => profile::default_folder().ok_or_else(|| {
            Failure::usage("This system names no folder for data; give one with --profile DIR.")
        })?,
    };
    let passphrase = global.passphrase_fd.map(input::secret_from).transpose()?;
    Ok(App::start(Options {
        profile,
        access: access(command),
        keychain: Arc::new(OsKeychain::new()),
        clock: Arc::new(SystemClock),
        passphrase,
        offline: global.offline,
        surface: "cli",
        version: env!("CARGO_PKG_VERSION"),
        sandbox_pace: Some(std::time::Duration::ZERO),
        settle_deletions: false,
        ledger_layer: None,
    })
    .await)
}

/// What only reads can do so beside a running window.
fn access(command: &Command) -> Access {
    match command {
        Command::History(History::List { .. } | History::Show { .. } | History::Search { .. })
        | Command::Privacy(Privacy::Stored | Privacy::Ledger { .. } | Privacy::Policy)
        | Command::Doctor => Access::Reader,
        _ => Access::Owner,
    }
}

fn start_logging() {
    let level = std::env::var("FLUXCHAT_LOG").ok().and_then(|level| level.parse().ok());
    if let Some(level) = level {
        logging::init(level, logging::LogTarget::Stderr);
    }
}

/// Help and version are answers; anything else was not understood.
fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && std::env::args().any(|arg| arg == "--json") {
        let rendered = error.render().to_string();
        let message = rendered.lines().next().unwrap_or_default().trim_start_matches("error: ");
        return Out::new(true).fail(&Failure::usage(message));
    }
    let _ = error.print();
    if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.visible())
    }
}

impl From<VisibleError> for Failure {
    fn from(error: VisibleError) -> Self {
        Self::new(error)
    }
}
