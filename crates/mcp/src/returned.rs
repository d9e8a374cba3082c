//! What a tool returned: words and files, in its order and within bounds. What a file is nobody
//! has looked at yet: the media type is what the server says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};

use crate::client::cut;

/// Of the words of a result together.
const LONGEST_RESULT: usize = 1 << 20;
/// Pieces of a result; the rest is counted.
pub(crate) const MOST_PIECES: usize = 500;
/// Files of a result.
pub const MOST_FILES: usize = 20;
/// Bytes of the files of a result together.
pub const LARGEST_FILES: usize = 20 << 20;
/// Of an address of a resource, in what is told of it.
pub(crate) const LONGEST_ADDRESS: usize = 2 << 10;

/// What a tool returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallResult {
    /// In its order.
    pub pieces: Vec<Piece>,
    /// Whether the tool says it failed.
    pub is_error: bool,
}

impl CallResult {
    /// Its words, without the files.
    #[must_use]
    pub fn words(&self) -> String {
        let words = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Words(text) => Some(text.as_str()),
            Piece::File(_) | Piece::LeftOut { .. } => None,
        });
        words.collect::<Vec<_>>().join("\n")
    }
}

/// A piece of a result, or of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Words(String),
    /// A file.
    File(ReturnedFile),
    /// Something that is not given on.
    LeftOut {
        /// What it was said to be.
        media_type: String,
        /// Why.
        why: LeftOut,
    },
}

/// Why something of a result is not given on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// It cannot be read as Base64.
    Unreadable,
    /// There are more than [`MOST_FILES`] files.
    TooMany,
    /// The files are together larger than [`LARGEST_FILES`].
    TooLarge,
    /// So many pieces of a result follow that nobody looks through.
    Rest {
        /// How many.
        count: usize,
    },
}

/// A file as a server returned it.
#[derive(Clone, PartialEq, Eq)]
pub struct ReturnedFile {
    /// The end of its address; empty where it has none.
    pub name: String,
    /// What the server says it is.
    pub media_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for ReturnedFile {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = self.bytes.len();
        write!(out, "{} ({}, {bytes} bytes)", self.name, self.media_type)
    }
}

/// Gathers pieces within the bounds.
#[derive(Default)]
pub(crate) struct Gathered {
    pieces: Vec<Piece>,
    words: usize,
    files: usize,
    bytes: usize,
}

impl Gathered {
    /// What was gathered since this was asked last. The bounds hold for all of it together.
    pub(crate) fn take(&mut self) -> Vec<Piece> {
        std::mem::take(&mut self.pieces)
    }

    fn words(&mut self, text: &str) {
        let text = cut(text, LONGEST_RESULT.saturating_sub(self.words));
        self.words += text.len();
        self.pieces.push(Piece::Words(text));
    }

    pub(crate) fn left_out(&mut self, media_type: &str, why: LeftOut) {
        let media_type = plain(media_type);
        self.pieces.push(Piece::LeftOut { media_type, why });
    }

    fn file(&mut self, name: String, media_type: &str, base64: &str) {
        // Before anything is decoded.
        let bytes = base64.len() / 4 * 3;
        if self.bytes + bytes > LARGEST_FILES {
            return self.left_out(media_type, LeftOut::TooLarge);
        }
        match STANDARD.decode(base64.trim()) {
            Ok(bytes) if !bytes.is_empty() => self.keep(name, media_type, bytes),
            _ => self.left_out(media_type, LeftOut::Unreadable),
        }
    }

    fn keep(&mut self, name: String, media_type: &str, bytes: Vec<u8>) {
        if self.files >= MOST_FILES {
            return self.left_out(media_type, LeftOut::TooMany);
        }
        if self.bytes + bytes.len() > LARGEST_FILES {
            return self.left_out(media_type, LeftOut::TooLarge);
        }
        self.files += 1;
        self.bytes += bytes.len();
        self.pieces.push(Piece::File(ReturnedFile {
            name,
            media_type: plain(media_type),
            bytes,
        }));
    }

    pub(crate) fn resource(&mut self, contents: &ResourceContents) {
        match contents {
            ResourceContents::TextResourceContents {
                uri,
                mime_type,
                text,
                ..
            } => {
                let media_type = mime_type.as_deref().unwrap_or("text/plain");
                if !text.is_empty() {
                    self.keep(name_of(uri), media_type, text.clone().into_bytes());
                }
            }
            ResourceContents::BlobResourceContents {
                uri,
                mime_type,
                blob,
                ..
            } => {
                let media_type = mime_type.as_deref().unwrap_or("application/octet-stream");
                self.file(name_of(uri), media_type, blob);
            }
            _ => self.left_out("", LeftOut::Unreadable),
        }
    }

    fn blocks<'b>(&mut self, mut blocks: impl ExactSizeIterator<Item = &'b ContentBlock>) {
        for block in blocks.by_ref().take(MOST_PIECES) {
            self.block(block);
        }
        let count = blocks.len();
        if count > 0 {
            self.left_out("", LeftOut::Rest { count });
        }
    }

    pub(crate) fn block(&mut self, block: &ContentBlock) {
        match block {
            ContentBlock::Text(text) => self.words(&text.text),
            ContentBlock::Image(it) => self.file(String::new(), &it.mime_type, &it.data),
            ContentBlock::Audio(it) => self.file(String::new(), &it.mime_type, &it.data),
            ContentBlock::Resource(it) => self.resource(&it.resource),
            ContentBlock::ResourceLink(link) => {
                let name = link.title.as_deref().unwrap_or(&link.name);
                let mut text = format!("[A resource of the server: {name}, ");
                text.push_str(&cut(&link.uri, LONGEST_ADDRESS));
                if let Some(media_type) = &link.mime_type {
                    text.push_str(", ");
                    text.push_str(&plain(media_type));
                }
                text.push(']');
                if let Some(description) = &link.description {
                    text.push(' ');
                    text.push_str(description);
                }
                self.words(&text);
            }
            other => self.words(&serde_json::to_string(other).unwrap_or_default()),
        }
    }
}

pub(crate) fn returned(result: CallToolResult) -> CallResult {
    let mut gathered = Gathered::default();
    gathered.blocks(result.content.iter());
    if result.content.is_empty()
        && let Some(value) = &result.structured_content
    {
        gathered.words(&value.to_string());
    }
    CallResult {
        pieces: gathered.take(),
        is_error: result.is_error.unwrap_or(false),
    }
}

/// A media type without anything else.
pub(crate) fn plain(media_type: &str) -> String {
    let bare = media_type.split(';').next().unwrap_or_default().trim();
    let of_one = |c: &char| c.is_ascii_alphanumeric() || "/+.-_".contains(*c);
    bare.chars().filter(of_one).take(80).collect()
}

/// The end of an address, which is what a file is called.
fn name_of(uri: &str) -> String {
    let path = uri.split(['?', '#']).next().unwrap_or_default();
    let last = path.trim_end_matches('/').rsplit('/').next();
    let last = last.unwrap_or_default();
    cut(
        &percent_decode_str(last).decode_utf8_lossy(),
        LONGEST_ADDRESS,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(content: serde_json::Value) -> CallResult {
        returned(serde_json::from_value(json!({"content": content})).unwrap())
    }

    #[test]
    fn words_and_files_keep_their_order() {
        let result = of(json!([
            {"type": "text", "text": "one"},
            {"type": "image", "data": "AAEC", "mimeType": "image/png; x=1"},
            {"type": "resource", "resource": {"uri": "file:///a/b%20c.txt?x", "text": "words"}},
            {"type": "resource", "resource": {"uri": "x://y/z.pdf", "blob": "AA==", "mimeType": "application/pdf"}},
            {"type": "audio", "data": "not base64!", "mimeType": "audio/wav"},
            {"type": "resource_link", "uri": "file:///plan.md", "name": "plan"},
        ]));
        let file = |name: &str, media_type: &str, bytes: &[u8]| {
            Piece::File(ReturnedFile {
                name: name.to_owned(),
                media_type: media_type.to_owned(),
                bytes: bytes.to_vec(),
            })
        };
        assert_eq!(
            result.pieces,
            [
                Piece::Words("one".to_owned()),
                file("", "image/png", &[0, 1, 2]),
                file("b c.txt", "text/plain", b"words"),
                file("z.pdf", "application/pdf", &[0]),
                Piece::LeftOut {
                    media_type: "audio/wav".to_owned(),
                    why: LeftOut::Unreadable
                },
                Piece::Words("[A resource of the server: plan, file:///plan.md]".to_owned()),
            ]
        );
    }

    #[test]
    fn there_is_an_end_to_files_and_pieces() {
        let picture = json!({"type": "image", "data": "AAEC", "mimeType": "image/png"});
        let result = of(json!(vec![picture; 10_000]));
        let files = |it: &&Piece| matches!(it, Piece::File(_));
        assert_eq!(result.pieces.iter().filter(files).count(), MOST_FILES);
        assert_eq!(result.pieces.len(), MOST_PIECES + 1);
        let last = result.pieces.last();
        let rest = LeftOut::Rest { count: 9_500 };
        assert!(matches!(last, Some(Piece::LeftOut { why, .. }) if *why == rest));

        let large = "A".repeat((LARGEST_FILES / 3 + 10) * 4);
        let result = of(json!([{"type": "image", "data": large, "mimeType": "image/png"}]));
        let too_large = Piece::LeftOut {
            media_type: "image/png".to_owned(),
            why: LeftOut::TooLarge,
        };
        assert_eq!(result.pieces, [too_large]);
    }

    #[test]
    fn a_name_is_the_end_of_an_address() {
        for (uri, name) in [
            ("file:///etc/passwd", "passwd"),
            ("x://a/..%2f..%2Fb", "../../b"),
            ("demo://resource/1/", "1"),
            ("%", "%"),
            ("", ""),
        ] {
            assert_eq!(name_of(uri), name, "{uri}");
        }
    }
}
