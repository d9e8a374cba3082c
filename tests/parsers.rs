//! Everything that reads foreign bytes survives any bytes, and reads them the same however they
//! arrive. The same functions are the targets of `fuzz/`; here they get what real servers said and
//! what attackers write, changed in ways that are the same in every run.

use std::path::{Path, PathBuf};

use crate::support::long;

/// Numbers that look like chance and are none.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// Bytes on which parsers stumble.
const STONES: &[&[u8]] = &[
    b"\0",
    b"\r",
    b"\r\n\r\n",
    b"\xEF\xBB\xBF",
    b"\xFF\xFE",
    b"\xED\xA0\x80",
    b"\xF0\x9F",
    "\u{202E}\u{200B}\u{FDD0}".as_bytes(),
    b"\"\\\"",
    b"data: ",
    b"[[[[[[[[{{{{{{{{",
    b"````~~~~****____",
    b"](javascript:",
    b"1e99999",
    b"-9223372036854775809",
];

/// A byte changed, removed, doubled; a part moved or left out; a stone laid in the way.
fn change(seed: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len());
        match chance.below(7) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << chance.below(8),
            1 if !bytes.is_empty() => bytes[at] = chance.next() as u8,
            2 if !bytes.is_empty() => {
                bytes.remove(at);
            }
            3 => bytes.truncate(at),
            4 => {
                let to = (at + chance.below(64)).min(bytes.len());
                let part = bytes[at..to].to_vec();
                let place = chance.below(bytes.len() + 1);
                bytes.splice(place..place, part);
            }
            5 => {
                let to = (at + chance.below(200)).min(bytes.len());
                bytes.drain(at..to);
            }
            _ => {
                let stone = STONES[chance.below(STONES.len())];
                bytes.splice(at..at, stone.iter().copied());
            }
        }
    }
    bytes
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files_below(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// What real servers said, cut to what a fuzzer would keep.
fn wire() -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    files_below(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/wire"),
        &mut files,
    );
    files.retain(|file| !file.components().any(|it| it.as_os_str() == "specs"));
    assert!(files.len() > 20, "the recordings: {}", files.len());
    files
        .iter()
        .map(|file| {
            let mut bytes = std::fs::read(file).unwrap();
            bytes.truncate(6_000);
            bytes
        })
        .collect()
}

fn hostile_words() -> Vec<Vec<u8>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/xss/payloads.txt");
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().map(|line| line.as_bytes().to_vec()).collect()
}

/// Gives a reader each seed as it is and changed so many times, after a byte that chooses how. What
/// breaks it is printed.
fn feed(seeds: &[Vec<u8>], rounds: usize, reader: fn(&[u8])) {
    feed_after(true, seeds, rounds, reader);
}

/// The same, for a reader that gets the seed alone.
fn feed_as_they_are(seeds: &[Vec<u8>], rounds: usize, reader: fn(&[u8])) {
    feed_after(false, seeds, rounds, reader);
}

fn feed_after(chosen: bool, seeds: &[Vec<u8>], rounds: usize, reader: fn(&[u8])) {
    let rounds = if long() { rounds * 40 } else { rounds };
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    for seed in seeds {
        for round in 0..=rounds {
            let mut bytes = Vec::new();
            if chosen {
                bytes.push(chance.next() as u8);
            }
            bytes.extend(if round == 0 {
                seed.clone()
            } else {
                change(seed, &mut chance)
            });
            let survived = std::panic::catch_unwind(|| reader(&bytes));
            assert!(
                survived.is_ok(),
                "these bytes broke it: {:?}",
                bytes.escape_ascii().to_string()
            );
        }
    }
}

#[test]
fn answers_of_servers_are_read_the_same_however_they_arrive() {
    feed(&wire(), 60, fluxchat_providers::fuzz);
}

#[test]
fn words_of_strangers_become_a_tree_that_cannot_carry_markup() {
    feed(&wire(), 4, fluxchat_markup::fuzz);
    feed(&hostile_words(), 12, fluxchat_markup::fuzz);
}

#[test]
fn addresses_mean_what_they_say() {
    let typed = [
        "https://api.example.com/v1",
        "localhost:11434",
        "http://127.0.0.1:8080/v1/chat/completions",
        "http://127.0.0.1:8080/v1/models//chat/completions/",
        "http://[::1]:1234/v1",
        "http://192.168.1.4",
        "https://user:secret@example.com@evil.example/v1?key=1#x",
        "https://xn--bcher-kva.example:0443//a/./b/../c%2e%2e/",
        "HTTPS://EXAMPLE.COM:443",
        "http://0x7f.1/",
        "nas.local:99999",
    ];
    let seeds: Vec<_> = typed.iter().map(|it| it.as_bytes().to_vec()).collect();
    feed(&seeds, 2_000, fluxchat_egress::fuzz);
}

#[test]
fn what_is_searched_and_what_stays_here_is_read_as_it_is_written() {
    let typed = [
        "tea in:\"trip to lisbon\" FROM:me before:2026-03 has:image cake ",
        "von:\"home server\" nach:1.2.2026 \"half a quote",
        "snake_case camelCase 10:30 http://example.com 人工知能 ünï",
        "Ada Lovelace wrote to ada@example.com and ADA@EXAMPLE.COM from +49 30 901820.",
        "IBAN DE89 3704 0044 0532 0130 00, card 4111 1111 1111 1111, key sk-abcdef0123456789abcdef",
        "[EMAIL_1] [NAME_1] zoë [KEY_",
    ];
    let seeds: Vec<_> = typed.iter().map(|it| it.as_bytes().to_vec()).collect();
    feed(&seeds, 400, fluxchat_core::fuzz);
}

/// The seeds of a target of `fuzz/`.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    files_below(&folder.join(target), &mut files);
    assert!(!files.is_empty(), "seeds of {target}");
    let read = |file: &PathBuf| std::fs::read(file).unwrap();
    files.iter().map(read).collect()
}

#[test]
fn messages_of_servers_of_tools_are_read_the_same_however_they_arrive() {
    feed_as_they_are(&seeds("tools"), 150, fluxchat_mcp::fuzz);
}

#[test]
fn files_are_what_they_are_and_say_no_more_than_may_be_read() {
    let mut named = Vec::new();
    for seed in seeds("files") {
        // The last byte chooses the name, and that decides how a container is read.
        for name in 0..16 {
            named.push([seed.as_slice(), &[name]].concat());
        }
    }
    feed_as_they_are(&named, 6, fluxchat_extract::fuzz);
}

#[test]
fn diagrams_become_shapes_of_a_closed_list() {
    feed_as_they_are(&seeds("diagrams"), 12, fluxchat_extract::fuzz_diagram);
}

#[test]
fn the_head_of_a_sound_is_read_as_far_as_it_goes() {
    feed_as_they_are(&seeds("sound"), 1_500, fluxchat_core::fuzz_sound);
}

/// Control arm: a reader that stumbles is noticed, by the changes alone.
#[test]
fn a_reader_that_stumbles_is_found() {
    let stumbles = std::panic::catch_unwind(|| {
        feed(&[b"data: {\"a\":1}\n\n".to_vec()], 500, |bytes| {
            assert!(
                !bytes.windows(2).any(|pair| pair == b"\r\n"),
                "a reader that does not know this line end"
            );
        });
    });
    assert!(stumbles.is_err());
}
