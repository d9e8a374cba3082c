//! Addresses written bare in running text (the GFM autolink extension, web addresses only).

/// A bare address in a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BareLink {
    /// Byte range in the text.
    pub(crate) range: std::ops::Range<usize>,
    /// The destination; `www.` gets a scheme.
    pub(crate) destination: String,
}

/// Finds the first bare address at or after `from`.
pub(crate) fn next_link(text: &str, from: usize) -> Option<BareLink> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(found) = memchr_any(&bytes[at..]) {
        let start = at + found;
        at = start + 1;
        let Some(prefix) = prefix_len(&bytes[start..]) else {
            continue;
        };
        if start > 0 && !opens_after(text[..start].chars().next_back()) {
            continue;
        }
        let end = trim_end(text, start + prefix, word_end(text, start + prefix));
        let host_end = text[start + prefix..end]
            .find(['/', '?', '#'])
            .map_or(end, |i| start + prefix + i);
        if host_is_likely(&text[start + prefix..host_end]) {
            let address = &text[start..end];
            let destination = if prefix == 4 {
                format!("https://{address}")
            } else {
                address.to_owned()
            };
            return Some(BareLink {
                range: start..end,
                destination,
            });
        }
        at = end.max(at);
    }
    None
}

fn memchr_any(bytes: &[u8]) -> Option<usize> {
    bytes
        .iter()
        .position(|b| matches!(b, b'h' | b'H' | b'w' | b'W'))
}

/// The length of `https://`, `http://` or `www.` at the start.
fn prefix_len(bytes: &[u8]) -> Option<usize> {
    ["https://", "http://", "www."].iter().find_map(|prefix| {
        let head = bytes.get(..prefix.len())?;
        head.eq_ignore_ascii_case(prefix.as_bytes())
            .then_some(prefix.len())
    })
}

fn opens_after(previous: Option<char>) -> bool {
    previous.is_none_or(|c| !c.is_ascii_alphanumeric() && !matches!(c, '/' | '.' | '@' | ':' | '-'))
}

fn word_end(text: &str, from: usize) -> usize {
    text[from..]
        .find(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`' | '|')
            // Chinese and Japanese sentences go on without a space.
                || matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}')
        })
        .map_or(text.len(), |i| from + i)
}

/// Sentence punctuation and an unbalanced closing bracket do not belong to the address.
fn trim_end(text: &str, min: usize, mut end: usize) -> usize {
    let address = &text[min..end];
    let mut surplus = address.matches(')').count() as isize - address.matches('(').count() as isize;
    while let Some(last) = text[min..end].chars().next_back() {
        match last {
            '?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | ']' | '}' => {}
            ')' if surplus > 0 => surplus -= 1,
            _ => break,
        }
        end -= last.len_utf8();
    }
    end
}

fn host_is_likely(host: &str) -> bool {
    let host = host.split(':').next().unwrap_or_default();
    host == "localhost"
        || (host.contains('.')
            && !host.starts_with('.')
            && host
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_addresses_are_found_without_their_surroundings() {
        let table = [
            ("see https://a.example/x.", Some("https://a.example/x")),
            ("(https://a.example/x)", Some("https://a.example/x")),
            ("https://a.example/x_(y)", Some("https://a.example/x_(y)")),
            ("www.example.com, and", Some("https://www.example.com")),
            ("见https://a.example/x。好", Some("https://a.example/x")),
            ("xhttps://a.example", None),
            ("https://", None),
            ("https://x", None),
            ("http://localhost:3000/a", Some("http://localhost:3000/a")),
            ("javascript:alert(1)", None),
        ];
        for (text, expected) in table {
            let found = next_link(text, 0).map(|l| l.destination);
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
