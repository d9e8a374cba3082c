//! The reader of answers: bytes in, events out, no I/O.

use fluxchat_egress::Credential;
use serde_json::Value;

use super::{DOCUMENT_LIMIT, Frames, Framing, Out, Protocol, Wire, instead};
use crate::ndjson::LineDecoder;
use crate::normalise::RemoteError;
use crate::sse::SseDecoder;
use crate::{ChatEvent, ProviderError};

/// White space after a byte order mark that is waited through, in bytes.
const LONGEST_LEAD: usize = 4096;
const BOM: &[u8] = b"\xEF\xBB\xBF";

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
    Lines(LineDecoder),
    /// A document answers a request for a stream: JSON, or a web page.
    Document(Vec<u8>),
}

/// Reads one answer with a good status, whatever its form. What the content type says is only
/// asked for web pages: the first character decides, because servers mislabel.
pub struct Reading {
    form: Form,
    framing: Framing,
    /// What came before the form was known.
    lead: Vec<u8>,
    html: bool,
    frames: u32,
    reader: Box<dyn Frames>,
    out: Out,
}

impl Reading {
    /// A reader for an answer of a source that speaks so. The key is removed from what the source
    /// says.
    #[must_use]
    pub fn of(
        protocol: Protocol,
        content_type: Option<&str>,
        credential: Option<Credential>,
    ) -> Self {
        Self::new(protocol.wire(), content_type, credential)
    }

    pub(crate) fn new(
        wire: &dyn Wire,
        content_type: Option<&str>,
        credential: Option<Credential>,
    ) -> Self {
        Self {
            form: Form::Unknown,
            framing: wire.framing(),
            lead: Vec::new(),
            html: content_type.is_some_and(|it| {
                it.trim_start()
                    .to_ascii_lowercase()
                    .starts_with("text/html")
            }),
            frames: 0,
            reader: wire.reader(),
            out: Out::new(credential),
        }
    }

    /// The next thing that happened.
    pub fn next_step(&mut self) -> Option<Step> {
        self.out.next()
    }

    /// True if nothing more is wanted: the answer ended, well or badly.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.out.is_over()
    }

    pub(super) fn has_failed(&self) -> bool {
        self.out.has_failed()
    }

    pub(super) fn has_finish_reason(&self) -> bool {
        self.out.has_reason()
    }

    /// What the source understood about training, told outside the body.
    pub(super) fn echo(&mut self, allowed: bool) {
        self.out.echo(allowed);
    }

    /// Takes the next bytes, cut anywhere.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.is_over() {
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
        let fits = match &mut self.form {
            Form::Unknown => true,
            Form::Document(document) => {
                let fits = document.len().saturating_add(bytes.len()) <= DOCUMENT_LIMIT;
                if fits {
                    document.extend_from_slice(bytes);
                }
                fits
            }
            Form::Events(decoder) => decoder.push(bytes).is_ok(),
            Form::Lines(decoder) => decoder.push(bytes).is_ok(),
        };
        self.take_frames();
        if !fits {
            self.out.fail_with(ProviderError::TooLarge);
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
        Some(match (rest.first(), self.framing) {
            _ if self.html => Form::Document(Vec::new()),
            (Some(b'<' | b'['), _) | (Some(b'{'), Framing::Events) => Form::Document(Vec::new()),
            (Some(b'{'), Framing::Lines) => Form::Lines(LineDecoder::new()),
            _ => Form::Events(SseDecoder::new()),
        })
    }

    /// The bytes ended, properly as far as the connection goes.
    pub fn finish(&mut self) {
        if self.is_over() {
            return;
        }
        let fits = match &mut self.form {
            Form::Unknown => true,
            Form::Document(document) => {
                let document = std::mem::take(document);
                return self.read_document(&document);
            }
            Form::Events(decoder) => decoder.finish().is_ok(),
            Form::Lines(decoder) => {
                decoder.finish();
                true
            }
        };
        self.take_frames();
        if !fits {
            return self.out.fail_with(ProviderError::TooLarge);
        }
        if !self.is_over() {
            self.close(false);
        }
    }

    /// The bytes ended with an error of the connection. If the answer had already said that it
    /// was complete, it is.
    pub fn break_off(&mut self, error: ProviderError) {
        if self.is_over() {
            return;
        }
        if self.out.has_reason() {
            return self.close(false);
        }
        self.out.fail_with(error);
    }

    fn take_frames(&mut self) {
        while !self.is_over() {
            let (event, data) = match &mut self.form {
                Form::Events(decoder) => match decoder.next_event() {
                    Some(event) => (event.event, event.data),
                    None => return,
                },
                Form::Lines(decoder) => match decoder.next_line() {
                    Some(line) => (String::new(), line),
                    None => return,
                },
                Form::Unknown | Form::Document(_) => return,
            };
            self.read_data(&event, data.trim());
        }
    }

    fn read_data(&mut self, event: &str, data: &str) {
        if data.is_empty() {
            return;
        }
        if data.starts_with("[DONE]") {
            return self.close(true);
        }
        match serde_json::from_str::<Value>(data) {
            Ok(json) if json.is_object() => self.read_frame(event, &json),
            _ if event == "error" => self.out.fail(&RemoteError {
                message: data.to_owned(),
                ..RemoteError::default()
            }),
            _ => self.out.skip(),
        }
    }

    fn read_frame(&mut self, event: &str, json: &Value) {
        self.frames = self.frames.saturating_add(1);
        if let Some(error) = RemoteError::from_frame(json) {
            return self.out.fail(&error);
        }
        self.reader.frame(event, json, &mut self.out);
        if self.out.has_ended() && !self.is_over() {
            self.close(true);
        }
    }

    fn read_document(&mut self, document: &[u8]) {
        let text = String::from_utf8_lossy(document);
        let json = match serde_json::from_str::<Value>(text.trim_start_matches('\u{FEFF}')) {
            Ok(json) if !self.html => json,
            _ => return self.out.fail_as_unexpected(&text),
        };
        if !self.reader.is_answer(&json) {
            return match RemoteError::from_document(&json) {
                Some(error) => self.out.fail(&error),
                None => self
                    .out
                    .fail_with(instead("It sent a document that is no answer.")),
            };
        }
        self.frames = 1;
        match RemoteError::from_frame(&json) {
            Some(error) => self.out.fail(&error),
            None => self.reader.document(&json, &mut self.out),
        }
        if !self.is_over() {
            self.close(true);
        }
    }

    /// The end. `stated` is true if the source said so by `[DONE]` or by closing a document.
    fn close(&mut self, stated: bool) {
        if self.frames > 0 {
            if stated || self.out.has_reason() {
                self.reader.end(&mut self.out);
            }
            return self.out.close(stated);
        }
        self.out.fail_with(if self.out.skipped() > 0 {
            instead("It sent a stream of something else.")
        } else {
            ProviderError::Interrupted {
                how: "The source closed the connection without a word.",
            }
        });
    }
}
