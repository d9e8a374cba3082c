use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fluxchat_model::ToolDefinition;
use rmcp::RoleClient;
use rmcp::model::{CallToolRequestParams, PaginatedRequestParams};
use rmcp::service::{Peer, RunningService, ServiceError};

use crate::asked::Asked;
use crate::http::{Remote, Wire};
use crate::pipe::{Ending, Pipe};
use crate::process::Process;
use crate::program::Program;
use crate::returned::{CallResult, returned};
use crate::{Challenge, McpError, SignInError};

/// Some are fetched by their package manager first.
const START: Duration = Duration::from_secs(60);
pub(crate) const LIST: Duration = Duration::from_secs(20);
pub(crate) const MOST_PAGES: usize = 20;
const MOST_TOOLS: usize = 200;
pub(crate) const LONGEST_NAME: usize = 256;
const LONGEST_DESCRIPTION: usize = 8 << 10;
const LONGEST_SCHEMA: usize = 32 << 10;
/// Of all definitions together.
pub(crate) const LONGEST_LIST: usize = 512 << 10;
const LONGEST_REASON: usize = 500;
/// For the word that a session is over.
const END: Duration = Duration::from_secs(2);

/// A server that can be asked. Dropping it ends the program, or the session.
pub struct Client {
    pub(crate) peer: Peer<RoleClient>,
    service: Mutex<Option<RunningService<RoleClient, Asked>>>,
    link: Link,
    ended: Arc<Ending>,
    calls: AtomicUsize,
}

/// Something that somebody waits for; no more once it is dropped.
pub(crate) struct AtWork<'c>(&'c AtomicUsize);

impl<'c> AtWork<'c> {
    fn begin(calls: &'c AtomicUsize) -> Self {
        calls.fetch_add(1, Ordering::AcqRel);
        Self(calls)
    }
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

enum Link {
    Program(Arc<Process>),
    Remote(Wire),
}

/// A tool as it is known: what was allowed is known by these words. The schema is written in one
/// order: who writes its fields in another has not changed the tool.
#[must_use]
pub fn definition(
    name: String,
    description: String,
    mut schema: serde_json::Value,
) -> ToolDefinition {
    schema.sort_all_objects();
    ToolDefinition {
        name,
        description,
        schema: schema.to_string(),
    }
}

impl Client {
    /// Starts a program and greets it.
    ///
    /// # Errors
    /// When it cannot be started or does not speak the protocol, with what it wrote beside.
    pub async fn start(program: Program) -> Result<Self, (McpError, String)> {
        let started = tokio::task::spawn_blocking(move || {
            let (process, stdin, stdout) = Process::start(&program)?;
            let ended = Arc::new(Ending::default());
            let pipe = Pipe::new(stdin, stdout, Arc::clone(&ended))?;
            Ok((Arc::new(process), pipe, ended))
        });
        let (process, pipe, ended) = match started.await {
            Ok(Ok(started)) => started,
            Ok(Err(error)) => return Err((error, String::new())),
            Err(_) => return Err((McpError::NotStarted, String::new())),
        };
        // Ended with this future, too, should nobody wait for it any more.
        let greeted = tokio::time::timeout(START, rmcp::serve_client(Asked, pipe)).await;
        let error = match greeted {
            Ok(Ok(service)) => return Ok(Self::of(service, Link::Program(process), ended)),
            Ok(Err(_)) if ended.is_over() => ended.reason(),
            Ok(Err(_)) => McpError::NotUnderstood,
            Err(_) => McpError::NoAnswer,
        };
        let words = tokio::task::spawn_blocking(move || process.last_words()).await;
        Err((error, words.unwrap_or_default()))
    }

    /// Begins a session with a server at an address.
    ///
    /// # Errors
    /// When it does not answer, does not speak the protocol, or must not be asked.
    pub async fn connect(remote: Remote) -> Result<Self, McpError> {
        Self::over(Wire::new(remote)).await
    }

    async fn over(wire: Wire) -> Result<Self, McpError> {
        let greeted = rmcp::serve_client(Asked, wire.transport());
        let error = match tokio::time::timeout(START, greeted).await {
            Ok(Ok(service)) => {
                let ended = Arc::new(Ending::default());
                return Ok(Self::of(service, Link::Remote(wire), ended));
            }
            Ok(Err(_)) => wire.take_failure().unwrap_or(McpError::NotUnderstood),
            Err(_) => McpError::NoAnswer,
        };
        wire.silence();
        Err(error)
    }

    /// What a server says to somebody who is not signed in.
    ///
    /// # Errors
    /// [`SignInError::NotWanted`] when it answers all the same; when it does not answer.
    pub async fn challenge(remote: Remote) -> Result<Challenge, McpError> {
        let wire = Wire::new(remote);
        let refused = match Self::over(wire.clone()).await {
            Ok(client) => {
                let listed = client.list().await;
                client.end().await;
                listed.err()
            }
            Err(error) => Some(error),
        };
        match (refused, wire.challenge()) {
            (_, Some(challenge)) => Ok(challenge),
            (Some(error), None) => Err(error),
            (None, None) => Err(SignInError::NotWanted.into()),
        }
    }

    fn of(service: RunningService<RoleClient, Asked>, link: Link, ended: Arc<Ending>) -> Self {
        Self {
            peer: service.peer().clone(),
            service: Mutex::new(Some(service)),
            link,
            ended,
            calls: AtomicUsize::new(0),
        }
    }

    fn service(&self) -> MutexGuard<'_, Option<RunningService<RoleClient, Asked>>> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it can still be asked.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        let runs = self.service().as_ref().is_some_and(|it| !it.is_closed());
        runs && !self.ended.is_over()
    }

    /// Whether a tool of it is being called, or a person waits for something it offers.
    #[must_use]
    pub fn is_at_work(&self) -> bool {
        self.calls.load(Ordering::Acquire) > 0
    }

    /// The end of what a program wrote beside its answers.
    #[must_use]
    pub fn said(&self) -> String {
        match &self.link {
            Link::Program(process) => process.said(),
            Link::Remote(_) => String::new(),
        }
    }

    /// Ends it: a program with everything it started, a session without another word.
    pub fn stop(&self) {
        self.ended.end();
        match &self.link {
            Link::Program(process) => process.kill(),
            Link::Remote(wire) => wire.silence(),
        }
        drop(self.service().take());
    }

    /// Tells a server that the session is over, and ends it.
    pub async fn end(&self) {
        let service = self.service().take();
        if let (Link::Remote(wire), Some(mut service)) = (&self.link, service)
            && !wire.is_offline()
        {
            let _ = service.close_with_timeout(END).await;
        }
        self.stop();
    }

    /// The tools it offers, within bounds: what is too long or too many is left out.
    ///
    /// # Errors
    /// When it does not answer, or with something else.
    pub async fn list(&self) -> Result<Vec<ToolDefinition>, McpError> {
        tokio::time::timeout(LIST, self.pages())
            .await
            .map_err(|_| McpError::NoAnswer)?
    }

    pub(crate) fn at_work(&self) -> AtWork<'_> {
        AtWork::begin(&self.calls)
    }

    /// What went wrong before says nothing of what is asked now.
    pub(crate) fn begin(&self) {
        if let Link::Remote(wire) = &self.link {
            wire.take_failure();
        }
    }

    async fn pages(&self) -> Result<Vec<ToolDefinition>, McpError> {
        self.begin();
        let mut found: Vec<ToolDefinition> = Vec::new();
        let (mut cursor, mut weight) = (None, 0);
        for _ in 0..MOST_PAGES {
            let asked = PaginatedRequestParams::default().with_cursor(cursor);
            let page = self.peer.list_tools(Some(asked)).await;
            let page = page.map_err(|error| self.explain(error))?;
            for tool in page.tools {
                let definition = definition(
                    tool.name.into_owned(),
                    cut(&tool.description.unwrap_or_default(), LONGEST_DESCRIPTION),
                    serde_json::Value::Object((*tool.input_schema).clone()),
                );
                let bytes =
                    definition.name.len() + definition.description.len() + definition.schema.len();
                let fits = definition.name.len() <= LONGEST_NAME
                    && definition.schema.len() <= LONGEST_SCHEMA
                    && found.len() < MOST_TOOLS
                    && weight + bytes <= LONGEST_LIST
                    && found.iter().all(|known| known.name != definition.name);
                if fits {
                    weight += bytes;
                    found.push(definition);
                }
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// Calls a tool. The arguments are a JSON object. Dropping this tells the server that nobody
    /// waits any more.
    ///
    /// # Errors
    /// When it refuses, ends, or answers something else.
    pub async fn call(&self, tool: &str, arguments: &str) -> Result<CallResult, McpError> {
        let arguments =
            serde_json::from_str(arguments).map_err(|_| McpError::Refused("no object".into()))?;
        self.begin();
        let _at_work = self.at_work();
        let asked = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        let result = self.peer.call_tool(asked).await;
        Ok(returned(result.map_err(|error| self.explain(error))?))
    }

    pub(crate) fn explain(&self, error: ServiceError) -> McpError {
        let failure = match &self.link {
            Link::Remote(wire) => wire.take_failure(),
            Link::Program(_) => None,
        };
        if let Some(failure) = failure {
            return failure;
        }
        match error {
            ServiceError::McpError(error) => McpError::Refused(cut(&error.message, LONGEST_REASON)),
            ServiceError::Timeout { .. } => McpError::NoAnswer,
            ServiceError::UnexpectedResponse => McpError::NotUnderstood,
            _ => self.ended.reason(),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.stop();
    }
}

pub(crate) fn cut(text: &str, most: usize) -> String {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
