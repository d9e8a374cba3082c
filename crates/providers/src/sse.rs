//! Server-sent events, decoded from bytes as they arrive (WHATWG HTML, section 9.2).
//!
//! Ours, because neither `sse-stream` 0.3 nor `eventsource-stream` 0.2 dispatches a last event
//! without its blank line, and neither limits the length of a line; the comparison is in
//! `docs/adr/0001-sse-framing.md`. Lines are cut at bytes and only whole lines are decoded, so a
//! code point split across chunks needs no care.

use std::collections::VecDeque;

/// The longest line, and the most data of one event, in bytes.
pub const LINE_LIMIT: usize = 8 << 20;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SseEvent {
    /// The `event:` field; empty where there was none.
    pub event: String,
    /// The `data:` lines, joined by line feeds.
    pub data: String,
}

/// The stream cannot be an event stream one wants to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SseError {
    /// A line or an event is longer than [`LINE_LIMIT`].
    #[error("an event of the stream is longer than {LINE_LIMIT} bytes")]
    TooLong,
}

impl SseError {
    /// A stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        "remote_too_large"
    }
}

/// Bytes in, events out.
#[derive(Debug, Default)]
pub struct SseDecoder {
    line: Vec<u8>,
    /// The last chunk ended with CR; a LF at the start of the next belongs to it.
    after_cr: bool,
    /// The first line, which may begin with a byte order mark, is behind.
    started: bool,
    event: String,
    data: Option<String>,
    ready: VecDeque<SseEvent>,
}

impl SseDecoder {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes, cut anywhere.
    ///
    /// # Errors
    /// When a line or an event grows too long. Nothing after that is meaningful; events that
    /// were complete can still be taken.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), SseError> {
        while !bytes.is_empty() {
            if std::mem::take(&mut self.after_cr)
                && let Some(rest) = bytes.strip_prefix(b"\n")
            {
                bytes = rest;
                continue;
            }
            let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
                return self.hold(bytes);
            };
            self.hold(&bytes[..end])?;
            self.after_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            self.end_line()?;
        }
        Ok(())
    }

    /// The end of the stream: what was begun counts, though neither its line nor its blank line
    /// ended. Anthropic's own recordings end so.
    ///
    /// # Errors
    /// When the last event is too long.
    pub fn finish(&mut self) -> Result<(), SseError> {
        if !self.line.is_empty() {
            self.end_line()?;
        }
        self.dispatch();
        Ok(())
    }

    /// The next complete event.
    pub fn next_event(&mut self) -> Option<SseEvent> {
        self.ready.pop_front()
    }

    fn hold(&mut self, bytes: &[u8]) -> Result<(), SseError> {
        if self.line.len().saturating_add(bytes.len()) > LINE_LIMIT {
            self.line = Vec::new();
            return Err(SseError::TooLong);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), SseError> {
        let mut line = std::mem::take(&mut self.line);
        let result = self.read_line(&line);
        line.clear();
        self.line = line;
        result
    }

    fn read_line(&mut self, mut line: &[u8]) -> Result<(), SseError> {
        if !std::mem::replace(&mut self.started, true) {
            line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        }
        if line.is_empty() {
            self.dispatch();
            return Ok(());
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let (name, value) = match colon {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &b""[..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" => {
                let value = String::from_utf8_lossy(value);
                match &mut self.data {
                    Some(data) => {
                        if data.len().saturating_add(value.len()) >= LINE_LIMIT {
                            return Err(SseError::TooLong);
                        }
                        data.push('\n');
                        data.push_str(&value);
                    }
                    none => *none = Some(value.into_owned()),
                }
            }
            b"event" => self.event = String::from_utf8_lossy(value).into_owned(),
            // Comments have an empty name; `id` and `retry` serve reconnecting, which a paid answer never does.
            _ => {}
        }
        Ok(())
    }

    fn dispatch(&mut self) {
        let event = std::mem::take(&mut self.event);
        if let Some(data) = self.data.take() {
            self.ready.push_back(SseEvent { event, data });
        }
    }
}

/// All events of a whole body; for tests and small bodies.
///
/// # Errors
/// When a line or an event is too long.
pub fn decode(bytes: &[u8]) -> Result<Vec<SseEvent>, SseError> {
    let mut decoder = SseDecoder::new();
    decoder.push(bytes)?;
    decoder.finish()?;
    Ok(std::iter::from_fn(|| decoder.next_event()).collect())
}

/// The promise of the decoder, for any bytes: however they are cut, the same events come out.
/// The first byte chooses the cuts. True if the promise holds.
#[must_use]
pub fn fuzz_sse(data: &[u8]) -> bool {
    let Some((seed, bytes)) = data.split_first() else {
        return true;
    };
    let mut decoder = SseDecoder::new();
    let (mut rest, mut state) = (bytes, u32::from(*seed) + 1);
    let mut cut = Ok(());
    while !rest.is_empty() && cut.is_ok() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (now, later) = rest.split_at(((state >> 24) as usize % 7 + 1).min(rest.len()));
        cut = decoder.push(now);
        rest = later;
    }
    let cut = cut.and_then(|()| decoder.finish());
    let events: Vec<_> = std::iter::from_fn(|| decoder.next_event()).collect();
    decode(bytes) == cut.map(|()| events)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(bytes: &[u8]) -> Vec<String> {
        decode(bytes)
            .unwrap()
            .into_iter()
            .map(|it| it.data)
            .collect()
    }

    #[test]
    fn every_line_end_and_every_oddity() {
        for (bytes, want) in [
            (&b"data: a\n\ndata: b\n\n"[..], vec!["a", "b"]),
            (b"data: a\r\n\r\ndata: b\r\n\r\n", vec!["a", "b"]),
            (b"data: a\r\rdata: b\r\r", vec!["a", "b"]),
            (b"data: a\r\n\ndata: b\n\r\n", vec!["a", "b"]),
            (b"\xEF\xBB\xBFdata: a\n\n", vec!["a"]),
            (b"data:a\n\n", vec!["a"]),
            (b"data:  a\n\n", vec![" a"]),
            (b"data: a\ndata: b\ndata\n\n", vec!["a\nb\n"]),
            (b": OPENROUTER PROCESSING\n\n:\n\ndata: a\n\n", vec!["a"]),
            (b"id: 7\nretry: 9\nfoo: bar\nfoo\ndata: a\n\n", vec!["a"]),
            (b"data: a", vec!["a"]),
            (b"data: a\n", vec!["a"]),
            (b"data: a\n\ndata: [DONE]", vec!["a", "[DONE]"]),
            (b"\n\n\n", vec![]),
            (b"event: ping\n\n", vec![]),
            (b"data:\n\n", vec![""]),
            ("data: é🎉\n\n".as_bytes(), vec!["é🎉"]),
            (b"data: \xFF\n\n", vec!["\u{FFFD}"]),
        ] {
            assert_eq!(data(bytes), want, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn the_event_field_belongs_to_its_event() {
        let events = decode(b"event: a\ndata: 1\n\ndata: 2\n\nevent: b\n\ndata: 3\n\n").unwrap();
        let names: Vec<_> = events.iter().map(|it| it.event.as_str()).collect();
        assert_eq!(names, ["a", "", ""]);
    }

    #[test]
    fn a_line_without_end_is_refused_before_it_fills_the_memory() {
        let mut decoder = SseDecoder::new();
        let megabyte = vec![b'x'; 1 << 20];
        let mut pushed = 0;
        let error = loop {
            match decoder.push(&megabyte) {
                Ok(()) => pushed += 1,
                Err(error) => break error,
            }
            assert!(pushed < 1024, "a line of one gigabyte was swallowed");
        };
        assert_eq!(error, SseError::TooLong);
        assert!(decoder.line.capacity() <= LINE_LIMIT);
        let mut many = SseDecoder::new();
        let line = [b"data: ".as_slice(), &megabyte, b"\n"].concat();
        assert!(
            (0..16).any(|_| many.push(&line).is_err()),
            "many lines add up"
        );
    }
}
