//! Rich Text Format: its words, without what describes their looks (RTF 1.9.1).

use super::Pages;
use crate::LONGEST_TEXT;
use crate::answer::Text;

/// How such a file begins.
pub(super) const START: &[u8] = b"{\\rtf";

/// Groups that say nothing which stands in the text.
const SILENT: &[&str] = &[
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "header",
    "headerl",
    "headerr",
    "headerf",
    "footer",
    "footerl",
    "footerr",
    "footerf",
    "fldinst",
    "listtable",
    "listoverridetable",
    "revtbl",
    "rsidtbl",
    "generator",
    "filetbl",
    "themedata",
    "datastore",
    "latentstyles",
    "bkmkstart",
    "bkmkend",
    "xe",
    "tc",
];

pub(super) fn read(bytes: &[u8]) -> Text {
    let mut reader = Reader {
        rest: bytes,
        encoding: encoding_rs::WINDOWS_1252,
        group: Group {
            is_silent: false,
            skips: 1,
        },
        groups: Vec::new(),
        to_skip: 0,
        bytes: Vec::new(),
        high: None,
        out: String::new(),
    };
    reader.run();
    let mut pages = Pages::default();
    pages.push(0, &reader.out);
    pages.finish(0)
}

#[derive(Clone, Copy)]
struct Group {
    is_silent: bool,
    /// How many characters after one of Unicode say the same for programs that do not know it.
    skips: u32,
}

struct Reader<'b> {
    rest: &'b [u8],
    encoding: &'static encoding_rs::Encoding,
    group: Group,
    groups: Vec<Group>,
    to_skip: u32,
    /// Characters of the encoding that are not decoded yet: one may take two.
    bytes: Vec<u8>,
    /// The first half of a character that takes two of UTF-16.
    high: Option<u16>,
    out: String,
}

impl Reader<'_> {
    fn run(&mut self) {
        while let Some(byte) = self.next() {
            match byte {
                b'{' => {
                    self.flush();
                    self.groups.push(self.group);
                }
                b'}' => {
                    self.flush();
                    self.to_skip = 0;
                    if let Some(outer) = self.groups.pop() {
                        self.group = outer;
                    }
                }
                b'\\' => self.control(),
                b'\r' | b'\n' => {}
                byte => self.byte(byte),
            }
            if self.out.len() > LONGEST_TEXT {
                break;
            }
        }
        self.flush();
    }

    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn take_while(&mut self, is: impl Fn(u8) -> bool) -> &str {
        let end = self.rest.iter().position(|byte| !is(*byte));
        let (taken, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        std::str::from_utf8(taken).unwrap_or_default()
    }

    fn control(&mut self) {
        if !self.rest.first().is_some_and(u8::is_ascii_alphabetic) {
            match self.next() {
                Some(b'\'') => {
                    let code = self.rest.get(..2).unwrap_or_default();
                    let code = std::str::from_utf8(code).ok();
                    if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
                        self.rest = &self.rest[2..];
                        self.byte(byte);
                    }
                }
                Some(byte @ (b'\\' | b'{' | b'}')) => self.byte(byte),
                Some(b'~') => self.say(" "),
                Some(b'_') => self.say("-"),
                Some(b'\r' | b'\n') => self.say("\n\n"),
                Some(b'*') => self.group.is_silent = true,
                _ => {}
            }
            return;
        }
        let word = self
            .take_while(|byte| byte.is_ascii_alphabetic())
            .to_owned();
        let number = self
            .take_while(|byte| byte.is_ascii_digit() || byte == b'-')
            .parse::<i32>()
            .ok();
        if self.rest.first() == Some(&b' ') {
            self.rest = &self.rest[1..];
        }
        self.word(&word, number);
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        let unsigned = number.and_then(|it| u32::try_from(it).ok());
        match word {
            "par" | "sect" | "row" => self.say("\n\n"),
            "line" | "page" => self.say("\n"),
            "tab" | "cell" => self.say("\t"),
            "emdash" => self.say("—"),
            "endash" => self.say("–"),
            "lquote" => self.say("‘"),
            "rquote" => self.say("’"),
            "ldblquote" => self.say("“"),
            "rdblquote" => self.say("”"),
            "bullet" => self.say("•"),
            "ansicpg" => self.encoding = encoding_of(unsigned).unwrap_or(self.encoding),
            "uc" => self.group.skips = unsigned.unwrap_or(1),
            "u" => self.unicode(number.unwrap_or_default()),
            "bin" => {
                let length = unsigned.and_then(|it| usize::try_from(it).ok());
                let length = length.unwrap_or(0).min(self.rest.len());
                self.rest = &self.rest[length..];
            }
            word if SILENT.contains(&word) => self.group.is_silent = true,
            _ => {}
        }
    }

    /// Numbers above 32767 are written as negative ones.
    fn unicode(&mut self, number: i32) {
        self.flush();
        let unit = u16::try_from(number.rem_euclid(1 << 16)).unwrap_or_default();
        let units: Vec<u16> = self.high.take().into_iter().chain([unit]).collect();
        if units.len() == 1 && (0xD800..0xDC00).contains(&unit) {
            self.high = Some(unit);
        } else {
            self.say(&String::from_utf16_lossy(&units));
        }
        self.to_skip = self.group.skips;
    }

    fn byte(&mut self, byte: u8) {
        if self.to_skip > 0 {
            self.to_skip -= 1;
        } else if !self.group.is_silent {
            self.bytes.push(byte);
        }
    }

    fn say(&mut self, words: &str) {
        self.flush();
        if !self.group.is_silent {
            self.out.push_str(words);
        }
    }

    fn flush(&mut self) {
        let (words, _) = self.encoding.decode_without_bom_handling(&self.bytes);
        self.out.push_str(&words);
        self.bytes.clear();
    }
}

fn encoding_of(page: Option<u32>) -> Option<&'static encoding_rs::Encoding> {
    let label = match page? {
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        65_001 => "utf-8".to_owned(),
        page => format!("windows-{page}"),
    };
    encoding_rs::Encoding::for_label(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::read;

    fn words(source: &[u8]) -> String {
        let text = read(source);
        text.pages
            .first()
            .map_or_else(String::new, |it| it.text.clone())
    }

    #[test]
    fn words_are_read_without_their_looks() {
        let source = br"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Helvetica;}}{\colortbl;\red255;}
{\*\generator Word}{\info{\author Ada}}\f0\b Gr\'fc\'dfe\b0  aus {\i K\u246 oln}\par
\uc0 \u8364  3\emdash a\tab b\{c\}\u-10179 \u-8704 {\pict\bin4 {}}}x}";
        assert_eq!(words(source), "Grüße aus Köln\n\n€ 3—a\tb{c}😀");
    }

    #[test]
    fn other_encodings_and_broken_files_are_read_as_far_as_they_go() {
        assert_eq!(
            words(br"{\rtf1\ansicpg1251 \'cf\'f0\'e8\'e2\'e5\'f2}"),
            "Привет"
        );
        assert_eq!(words(br"{\rtf1\ansicpg932 \'93\'fa\'96\'7b}"), "日本");
        for broken in [
            &br"{\rtf1 a\"[..],
            br"{\rtf1 a\'",
            br"{\rtf1 a}}}}",
            br"{\rtf1 a\bin99 b",
        ] {
            assert_eq!(words(broken), "a", "{}", String::from_utf8_lossy(broken));
        }
    }
}
