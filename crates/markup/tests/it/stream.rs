//! However a text is cut, its stream ends as its whole.

use fluxchat_markup::{Block, BlockOp, StreamParser, diff, fuzz, parse};
use proptest::prelude::*;

use crate::support::{FRAGMENTS, cuts, letters, stream_checked};

const TEXTS: &[&str] = &[
    "",
    "plain",
    "# Heading\n\nA paragraph with *emphasis*, **strong**, `code` and [a link](https://a.example).\n",
    "- one\n- two\n  - nested\n- three\n\nafter\n",
    "- loose\n\n- list\n\n- of three\n",
    "1. one\n2. two\n3. three\n",
    "- a\n* b\n+ c\n",
    "* a\n* * *\n* b\n",
    "```rust\nfn main() {\n    println!(\"hi\");\n}\n```\n\nafter",
    "```\nno end\n\n\n",
    "~~~~\n~~~\n~~~~\nafter",
    "  ```\n  indented\n   more\n```\n",
    "``` not`a fence\n",
    "```\r\ncrlf\r\n```\r\nafter\r\n",
    "| a | b |\n|---|--:|\n| 1 | 2 |\n| 3 |\n\nafter",
    "Title\n=====\n\nSub\n---\n",
    "para\n#\n",
    "para\n#tag\n",
    "para\n1.\n",
    "para\n1. item\n",
    "a\n\n    code\n\n    more\n\nb",
    "> quote\nlazy\n\n> second\n",
    "text[^1] and [^two].\n\n[^two]: second\n\n[^1]: first\n    more\n",
    "see [late] and [late] again\n\nmore\n\n[late]: https://l.example/x\n",
    "[early]: https://e.example/\n\none\n\nuse [early]\n\n",
    "<div>\nhtml\n</div>\n\ntext <b>x</b><br>y\n",
    "<!-- comment\n\nstill -->\n\nafter",
    "inline \\(a_1 + b_1\\) and $x$ and\n\n\\[\na\n+ b\n\\]\n\nafter",
    "text\n$$\na\n- b\n$$\ntext\n",
    "$5 and $10, $5-$10",
    "see https://a.example/x_y_z. And www.b.example, ok",
    "- [ ] open\n- [x] done\n",
    "👨\u{200d}👩\u{200d}👧 人工智能 é e\u{301}\n",
    "a\u{202e}b \u{e0041} `x\u{200b}y`\n",
    "\u{feff}# bom\n",
    "line  \nbreak\\\nmore\n",
    "1. item\n\n   ```py\n   x = 1\n   ```\n\n2. next\n\n   text\n\nend\n",
    "***bold italic*** _a_ ~~gone~~ \\* escaped &copy; &#x202e;\n",
    "![alt *text* `c`](https://i.example/p.png) ![x](data:image/png;base64,AA)\n",
];

#[test]
fn every_cut_in_two_and_every_letter_alone() {
    for text in TEXTS {
        stream_checked(letters(text));
        for cut in cuts(text) {
            let (a, b) = text.split_at(cut);
            stream_checked([a, b]);
        }
    }
}

#[test]
fn the_fragments_meet_each_other() {
    for a in FRAGMENTS {
        for b in FRAGMENTS {
            let text = format!("{a}{b}");
            stream_checked(letters(&text));
        }
    }
}

/// `PROPTEST_CASES` asks for longer runs.
fn config() -> ProptestConfig {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() {
        ProptestConfig::default().cases
    } else {
        400
    };
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_mixture_in_any_pieces(
        parts in prop::collection::vec(prop::sample::select(FRAGMENTS), 0..40),
        sizes in prop::collection::vec(1_usize..30, 1..20),
    ) {
        let text: String = parts.concat();
        let mut pieces = Vec::new();
        let mut rest = text.as_str();
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let mut cut = (*size).min(rest.len());
            while !rest.is_char_boundary(cut) {
                cut += 1;
            }
            let (piece, after) = rest.split_at(cut);
            pieces.push(piece);
            rest = after;
        }
        stream_checked(pieces);
    }

    #[test]
    fn any_bytes(data in prop::collection::vec(any::<u8>(), 0..300)) {
        fuzz(&data);
    }

    #[test]
    fn any_text(text in ".{0,200}", step in any::<u8>()) {
        let mut data = vec![step];
        data.extend(text.bytes());
        fuzz(&data);
    }

    #[test]
    fn any_tree_becomes_any_other(
        a in prop::collection::vec(prop::sample::select(FRAGMENTS), 0..30),
        b in prop::collection::vec(prop::sample::select(FRAGMENTS), 0..30),
        shared in prop::collection::vec(prop::sample::select(FRAGMENTS), 0..20),
    ) {
        let old = parse(&[a.concat(), shared.concat()].concat()).blocks;
        let new = parse(&[b.concat(), shared.concat()].concat()).blocks;
        let mut blocks = old.clone();
        for op in diff(&old, &new) {
            prop_assert!(fluxchat_markup::apply(&mut blocks, &op));
        }
        prop_assert_eq!(blocks, new);
    }

    #[test]
    fn any_tex(parts in prop::collection::vec(prop::sample::select(TEX), 0..25)) {
        let tex = parts.concat();
        let _ = parse(&format!("\\[{tex}\\]"));
        let _ = parse(&format!("${tex}$"));
    }
}

const TEX: &[&str] = &[
    "a",
    "1",
    "{",
    "}",
    "^",
    "_",
    "&",
    "\\\\",
    "\\frac",
    "\\sqrt",
    "[3]",
    "\\left(",
    "\\right)",
    "\\left.",
    "\\middle|",
    "\\begin{pmatrix}",
    "\\end{pmatrix}",
    "\\begin{aligned}",
    "\\end{aligned}",
    "\\begin{cases}",
    "\\end{cases}",
    "\\begin{array}{c|c}",
    "\\end{array}",
    "\\hline",
    "\\text{x}",
    "\\mathbf",
    "\\mathcal{L}",
    "\\color{red}",
    "\\not",
    "\\big",
    "\\limits",
    "\\sum",
    "\\int",
    "\\operatorname{a}",
    "\\overset",
    "\\binom",
    "\\genfrac",
    "\\rule{1em}{2em}",
    "\\hspace{1em}",
    "\\tag{1}",
    "\\label{x}",
    "'",
    "\\prime",
    "\\\"",
    "\\,",
    "\\!",
    "~",
    "#1",
    "%c\n",
    "\\mathrm{d}",
    "\\displaystyle",
    "\\stackrel",
    "\\substack{a\\\\b}",
    "\\underbrace{x}",
    "\\phantom{x}",
    "\\cancel{x}",
    "\\boxed{x}",
    "é",
    "人",
    "\u{338}",
    "<",
    ">",
    "\"",
    "\\begin{align}",
    "\\end{align}",
    "\\begin{gather}",
    "\\end{gather}",
    "\\begin{multline}",
    "\\end{multline}",
    "\\cfrac",
    "\\dfrac{1}{2}",
    "\\hat",
    "\\vec{v}",
    "\\mathbb",
    "\\bigl(",
    "\\char",
    "\\kern1pt",
    "\\mskip",
    "\\raise",
    "\\unicode",
    "\\symbol",
    "\\textcolor{blue}{x}",
    "\\colorbox{red}{y}",
];

#[test]
fn a_long_code_block_travels_in_small_items() {
    let mut text = String::from("before\n\n```rust\n");
    for i in 0..2_000 {
        text.push_str(&format!(
            "    let value_{i} = compute({i}, \"text\"); // note\n"
        ));
    }
    text.push_str("```\nafter\n");
    let blocks = stream_checked(
        text.as_bytes()
            .chunks(37)
            .map(|c| std::str::from_utf8(c).unwrap()),
    );
    let Block::CodeBlock { lines, closed, .. } = &blocks[1] else {
        panic!("no code");
    };
    assert_eq!((lines.len(), *closed), (2_000, true));
    assert!(lines.iter().all(|line| line.len() > 1), "highlighted");
}

#[test]
fn giants_of_every_kind_travel_in_small_items() {
    let giants = [
        "word ".repeat(20_000),
        "\"".repeat(30_000),
        format!("```\n{}\n```\n", "\\\"x".repeat(10_000)),
        format!("`{}`", "\u{1}x".repeat(5_000)),
        "**a** ".repeat(5_000),
        format!("**{}**", "a ".repeat(10_000)),
        "- item with some text\n".repeat(2_000),
        format!("- {}", "long item ".repeat(3_000)),
        format!("| a | b |\n|---|---|\n{}", "| one | two |\n".repeat(2_000)),
        format!("| a | b |\n|---|---|\n| {} | x |\n", "cell ".repeat(5_000)),
        format!(
            "|{}\n|{}\n|x|\n",
            " h |".repeat(3_000),
            "---|".repeat(3_000)
        ),
        format!("> {}", "quoted ".repeat(5_000)),
        format!("<div>{}", "<b>".repeat(5_000)),
        format!("[{}](https://a.example)", "text ".repeat(5_000)),
        format!("[x](https://a.example/{})", "y".repeat(9_000)),
        format!("![{}](https://a.example)", "alt ".repeat(5_000)),
        format!("```{}\nx\n```\n", "language".repeat(3_000)),
        format!("x[^{0}]\n\n[^{0}]: note\n", "l".repeat(900)),
        format!("\\[{}\\]", "a + ".repeat(5_000)),
        format!("${}$", "x_1 ".repeat(450)),
        format!("{}x", "> ".repeat(3_000)),
        format!("{}x", "- ".repeat(3_000)),
        format!("{}x", "1. ".repeat(3_000)),
        format!("{}x{}", "*".repeat(3_000), "*".repeat(3_000)),
        "[".repeat(20_000),
        "![".repeat(10_000),
        "`".repeat(20_001),
        "<".repeat(20_000),
        "\\(".repeat(10_000),
        "$$ ".repeat(10_000),
        "&".repeat(20_000),
        "a\u{301}".repeat(10_000),
        "\u{202e}".repeat(5_000),
        "https://a.example/ ".repeat(2_000),
        "[a]: https://a.example\n".repeat(1_000),
        "[^a]: x\n\n".repeat(1_000),
        "* * * ".repeat(3_000),
        (0..1_500)
            .map(|i| format!("{}- x\n", " ".repeat(i % 200)))
            .collect(),
        (0..64)
            .map(|i| format!("{}- x\n", "  ".repeat(i)))
            .collect(),
    ];
    for giant in &giants {
        let step = giant.len() / 40 + 1;
        let mut pieces = Vec::new();
        let mut rest = giant.as_str();
        while !rest.is_empty() {
            let mut cut = step.min(rest.len());
            while !rest.is_char_boundary(cut) {
                cut += 1;
            }
            pieces.push(&rest[..cut]);
            rest = &rest[cut..];
        }
        stream_checked(pieces);
    }
}

#[test]
fn plain_words_are_appended_and_nothing_else_is_sent() {
    let mut stream = StreamParser::new();
    stream.push("The quick");
    let before = stream.parsed_bytes();
    for word in [" brown", " fox,", " jumps", " over ", "the lazy dog."] {
        let ops = stream.push(word);
        assert!(
            matches!(&ops[..], [BlockOp::AppendText { .. }]),
            "{word}: {ops:?}"
        );
    }
    assert_eq!(stream.parsed_bytes(), before);
    assert_eq!(stream.finish(), []);
}

#[test]
fn a_finished_text_may_go_on() {
    let mut stream = StreamParser::new();
    stream.push("one **two");
    stream.finish();
    stream.push("** three\n\nfour");
    stream.finish();
    assert_eq!(stream.blocks(), parse("one **two** three\n\nfour").blocks);
}

#[test]
fn a_text_over_the_limit_keeps_its_end() {
    let text = format!("# h\n\n{}", "0123456789 *a* \n".repeat(75_000));
    let mut stream = StreamParser::new();
    for chunk in text.as_bytes().chunks(100_000) {
        stream.push(std::str::from_utf8(chunk).unwrap());
    }
    stream.finish();
    let whole = parse(&text).blocks;
    assert_eq!(stream.blocks(), whole);
    assert!(matches!(whole.last(), Some(Block::CodeBlock { .. })));
}
