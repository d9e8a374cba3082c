use proptest::prelude::*;

use super::*;

type Expected = (HighlightClass, &'static str);

fn lines(code: &str) -> Vec<CodeLine> {
    code.split('\n').map(plain_line).collect()
}

fn text(lines: &[CodeLine]) -> String {
    let texts: Vec<String> = lines
        .iter()
        .map(|line| line.iter().map(|s| s.text.as_str()).collect())
        .collect();
    texts.join("\n")
}

fn classes(language: &str, code: &str) -> Vec<(HighlightClass, String)> {
    let lit = highlight(language, &lines(code)).unwrap();
    assert_eq!(text(&lit), code, "no character is lost");
    lit.into_iter()
        .flatten()
        .map(|s| (s.class, s.text.trim().to_owned()))
        .collect()
}

#[test]
fn the_usual_languages_get_their_classes() {
    use HighlightClass as C;
    let table: &[(&str, &str, &[Expected])] = &[
        (
            "rust",
            "#[test]\nfn main<'a>() { let x: Vec<u8> = vec![1]; /* a /* b */ */ call(r#\"s\"#, 'c'); // hi",
            &[
                (C::Attribute, "#[test]"),
                (C::Keyword, "fn"),
                (C::Function, "main"),
                (C::Constant, "'a"),
                (C::Type, "Vec"),
                (C::Function, "vec"),
                (C::Number, "1"),
                (C::Comment, "/* a /* b */ */"),
                (C::Function, "call"),
                (C::String, "r#\"s\"#"),
                (C::String, "'c'"),
                (C::Comment, "// hi"),
            ],
        ),
        (
            "python",
            "@cached\ndef f(x):\n    \"\"\"doc\n    more\"\"\"\n    return x + 1.5e-3  # note\nclass A: pass",
            &[
                (C::Attribute, "@cached"),
                (C::Keyword, "def"),
                (C::Function, "f"),
                (C::String, "\"\"\"doc"),
                (C::String, "more\"\"\""),
                (C::Number, "1.5e-3"),
                (C::Comment, "# note"),
                (C::Type, "A"),
            ],
        ),
        (
            "tsx",
            "const a: string = `t ${x}`; export default class B {}",
            &[
                (C::Keyword, "const"),
                (C::Type, "string"),
                (C::String, "`t ${x}`"),
                (C::Keyword, "export default class"),
                (C::Type, "B"),
            ],
        ),
        (
            "json",
            "{\"key\": \"value\", \"n\": [1, true]}",
            &[
                (C::Tag, "\"key\""),
                (C::String, "\"value\""),
                (C::Constant, "true"),
            ],
        ),
        (
            "yaml",
            "key: value # c\nother: 1\nurl: http://x#y",
            &[(C::Tag, "key"), (C::Comment, "# c"), (C::Number, "1")],
        ),
        (
            "toml",
            "[a]\nkey = \"v\"",
            &[(C::Tag, "key"), (C::String, "\"v\"")],
        ),
        (
            "bash",
            "sudo apt-get install -y \"$x\" | grep ${y} # c",
            &[
                (C::Function, "sudo apt-get"),
                (C::Attribute, "-y"),
                (C::Function, "grep"),
                (C::Constant, "${y}"),
                (C::Comment, "# c"),
            ],
        ),
        (
            "sql",
            "SELECT count(*) FROM t WHERE a = 'it''s' -- c",
            &[
                (C::Keyword, "SELECT"),
                (C::Function, "count"),
                (C::Keyword, "FROM"),
                (C::Comment, "-- c"),
            ],
        ),
        (
            "c",
            "#include <stdio.h>\nint main(void) { return 0x1F; }",
            &[
                (C::Keyword, "#include"),
                (C::String, "<stdio.h>"),
                (C::Type, "int"),
                (C::Function, "main"),
                (C::Number, "0x1F"),
            ],
        ),
        (
            "css",
            "a:hover { color: red; --x: 1px; } @media print {}",
            &[
                (C::Tag, "color"),
                (C::Number, "1px"),
                (C::Attribute, "@media"),
            ],
        ),
        (
            "html",
            "<!-- c --><a href=\"x\">t &amp; u</a><script>let x = 1</script>",
            &[
                (C::Comment, "<!-- c -->"),
                (C::Tag, "a"),
                (C::Attribute, "href"),
                (C::String, "\"x\""),
                (C::Constant, "&amp;"),
                (C::Keyword, "let"),
                (C::Tag, "script"),
            ],
        ),
        (
            "diff",
            "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z",
            &[(C::Keyword, "-x"), (C::String, "+y"), (C::Plain, "z")],
        ),
        (
            "go",
            "func F(x int) error { return nil }",
            &[
                (C::Keyword, "func"),
                (C::Function, "F"),
                (C::Type, "int"),
                (C::Constant, "nil"),
            ],
        ),
    ];
    for (language, code, expected) in table {
        let found = classes(language, code);
        for (class, text) in *expected {
            assert!(
                found.contains(&(*class, (*text).to_owned())),
                "{language}: {class:?} {text:?} in {found:?}"
            );
        }
    }
}

#[test]
fn what_is_too_big_or_unknown_stays_plain() {
    let many: Vec<CodeLine> = (0..=MAX_LINES).map(|_| plain_line("x")).collect();
    assert_eq!(highlight("rust", &many), None);
    assert_eq!(highlight("no-such-language", &lines("x")), None);
    assert_eq!(highlight("text", &lines("x")), None);
    let big = lines(&"x".repeat(MAX_BYTES + 1));
    assert_eq!(highlight("rust", &big), None);
    let long = lines(&"(1".repeat(2_000));
    assert_eq!(
        highlight("rust", &long).unwrap(),
        long,
        "a line never outgrows an operation"
    );
}

#[test]
fn no_name_belongs_to_two_languages() {
    let mut names = language::names();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}

const FRAGMENTS: &[&str] = &[
    "fn ",
    "class ",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "\"",
    "'",
    "`",
    "\"\"\"",
    "'''",
    "/*",
    "*/",
    "//",
    "#",
    "#[",
    "--",
    "--[[",
    "]]",
    "<!--",
    "-->",
    "=",
    "=>",
    "::",
    ":",
    ";",
    ",",
    ".",
    "$",
    "${",
    "@",
    "%",
    "&",
    "&amp;",
    "|",
    "\\",
    "\n",
    "  ",
    "\t",
    "0x1f",
    "1.5e",
    "-3",
    "foo",
    "Bar",
    "BAZ",
    "r#\"",
    "\"#",
    "br",
    "'a",
    "'\\",
    "é",
    "人工",
    "👨",
    "\u{301}",
    "<script>",
    "</script>",
    "<style",
    "</",
    "=begin",
    "=end",
    "{-",
    "-}",
    "(*",
    "*)",
    "#!",
    "-x",
    "```",
    "# h",
    "> q",
    "+a",
    "-b",
    "@@",
    "rem ",
    "%{",
    "\u{a0}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_language_loses_a_character(parts in prop::collection::vec(prop::sample::select(FRAGMENTS), 0..60)) {
        let code = parts.concat();
        let plain = lines(&code);
        for language in language::names().into_iter().chain(["html", "diff", "markdown"]) {
            let lit = highlight(language, &plain).unwrap();
            prop_assert_eq!(text(&lit), code.clone(), "{}", language);
            prop_assert!(lit.iter().flatten().all(|span| !span.text.is_empty()));
        }
    }
}
