//! The `Range` header (RFC 9110, section 14), as far as players use it: one range of bytes.

use tauri::http::HeaderValue;

/// Some bytes of a file; never empty and never beyond its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: u64,
    pub len: u64,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// The file.
    Whole,
    /// A part of it.
    Part(Span),
    /// Nothing the file has, or nothing that is understood.
    Unsatisfiable,
}

/// Reads the header for a file of `size` bytes.
pub fn wanted(header: Option<&HeaderValue>, size: u64) -> Range {
    let Some(header) = header else {
        return Range::Whole;
    };
    let span = header.to_str().ok().and_then(|text| span(text, size));
    span.map_or(Range::Unsatisfiable, Range::Part)
}

fn span(text: &str, size: u64) -> Option<Span> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let (start, end) = if first.is_empty() {
        (size.saturating_sub(number(last)?), size)
    } else if last.is_empty() {
        (number(first)?, size)
    } else {
        (number(first)?, number(last)?.saturating_add(1).min(size))
    };
    let len = end.checked_sub(start).filter(|len| *len > 0)?;
    Some(Span { start, len })
}

fn number(text: &str) -> Option<u64> {
    // `parse` alone would take a plus sign.
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::{Range, Span, wanted};
    use tauri::http::HeaderValue;

    fn check(header: &str, expected: Range) {
        let value = HeaderValue::from_str(header).unwrap();
        assert_eq!(wanted(Some(&value), 100), expected, "{header} of 100 bytes");
    }

    #[test]
    fn one_range_is_understood() {
        let part = |start, len| Range::Part(Span { start, len });
        assert_eq!(
            wanted(None, 100),
            Range::Whole,
            "no header means everything"
        );
        check("bytes=0-", part(0, 100));
        check("bytes=0-0", part(0, 1));
        check("bytes=90-1000", part(90, 10));
        check("bytes=-5", part(95, 5));
        check("bytes=-500", part(0, 100));
        check("bytes=10-18446744073709551615", part(10, 90));
    }

    #[test]
    fn everything_else_is_refused() {
        for header in [
            "bytes=100-",
            "bytes=5-4",
            "bytes=-0",
            "bytes=-",
            "bytes=+1-2",
            "bytes=0-1,5-6",
            "bytes=99999999999999999999-",
            "items=0-1",
            "",
        ] {
            check(header, Range::Unsatisfiable);
        }
    }
}
