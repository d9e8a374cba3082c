//! One JSON document per line, as Ollama streams.

/// The longest line, in bytes.
pub const LINE_LIMIT: usize = crate::sse::LINE_LIMIT;

/// Bytes in, lines out: blank ones are skipped, a last one needs no line feed.
#[derive(Debug, Default)]
pub struct LineDecoder {
    held: Vec<u8>,
    ready: std::collections::VecDeque<String>,
}

/// A line is longer than [`LINE_LIMIT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a line of the stream is longer than {LINE_LIMIT} bytes")]
pub struct LineTooLong;

impl LineTooLong {
    /// A stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        "remote_too_large"
    }
}

impl LineDecoder {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes, cut anywhere.
    ///
    /// # Errors
    /// When a line grows too long.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), LineTooLong> {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            self.hold(&bytes[..end])?;
            self.finish();
            bytes = &bytes[end + 1..];
        }
        self.hold(bytes)
    }

    /// The end of the stream.
    pub fn finish(&mut self) {
        let line = String::from_utf8_lossy(&self.held);
        let line = line.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
        if !line.is_empty() {
            self.ready.push_back(line.to_owned());
        }
        self.held.clear();
    }

    /// The next line.
    pub fn next_line(&mut self) -> Option<String> {
        self.ready.pop_front()
    }

    fn hold(&mut self, bytes: &[u8]) -> Result<(), LineTooLong> {
        if self.held.len().saturating_add(bytes.len()) > LINE_LIMIT {
            self.held = Vec::new();
            return Err(LineTooLong);
        }
        self.held.extend_from_slice(bytes);
        Ok(())
    }
}
