//! Every way of searching that people are used to.

use super::text;
use crate::support::Profile;

#[test]
fn everything_that_was_said_is_found() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let questions = [
        "The café in Köln serves crème brûlée",
        "我喜欢人工智能",
        "call getUserName and then parse_http_date please",
        "the quick brown fox jumps over the lazy dog",
        "the brown dog is quick",
    ];
    let ids: Vec<String> = questions
        .iter()
        .map(|question| text(&profile.json(&["ask", question])["conversation_id"]).to_owned())
        .collect();
    let found = |query: &str| -> Vec<usize> {
        let hits = profile.json(&["history", "search", query]);
        let mut found: Vec<usize> = hits
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|hit| {
                ids.iter()
                    .position(|id| id == text(&hit["conversation_id"]))
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    for (query, expected, why) in [
        ("brûlée", 0, "a word as it stands"),
        ("brulee", 0, "accents folded"),
        ("CAFE", 0, "case folded"),
        ("koln", 0, "umlauts folded"),
        ("crem", 0, "the beginning of a word"),
        ("人工", 1, "two characters of Chinese"),
        ("智能", 1, "two characters at the end"),
        ("喜欢人", 1, "three characters"),
        ("username", 2, "parts of an identifier"),
        ("getuser", 2, "the beginning of an identifier"),
        ("http", 2, "a part between underscores"),
        ("parse_http_date", 2, "a whole identifier"),
        ("\"quick brown\"", 3, "a phrase in quotes"),
    ] {
        let hits = found(query);
        assert!(hits.contains(&expected), "{why}: {query:?} found {hits:?}");
        if query.starts_with('"') {
            assert!(
                !hits.contains(&4),
                "a phrase is not its words in another order"
            );
        }
    }
    let both = found("quick brown");
    assert!(
        both.contains(&3) && both.contains(&4),
        "words in any order: {both:?}"
    );
    assert!(found("zebra").is_empty());
    for odd in [
        "\"",
        "*",
        "a AND",
        "NEAR(",
        "'; DROP TABLE message; --",
        "-",
        "^",
        "{}",
        "AND OR NOT",
    ] {
        profile.json(&["history", "search", odd]);
    }
    let newest = profile.json(&["history", "search", "quick"]);
    let times: Vec<i64> = newest
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|hit| hit["at"].as_i64())
        .collect();
    assert!(
        times.windows(2).all(|pair| pair[0] >= pair[1]),
        "newest first: {times:?}"
    );
    assert!(text(&newest[0]["snippet"]).contains("quick"));
    let limited = profile.json(&["history", "search", "quick", "--limit", "1"]);
    assert_eq!(limited.as_array().map(Vec::len), Some(1));
}
