use proptest::prelude::*;
use rusqlite::Connection;

use super::fold::{Class, class, compute_fold, fold_char};
use super::scan::{Mode, tokenize};
use super::{MAX_TERM_BYTES, index_terms, query_expression, register, typed};

fn query_terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    tokenize(text.as_bytes(), Mode::Query, &mut |token| {
        terms.push(token.text.to_owned());
        Ok(())
    })
    .unwrap();
    terms
}

fn archive(texts: &[&str]) -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    register(&conn).unwrap();
    conn.execute_batch(
        "CREATE VIRTUAL TABLE f USING fts5(body, tokenize='fluxchat');
         INSERT INTO f(f, rank) VALUES('secure-delete', 1);",
    )
    .unwrap();
    for text in texts {
        conn.execute("INSERT INTO f(body) VALUES(?1)", [text])
            .unwrap();
    }
    conn
}

fn hits(conn: &Connection, query: &str, prefix_last: bool) -> Vec<i64> {
    let Some(expression) = query_expression(query, prefix_last) else {
        return Vec::new();
    };
    let mut statement = conn
        .prepare("SELECT rowid FROM f WHERE f MATCH ?1 ORDER BY rowid")
        .unwrap();
    statement
        .query_map([&expression], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap_or_else(|error| panic!("{query:?} became {expression:?}: {error}"))
}

fn finds(text: &str, query: &str) -> bool {
    !hits(&archive(&[text]), query, false).is_empty()
}

fn marked(text: &str, query: &str) -> String {
    let expression = query_expression(query, false).unwrap();
    archive(&[text])
        .query_row(
            "SELECT highlight(f, 0, '[', ']') FROM f WHERE f MATCH ?1",
            [expression],
            |row| row.get(0),
        )
        .unwrap()
}

#[test]
fn case_accents_and_width_fold_in_text_and_query() {
    for (text, query) in [
        ("Ärger im Büro", "arger"),
        ("arger", "Ärger"),
        ("caf\u{e9}", "cafe"),
        ("cafe\u{301}", "CAFÉ"),
        ("Straße", "strasse"),
        ("STRASSE", "straße"),
        ("ＦＵＬＬ　ｗｉｄｔｈ１２", "full width12"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
        ("İstanbul ısı", "istanbul isi"),
        ("ISTANBUL", "ıstanbul"),
        ("Søren Łódź Đorđe Æsir", "soren lodz dorde aesir"),
        ("ёлка Ёлка", "елка"),
        ("ﬁnal", "final"),
        ("so\u{ad}ft", "soft"),
        ("كِتَاب", "كتاب"),
        ("שָׁלוֹם", "שלום"),
        ("हिन्दी भाषा", "भाषा"),
    ] {
        assert!(finds(text, query), "{query:?} is found in {text:?}");
    }
    assert!(!finds("हिन्दी", "हिन्दू"), "vowel signs tell words apart");
}

#[test]
fn unspaced_scripts_are_found_from_one_character_on() {
    let text = "我喜欢人工智能，也喜欢Rust语言";
    for query in [
        "人工",
        "人工智能",
        "我",
        "能",
        "人",
        "喜欢",
        "欢人",
        "喜欢Rust",
        "rust语",
        "语言",
        "言",
    ] {
        assert!(finds(text, query), "{query:?} is found");
    }
    for query in ["工人", "智人", "我人", "能也", "欢也"] {
        assert!(!finds(text, query), "{query:?} does not occur");
    }
    for (text, query) in [
        ("日本語のテキスト検索", "キスト"),
        ("日本語のテキスト検索", "本語の"),
        ("ﾃｷｽﾄ ｶﾞｷﾞ", "テキスト ガギ"),
        ("か\u{3099}くせい", "がく"),
        ("コンピューター", "ピュータ"),
        ("한국어 검색", "국어"),
        ("\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}", "한국"),
        ("ภาษาไทยง่าย", "ไทย"),
        ("⽇本", "日本"),
        ("大学Rust", "学Rust"),
        ("𠮷野家", "𠮷野"),
    ] {
        assert!(finds(text, query), "{query:?} is found in {text:?}");
    }
    assert!(!finds("かき", "がき"), "voicing tells words apart");
}

#[test]
fn identifiers_are_found_whole_and_in_parts() {
    for (text, queries) in [
        (
            "call getUserName() here",
            &[
                "getUserName",
                "getusername",
                "get",
                "user",
                "name",
                "username",
                "get_user_name",
            ][..],
        ),
        (
            "call get_user_name() here",
            &[
                "get_user_name",
                "get",
                "user",
                "name",
                "username",
                "getUserName",
                "\"user name\"",
            ],
        ),
        (
            "HTTPServerError",
            &["http", "server", "error", "servererror", "HTTPServerError"],
        ),
        (
            "utf8decoder",
            &["utf8decoder", "utf8", "utf", "decoder", "8decoder"],
        ),
        ("UTF-8 text", &["utf8", "utf-8", "utf", "8", "UTF-8 text"]),
        (
            "a kebab-case-name b",
            &[
                "kebab-case-name",
                "kebab",
                "case",
                "casename",
                "kebabcasename",
            ],
        ),
        (
            "std.collections.HashMap",
            &["std.collections", "hashmap", "map", "collections.HashMap"],
        ),
        ("don't stop", &["don't", "dont", "don’t"]),
        (
            "see foo.getUserName",
            &["foo.getUserName", "username", "foogetusername"],
        ),
        ("GPT4o", &["gpt4o", "gpt4", "gpt", "4o"]),
    ] {
        for query in queries {
            assert!(finds(text, query), "{query:?} is found in {text:?}");
        }
    }
    assert!(
        !finds("get the user a name", "getUserName"),
        "the parts alone are not the name"
    );
    assert!(!finds("username", "name"), "no cut is invented");
}

#[test]
fn terms_are_bounded() {
    let many = "aBcdEfghIjklMnopQrstUvwxYzabCdef";
    let terms = index_terms(many);
    assert!(terms.len() <= 24, "{} terms: {terms:?}", terms.len());
    let hash = "a3f9c2b7e81d4056aa92c3d4e5f60718";
    assert_eq!(index_terms(hash), [hash], "a hash is no identifier");
    let long = "ä".repeat(500_000);
    let terms = index_terms(&long);
    assert_eq!(terms, ["a".repeat(MAX_TERM_BYTES)]);
    assert!(finds(&long, &"ä".repeat(90)), "both sides are cut alike");
    let path = ["part"; 40].join("_");
    assert_eq!(index_terms(&path), ["part"], "long chains are not joined");
    assert!(finds(&path, &path));
}

#[test]
fn foreign_bytes_separate_words() {
    let bytes = b"one\xfftwo\0three\xe4\xba four \xf0\x9f\x98\x80five";
    let mut terms = Vec::new();
    tokenize(bytes, Mode::Document, &mut |token| {
        terms.push((
            token.text.to_owned(),
            bytes[token.start..token.end].to_vec(),
        ));
        Ok(())
    })
    .unwrap();
    let words: Vec<_> = terms.iter().map(|(word, _)| word.as_str()).collect();
    assert_eq!(words, ["one", "two", "three", "four", "five"]);
    for (word, place) in &terms {
        assert_eq!(word.as_bytes(), &place[..]);
    }
    let conn = archive(&[]);
    conn.execute(
        "INSERT INTO f(body) VALUES(CAST(?1 AS TEXT))",
        [bytes.as_slice()],
    )
    .unwrap();
    assert_eq!(hits(&conn, "three", false), [1]);
    conn.execute("INSERT INTO f(f, rank) VALUES('integrity-check', 1)", [])
        .unwrap();
}

#[test]
fn marks_and_snippets_surround_the_text_that_matched() {
    for (text, query, expected) in [
        ("Viel Ärger hier", "arger", "Viel [Ärger] hier"),
        ("cafe\u{301} noir", "café", "[cafe\u{301}] noir"),
        ("我喜欢人工智能吗", "人工智能", "我喜欢[人工智能]吗"),
        ("我喜欢人工智能吗", "人工", "我喜欢[人工]智能吗"),
        ("😀 straße 😀", "strasse", "😀 [straße] 😀"),
        ("x getUserName y", "username", "x [getUserName] y"),
        ("x get_user_name y", "get_user_name", "x [get_user_name] y"),
        ("a b c b", "\"b c\"", "a [b c] b"),
        ("日本 and 日本語", "日本", "[日本] and [日本]語"),
    ] {
        assert_eq!(marked(text, query), expected);
    }
    let long = format!("{} ziel äöü {}", "wort ".repeat(400), "wort ".repeat(400));
    let snippet: String = archive(&[&long])
        .query_row(
            "SELECT snippet(f, 0, '[', ']', '…', 8) FROM f WHERE f MATCH ?1",
            [query_expression("ziel", false)],
            |row| row.get(0),
        )
        .unwrap();
    assert!(snippet.contains("[ziel] äöü"), "{snippet:?}");
    assert!(snippet.len() < 100);
}

#[test]
fn one_letter_does_not_go_on_and_a_long_word_may_be_settled() {
    let letter = typed("s").unwrap();
    assert_eq!(letter.expression, "\"s\"");
    assert!(letter.settled.is_none());
    assert_eq!(typed("lis").unwrap().expression, "\"lis\"*");
    assert!(
        typed("lis").unwrap().settled.is_none(),
        "the index keeps it"
    );
    let long = typed("trip lisb").unwrap();
    assert_eq!(long.expression, "\"trip\" AND \"lisb\"*");
    let settled = ("\"lisb\"".to_owned(), "\"trip\" AND \"lisb\"".to_owned());
    assert_eq!(long.settled, Some(settled));
    assert!(typed("lisbon ").unwrap().settled.is_none(), "it was ended");
    assert_eq!(
        typed("人").unwrap().expression,
        "\"人\"*",
        "a sign is a word"
    );
    assert!(typed("  ").is_none());
}

#[test]
fn prefixes_match_while_typing_only() {
    let conn = archive(&["encryption everywhere", "encrypt it"]);
    assert_eq!(hits(&conn, "encry", true), [1, 2]);
    assert_eq!(hits(&conn, "encry", false), [0i64; 0]);
    assert_eq!(hits(&conn, "everywhere encr", true), [1]);
    assert_eq!(
        hits(&conn, "ever encryption", true),
        [0i64; 0],
        "only the last word is open"
    );
    assert_eq!(
        hits(&conn, "encry ", true),
        [0i64; 0],
        "a space ends the word"
    );
    assert_eq!(hits(&conn, "\"encryption ev", true), [1]);
    assert_eq!(hits(&conn, "\"encryption ev\"", true), [0i64; 0]);
    let code = archive(&["getUserName"]);
    assert_eq!(hits(&code, "usern", true), [1]);
    assert_eq!(hits(&code, "get_us", true), [1]);
}

#[test]
fn words_are_joined_by_and_and_phrases_stay_together() {
    let conn = archive(&["red green blue", "red blue", "green red"]);
    assert_eq!(hits(&conn, "red blue", false), [1, 2]);
    assert_eq!(hits(&conn, "\"red blue\"", false), [2]);
    assert_eq!(hits(&conn, "„red green“ blue", false), [1]);
    assert_eq!(hits(&conn, "green\"red\"", false), [1, 3]);
}

#[test]
fn what_looks_like_syntax_is_text() {
    let conn = archive(&["NOT near the column OR and"]);
    for query in [
        "NOT",
        "near(the",
        "column:",
        "OR",
        "AND",
        "the*",
        "^NOT",
        "{near the}",
        "\"",
        "\"\"\"",
        "near + the",
        "-near",
        "(((",
        "the \" near",
        "';--",
        "\0the\0",
        "NEAR/2",
        "body : the",
    ] {
        let _ = hits(&conn, query, true);
    }
    assert_eq!(hits(&conn, "NOT near OR and", false), [1]);
    for nothing in ["", "   ", "\"\"", "!?…", "\0", "😀"] {
        assert_eq!(query_expression(nothing, true), None, "{nothing:?}");
    }
    assert!(hits(&conn, &"a b ".repeat(5_000), true).is_empty());
    assert!(hits(&conn, &"\"x ".repeat(5_000), true).is_empty());
}

#[test]
fn deleting_with_the_same_rules_leaves_no_term() {
    let conn = archive(&["getUserName 人工智能 Ärger utf-8", "stays"]);
    conn.execute("DELETE FROM f WHERE rowid = 1", []).unwrap();
    conn.execute("INSERT INTO f(f, rank) VALUES('integrity-check', 1)", [])
        .unwrap();
    conn.execute_batch("CREATE VIRTUAL TABLE v USING fts5vocab(f, 'row')")
        .unwrap();
    let left: Vec<String> = conn
        .prepare("SELECT term FROM v")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(left, ["stays"]);
}

#[test]
fn index_terms_are_the_terms_in_the_index() {
    let text = "x getUserName HTTPServer 我喜欢Rust Ärger utf-8 don't a.b.c ｶﾞ 한국";
    let conn = archive(&[text]);
    conn.execute_batch("CREATE VIRTUAL TABLE v USING fts5vocab(f, 'row')")
        .unwrap();
    let mut indexed: Vec<String> = conn
        .prepare("SELECT term FROM v")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let mut told = index_terms(text);
    indexed.sort();
    told.sort();
    assert_eq!(told, indexed);
}

#[test]
fn every_character_of_unicode_folds_to_something_stable() {
    for c in '\0'..=char::MAX {
        if class(c) != Class::Word {
            continue;
        }
        let mut once = String::new();
        fold_char(c, &mut once);
        let mut twice = String::new();
        once.chars().for_each(|c| fold_char(c, &mut twice));
        assert_eq!(once, twice, "U+{:04X}", u32::from(c));
    }
}

#[test]
fn the_table_of_common_characters_does_not_depend_on_what_stands_before() {
    for c in '\u{80}'..'\u{600}' {
        let mut alone = String::new();
        fold_char(c, &mut alone);
        let mut after = "a".to_owned();
        fold_char(c, &mut after);
        assert_eq!(after, format!("a{alone}"), "U+{:04X}", u32::from(c));
        let mut computed = "a".to_owned();
        compute_fold(c, &mut computed);
        assert_eq!(after, computed, "U+{:04X}", u32::from(c));
    }
}

#[test]
fn every_character_is_one_term_that_reads_back() {
    for c in '\0'..=char::MAX {
        for text in [c.to_string(), format!("a{c}b"), format!("中{c}文")] {
            for term in query_terms(&text) {
                assert_eq!(
                    query_terms(&term),
                    [term.as_str()],
                    "U+{:04X} in {text:?}",
                    u32::from(c)
                );
            }
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9_.\\-' äÖßéİ\u{301}\u{ad}\u{200d}人工智能かカﾞｶ한국\u{1112}\u{1161}\u{11ab}ไทย\u{3099}😀\"*]{0,60}",
    ]
}

proptest! {
    #[test]
    fn tokens_are_in_order_on_character_boundaries(text in text()) {
        let mut position_start = 0;
        let mut previous_end = 0;
        let mut first = true;
        tokenize(text.as_bytes(), Mode::Document, &mut |token| {
            assert!(token.start < token.end && token.end <= text.len());
            assert!(text.is_char_boundary(token.start) && text.is_char_boundary(token.end));
            assert!(!token.text.is_empty() && token.text.len() <= MAX_TERM_BYTES);
            if !token.colocated {
                assert!(first || token.start > position_start);
                assert!(token.end >= previous_end);
                position_start = token.start;
                previous_end = token.end;
            }
            assert!(!(first && token.colocated));
            first = false;
            Ok(())
        }).unwrap();
    }

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for mode in [Mode::Document, Mode::Query] {
            tokenize(&bytes, mode, &mut |token| {
                assert!(token.start < token.end && token.end <= bytes.len());
                Ok(())
            }).unwrap();
        }
    }

    #[test]
    fn query_terms_read_back_as_themselves(text in text()) {
        for term in query_terms(&text) {
            prop_assert_eq!(query_terms(&term), [term.as_str()]);
        }
    }

    #[test]
    fn a_text_is_found_by_itself(text in "[a-zA-Z0-9_.\\-' äÖßé人工智能かカ한국ไทย😀]{1,40}") {
        if query_expression(&text, false).is_some() {
            prop_assert!(finds(&text, &text), "{:?}", query_expression(&text, false));
            prop_assert_eq!(hits(&archive(&[&text]), &text, true), [1]);
        }
    }

    #[test]
    fn any_query_is_well_formed(query in text(), prefix in any::<bool>()) {
        hits(&archive(&["some text 人工"]), &query, prefix);
    }
}
