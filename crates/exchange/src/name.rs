//! Names of files inside a package. They come from titles and attachments, that is from anybody,
//! and are unpacked on systems with different ideas of what a name may be.

use std::collections::HashSet;

use fluxchat_model::AssetId;
use unicode_normalization::UnicodeNormalization as _;

const LONGEST_CHARS: usize = 80;
const LONGEST_BYTES: usize = 160;

/// Hands out names that are safe everywhere, and each only once: Windows and macOS take two names
/// that differ in case alone for the same.
#[derive(Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// A name for a conversation: its day, its title, `.md`.
    pub fn conversation(&mut self, day: &str, title: &str) -> String {
        let title = safe(title);
        let stem = match title.as_str() {
            "" => format!("{day} untitled"),
            title => format!("{day} {title}"),
        };
        let mut name = format!("{stem}.md");
        let mut number = 1_u32;
        while !self.0.insert(name.to_lowercase()) {
            number = number.saturating_add(1);
            name = format!("{stem} ({number}).md");
        }
        name
    }
}

/// Where an attachment is: its id, and the ending that its media type or its own name suggests.
#[must_use]
pub fn attachment_path(id: AssetId, media_type: &str, name: &str) -> String {
    let own = name.rsplit_once('.').map(|(_, ending)| ending);
    let ending = of_media_type(media_type)
        .or_else(|| own.filter(|ending| is_plain(ending)))
        .unwrap_or("bin");
    format!("media/{id}.{}", ending.to_ascii_lowercase())
}

/// Where the words that were found in a file are in a package: beside it.
#[must_use]
pub fn attachment_text_path(id: AssetId) -> String {
    format!("media/{id}.text.txt")
}

fn is_plain(ending: &str) -> bool {
    (1..=8).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn of_media_type(media_type: &str) -> Option<&'static str> {
    Some(match media_type {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/avif" => "avif",
        "image/svg+xml" => "svg",
        "audio/mpeg" => "mp3",
        "audio/ogg" => "ogg",
        "audio/wav" | "audio/x-wav" => "wav",
        "video/mp4" => "mp4",
        "video/webm" => "webm",
        "application/pdf" => "pdf",
        "application/json" => "json",
        "text/plain" => "txt",
        "text/markdown" => "md",
        "text/csv" => "csv",
        _ => return None,
    })
}

/// A title as a part of a file name: no separators, no control or direction characters, nothing
/// Windows refuses, not too long.
fn safe(title: &str) -> String {
    let mut out = String::new();
    for c in title.nfc() {
        let c = match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
            c if c.is_whitespace() => ' ',
            c if c.is_control() || is_invisible(c) => continue,
            c => c,
        };
        if c == ' ' && (out.is_empty() || out.ends_with(' ')) {
            continue;
        }
        if out.chars().count() >= LONGEST_CHARS || out.len() + c.len_utf8() > LONGEST_BYTES {
            break;
        }
        out.push(c);
    }
    // A name is never a device or hidden here, since the day stands before it; its end matters.
    out.trim_matches([' ', '.']).to_owned()
}

/// Characters that change the direction of others or are not seen at all.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(title: &str) -> String {
        Names::default().conversation("2026-11-26", title)
    }

    #[test]
    fn hostile_titles_become_names() {
        assert_eq!(
            name("../../etc/passwd"),
            "2026-11-26 -..-etc-passwd.md",
            "no way up"
        );
        assert_eq!(name("C:\\Windows\\x"), "2026-11-26 C--Windows-x.md");
        assert_eq!(
            name("CON"),
            "2026-11-26 CON.md",
            "the day keeps it from being a device"
        );
        assert_eq!(
            name("bill\u{202e}gpj.exe"),
            "2026-11-26 billgpj.exe.md",
            "no change of direction"
        );
        assert_eq!(name("a\nb\0c"), "2026-11-26 a bc.md");
        assert_eq!(name("   ... "), "2026-11-26 untitled.md");
        assert!(name(&"ü".repeat(300)).len() < 200, "names have a length");
    }

    #[test]
    fn no_name_is_given_twice() {
        let mut names = Names::default();
        assert_eq!(names.conversation("d", "Trip"), "d Trip.md");
        assert_eq!(names.conversation("d", "TRIP"), "d TRIP (2).md");
        assert_eq!(names.conversation("d", "trip"), "d trip (3).md");
    }

    #[test]
    fn an_attachment_keeps_an_ending_that_harms_nobody() {
        let id: AssetId = "019ab0c0-0000-7000-8000-000000000001".parse().unwrap();
        let path = |media_type, name| attachment_path(id, media_type, name);
        assert!(path("image/png", "x.exe").ends_with("01.png"));
        assert!(path("application/x-thing", "../a.TAR").ends_with("01.tar"));
        assert!(path("application/x-thing", "a./../b").ends_with("01.bin"));
        assert!(path("application/x-thing", "none").ends_with("01.bin"));
    }

    proptest! {
        #[test]
        fn any_title_becomes_one_part_of_a_path(title in any::<String>()) {
            let name = name(&title);
            prop_assert!(name.len() < 200);
            let hostile = |c: char| c.is_control() || is_invisible(c) || "/\\:*?\"<>|".contains(c);
            prop_assert!(!name.contains(hostile));
            prop_assert!(name.ends_with(".md"));
            prop_assert!(!name.trim_end_matches(".md").ends_with(['.', ' ']));
        }
    }
}
