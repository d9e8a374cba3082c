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
use fluxchat_model::{SessionState, VisibleError};

use crate::args::lock::Lock;
use crate::args::{
    BudgetCommand, Cli, Command, Diagnostics, Folder, Global, History, Preset, Privacy, Prompt,
    Retention, Source, Spend, Tag, Tool, Voice,
};
use crate::output::{Failure, Out};

/// How long an interrupted command may take to end in order.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

fn main() -> ExitCode {
    // A process of its own that reads a file, and can do nothing else.
    if let Some(ended) = fluxchat_core::read_apart_if_asked() {
        return ended;
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    start_logging();
    let out = Out::new(cli.global.json, matches!(cli.command, Command::Ask(_)));
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
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
    let guardian = cli.global.guardian_fd.map(input::secret_from).transpose()?;
    let unlocked = guardian.is_some() && takes_unlocking(&cli.command);
    if let (Some(passphrase), true) = (guardian.clone(), unlocked) {
        app.guardian_unlock(passphrase, true).await?;
    }
    let command = commands::run(&app, cli.command, guardian, out);
    tokio::pin!(command);
    let result = tokio::select! {
        result = &mut command => result,
        // Ctrl-C ends what is under way in order: what arrived is kept and printed.
        Ok(()) = tokio::signal::ctrl_c() => {
            app.stop_all();
            let ended = tokio::time::timeout(PATIENCE, command).await;
            ended.unwrap_or_else(|_| Err(Failure::interrupted()))
        }
    };
    if unlocked {
        app.guardian_lock().await?;
    }
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
    // Only what is there: a command that reads must not make a profile.
    if profile.is_dir() {
        fluxchat_core::crash::record_panics(&profile);
    }
    let passphrase = global.passphrase_fd.map(input::secret_from).transpose()?;
    let app = App::start(Options {
        profile,
        access: access(command),
        keychain: Arc::new(OsKeychain::new()),
        clock: Arc::new(SystemClock),
        passphrase: passphrase.clone(),
        offline: global.offline,
        surface: "cli",
        version: env!("CARGO_PKG_VERSION"),
        sandbox_pace: Some(std::time::Duration::ZERO),
        settle_deletions: false,
        ledger_layer: None,
    })
    .await;
    if let Some(passphrase) = passphrase
        && app.state() == SessionState::Locked
        && !matches!(command, Command::Doctor)
    {
        // It was not opened with the passphrase that was given: this says why.
        match app.take_refusal() {
            Some(refusal) => return Err(refusal.into()),
            None => app.unlock(passphrase).await?,
        }
    }
    let status = app.status();
    if status.state == SessionState::Ready && !status.setup_done && !before_setup(command) {
        return Err(Error::SetupNeeded.into());
    }
    Ok(app)
}

/// Whether the guardian's passphrase unlocks the command, and is not what the command is about.
/// What only reads meets no lock.
fn takes_unlocking(command: &Command) -> bool {
    let about_it = matches!(
        command,
        Command::Setup(_) | Command::Privacy(Privacy::Guardian(_))
    );
    !about_it && access(command) == Access::Owner
}

/// What makes sense before the first run is completed.
fn before_setup(command: &Command) -> bool {
    matches!(
        command,
        Command::Setup(_)
            | Command::Doctor
            | Command::Privacy(
                Privacy::Policy { command: None, .. }
                    | Privacy::Consents { command: None }
                    | Privacy::Purposes
            )
    )
}

/// What only reads can do so beside a running window.
fn access(command: &Command) -> Access {
    match command {
        Command::History(
            History::List { .. }
            | History::Show { .. }
            | History::Markdown { .. }
            | History::Search { .. }
            | History::Map { .. }
            | History::Find { .. }
            | History::Stats { .. }
            | History::Folder(Folder::List | Folder::Show { .. })
            | History::Tag(Tag::List { .. } | Tag::Show { .. }),
        )
        | Command::Preset(Preset::List | Preset::Show { .. })
        | Command::Prompt(Prompt::List | Prompt::Show { .. } | Prompt::Fill { .. })
        | Command::Privacy(
            Privacy::Stored
            | Privacy::Ledger(_)
            | Privacy::Recipients
            | Privacy::Purposes
            | Privacy::Policy { command: None, .. }
            | Privacy::Retention(Retention::List | Retention::Preview(_))
            | Privacy::Lock(Lock::Status)
            | Privacy::Diagnostics(Diagnostics::Show)
            | Privacy::SupportBundle(_),
        )
        | Command::Source(Source::Facts { .. })
        | Command::Spend(Spend { forget: false, .. })
        | Command::Budget(BudgetCommand::List)
        | Command::Titles { state: None }
        | Command::Tool(Tool::List)
        | Command::Voice(Voice::Show)
        | Command::Doctor => Access::Reader,
        _ => Access::Owner,
    }
}

fn start_logging() {
    let level = std::env::var("FLUXCHAT_LOG")
        .ok()
        .and_then(|level| level.parse().ok());
    if let Some(level) = level {
        logging::init(level, logging::LogTarget::Stderr);
    }
}

/// Help and version are answers; anything else was not understood.
fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && std::env::args().any(|arg| arg == "--json") {
        let of_ask = first_word().is_some_and(|word| word == "ask");
        return Out::new(true, of_ask).fail(&Failure::usage(&said(error)));
    }
    let _ = error.print();
    if error.use_stderr() {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    }
}

/// What clap says is wrong, as one sentence, without the hints around it.
fn said(error: &clap::Error) -> String {
    if error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "A command is missing.".to_owned();
    }
    let rendered = error.render().to_string();
    let wrong = rendered
        .split("\n\n")
        .next()
        .unwrap_or_default()
        .trim_start_matches("error: ");
    wrong.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The command, as far as it can be told from words that were not understood.
fn first_word() -> Option<String> {
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--profile" | "--passphrase-fd" | "--guardian-fd" => {
                words.next();
            }
            option if option.starts_with('-') => {}
            _ => return Some(word),
        }
    }
    None
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
