//! Messages over HTTP, each through the one door: a row of the ledger for every one of them, no
//! redirect, no key to another origin. No connection stands open while nothing is asked: what a
//! server would say by itself is not listened to.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use fluxchat_egress::{
    Call, CancellationToken, Credential, Ctx, Door, EgressError, Endpoint, Exchange,
    ExchangeHeaders, Payload, Reply, Response, ResponseBody, Target,
};
use fluxchat_model::DataCategory;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use http::{HeaderName, HeaderValue, StatusCode, header};
use rmcp::model::{ClientJsonRpcMessage, ClientRequest, ServerJsonRpcMessage};
use rmcp::transport::common::client_side_sse::SseRetryPolicy;
use rmcp::transport::streamable_http_client::{
    StreamableHttpClient, StreamableHttpClientTransport, StreamableHttpClientTransportConfig,
    StreamableHttpError, StreamableHttpPostResponse,
};
use sse_stream::{Error as SseError, Sse, SseStream};

use crate::bounds::has_too_many_values;
use crate::{Challenge, McpError};

/// Of one answer, whatever its form.
/// With room for the files of a result as Base64.
const LONGEST_ANSWER: usize = 32 << 20;
const LONGEST_ERROR: usize = 64 << 10;
const LONGEST_SESSION: usize = 1 << 10;
/// So often an answer that breaks off is gone on with.
const MOST_RESUMED: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(500);

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

type Failure = StreamableHttpError<EgressError>;
type Events = BoxStream<'static, Result<Sse, SseError>>;

/// A server at an address.
pub struct Remote {
    /// The way there.
    pub door: Door,
    /// The address.
    pub target: Target,
    /// Its key; for its origin alone.
    pub credential: Option<Credential>,
    /// On whose behalf it is asked.
    pub ctx: Ctx,
}

/// The way to a server, for one session.
#[derive(Clone)]
pub(crate) struct Wire(Arc<Shared>);

struct Shared {
    remote: Remote,
    /// Why the last message brought nothing.
    failed: Mutex<Option<McpError>>,
    /// What it said to somebody who is not signed in.
    challenge: Mutex<Option<Challenge>>,
    resumed: AtomicU32,
    /// Nothing more is sent, not even that the session is over.
    silent: AtomicBool,
    /// Ends what is under way with the session.
    ended: CancellationToken,
}

impl Wire {
    pub(crate) fn new(remote: Remote) -> Self {
        Self(Arc::new(Shared {
            remote,
            failed: Mutex::default(),
            challenge: Mutex::default(),
            resumed: AtomicU32::new(0),
            silent: AtomicBool::new(false),
            ended: CancellationToken::new(),
        }))
    }

    pub(crate) fn transport(&self) -> StreamableHttpClientTransport<Self> {
        // The address is the door's: it takes none from here.
        let mut config = StreamableHttpClientTransportConfig::with_uri("");
        config.retry_config = Arc::new(Patience);
        config.max_sse_event_size = LONGEST_ANSWER;
        StreamableHttpClientTransport::with_client(self.clone(), config)
    }

    pub(crate) fn take_failure(&self) -> Option<McpError> {
        self.failed().take()
    }

    pub(crate) fn challenge(&self) -> Option<Challenge> {
        let challenge = self.0.challenge.lock();
        challenge.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn is_offline(&self) -> bool {
        self.0.remote.door.is_offline()
    }

    /// Sends nothing more.
    pub(crate) fn silence(&self) {
        self.0.silent.store(true, Ordering::Release);
        self.0.ended.cancel();
    }

    fn failed(&self) -> std::sync::MutexGuard<'_, Option<McpError>> {
        self.0.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self, error: McpError) -> Failure {
        let code = error.code();
        *self.failed() = Some(error);
        StreamableHttpError::UnexpectedServerResponse(code.into())
    }

    fn lost(&self, error: EgressError) -> Failure {
        self.note(&error);
        StreamableHttpError::Client(error)
    }

    fn note(&self, error: &EgressError) {
        let mut failed = self.failed();
        // Who ended it knows why.
        if !matches!(error, EgressError::Cancelled) || failed.is_none() {
            *failed = Some(McpError::Remote(error.clone()));
        }
    }

    async fn send(
        &self,
        what: Exchange,
        category: DataCategory,
        headers: ExchangeHeaders,
        payload: Payload,
    ) -> Result<Response, Failure> {
        if self.0.silent.load(Ordering::Acquire) {
            return Err(self.lost(EgressError::Cancelled));
        }
        let Remote {
            door,
            target,
            credential,
            ctx,
        } = &self.0.remote;
        let ctx = Ctx {
            categories: vec![category],
            reply: Reply::Stream,
            cancel: self.0.ended.child_token(),
            ..ctx.clone()
        };
        let endpoint = Endpoint::new(Call::Tools { what, headers }, target.clone())
            .with_credential(credential.clone());
        let mut response = door
            .send(ctx, endpoint, payload)
            .await
            .map_err(|error| self.lost(error))?;
        let said = response.header(header::WWW_AUTHENTICATE.as_str());
        let challenge = Challenge::read(said.unwrap_or_default());
        let wants_more = response.status == StatusCode::FORBIDDEN && challenge.wants_more();
        if response.status == StatusCode::UNAUTHORIZED || wants_more {
            *self
                .0
                .challenge
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Some(challenge.clone());
        }
        let error = match (response.status, credential) {
            _ if wants_more => McpError::MoreWanted(Box::new(challenge)),
            (StatusCode::UNAUTHORIZED, None) => McpError::KeyWanted,
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, Some(_)) => McpError::KeyRefused,
            _ => return Ok(response),
        };
        response.body.settle();
        Err(self.fail(error))
    }

    /// The whole of an answer that is one document.
    async fn document(&self, response: &mut Response, limit: usize) -> Result<Bytes, Failure> {
        let read = response.body.collect(limit).await;
        read.map_err(|error| self.lost(error))
    }

    async fn refused(
        &self,
        mut response: Response,
        session: Option<String>,
    ) -> Result<StreamableHttpPostResponse, Failure> {
        let status = response.status;
        if is(&response, "application/json") {
            let body = self.document(&mut response, LONGEST_ERROR).await?;
            if let Ok(error @ ServerJsonRpcMessage::Error(_)) = serde_json::from_slice(&body) {
                return Ok(StreamableHttpPostResponse::Json(error, session));
            }
        } else {
            response.body.settle();
        }
        Err(self.fail(McpError::Status(status.as_u16())))
    }

    /// The events of an answer, up to the one that answers.
    fn events(&self, body: ResponseBody) -> Events {
        let answered = Arc::new(AtomicBool::new(false));
        let bytes = Reading {
            wire: self.clone(),
            body,
            answered: Arc::clone(&answered),
            read: 0,
        };
        let bytes = stream::unfold(bytes, |mut reading| async {
            let next = reading.next().await?;
            Some((next, reading))
        });
        let events = SseStream::from_bytes_stream(Box::pin(bytes));
        let state = (events, answered, self.clone());
        let until_answer = stream::unfold(state, |(mut events, answered, wire)| async {
            if answered.load(Ordering::Acquire) {
                return None;
            }
            let event = events.next().await?;
            if event.as_ref().is_ok_and(|it| has_too_many_values(data(it))) {
                let _ = wire.fail(McpError::TooMuch);
                // Nobody goes on with it.
                wire.silence();
                return None;
            }
            if event.as_ref().is_ok_and(answers) {
                answered.store(true, Ordering::Release);
            }
            Some((event, (events, answered, wire)))
        });
        until_answer.boxed()
    }
}

/// Whether an event is what was waited for.
pub(crate) fn answers(event: &Sse) -> bool {
    #[derive(serde::Deserialize)]
    struct Shape {
        #[serde(default)]
        method: Option<serde::de::IgnoredAny>,
        #[serde(default)]
        id: Option<serde::de::IgnoredAny>,
    }
    serde_json::from_slice::<Shape>(data(event))
        .is_ok_and(|it| it.id.is_some() && it.method.is_none())
}

fn data(event: &Sse) -> &[u8] {
    event.data.as_deref().unwrap_or_default().as_bytes()
}

/// A body that is read piece by piece. What follows the answer is not waited for.
struct Reading {
    wire: Wire,
    body: ResponseBody,
    answered: Arc<AtomicBool>,
    read: usize,
}

impl Reading {
    async fn next(&mut self) -> Option<Result<Bytes, EgressError>> {
        let error = match self.body.chunk().await {
            Ok(None) => return None,
            Ok(Some(piece)) => {
                self.read = self.read.saturating_add(piece.len());
                if self.read <= LONGEST_ANSWER {
                    return Some(Ok(piece));
                }
                self.body.fail();
                EgressError::TooLarge {
                    limit: LONGEST_ANSWER as u64,
                }
            }
            Err(error) => error,
        };
        self.wire.note(&error);
        Some(Err(error))
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if self.answered.load(Ordering::Acquire) {
            self.body.settle();
        }
    }
}

impl StreamableHttpClient for Wire {
    type Error = EgressError;

    async fn post_message(
        &self,
        _: Arc<str>,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        _: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<StreamableHttpPostResponse, Failure> {
        let is_question = matches!(message, ClientJsonRpcMessage::Request(_));
        let category = category(&message);
        let body = serde_json::to_vec(&message)?;
        let headers = own(headers, session.as_deref(), None).map_err(|it| self.lost(it))?;
        self.0.resumed.store(0, Ordering::Release);
        let payload = Payload::Json(body.into());
        let mut response = self
            .send(Exchange::Message, category, headers, payload)
            .await?;
        let begun = response.header(SESSION.as_str()).map(str::to_owned);
        if begun.as_ref().is_some_and(|id| id.len() > LONGEST_SESSION) {
            response.body.fail();
            return Err(self.fail(McpError::NotUnderstood));
        }
        if response.status == StatusCode::NOT_FOUND && session.is_some() {
            response.body.settle();
            return Err(StreamableHttpError::SessionExpired);
        }
        if !response.status.is_success() {
            return self.refused(response, begun).await;
        }
        let is_empty = matches!(
            response.status,
            StatusCode::ACCEPTED | StatusCode::NO_CONTENT
        );
        if is_empty || !is_question {
            response.body.settle();
            return Ok(StreamableHttpPostResponse::Accepted);
        }
        if is(&response, "text/event-stream") {
            let events = self.events(response.body);
            return Ok(StreamableHttpPostResponse::Sse(events, begun));
        }
        if is(&response, "application/json") {
            let body = self.document(&mut response, LONGEST_ANSWER).await?;
            if has_too_many_values(&body) {
                return Err(self.fail(McpError::TooMuch));
            }
            return match serde_json::from_slice(&body) {
                Ok(message) => Ok(StreamableHttpPostResponse::Json(message, begun)),
                Err(_) => Err(self.fail(McpError::NotUnderstood)),
            };
        }
        response.body.fail();
        Err(self.fail(McpError::NotUnderstood))
    }

    async fn delete_session(
        &self,
        _: Arc<str>,
        session: Arc<str>,
        _: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<(), Failure> {
        let headers = own(headers, Some(&session), None).map_err(|it| self.lost(it))?;
        let none = DataCategory::None;
        let mut response = self
            .send(Exchange::End, none, headers, Payload::Empty)
            .await?;
        response.body.settle();
        Ok(())
    }

    async fn get_stream(
        &self,
        _: Arc<str>,
        session: Option<Arc<str>>,
        last_event: Option<String>,
        _: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<Events, Failure> {
        // Without one this is a connection that stands open for as long as the session.
        let Some(last_event) = last_event else {
            return Err(StreamableHttpError::ServerDoesNotSupportSse);
        };
        if self.0.silent.load(Ordering::Acquire)
            || self.0.resumed.fetch_add(1, Ordering::AcqRel) >= MOST_RESUMED
        {
            return Err(StreamableHttpError::ServerDoesNotSupportSse);
        }
        let headers = own(headers, session.as_deref(), Some(&last_event));
        let headers = headers.map_err(|it| self.lost(it))?;
        let none = DataCategory::None;
        let mut response = self
            .send(Exchange::Resume, none, headers, Payload::Empty)
            .await?;
        if response.status.is_success() && is(&response, "text/event-stream") {
            return Ok(self.events(response.body));
        }
        response.body.settle();
        Err(StreamableHttpError::ServerDoesNotSupportSse)
    }
}

/// What leaves with a message: what a model calls a tool with, what a person fills a prompt in
/// with, and which resource is read are content; what is asked to learn what there is, is none.
fn category(message: &ClientJsonRpcMessage) -> DataCategory {
    let ClientJsonRpcMessage::Request(request) = message else {
        return DataCategory::None;
    };
    match request.request {
        ClientRequest::CallToolRequest(_)
        | ClientRequest::GetPromptRequest(_)
        | ClientRequest::ReadResourceRequest(_) => DataCategory::Content,
        _ => DataCategory::None,
    }
}

/// The headers of a message, as the protocol has them.
fn own(
    given: HashMap<HeaderName, HeaderValue>,
    session: Option<&str>,
    last_event: Option<&str>,
) -> Result<ExchangeHeaders, EgressError> {
    let text = |text: &str| HeaderValue::from_str(text).map_err(|_| EgressError::InvalidParameter);
    let mut headers = ExchangeHeaders::default();
    for (name, value) in given {
        headers = headers.with(name, value)?;
    }
    if let Some(session) = session {
        headers = headers.with(SESSION, text(session)?)?;
    }
    if let Some(last_event) = last_event {
        headers = headers.with(LAST_EVENT, text(last_event)?)?;
    }
    Ok(headers)
}

fn is(response: &Response, media_type: &str) -> bool {
    let found = response.header(header::CONTENT_TYPE.as_str());
    let found = found.unwrap_or_default().split(';').next();
    found.is_some_and(|it| it.trim().eq_ignore_ascii_case(media_type))
}

/// How long to wait before an answer that broke off is gone on with.
#[derive(Debug)]
struct Patience;

impl SseRetryPolicy for Patience {
    fn retry(&self, times: usize) -> Option<Duration> {
        let times = u32::try_from(times).ok().filter(|it| *it < MOST_RESUMED)?;
        Some(FIRST_PAUSE * (times + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_wrote_is_content_and_a_list_is_none() {
        for (method, is_content) in [
            ("tools/call", true),
            ("prompts/get", true),
            ("resources/read", true),
            ("tools/list", false),
            ("prompts/list", false),
            ("resources/list", false),
            ("resources/templates/list", false),
            ("ping", false),
        ] {
            let params = serde_json::json!({"name": "a", "uri": "a:b"});
            let message =
                serde_json::json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
            let message: ClientJsonRpcMessage = serde_json::from_value(message).unwrap();
            let found = category(&message) == DataCategory::Content;
            assert_eq!(found, is_content, "{method}");
        }
    }

    #[test]
    fn an_answer_has_an_id_and_no_method() {
        let event = |data: &str| Sse {
            data: Some(data.to_owned()),
            ..Sse::default()
        };
        assert!(answers(&event(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#)));
        assert!(answers(&event(
            r#"{"id":"a","error":{"code":1,"message":"x"}}"#
        )));
        for other in [
            r#"{"jsonrpc":"2.0","method":"notifications/progress"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage"}"#,
            "not JSON",
            "",
        ] {
            assert!(!answers(&event(other)), "{other}");
        }
    }
}
