//! Running a tool, and what comes of it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock, PoisonError};
use std::time::Duration;

use fluxchat_egress::CancellationToken;
use fluxchat_mcp::{CallResult, Client};
use fluxchat_model::ToolServer;

use super::returned::MOST_IN_ANSWER;
use super::{Asked, LocalTool, OfferedTool};
use crate::attachments::ReadFile;
use crate::{App, Error};

/// What a model is told of a result.
const LONGEST_RESULT: usize = 64 << 10;

/// How a call came to its end.
pub(crate) enum Came {
    /// By itself.
    Ran(Ran),
    /// It took longer than its server may.
    TimedOut,
    /// The answer was stopped.
    CutOff,
}

/// What a call came back with, before its files are looked at.
enum Answered {
    /// Of a server.
    Returned(CallResult),
    /// Of a tool here, or what went wrong.
    Ran(Ran),
}

/// What a tool returned.
pub(crate) struct Ran {
    pub(crate) text: String,
    pub(crate) is_error: bool,
    /// Read, and not kept yet.
    pub(crate) files: Vec<ReadFile>,
}

impl Ran {
    pub(super) fn done(text: String) -> Self {
        Self {
            text,
            is_error: false,
            files: Vec::new(),
        }
    }

    pub(super) fn failed(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_error: true,
            files: Vec::new(),
        }
    }
}

impl App {
    /// Runs a tool that may run, until `stop`. What it returns is for the model, and bounded.
    pub(crate) async fn run_tool(
        &self,
        tool: &OfferedTool,
        arguments: &str,
        asked: &Asked,
        stop: &CancellationToken,
    ) -> Result<Came, Error> {
        let patience = self.tool_patience(tool).await?;
        let used = OnceLock::new();
        let call = self.call_tool(tool, arguments, asked, &used);
        let answered = tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(Came::CutOff),
            answered = tokio::time::timeout(patience, call) => answered,
        };
        let Ok(answered) = answered else {
            if let (Some((id, _)), Some(program)) = (&tool.server, used.get()) {
                self.give_up(*id, program)?;
            }
            return Ok(Came::TimedOut);
        };
        // Reading what came back is no time of the tool, which did what it was asked for.
        Ok(tokio::select! {
            biased;
            () = stop.cancelled() => Came::CutOff,
            ran = self.take_outcome(answered, asked, stop) => Came::Ran(ran),
        })
    }

    async fn call_tool(
        &self,
        tool: &OfferedTool,
        arguments: &str,
        asked: &Asked,
        used: &OnceLock<Arc<Client>>,
    ) -> Answered {
        // A guardian may have come since it was offered.
        if let Err(error) = self.tools_allowed().await {
            return Answered::Ran(Ran::failed(error.to_string()));
        }
        Answered::Ran(match (&tool.server, LocalTool::named(&tool.name)) {
            (Some((id, _)), _) => {
                return match self.call_server(*id, tool, arguments, asked, used).await {
                    Ok(result) => Answered::Returned(result),
                    Err(error) => Answered::Ran(Ran::failed(error.to_string())),
                };
            }
            (None, Some(local)) => self.run_local(local, arguments, asked).await,
            (None, None) => Ran::failed("There is no tool of this name here."),
        })
    }

    async fn take_outcome(
        &self,
        answered: Answered,
        asked: &Asked,
        stop: &CancellationToken,
    ) -> Ran {
        let mut ran = match answered {
            Answered::Ran(ran) => ran,
            Answered::Returned(result) => {
                let room = MOST_IN_ANSWER.saturating_sub(asked.returned.load(Ordering::Acquire));
                let taken = self.take_returned(result, room, stop.clone()).await;
                taken.unwrap_or_else(|error| Ran::failed(error.to_string()))
            }
        };
        if ran.text.len() > LONGEST_RESULT {
            let mut end = LONGEST_RESULT;
            while !ran.text.is_char_boundary(end) {
                end -= 1;
            }
            ran.text.truncate(end);
            ran.text
                .push_str("\n[The rest was left out: it is too long.]");
        }
        ran
    }

    /// How long a second of the time of tools lasts. Set once, by tests.
    pub fn tools_count_as_second(&self, second: Duration) {
        let known = self.inner.tool_second.lock();
        *known.unwrap_or_else(PoisonError::into_inner) = Some(second);
    }

    /// How long a tool may take before the answer goes on without it, as its server is set now.
    async fn tool_patience(&self, tool: &OfferedTool) -> Result<Duration, Error> {
        let server = match tool.server {
            Some((id, _)) => self.read(move |tx| tx.tool_server(id)).await?,
            None => None,
        };
        Ok(self.tool_time(server.map_or(ToolServer::USUAL_TIMEOUT_S, |it| it.timeout_s)))
    }

    pub(crate) fn tool_time(&self, seconds: u32) -> Duration {
        let second = self.inner.tool_second.lock();
        let second = *second.unwrap_or_else(PoisonError::into_inner);
        second.unwrap_or(Duration::from_secs(1)) * seconds
    }
}
