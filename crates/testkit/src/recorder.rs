//! A server on loopback that writes down what arrives and answers as told.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use futures_util::{StreamExt as _, stream};

pub use crate::loopback::Recorded;
use crate::loopback::{Seen, Serving, answer, events, lock, moved};

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
    seen: Seen,
    answer: Mutex<Answer>,
    models: Mutex<String>,
    dripped: Mutex<Vec<(Instant, String)>>,
}

const JSON: &str = "application/json";
const ONE_MODEL: &str = r#"{"object":"list","data":[{"id":"recorder-1","object":"model"}]}"#;

/// The server. Dropping it stops it.
pub struct Recorder(Serving<Shared>);

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
        let shared = Shared {
            seen: Seen::default(),
            models: Mutex::new(ONE_MODEL.to_owned()),
            answer: Mutex::new(answer),
            dripped: Mutex::default(),
        };
        let router = |shared| Router::new().fallback(serve).with_state(shared);
        Self(Serving::start(address, shared, router).await)
    }

    /// `http://127.0.0.1:PORT/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.0.address)
    }

    /// `127.0.0.1:PORT`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.0.address
    }

    /// Answers differently from now on.
    pub fn answer(&self, answer: Answer) {
        *lock(&self.0.shared.answer) = answer;
    }

    /// From now on it lists these models: a JSON document.
    pub fn models(&self, list: &str) {
        list.clone_into(&mut lock(&self.0.shared.models));
    }

    /// Everything that arrived.
    #[must_use]
    pub fn seen(&self) -> Vec<Recorded> {
        self.0.shared.seen.all()
    }

    /// Waits until at least so many requests have arrived.
    pub async fn arrived(&self, count: usize) {
        self.0.shared.seen.until(|all| all.len() >= count).await;
    }

    /// The words of [`Answer::Drip`] that were sent since the last call, in order.
    #[must_use]
    pub fn dripped(&self) -> Vec<(Instant, String)> {
        std::mem::take(&mut *lock(&self.0.shared.dripped))
    }

    /// The `X-Request-Id` of everything that arrived, sorted.
    #[must_use]
    pub fn request_ids(&self) -> Vec<String> {
        self.0.shared.seen.request_ids()
    }
}

impl Shared {
    fn is_web_page(&self) -> bool {
        let answer = lock(&self.answer);
        matches!(&*answer, Answer::Plain(200, "text/html", _))
    }

    fn next_answer(&self) -> Answer {
        let mut answer = lock(&self.answer);
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
    shared.seen.note(&method, &uri, &headers, &body);
    if uri.path().ends_with("/models") && !shared.is_web_page() {
        let models = lock(&shared.models).clone();
        return answer(200, JSON, models);
    }
    let mut next = shared.next_answer();
    if let Answer::ByPath(all) = next {
        let named = all.iter().find(|(end, _)| uri.path().ends_with(end));
        next = named
            .or(all.first())
            .map_or(Answer::Turns(Vec::new()), |it| it.1.clone());
    }
    match next {
        Answer::Drip(pause) => {
            let body = stream::unfold(0_u32, move |n| {
                let shared = Arc::clone(&shared);
                async move {
                    tokio::time::sleep(pause).await;
                    let word = format!("w{n} ");
                    let frame = delta(&word);
                    lock(&shared.dripped).push((Instant::now(), word));
                    Some((Ok::<_, std::io::Error>(frame), n + 1))
                }
            });
            events(Body::from_stream(body))
        }
        Answer::Bytes(content_type, bytes) => answer(200, content_type, bytes),
        Answer::ByPath(_) | Answer::Turns(_) => answer(
            500,
            JSON,
            r#"{"error":{"message":"no answer was prepared"}}"#,
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
            let frames = frames_of(&words).map(Ok::<_, std::io::Error>);
            let frames: Vec<_> = frames.collect();
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
        Answer::Plain(status, content_type, text) => answer(status, content_type, text),
        Answer::Redirect(status, location) => moved(status, &location),
    }
}

/// The body of [`Answer::Words`], an event at a time.
pub fn frames_of(words: &[String]) -> impl Iterator<Item = String> {
    let end = ending(words.len());
    words.iter().map(|word| delta(word)).chain([end])
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
