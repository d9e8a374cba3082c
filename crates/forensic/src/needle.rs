use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Something that must not be found, in one of the forms it may have taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Needle {
    /// Which form: `whole`, `last 6`, `utf-16le`, …
    pub form: &'static str,
    /// The canary it comes from.
    pub canary: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Every form of a canary that a copy, an index or an encoding may have left.
///
/// The search index stores terms without the beginning they share with the term before, hence the
/// endings; it stores Han as pairs of characters, hence the pairs.
#[must_use]
pub fn needles(canary: &str) -> Vec<Needle> {
    let chars: Vec<char> = canary.chars().collect();
    let last =
        |count: usize| -> String { chars[chars.len().saturating_sub(count)..].iter().collect() };
    let mut forms: Vec<(&'static str, Vec<u8>)> = vec![
        ("whole", canary.into()),
        ("last 12", last(12).into()),
        ("last 6", last(6).into()),
        ("upper case", canary.to_uppercase().into()),
        ("percent-encoded", percent_encoded(canary).into()),
        ("json-escaped", json_escaped(canary).into()),
        (
            "utf-16le",
            canary.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        (
            "utf-16be",
            canary.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ),
    ];
    for shift in 0..3 {
        forms.push(("base64", base64_inner(&STANDARD_NO_PAD, canary, shift)));
        forms.push(("base64url", base64_inner(&URL_SAFE_NO_PAD, canary, shift)));
    }
    if chars.iter().all(|c| ('\u{4e00}'..='\u{9fff}').contains(c)) {
        for pair in chars.windows(2) {
            forms.push(("pair", pair.iter().collect::<String>().into()));
        }
    }
    let mut needles: Vec<Needle> = forms
        .into_iter()
        .filter(|(_, bytes)| bytes.len() >= 6)
        .map(|(form, bytes)| Needle {
            form,
            canary: canary.to_owned(),
            bytes,
        })
        .collect();
    needles.sort_by(|a, b| a.bytes.cmp(&b.bytes));
    needles.dedup_by(|a, b| a.bytes == b.bytes);
    needles
}

/// The needles of several canaries.
#[must_use]
pub fn all_needles<S: AsRef<str>>(canaries: &[S]) -> Vec<Needle> {
    canaries
        .iter()
        .flat_map(|canary| needles(canary.as_ref()))
        .collect()
}

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn json_escaped(text: &str) -> String {
    text.encode_utf16()
        .map(|unit| format!("\\u{unit:04x}"))
        .collect()
}

/// The characters of the encoding that do not depend on what stands before and after.
fn base64_inner(engine: &impl Engine, text: &str, shift: usize) -> Vec<u8> {
    let mut bytes = vec![0; shift];
    bytes.extend_from_slice(text.as_bytes());
    let encoded = engine.encode(&bytes);
    let skip = if shift == 0 { 0 } else { shift + 1 };
    let keep = encoded.len() - usize::from(!bytes.len().is_multiple_of(3));
    encoded.as_bytes()[skip..keep].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scanner;

    const CANARY: &str = "qwertyuiopasdfghjklzxcvb";

    #[test]
    fn every_alignment_of_base64_is_found() {
        let needles = needles(CANARY);
        let scanner = Scanner::new(&needles).unwrap();
        for before in ["", "a", "ab", "abc"] {
            let encoded = STANDARD_NO_PAD.encode(format!("{before}{CANARY}tail"));
            let hits = scanner.bytes("memory", encoded.as_bytes());
            assert!(
                hits.iter().any(|hit| hit.needle.form.starts_with("base64")),
                "found behind “{before}”"
            );
        }
    }

    #[test]
    fn wide_and_escaped_forms_are_found() {
        let needles = needles(CANARY);
        let scanner = Scanner::new(&needles).unwrap();
        let wide: Vec<u8> = CANARY.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(!scanner.bytes("memory", &wide).is_empty());
        let escaped = json_escaped(CANARY);
        assert!(!scanner.bytes("memory", escaped.as_bytes()).is_empty());
        assert!(scanner.bytes("memory", b"nothing of it").is_empty());
    }
}
