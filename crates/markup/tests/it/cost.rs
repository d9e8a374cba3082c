//! What a token costs does not depend on what is before it. Counted in bytes that the
//! Markdown parser reads, not in time.

use fluxchat_markup::StreamParser;

/// An answer of about 5,000 tokens of four bytes, as models write them.
fn answer() -> String {
    let section = "## A section of the answer\n\n\
        Here is a paragraph with **strong words**, `code`, and a [link](https://a.example/page). \
        It has several sentences; some are long, and some are not. It ends here.\n\n\
        - First, a list item with *emphasis* and some more words to read.\n\
        - Second, an item that refers to `another_name` and goes on.\n\
        - Third, the last of them.\n\n\
        ```rust\nfn compute(x: u32) -> u32 {\n    x.wrapping_mul(31) // note\n}\n```\n\n\
        | name | value |\n|------|------:|\n| one | 1 |\n| two | 2 |\n\n";
    section.repeat(20_000_usize.div_ceil(section.len()))
}

/// Bytes parsed for each hundred tokens, and for the end.
fn costs(text: &str) -> (Vec<u64>, u64) {
    let mut stream = StreamParser::new();
    let mut costs = Vec::new();
    let tokens: Vec<&[u8]> = text.as_bytes().chunks(4).collect();
    for hundred in tokens.chunks(100) {
        let before = stream.parsed_bytes();
        for token in hundred {
            stream.push(std::str::from_utf8(token).unwrap());
        }
        costs.push(stream.parsed_bytes() - before);
    }
    let before = stream.parsed_bytes();
    stream.finish();
    (costs, stream.parsed_bytes() - before)
}

#[test]
fn the_last_hundred_tokens_cost_as_the_first() {
    let text = answer();
    let (costs, end) = costs(&text);
    let first = costs[0].max(1);
    // Two hundreds, because a hundred holds only part of a section.
    let last = costs[costs.len() - 3..costs.len() - 1]
        .iter()
        .max()
        .unwrap();
    assert!(*last <= first * 3, "first {first}, last {last}");
    assert!(end <= text.len() as u64, "one parse at the end");
}

#[test]
fn open_giants_cost_a_bounded_number_of_bytes_per_byte() {
    let giants = [
        (
            "code",
            format!("```\n{}", "let x = compute(1);\n".repeat(5_000)),
            1,
        ),
        (
            "list",
            "- an item, with **some** words of text\n".repeat(2_000),
            20,
        ),
        (
            "numbers",
            "1. an item\n\n   with `two` paragraphs\n\n".repeat(2_000),
            40,
        ),
        (
            "table",
            format!("| a | b |\n|--|--|\n{}", "| one | two |\n".repeat(5_000)),
            40,
        ),
        ("paragraph", "some **strong** words, ".repeat(4_000), 40),
        ("quotation", "> some *words* here\n".repeat(4_000), 40),
        (
            "nested",
            format!("- top\n{}", "  - inner item\n".repeat(4_000)),
            40,
        ),
        (
            "code in list",
            format!("- top\n  ```\n{}", "  let x = compute(1);\n".repeat(4_000)),
            40,
        ),
        ("html", "<div> words\n".repeat(4_000), 40),
    ];
    for (name, text, limit) in giants {
        let (costs, _) = costs(&text);
        let total: u64 = costs.iter().sum();
        let per_byte = total / text.len() as u64;
        assert!(per_byte <= limit * 10, "{name}: {per_byte} bytes per byte");
        let (early, late) = costs.split_at(costs.len() / 2);
        let (early, late): (u64, u64) = (early.iter().sum(), late.iter().sum());
        assert!(late <= early * 3, "{name}: {early} then {late}");
    }
}
