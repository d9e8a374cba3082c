//! What a file is: by its content, and for texts by its name.

pub use fluxchat_model::AttachmentKind as Kind;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detected {
    /// How it is read.
    pub kind: Kind,
    /// Its media type.
    pub media_type: &'static str,
}

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
const ODT: &str = "application/vnd.oasis.opendocument.text";
const ODS: &str = "application/vnd.oasis.opendocument.spreadsheet";
const ODP: &str = "application/vnd.oasis.opendocument.presentation";
const XLS: &str = "application/vnd.ms-excel";
const EPUB: &str = "application/epub+zip";

const KNOWN: &[(&str, Kind)] = &[
    ("image/png", Kind::Picture),
    ("image/jpeg", Kind::Picture),
    ("image/gif", Kind::Picture),
    ("image/webp", Kind::Picture),
    ("image/bmp", Kind::Picture),
    ("image/tiff", Kind::Picture),
    ("application/pdf", Kind::Pdf),
    (DOCX, Kind::Document),
    (ODT, Kind::Document),
    (EPUB, Kind::Document),
    ("application/rtf", Kind::Document),
    (XLSX, Kind::Sheet),
    (ODS, Kind::Sheet),
    (XLS, Kind::Sheet),
    (PPTX, Kind::Slides),
    (ODP, Kind::Slides),
    ("audio/mpeg", Kind::Audio),
    ("audio/x-wav", Kind::Audio),
    ("audio/ogg", Kind::Audio),
    ("audio/x-flac", Kind::Audio),
    ("audio/m4a", Kind::Audio),
    ("audio/aac", Kind::Audio),
];

/// Containers whose content is told by the name.
const BY_NAME: &[(&str, &str, Kind)] = &[
    ("docx", DOCX, Kind::Document),
    ("odt", ODT, Kind::Document),
    ("xlsx", XLSX, Kind::Sheet),
    ("ods", ODS, Kind::Sheet),
    ("pptx", PPTX, Kind::Slides),
    ("odp", ODP, Kind::Slides),
    ("xls", XLS, Kind::Sheet),
    ("epub", EPUB, Kind::Document),
];

const TEXTS: &[(&str, &str)] = &[
    ("csv", "text/csv"),
    ("tsv", "text/tab-separated-values"),
    ("md", "text/markdown"),
    ("json", "application/json"),
    ("xml", "application/xml"),
    ("svg", "application/xml"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
    ("toml", "application/toml"),
];

/// How much is looked at to tell words from other bytes.
const LOOK: usize = 8 << 10;

/// What a file is; `None` if this app cannot do anything with it.
#[must_use]
pub fn detect(name: &str, bytes: &[u8]) -> Option<Detected> {
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())
        .unwrap_or_default();
    let found = infer::get(bytes).map(|found| found.mime_type());
    if let Some((media_type, kind)) = KNOWN.iter().find(|(known, _)| Some(*known) == found) {
        let (kind, media_type) = (*kind, *media_type);
        return Some(Detected { kind, media_type });
    }
    let is_container = bytes.starts_with(b"PK\x03\x04")
        || bytes.starts_with(b"\xD0\xCF\x11\xE0")
        || matches!(found, Some("application/zip"));
    if is_container {
        return BY_NAME.iter().find(|(known, ..)| *known == extension).map(
            |(_, media_type, kind)| Detected {
                kind: *kind,
                media_type,
            },
        );
    }
    // A PDF may have something before its first line.
    let start = &bytes[..bytes.len().min(1_024)];
    if start.windows(5).any(|at| at == b"%PDF-") {
        return Some(Detected {
            kind: Kind::Pdf,
            media_type: "application/pdf",
        });
    }
    if !is_words(bytes) {
        return None;
    }
    if matches!(extension.as_str(), "html" | "htm" | "xhtml") || found == Some("text/html") {
        return Some(Detected {
            kind: Kind::Html,
            media_type: "text/html",
        });
    }
    let media_type = TEXTS
        .iter()
        .find(|(known, _)| *known == extension)
        .map_or("text/plain", |(_, media_type)| media_type);
    Some(Detected {
        kind: Kind::Text,
        media_type,
    })
}

fn is_words(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return true;
    }
    let start = &bytes[..bytes.len().min(LOOK)];
    let strange = start
        .iter()
        .filter(|byte| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B))
        .count();
    !start.contains(&0) && strange * 50 <= start.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides_and_the_name_only_among_texts() {
        let kind = |name: &str, bytes: &[u8]| detect(name, bytes).map(|it| it.kind);
        assert_eq!(kind("a.txt", b"%PDF-1.7\n"), Some(Kind::Pdf));
        assert_eq!(kind("a.pdf", b"only words"), Some(Kind::Text));
        assert_eq!(
            kind("a.exe", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
            Some(Kind::Picture)
        );
        assert_eq!(kind("a.png", b"MZ\x90\0\x03\0\0\0"), None);
        assert_eq!(kind("a.docx", b"PK\x03\x04rest"), Some(Kind::Document));
        assert_eq!(kind("a.zip", b"PK\x03\x04rest"), None);
        assert_eq!(kind("a.epub", b"PK\x03\x04rest"), Some(Kind::Document));
        assert_eq!(kind("a.txt", b"{\\rtf1 words}"), Some(Kind::Document));
        assert_eq!(kind("a", b"BM\x46\0\0\0\0\0\0\0"), Some(Kind::Picture));
        assert_eq!(kind("a", b"II*\0\x08\0\0\0\0\0\0\0"), Some(Kind::Picture));
        assert_eq!(kind("a.htm", b"<p>hi"), Some(Kind::Html));
        assert_eq!(detect("a.csv", b"a;b").unwrap().media_type, "text/csv");
        assert_eq!(kind("a.rs", "fn grüße() {}".as_bytes()), Some(Kind::Text));
    }
}
