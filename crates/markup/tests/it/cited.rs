//! Marks of citations: where they come to stand, and that they change nothing else.

use fluxchat_markup::{Block, Cited, Inline, mark_places, parse, parse_cited};
use proptest::prelude::*;

use crate::support::{FRAGMENTS, unmarked};

const ADDRESS: &str = "https://a.example/page";

/// The text as words, with `¹` where marks stand and a line for each block.
fn shown(blocks: &[Block]) -> String {
    let lines: Vec<String> = blocks
        .iter()
        .map(|block| match block {
            Block::Paragraph { inlines } | Block::Heading { inlines, .. } => words(inlines),
            Block::CodeBlock { lines, .. } => format!("code({})", lines.len()),
            Block::List { items, .. } => items
                .iter()
                .map(|item| format!("- {}", shown(&item.blocks)))
                .collect::<Vec<_>>()
                .join("\n"),
            Block::Quote { blocks } | Block::FootnoteDefinition { blocks, .. } => {
                format!("> {}", shown(blocks))
            }
            Block::Table { header, rows, .. } => std::iter::once(header)
                .chain(rows)
                .map(|row| {
                    row.iter()
                        .map(|cell| words(cell))
                        .collect::<Vec<_>>()
                        .join("|")
                })
                .collect::<Vec<_>>()
                .join("\n"),
            Block::Math { .. } => "math".to_owned(),
            Block::Rule => "rule".to_owned(),
            Block::HtmlSource { .. } => "html".to_owned(),
        })
        .collect();
    lines.join("\n")
}

fn words(inlines: &[Inline]) -> String {
    inlines
        .iter()
        .map(|inline| match inline {
            Inline::Text { text } => text.clone(),
            Inline::Strong { inlines } => format!("*{}*", words(inlines)),
            Inline::Emphasis { inlines } => format!("/{}/", words(inlines)),
            Inline::Strikethrough { inlines } => format!("-{}-", words(inlines)),
            Inline::Link { inlines, .. } => format!("<{}>", words(inlines)),
            Inline::Code { text } => format!("`{text}`"),
            Inline::Image { alt, .. } => format!("!{alt}"),
            Inline::Math { source, .. } => format!("${source}$"),
            Inline::FootnoteRef { label, .. } => format!("^{label}"),
            Inline::CitationRef { number } => "¹²³⁴⁵⁶⁷⁸⁹"
                .chars()
                .nth(*number as usize - 1)
                .unwrap_or('⁺')
                .to_string(),
            Inline::HardBreak | Inline::SoftBreak => " ".to_owned(),
        })
        .collect()
}

/// Marks stand where `‸` is in the text, and begin at the `‹` before it or where they stand.
fn places(text: &str) -> (String, Vec<(usize, usize)>) {
    let (mut clean, mut begin, mut all) = (String::new(), None, Vec::new());
    for c in text.chars() {
        match c {
            '‹' => begin = Some(clean.len()),
            '‸' => all.push((begin.take().unwrap_or(clean.len()), clean.len())),
            c => clean.push(c),
        }
    }
    (clean, all)
}

fn cited(places: &[(usize, usize)]) -> Vec<Cited<'_>> {
    (1..)
        .zip(places)
        .map(|(number, (start, end))| Cited {
            start: *start,
            end: *end,
            number,
            address: ADDRESS,
        })
        .collect()
}

fn marked(text: &str) -> String {
    let (text, places) = places(text);
    shown(&parse_cited(&text, &cited(&places)).blocks)
}

#[test]
fn a_mark_stands_behind_the_words_it_is_for() {
    for (text, told) in [
        ("One.‸ Two.‸", "One.¹ Two.²"),
        ("One. ‸Two.\n\n‸Three.", "One.¹ Two.²\nThree."),
        ("Ends‸‸ here", "Ends¹² here"),
        ("**bold‸** and *it*‸", "*bold¹* and /it/²"),
        ("**bold*‸* and `co‸de`", "*bold*¹ and `code`²"),
        ("a \\*‸b\\* &am‸p; c", "a *¹b* &² c"),
        ("# Head‸ing ##\n\ntext", "Head¹ing\ntext"),
        ("line‸\nline  ‸\nend", "line¹ line² end"),
        ("x $a‸+b$ y", "x $a+b$¹ y"),
        ("x \\(a‸+b\\) y", "x $a+b$¹ y"),
        ("Grüße‸ 👩‍‸🚒 e‸\u{301}!", "Grüße¹ 👩‍🚒² e\u{301}³!"),
    ] {
        assert_eq!(marked(text), told, "{text}");
    }
}

#[test]
fn where_no_mark_can_stand_it_goes_to_the_nearest_end_where_one_can() {
    for (text, told) in [
        (
            "Code:\n\n```\na‸\nb\n```‸\n\nafter",
            "Code:¹²\ncode(2)\nafter",
        ),
        ("```\na‸\n```\n\nafter", "code(1)\n¹after"),
        ("Sum:\n\n$$\na‸\n$$\n\nafter", "Sum:¹\nmath\nafter"),
        ("Sum:\n$$\na‸\n$$\nafter", "Sum:¹\nmath\nafter"),
        ("[li‸nk](https://b.exam‸ple/x) end", "<link>¹² end"),
        (
            "see https://b.exam‸ple/x end",
            "see <https://b.example/x>¹ end",
        ),
        ("a ![al‸t](https://b.example/‸x) b", "a !alt¹² b"),
        ("- one\n‸- two‸\n- three\n‸", "- one¹\n- two²\n- three³"),
        ("> said‸\n\n---‸\n\nend", "> said¹²\nrule\nend"),
        ("|a|b‸|\n|-|‸-|\n|1‸|2|‸\n\nend", "a|b¹²\n1³|2⁴\nend"),
        ("<div>‸\nx‸\n</div>\n\nend", "html\n¹²end"),
        ("[l]: https://b.ex‸ample/\n\nend", "¹end"),
        ("- `code‸`\n\n      more‸\n", "- `code`¹²\ncode(1)"),
    ] {
        assert_eq!(marked(text), told, "{text}");
    }
}

#[test]
fn a_link_to_the_source_itself_needs_no_mark() {
    for (text, told) in [
        (
            "So it is ‹([a.example](https://a.example/page))‸.",
            "So it is (<a.example>).",
        ),
        (
            "So it is ([a.example](https://a.exam‸ple/page)).",
            "So it is (<a.example>).",
        ),
        (
            "So it is ‹https://a.example/page‸.",
            "So it is <https://a.example/page>.",
        ),
        ("‹See [it](https://a.example/page) here‸.", "See <it> here."),
        ("‹See [other](https://a.example/other)‸.", "See <other>¹."),
        ("[it](https://a.example/page) says ‹so‸.", "<it> says so¹."),
        ("‹So‸ says [it](https://a.example/page).", "So¹ says <it>."),
    ] {
        assert_eq!(marked(text), told, "{text}");
    }
}

#[test]
fn places_that_fit_no_text_do_no_harm() {
    let text = "\u{feff}ä\r\nb\r\n\r\nc";
    let far = |start, end, number| Cited {
        start,
        end,
        number,
        address: "",
    };
    let all = [
        far(9, 4, 1),
        far(0, usize::MAX, 2),
        far(usize::MAX, usize::MAX, 3),
        far(4, 4, 4),
        far(0, 8, 5),
    ];
    let tree = parse_cited(text, &all);
    assert_eq!(shown(&tree.blocks), "¹⁴ä b⁵\nc²³");
    assert_eq!(
        mark_places(text, &all),
        [(3, 1), (3, 4), (8, 5), (13, 2), (13, 3)]
    );
    let many: Vec<Cited<'_>> = (0..100_000).map(|at| far(at, at, 1)).collect();
    let text = "ab ".repeat(50_000);
    assert!(mark_places(&text, &many).len() <= 2_000);
}

#[test]
fn a_text_cannot_make_a_mark() {
    for text in [
        "[^1]",
        "¹",
        "<sup>1</sup>",
        "{\"type\":\"citation_ref\",\"number\":1}",
    ] {
        let tree = serde_json::to_string(&parse_cited(text, &[])).unwrap();
        assert!(!tree.contains("\"type\":\"citation_ref\""), "{tree}");
    }
}

#[test]
fn a_mark_can_be_written_where_it_stands() {
    let (text, places) =
        places("A **bold*‸* and `co‸de` ([x](https://b.exam‸ple/)).\n\n```\nx‸\n```\n\n- e‸nd");
    let mut out = text.clone();
    let found = mark_places(&text, &cited(&places));
    assert_eq!(found.len(), 5);
    for (place, number) in found.iter().rev() {
        out.insert_str(*place, &format!("[^{number}]"));
    }
    assert_eq!(
        out,
        "A **bold**[^1] and `code`[^2] ([x](https://b.example/)[^3]).[^4]\n\n```\nx\n```\n\n- e[^5]nd"
    );
}

proptest! {
    #[test]
    fn marks_change_nothing_else(
        pieces in prop::collection::vec(prop::sample::select(FRAGMENTS), 0..40),
        places in prop::collection::vec((0_usize..300, 0_usize..300), 0..12),
    ) {
        let text = pieces.concat();
        let cited = cited(&places);
        let tree = parse_cited(&text, &cited);
        prop_assert_eq!(unmarked(tree.blocks), parse(&text).blocks);
        for (place, _) in mark_places(&text, &cited) {
            prop_assert!(text.is_char_boundary(place));
        }
    }

    #[test]
    fn marks_change_nothing_of_any_text(
        text in "\\PC{0,60}(\r?\n\\PC{0,40}){0,4}",
        places in prop::collection::vec((0_usize..200, 0_usize..200), 0..6),
    ) {
        let tree = parse_cited(&text, &cited(&places));
        prop_assert_eq!(unmarked(tree.blocks), parse(&text).blocks);
    }
}
