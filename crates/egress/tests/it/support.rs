use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use fluxchat_egress::{
    Call, Ctx, Door, Endpoint, Finish, InProcess, Ledger, LedgerSeq, Payload, Refusal, Reply,
    Target,
};
use fluxchat_model::{
    Clock, DataCategory, Dialect, EgressRecord, Origin, Outcome, Purpose, Timestamp,
};
use http_body_util::Full;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

#[allow(clippy::disallowed_types, reason = "the recording server of the tests")]
pub type Listener = tokio::net::TcpListener;
#[allow(clippy::disallowed_types, reason = "the recording server of the tests")]
pub type Stream = tokio::net::TcpStream;

pub struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp(1_795_000_000_000)
    }
}

#[derive(Clone, Debug)]
pub struct Row {
    pub record: EgressRecord,
    pub outcome: Outcome,
    pub finishes: u32,
    pub finish: Option<Finish>,
    pub refusal: Option<Refusal>,
}

/// A ledger in memory that refuses what it is told to.
#[derive(Default)]
pub struct MemoryLedger {
    rows: Mutex<Vec<Row>>,
    pub refuse: Mutex<BTreeMap<Purpose, Refusal>>,
}

impl MemoryLedger {
    pub fn rows(&self) -> Vec<Row> {
        self.rows.lock().unwrap().clone()
    }

    pub fn only(&self) -> Row {
        let rows = self.rows();
        assert_eq!(rows.len(), 1, "{rows:#?}");
        rows[0].clone()
    }

    pub fn request_ids(&self) -> Vec<String> {
        let mut ids: Vec<_> = self
            .rows()
            .iter()
            .filter(|row| row.outcome != Outcome::Blocked)
            .map(|row| row.record.request_id.to_string())
            .collect();
        ids.sort();
        ids
    }

    fn write(&self, record: &EgressRecord, outcome: Outcome, refusal: Option<Refusal>) -> i64 {
        let mut rows = self.rows.lock().unwrap();
        rows.push(Row {
            record: record.clone(),
            outcome,
            finishes: 0,
            finish: None,
            refusal,
        });
        rows.len() as i64
    }
}

impl Ledger for MemoryLedger {
    fn begin(&self, intent: &EgressRecord) -> Result<LedgerSeq, Refusal> {
        let refusal = self.refuse.lock().unwrap().get(&intent.purpose).copied();
        match refusal {
            Some(Refusal::LedgerUnavailable) => Err(Refusal::LedgerUnavailable),
            Some(refusal) => {
                self.write(intent, Outcome::Blocked, Some(refusal));
                Err(refusal)
            }
            None => Ok(LedgerSeq(self.write(intent, Outcome::Pending, None))),
        }
    }

    fn block(&self, intent: &EgressRecord, why: Refusal) {
        self.write(intent, Outcome::Blocked, Some(why));
    }

    fn finish(&self, seq: LedgerSeq, finish: Finish) {
        let mut rows = self.rows.lock().unwrap();
        let row = &mut rows[seq.0 as usize - 1];
        row.finishes += 1;
        row.outcome = finish.outcome;
        row.finish = Some(finish);
    }
}

#[derive(Clone, Debug)]
pub struct Seen {
    pub head: String,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// What the server does after it read a request.
#[derive(Clone)]
pub enum Script {
    /// Writes and closes.
    Say(Vec<u8>),
    /// Writes and keeps the connection open, silent.
    SayAndHold(Vec<u8>),
    /// Writes the first, then the second again and again until the other side has enough.
    Flood(Vec<u8>, Vec<u8>),
    /// Writes the first, then the second every so often until the other side has enough.
    Drip(Vec<u8>, Vec<u8>, Duration),
}

pub fn say(text: &str) -> Script {
    Script::Say(text.replace('\n', "\r\n").into_bytes())
}

pub fn json(status: &str, headers: &str, body: &str) -> Script {
    Script::Say(
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
        .into_bytes(),
    )
}

/// A server on loopback that writes down what reaches it.
pub struct Server {
    pub port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<Mutex<u32>>,
    poured: watch::Receiver<Option<u64>>,
}

impl Server {
    /// The n-th request gets the n-th script, later ones the last.
    pub async fn start(scripts: Vec<Script>) -> Self {
        Self::start_at("127.0.0.1:0", scripts).await
    }

    pub async fn start_at(address: &str, scripts: Vec<Script>) -> Self {
        let listener = Listener::bind(address).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(Mutex::new(0));
        let (log, count) = (Arc::clone(&seen), Arc::clone(&connections));
        let (pour, poured) = watch::channel(None);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *count.lock().unwrap() += 1;
                let (log, pour, scripts) = (Arc::clone(&log), pour.clone(), scripts.clone());
                tokio::spawn(async move {
                    if let Some(bytes) = serve(stream, log, scripts).await {
                        pour.send_replace(Some(bytes));
                    }
                });
            }
        });
        Self {
            port,
            seen,
            connections,
            poured,
        }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn connections(&self) -> u32 {
        *self.connections.lock().unwrap()
    }

    /// How much of a flood was taken, once the other side had enough and hung up; nothing where it
    /// hung up on silence.
    pub async fn poured(&self) -> u64 {
        let mut poured = self.poured.clone();
        poured.wait_for(Option::is_some).await.unwrap().unwrap()
    }

    pub fn request_ids(&self) -> Vec<String> {
        let mut ids: Vec<_> = self
            .seen()
            .iter()
            .map(|seen| seen.header("x-request-id").unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    }

    pub fn origin(&self) -> Origin {
        Origin::new("http", "127.0.0.1", self.port).unwrap()
    }

    pub fn target(&self) -> Target {
        Target::remote(self.origin(), "/v1", Dialect::Openai)
    }

    pub fn chat(&self) -> Endpoint {
        Endpoint::new(Call::ChatCompletions, self.target())
    }

    pub fn models(&self) -> Endpoint {
        Endpoint::new(Call::ModelsList, self.target())
    }
}

/// The bytes of a flood that were taken, once the other side hung up.
async fn serve(
    mut stream: Stream,
    log: Arc<Mutex<Vec<Seen>>>,
    scripts: Vec<Script>,
) -> Option<u64> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let seen = loop {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
        let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") else {
            continue;
        };
        let seen = Seen {
            head: String::from_utf8_lossy(&bytes[..end]).into_owned(),
            body: bytes[end + 4..].to_vec(),
        };
        let length = seen
            .header("content-length")
            .map_or(0, |it| it.parse().unwrap());
        if seen.body.len() >= length {
            break seen;
        }
    };
    let turn = {
        let mut log = log.lock().unwrap();
        log.push(seen);
        log.len() - 1
    };
    match scripts[turn.min(scripts.len() - 1)].clone() {
        Script::Say(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Script::SayAndHold(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.read(&mut buffer).await;
            return Some(0);
        }
        Script::Flood(first, again) => {
            let _ = stream.write_all(&first).await;
            let mut poured = 0;
            while stream.write_all(&again).await.is_ok() {
                poured += again.len() as u64;
            }
            return Some(poured);
        }
        Script::Drip(first, again, pause) => {
            let _ = stream.write_all(&first).await;
            while stream.write_all(&again).await.is_ok() {
                tokio::time::sleep(pause).await;
            }
        }
    }
    None
}

pub fn door(ledger: &Arc<MemoryLedger>) -> Door {
    Door::new(
        Arc::clone(ledger) as Arc<dyn Ledger>,
        Arc::new(FixedClock),
        None,
    )
}

pub fn door_with<F, Fut, B>(ledger: &Arc<MemoryLedger>, answer: F) -> Door
where
    F: Fn(http::Request<Full<Bytes>>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = http::Response<B>> + Send + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let service = tower::service_fn(move |request| {
        let answer = answer(request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    Door::new(
        Arc::clone(ledger) as Arc<dyn Ledger>,
        Arc::new(FixedClock),
        Some(InProcess::new(service)),
    )
}

pub fn chat() -> Ctx {
    Ctx {
        reply: Reply::Stream,
        ..Ctx::new(
            Purpose::Chat,
            &[DataCategory::Content, DataCategory::Parameters],
        )
    }
}

pub fn models() -> Ctx {
    Ctx::new(Purpose::Models, &[])
}

pub fn payload(text: &str) -> Payload {
    Payload::Json(Bytes::from(text.to_owned()))
}
