//! A server on loopback that writes down what arrives and answers as told.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri, header};
use futures_util::{StreamExt as _, stream};

use crate::loopback;

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// `POST`, …
    pub method: String,
    /// Path and query.
    pub path: String,
    /// All headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// All of the body.
    pub body: String,
}

impl Recorded {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// How to answer a chat request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Streams these words one by one and ends well.
    Words(Vec<String>),
    /// Streams these words without a pause and then waits for the client to hang up.
    Hang(Vec<String>),
    /// Streams these words and cuts the connection.
    Cut(Vec<String>),
    /// Streams numbered words (`w0 w1 …`) at this pace until the client hangs up. [`Recorder::dripped`]
    /// tells which of them were sent, and when.
    Drip(Duration),
    /// Streams these words this far apart and ends well.
    Paced(Vec<String>, Duration),
    /// Answers one request with each of these; the last one stays.
    Turns(Vec<Answer>),
    /// Answers with this status, content type and body. A good web page also answers who asks for
    /// models.
    Plain(u16, &'static str, String),
    /// Answers with these bytes of this content type.
    Bytes(&'static str, Vec<u8>),
    /// Answers by how the path ends; what is not named gets the first.
    ByPath(Vec<(&'static str, Answer)>),
    /// Redirects there.
    Redirect(u16, String),
}

struct Shared {
    seen: Mutex<Vec<Recorded>>,
    answer: Mutex<Answer>,
    models: Mutex<String>,
    dripped: Mutex<Vec<(Instant, String)>>,
    arrived: tokio::sync::Notify,
}

const ONE_MODEL: &str = r#"{"object":"list","data":[{"id":"recorder-1","object":"model"}]}"#;

/// The server. Dropping it stops it.
pub struct Recorder {
    address: String,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

impl Recorder {
    /// Starts on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn start(answer: Answer) -> Self {
        Self::start_at("127.0.0.1", answer).await
    }

    /// Starts on a free port of this loopback address, such as 127.0.0.2: another origin.
    ///
    /// # Panics
    /// When the address has no free port.
    pub async fn start_at(address: &str, answer: Answer) -> Self {
        let shared = Arc::new(Shared {
            seen: Mutex::default(),
            models: Mutex::new(ONE_MODEL.to_owned()),
            answer: Mutex::new(answer),
            dripped: Mutex::default(),
            arrived: tokio::sync::Notify::new(),
        });
        let router = Router::new().fallback(serve).with_state(shared.clone());
        let (address, task) = loopback::serve(address, router).await;
        Self {
            address,
            shared,
            task,
        }
    }

    /// `http://127.0.0.1:PORT/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// `127.0.0.1:PORT`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.address
    }

    /// Answers differently from now on.
    pub fn answer(&self, answer: Answer) {
        *self
            .shared
            .answer
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = answer;
    }

    /// From now on it lists these models: a JSON document.
    pub fn models(&self, list: &str) {
        *self
            .shared
            .models
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = list.to_owned();
    }

    /// Everything that arrived.
    #[must_use]
    pub fn seen(&self) -> Vec<Recorded> {
        self.shared
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits until at least so many requests have arrived.
    pub async fn arrived(&self, count: usize) {
        loop {
            let next = self.shared.arrived.notified();
            if self.seen().len() >= count {
                return;
            }
            next.await;
        }
    }

    /// The words of [`Answer::Drip`] that were sent since the last call, in order.
    #[must_use]
    pub fn dripped(&self) -> Vec<(Instant, String)> {
        std::mem::take(
            &mut *self
                .shared
                .dripped
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// The `X-Request-Id` of everything that arrived, sorted.
    #[must_use]
    pub fn request_ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self
            .seen()
            .iter()
            .map(|request| request.header("x-request-id").unwrap_or("none").to_owned())
            .collect();
        ids.sort();
        ids
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn is_web_page(&self) -> bool {
        let answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(&*answer, Answer::Plain(200, "text/html", _))
    }

    fn next_answer(&self) -> Answer {
        let mut answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *answer {
            Answer::Turns(turns) if turns.len() > 1 => turns.remove(0),
            Answer::Turns(turns) => turns
                .first()
                .cloned()
                .unwrap_or_else(|| Answer::Turns(Vec::new())),
            other => other.clone(),
        }
    }
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let recorded = Recorded {
        method: method.to_string(),
        path: uri.to_string(),
        headers: headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("?").to_owned()))
            .collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    shared
        .seen
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(recorded);
    shared.arrived.notify_waiters();
    if uri.path().ends_with("/models") && !shared.is_web_page() {
        return json(
            200,
            shared
                .models
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        );
    }
    let mut answer = shared.next_answer();
    if let Answer::ByPath(all) = answer {
        let named = all.iter().find(|(end, _)| uri.path().ends_with(end));
        answer = named
            .or(all.first())
            .map_or(Answer::Turns(Vec::new()), |it| it.1.clone());
    }
    match answer {
        Answer::Drip(pause) => {
            let body = stream::unfold(0_u32, move |n| {
                let shared = Arc::clone(&shared);
                async move {
                    tokio::time::sleep(pause).await;
                    let word = format!("w{n} ");
                    let frame = delta(&word);
                    shared
                        .dripped
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push((Instant::now(), word));
                    Some((Ok::<_, std::io::Error>(frame), n + 1))
                }
            });
            events(Body::from_stream(body))
        }
        Answer::Bytes(content_type, bytes) => respond(
            Response::builder().header(header::CONTENT_TYPE, content_type),
            bytes.into(),
        ),
        Answer::ByPath(_) | Answer::Turns(_) => json(
            500,
            r#"{"error":{"message":"no answer was prepared"}}"#.to_owned(),
        ),
        Answer::Paced(words, pause) => {
            let end = ending(words.len());
            let began = tokio::time::Instant::now();
            let paced =
                stream::iter(words.into_iter().zip(1_u32..)).then(move |(word, at)| async move {
                    tokio::time::sleep_until(began + pause * at).await;
                    Ok::<_, std::io::Error>(delta(&word))
                });
            events(Body::from_stream(
                paced.chain(stream::once(async { Ok(end) })),
            ))
        }
        Answer::Words(words) => {
            let mut frames: Vec<Result<String, std::io::Error>> =
                words.iter().map(|word| Ok(delta(word))).collect();
            frames.push(Ok(ending(words.len())));
            events(Body::from_stream(stream::iter(frames)))
        }
        Answer::Hang(words) => {
            let frames: Vec<Result<String, std::io::Error>> =
                words.iter().map(|word| Ok(delta(word))).collect();
            let body = stream::iter(frames).chain(stream::pending());
            events(Body::from_stream(body))
        }
        Answer::Cut(words) => {
            let frames: Vec<Result<String, std::io::Error>> =
                words.iter().map(|word| Ok(delta(word))).collect();
            // What was written is flushed while the body has nothing more to give.
            let cut = stream::once(async {
                tokio::task::yield_now().await;
                Err(std::io::Error::other("cut"))
            });
            events(Body::from_stream(stream::iter(frames).chain(cut)))
        }
        Answer::Plain(status, content_type, text) => respond(
            Response::builder()
                .status(status)
                .header(header::CONTENT_TYPE, content_type),
            text.into(),
        ),
        Answer::Redirect(status, location) => respond(
            Response::builder()
                .status(status)
                .header(header::LOCATION, location),
            Body::empty(),
        ),
    }
}

fn delta(word: &str) -> String {
    let frame = serde_json::json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "recorder-1",
        "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": null}],
    });
    format!("data: {frame}\n\n")
}

fn ending(words: usize) -> String {
    let stop = serde_json::json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "recorder-1",
        "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}],
    });
    let usage = serde_json::json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "recorder-1",
        "choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": words, "total_tokens": 7 + words},
    });
    format!("data: {stop}\n\ndata: {usage}\n\ndata: [DONE]\n\n")
}

fn events(body: Body) -> Response<Body> {
    respond(
        Response::builder().header(header::CONTENT_TYPE, "text/event-stream"),
        body,
    )
}

fn json(status: u16, text: String) -> Response<Body> {
    respond(
        Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, "application/json"),
        text.into(),
    )
}

fn respond(builder: axum::http::response::Builder, body: Body) -> Response<Body> {
    builder.body(body).unwrap_or_else(|_| {
        let mut failed = Response::new(Body::empty());
        *failed.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        failed
    })
}
