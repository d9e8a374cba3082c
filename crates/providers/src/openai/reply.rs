//! The reader of answers: bytes in, events out, no I/O.

mod frame;

use std::collections::VecDeque;

use fluxchat_egress::Credential;
use fluxchat_model::Usage;
use serde_json::Value;

use super::think::{Piece, ThinkSplitter};
use super::unexpected;
use crate::normalise::RemoteError;
use crate::sse::{SseDecoder, SseEvent};
use crate::{ChatEvent, FinishReason, Notice, ProviderError};

/// White space after a byte order mark that is waited through, in bytes.
const LONGEST_LEAD: usize = 4096;
const BOM: &[u8] = b"\xEF\xBB\xBF";
const DOCUMENT_LIMIT: usize = super::DOCUMENT_LIMIT;

/// What the reader gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Something happened.
    Event(ChatEvent),
    /// The end, a bad one.
    Error(ProviderError),
}

enum Form {
    /// Nothing but white space came.
    Unknown,
    Events(SseDecoder),
    /// A document answers a request for a stream: JSON, or a web page.
    Document(Vec<u8>),
}

/// Reads one answer with a good status, whatever its form. What the content type says is only
/// asked for web pages: the first character decides, because servers mislabel.
pub struct Reading {
    form: Form,
    /// What came before the form was known.
    lead: Vec<u8>,
    html: bool,
    credential: Option<Credential>,
    steps: VecDeque<Step>,
    think: ThinkSplitter,
    /// The id last seen at each place of the wire, and which call of ours it is.
    calls: Vec<(u64, Option<String>)>,
    usage: Option<Usage>,
    echoed: bool,
    frames: u32,
    skipped: u32,
    reason: Option<FinishReason>,
    over: bool,
    failed: bool,
}

impl Reading {
    /// A reader for an answer of this content type. The key is removed from what the source says.
    #[must_use]
    pub fn new(content_type: Option<&str>, credential: Option<Credential>) -> Self {
        Self {
            form: Form::Unknown,
            lead: Vec::new(),
            html: content_type.is_some_and(|it| {
                it.trim_start()
                    .to_ascii_lowercase()
                    .starts_with("text/html")
            }),
            credential,
            steps: VecDeque::new(),
            think: ThinkSplitter::default(),
            calls: Vec::new(),
            usage: None,
            echoed: false,
            frames: 0,
            skipped: 0,
            reason: None,
            over: false,
            failed: false,
        }
    }

    /// The next thing that happened.
    pub fn next_step(&mut self) -> Option<Step> {
        self.steps.pop_front()
    }

    /// True if nothing more is wanted: the answer ended, well or badly.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    pub(super) fn has_finish_reason(&self) -> bool {
        self.reason.is_some()
    }

    /// What the source understood about training, told outside the body.
    pub(super) fn echo(&mut self, allowed: bool) {
        if !std::mem::replace(&mut self.echoed, true) {
            self.give(ChatEvent::TrainingEcho(allowed));
        }
    }

    /// Takes the next bytes, cut anywhere.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.over {
            return;
        }
        if !matches!(self.form, Form::Unknown) {
            return self.feed(bytes);
        }
        self.lead.extend_from_slice(bytes);
        if let Some(form) = self.recognise() {
            self.form = form;
            let lead = std::mem::take(&mut self.lead);
            self.feed(lead.trim_ascii_start());
        }
    }

    fn feed(&mut self, bytes: &[u8]) {
        match &mut self.form {
            Form::Unknown => {}
            Form::Document(document) => {
                if document.len().saturating_add(bytes.len()) > DOCUMENT_LIMIT {
                    self.fail(ProviderError::TooLarge);
                } else {
                    document.extend_from_slice(bytes);
                }
            }
            Form::Events(decoder) => {
                let result = decoder.push(bytes);
                self.take_events();
                if result.is_err() {
                    self.fail(ProviderError::TooLarge);
                }
            }
        }
    }

    /// The form, once the first character is here. White space and a byte order mark, which may
    /// be cut, say nothing.
    fn recognise(&mut self) -> Option<Form> {
        let start = self.lead.trim_ascii_start();
        let rest = start.strip_prefix(BOM).unwrap_or(start).trim_ascii_start();
        let waiting = self.lead.len() < LONGEST_LEAD;
        if rest.is_empty() && waiting || (start.len() < BOM.len() && BOM.starts_with(start)) {
            let seen = self.lead.len() - start.len();
            self.lead.drain(..seen);
            return None;
        }
        Some(
            if self.html || matches!(rest.first(), Some(b'{' | b'[' | b'<')) {
                Form::Document(Vec::new())
            } else {
                Form::Events(SseDecoder::new())
            },
        )
    }

    /// The bytes ended, properly as far as the connection goes.
    pub fn finish(&mut self) {
        if self.over {
            return;
        }
        match std::mem::replace(&mut self.form, Form::Unknown) {
            Form::Unknown => {}
            Form::Document(document) => return self.read_document(&document),
            Form::Events(mut decoder) => {
                let result = decoder.finish();
                self.form = Form::Events(decoder);
                self.take_events();
                if result.is_err() {
                    return self.fail(ProviderError::TooLarge);
                }
            }
        }
        if !self.over {
            self.close(false);
        }
    }

    /// The bytes ended with an error of the connection. If the answer had already said that it
    /// was complete, it is.
    pub fn break_off(&mut self, error: ProviderError) {
        if self.over {
            return;
        }
        if self.reason.is_some() {
            return self.close(false);
        }
        self.fail(error);
    }

    fn take_events(&mut self) {
        while !self.over {
            let Form::Events(decoder) = &mut self.form else {
                return;
            };
            let Some(event) = decoder.next_event() else {
                return;
            };
            self.read_event(&event);
        }
    }

    fn read_event(&mut self, event: &SseEvent) {
        let data = event.data.trim();
        if data.is_empty() {
            return;
        }
        if data.starts_with("[DONE]") {
            return self.close(true);
        }
        match serde_json::from_str::<Value>(data) {
            Ok(json) if json.is_object() => {
                self.frames = self.frames.saturating_add(1);
                self.read_frame(&json);
            }
            _ if event.event == "error" => {
                let said = RemoteError {
                    message: data.to_owned(),
                    ..RemoteError::default()
                };
                self.fail(said.classify(200, None, self.credential.as_ref()));
            }
            _ => self.skipped = self.skipped.saturating_add(1),
        }
    }

    fn read_document(&mut self, document: &[u8]) {
        let text = String::from_utf8_lossy(document);
        let json = match serde_json::from_str::<Value>(text.trim_start_matches('\u{FEFF}')) {
            Ok(json) if !self.html => json,
            _ => return self.fail(unexpected(&text)),
        };
        let is_answer = json.get("choices").is_some_and(Value::is_array);
        if let Some(error) = RemoteError::from_document(&json)
            && !is_answer
        {
            return self.fail(error.classify(200, None, self.credential.as_ref()));
        }
        if !is_answer {
            return self.fail(unexpected("JSON that is no answer."));
        }
        self.frames = 1;
        self.read_frame(&json);
        if !self.over {
            self.close(true);
        }
    }

    fn give(&mut self, event: ChatEvent) {
        self.steps.push_back(Step::Event(event));
    }

    fn give_pieces(&mut self, pieces: Vec<Piece>) {
        for piece in pieces {
            self.give(match piece {
                Piece::Text(text) => ChatEvent::Text(text),
                Piece::Reasoning(text) => ChatEvent::Reasoning(text),
            });
        }
    }

    /// What was held back, and what was skipped.
    fn flush(&mut self) {
        let mut pieces = Vec::new();
        self.think.finish(&mut pieces);
        self.give_pieces(pieces);
        let count = std::mem::take(&mut self.skipped);
        if count > 0 {
            tracing::warn!(name: "providers.frames_skipped", count);
            self.give(ChatEvent::Notice(Notice::FramesSkipped { count }));
        }
    }

    /// The end. `stated` is true if the source said so by `[DONE]` or by closing a document.
    fn close(&mut self, stated: bool) {
        let skipped = self.skipped;
        if self.frames == 0 {
            return self.fail(if skipped > 0 {
                unexpected("It sent events that are not JSON.")
            } else {
                ProviderError::Interrupted {
                    message: "The source closed the connection without a word.".to_owned(),
                }
            });
        }
        match (self.reason.take(), stated) {
            (None, false) => self.fail(ProviderError::Interrupted {
                message: String::new(),
            }),
            (reason, _) => {
                self.flush();
                self.give(ChatEvent::Finished {
                    reason: reason.unwrap_or(FinishReason::NotStated),
                });
                self.over = true;
            }
        }
    }

    fn fail(&mut self, error: ProviderError) {
        if self.over {
            return;
        }
        self.flush();
        self.steps.push_back(Step::Error(error));
        self.over = true;
        self.failed = true;
    }
}
