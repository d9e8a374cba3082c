//! What Markdown becomes.

use fluxchat_markup::{
    Alignment, Block, Inline, LinkKind, MathElement, MathNode, link_target, parse,
};
use serde_json::{Value, json};

use crate::support::open_links;

fn tree(markdown: &str) -> Value {
    serde_json::to_value(parse(markdown)).unwrap()["blocks"].take()
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn paragraph(inlines: &[Value]) -> Value {
    json!({"type": "paragraph", "inlines": inlines})
}

#[test]
fn every_construct_has_its_node() {
    let table = [
        ("hello", json!([paragraph(&[text("hello")])])),
        (
            "### h",
            json!([{"type": "heading", "level": 3, "inlines": [text("h")]}]),
        ),
        ("---", json!([{"type": "rule"}])),
        (
            "*a* **b** ~~c~~ `d`",
            json!([paragraph(&[
                json!({"type": "emphasis", "inlines": [text("a")]}),
                text(" "),
                json!({"type": "strong", "inlines": [text("b")]}),
                text(" "),
                json!({"type": "strikethrough", "inlines": [text("c")]}),
                text(" "),
                json!({"type": "code", "text": "d"}),
            ])]),
        ),
        (
            "a\nb  \nc<br>d",
            json!([paragraph(&[
                text("a"),
                json!({"type": "soft_break"}),
                text("b"),
                json!({"type": "hard_break"}),
                text("c"),
                json!({"type": "hard_break"}),
                text("d"),
            ])]),
        ),
        (
            "```\na\n\nb\n```",
            json!([{"type": "code_block", "language": null, "closed": true, "lines": [
                [{"class": "plain", "text": "a"}], [], [{"class": "plain", "text": "b"}]
            ]}]),
        ),
        (
            "3. [x] a\n4. [ ] b",
            json!([{"type": "list", "ordered_start": 3, "tight": true, "items": [
                {"task": true, "blocks": [paragraph(&[text("a")])]},
                {"task": false, "blocks": [paragraph(&[text("b")])]},
            ]}]),
        ),
        (
            "- a\n\n- b",
            json!([{"type": "list", "ordered_start": null, "tight": false, "items": [
                {"task": null, "blocks": [paragraph(&[text("a")])]},
                {"task": null, "blocks": [paragraph(&[text("b")])]},
            ]}]),
        ),
        (
            "- a\n\n- [x] b\n\n  > [ ] c",
            json!([{"type": "list", "ordered_start": null, "tight": false, "items": [
                {"task": null, "blocks": [paragraph(&[text("a")])]},
                {"task": true, "blocks": [
                    paragraph(&[text("b")]),
                    {"type": "quote", "blocks": [paragraph(&[text("[ ] c")])]},
                ]},
            ]}]),
        ),
        (
            "> a",
            json!([{"type": "quote", "blocks": [paragraph(&[text("a")])]}]),
        ),
        (
            "<div>\nx</div>",
            json!([{"type": "html_source", "text": "<div>\nx</div>"}]),
        ),
        ("a <b>x</b>", json!([paragraph(&[text("a <b>x</b>")])])),
        (
            "[a](https://x.example/p)",
            json!([paragraph(&[
                json!({"type": "link", "id": 0, "host": "x.example",
                "display": "https://x.example/p", "kind": "https", "inlines": [text("a")]})
            ])]),
        ),
        (
            "[a](javascript:x)",
            json!([paragraph(&[
                json!({"type": "link", "id": 0, "host": "", "display": "",
                "kind": "blocked", "inlines": [text("a")]})
            ])]),
        ),
        (
            "![a *b*](https://x.example/p.png)",
            json!([paragraph(&[
                json!({"type": "image", "id": 0, "host": "x.example", "alt": "a b"})
            ])]),
        ),
        (
            "![a](file:///etc/passwd)",
            json!([paragraph(&[
                json!({"type": "image", "id": 0, "host": "", "alt": "a"})
            ])]),
        ),
    ];
    for (markdown, expected) in table {
        assert_eq!(tree(markdown), expected, "{markdown}");
    }
}

#[test]
fn tables_keep_their_shape() {
    let Block::Table {
        alignments,
        header,
        rows,
    } = &parse("| a | b | c |\n|:--|:-:|--:|\n| 1 | **2** |\n| x \\| y | z | w | too many |\n")
        .blocks[0]
    else {
        panic!("no table");
    };
    assert_eq!(
        alignments[..],
        [Alignment::Left, Alignment::Center, Alignment::Right]
    );
    assert_eq!((header.len(), rows.len()), (3, 2));
    assert!(rows.iter().all(|row| row.len() == 3));
    assert_eq!(
        rows[1][0],
        [Inline::Text {
            text: "x | y".into()
        }]
    );
}

#[test]
fn footnotes_are_numbered_in_the_order_of_reference() {
    let blocks = parse("b[^b] a[^a] b[^b]\n\n[^a]: A\n\n[^b]: B\n\n[^c]: C\n").blocks;
    let numbers: Vec<u32> = blocks[1..]
        .iter()
        .map(|block| match block {
            Block::FootnoteDefinition { number, .. } => *number,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(numbers, [2, 1, 3]);
}

#[test]
fn formulas_of_all_four_kinds() {
    for inline in [
        "$x^2$",
        "\\(x^2\\)",
        "a \\(x^2\\) b",
        "**\\(x\\)**",
        "| \\(x\\) |\n|---|\n",
    ] {
        assert!(
            tree(inline).to_string().contains("\"display\":false"),
            "{inline}"
        );
    }
    for block in [
        "$$x$$",
        "\\[x\\]",
        "$$\nx\n+ y\n$$",
        "\\[\nx\n- y\n\\]",
        "> $$\n> x\n> $$",
        "1. a\n   \\[\n   x\n   \\]",
    ] {
        assert!(
            tree(block)
                .to_string()
                .contains("\"type\":\"math\",\"name\"")
                || tree(block).to_string().contains("mathml"),
            "{block}"
        );
        assert!(
            tree(block).to_string().contains("\"name\":\"math\""),
            "{block}"
        );
    }
    for money in [
        "$5 and $10",
        "$5-$10",
        "costs $5",
        "`$x$`",
        "`\\(x\\)`",
        "```\n$$x$$\n```",
        "    \\(x\\)\n",
    ] {
        assert!(!tree(money).to_string().contains("mathml"), "{money}");
    }
    assert_eq!(
        tree("`\\(x\\)` and \\(y\\)")[0]["inlines"][0],
        json!({"type": "code", "text": "\\(x\\)"})
    );
    let Block::Paragraph { inlines } = &parse("a\n\\[ x \\]\nb").blocks[0] else {
        panic!("no paragraph");
    };
    assert_eq!(inlines[..], [Inline::Text { text: "a".into() }]);
    assert!(
        matches!(&parse("$$x$$").blocks[0], Block::Math { source, mathml: Some(MathNode::Element { name: MathElement::Math, .. }) } if source == "x")
    );
    assert!(matches!(
        &parse("$$\\frac{$$").blocks[0],
        Block::Math { mathml: None, .. } | Block::Paragraph { .. }
    ));
}

#[test]
fn link_ids_lead_back_to_their_targets() {
    let markdown = "[a](https://a.example/1) ![b](https://b.example/2) https://c.example/3\n\n\
        - [d][ref] <me@d.example> [no](javascript:x) [h](help:privacy)\n\n[ref]: http://e.example/5 \"t\"\n";
    let links = open_links(&parse(markdown).blocks);
    assert_eq!(links.len(), 5);
    for (id, kind, host) in links {
        let target = link_target(markdown, id).unwrap();
        assert_eq!((target.kind, target.host), (kind, host));
    }
    assert_eq!(link_target(markdown, 1).unwrap().url, "https://b.example/2");
    assert_eq!(link_target(markdown, 3).unwrap().kind, LinkKind::Http);
    assert_eq!(link_target(markdown, 5), None, "blocked");
    assert_eq!(link_target(markdown, 99), None);
    let crlf = markdown.replace('\n', "\r\n");
    assert_eq!(link_target(&crlf, 3), link_target(markdown, 3));
}

#[test]
fn deep_nesting_is_flattened_and_keeps_its_text() {
    for opening in ["> ", "- ", "1. "] {
        let markdown = format!("{}needle", opening.repeat(500));
        let json = tree(&markdown).to_string();
        assert!(json.contains("needle"));
        let mut depth = 0_usize;
        let mut deepest = 0;
        for c in json.chars() {
            match c {
                '[' => depth += 1,
                ']' => depth -= 1,
                _ => {}
            }
            deepest = deepest.max(depth);
        }
        assert!(deepest <= 80, "{deepest}");
    }
}

#[test]
fn languages_are_one_safe_word() {
    let language = |info: &str| match &parse(&format!("```{info}\nx\n```")).blocks[0] {
        Block::CodeBlock { language, .. } => language.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(language("Rust,ignore").as_deref(), Some("rust"));
    assert_eq!(language("js {1,2}").as_deref(), Some("js"));
    assert_eq!(language("{.python}").as_deref(), Some("python"));
    assert_eq!(language("title=\"x\"").as_deref(), Some("title"));
    assert_eq!(language(""), None);
    assert_eq!(language("\u{202e}x").as_deref(), Some("⟨U+202E⟩x"));
}

#[test]
fn trees_survive_their_json() {
    let document = parse(
        "# a\n\n- [x] b $x$\n\n```rust\nfn x() {}\n```\n\n| a |\n|---|\n| b[^1] |\n\n[^1]: c\n",
    );
    let json = serde_json::to_string(&document).unwrap();
    assert_eq!(
        serde_json::from_str::<fluxchat_markup::Document>(&json).unwrap(),
        document
    );
}
