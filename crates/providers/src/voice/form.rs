//! A form with a file (RFC 7578). Our own, because the bytes have to be there before the door counts
//! them, and because what the door sends is all that is written.

use bytes::{Bytes, BytesMut};
use fluxchat_egress::Payload;

pub(super) struct Form {
    boundary: String,
    bytes: BytesMut,
}

impl Form {
    /// An empty one whose parts are divided by a line that is nowhere in `content`.
    pub(super) fn new(content: &[u8]) -> Self {
        let boundary = (0_u32..)
            .map(|n| format!("fluxchat-form-{n}"))
            .find(|line| !contains(content, line.as_bytes()))
            .unwrap_or_default();
        Self {
            boundary,
            bytes: BytesMut::new(),
        }
    }

    pub(super) fn field(&mut self, name: &str, value: &str) {
        self.begin(&format!("name=\"{name}\""), None);
        // A line of its own would end the part.
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        self.bytes.extend_from_slice(value.as_bytes());
        self.bytes.extend_from_slice(b"\r\n");
    }

    pub(super) fn file(&mut self, name: &str, file: &str, media_type: &str, bytes: &[u8]) {
        self.begin(
            &format!("name=\"{name}\"; filename=\"{file}\""),
            Some(media_type),
        );
        self.bytes.extend_from_slice(bytes);
        self.bytes.extend_from_slice(b"\r\n");
    }

    fn begin(&mut self, disposition: &str, media_type: Option<&str>) {
        let mut head = format!(
            "--{}\r\nContent-Disposition: form-data; {disposition}\r\n",
            self.boundary
        );
        if let Some(media_type) = media_type {
            head.push_str(&format!("Content-Type: {media_type}\r\n"));
        }
        head.push_str("\r\n");
        self.bytes.extend_from_slice(head.as_bytes());
    }

    pub(super) fn finish(mut self) -> Payload {
        self.bytes
            .extend_from_slice(format!("--{}--\r\n", self.boundary).as_bytes());
        Payload::Form {
            boundary: self.boundary,
            bytes: Bytes::from(self.bytes),
        }
    }
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_cannot_end_its_part() {
        let content = b"RIFF\r\n--fluxchat-form-0--\r\n";
        let mut form = Form::new(content);
        form.field("model", "m\r\n--x");
        form.file("file", "recording.wav", "audio/wav", content);
        let Payload::Form { boundary, bytes } = form.finish() else {
            panic!("a form");
        };
        assert_eq!(boundary, "fluxchat-form-1");
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!(text.matches("--fluxchat-form-1").count(), 3);
        assert!(text.contains("\r\n\r\nm--x\r\n"), "{text}");
        assert!(text.ends_with("--fluxchat-form-1--\r\n"));
    }
}
