use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::middleware;
use clap::Parser;
use fluxchat_model::{Clock, Timestamp};
use fluxchat_service::{MemoryStorage, ServiceState, SigningKey, router};
use serde_json::json;

use crate::guard;
use crate::key::{self, KeyError};

/// Serves the Fluxchat service on this computer.
///
/// What answers is Guide, a search over the built-in help and no AI model. Records (requests
/// without content, consents, privacy requests) are kept in memory and are gone when it ends.
/// There is no sign-in yet, so it listens on loopback only.
///
/// Exit codes: 0 ended by Ctrl-C, 1 the listener failed, 2 wrong use.
#[derive(Debug, Parser)]
#[command(name = "fluxchat-service", version)]
pub(crate) struct Options {
    /// Where to listen: a loopback address and a port, 0 for any free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8017")]
    listen: SocketAddr,

    /// The file with the key that answers about data rights are signed with; made where it is
    /// missing. Apps know a service by it, so keep it. Without this, it is in the data folder of
    /// the user.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    /// Milliseconds between two words of a streamed answer; 0 never waits.
    #[arg(long, value_name = "MS", default_value_t = 12)]
    pace: u64,

    /// Print the address, or an error, as one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Why the service does not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    #[error(
        "{0} is not a loopback address. This version has no sign-in, so it can only listen on \
         this computer, for example on 127.0.0.1:8017."
    )]
    NotLoopback(SocketAddr),
    #[error("cannot listen on {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: std::io::Error,
    },
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the service ended: {0}")]
    Serve(std::io::Error),
}

impl ServeError {
    /// Stable, for machines.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotLoopback(_) => "not_loopback",
            Self::Listen { .. } => "cannot_listen",
            Self::Key(_) => "no_key",
            Self::Serve(_) => "serve_failed",
        }
    }

    pub(crate) fn to_json(&self) -> String {
        json!({ "error": { "code": self.code(), "message": self.to_string() } }).to_string()
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::NotLoopback(_) => ExitCode::from(2),
            Self::Listen { .. } | Self::Key(_) | Self::Serve(_) => ExitCode::from(1),
        }
    }
}

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Timestamp(since.map_or(0, |it| i64::try_from(it.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// Serves until Ctrl-C, or SIGTERM on Unix. `say` gets the line that names the address.
pub(crate) fn run(options: &Options, say: impl FnOnce(String)) -> Result<(), ServeError> {
    if !options.listen.ip().is_loopback() {
        return Err(ServeError::NotLoopback(options.listen));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Serve)?;
    let key = key::open(options.key.as_deref())?;
    runtime.block_on(serve(options, key, say))
}

async fn serve(
    options: &Options,
    key: SigningKey,
    say: impl FnOnce(String),
) -> Result<(), ServeError> {
    #[allow(
        clippy::disallowed_types,
        reason = "this binary is the listener; the app does not link it"
    )]
    let listener = tokio::net::TcpListener::bind(options.listen).await;
    let failed = |source| ServeError::Listen {
        address: options.listen,
        source,
    };
    let listener = listener.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;

    let public = key.public().to_text();
    let state = ServiceState::new(Arc::new(MemoryStorage::new()), Arc::new(SystemClock))
        .with_key(key)
        .with_pace(Duration::from_millis(options.pace));
    let service = router(state).layer(middleware::from_fn(guard::loopback_only));
    // Armed before anybody knows the address, so that no signal comes too early.
    let stop = stop_signal().map_err(ServeError::Serve)?;
    say(if options.json {
        let url = format!("http://{address}/v1");
        json!({ "listening": address, "url": url, "signing_key": public }).to_string()
    } else {
        format!(
            "Listening on http://{address}/v1. Ctrl-C ends it.\n\
             Answers about data rights are signed with the key {public}"
        )
    });
    axum::serve(listener, service)
        .with_graceful_shutdown(stop)
        .await
        .map_err(ServeError::Serve)
}

#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a signal to wait for there is nothing to end for.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
