use super::*;
use crate::returned::{LARGEST_FILES, MOST_FILES, ReturnedFile};
use serde_json::{Value, json};

fn said(content: &Value) -> Vec<PromptMessage> {
    messages(&serde_json::from_value(json!({"messages": content})).unwrap())
}

fn read(content: &Value) -> Vec<Piece> {
    contents(&serde_json::from_value(json!({"contents": content})).unwrap())
}

#[test]
fn who_speaks_and_what_is_a_file_stay_apart() {
    let found = said(&json!([
        {"role": "user", "content": {"type": "text", "text": "one"}},
        {"role": "assistant", "content": {"type": "text", "text": "two"}},
        {"role": "user", "content": {"type": "image", "data": "AAEC", "mimeType": "image/png"}},
    ]));
    let file = ReturnedFile {
        name: String::new(),
        media_type: "image/png".to_owned(),
        bytes: vec![0, 1, 2],
    };
    let message = |is_answer, piece| PromptMessage {
        is_answer,
        pieces: vec![piece],
    };
    let want = [
        message(false, Piece::Words("one".to_owned())),
        message(true, Piece::Words("two".to_owned())),
        message(false, Piece::File(file)),
    ];
    assert_eq!(found, want);
}

#[test]
fn the_bounds_of_a_result_are_those_of_all_messages_together() {
    let picture = json!({"type": "image", "data": "AAEC", "mimeType": "image/png"});
    let found = said(&json!(vec![
        json!({"role": "user", "content": picture});
        2_000
    ]));
    let pieces = || found.iter().flat_map(|it| &it.pieces);
    let files = pieces().filter(|it| matches!(it, Piece::File(_)));
    assert_eq!(files.count(), MOST_FILES);
    let rest = LeftOut::Rest { count: 1_500 };
    assert!(matches!(pieces().last(), Some(Piece::LeftOut { why, .. }) if *why == rest));
    let long = "x".repeat(800 << 10);
    let text = json!({"role": "user", "content": {"type": "text", "text": long}});
    let found = said(&json!([text, text, text]));
    let words = found.iter().flat_map(|it| &it.pieces).map(|it| match it {
        Piece::Words(words) => words.len(),
        _ => 0,
    });
    assert_eq!(words.sum::<usize>(), 1 << 20);
}

#[test]
fn a_resource_is_its_files_within_the_bounds() {
    let found = read(&json!([
        {"uri": "file:///a/notes.md", "text": "# a", "mimeType": "text/markdown; charset=utf-8"},
        {"uri": "x://y/z", "blob": "not base64!"},
    ]));
    let file = ReturnedFile {
        name: "notes.md".to_owned(),
        media_type: "text/markdown".to_owned(),
        bytes: b"# a".to_vec(),
    };
    let left_out = Piece::LeftOut {
        media_type: "application/octet-stream".to_owned(),
        why: LeftOut::Unreadable,
    };
    assert_eq!(found, [Piece::File(file), left_out]);
    assert_eq!(read(&json!([{"uri": "a:b", "text": ""}])), []);
    let large = "x".repeat(LARGEST_FILES + 1);
    let found = read(&json!([{"uri": "a:b", "text": large}]));
    assert!(
        matches!(
            &found[..],
            [Piece::LeftOut {
                why: LeftOut::TooLarge,
                ..
            }]
        ),
        "{found:?}"
    );
}

#[test]
fn a_list_is_taken_as_far_as_anybody_reads() {
    let of = |name: &str| rmcp::model::Prompt::new(name, None::<String>, None);
    let mut taking = Taking::new(3);
    for name in ["a", "a", "b", &"x".repeat(LONGEST_NAME + 1), "c"] {
        prompt(of(name), &mut taking);
    }
    assert!(!taking.listed.has_more);
    prompt(of("d"), &mut taking);
    let names: Vec<&str> = taking.listed.rows.iter().map(|it| &*it.name).collect();
    assert_eq!((names, taking.listed.has_more), (vec!["a", "b", "c"], true));
    let many = vec![rmcp::model::PromptArgument::new("a"); MOST_ARGUMENTS + 1];
    let mut taking = Taking::new(3);
    prompt(
        rmcp::model::Prompt::new("a", None::<String>, Some(many)),
        &mut taking,
    );
    assert!(taking.listed.rows.is_empty(), "nobody fills that in");

    let mut taking = Taking::new(usize::MAX);
    for number in 0..1_000 {
        let it = rmcp::model::Resource::new(format!("a:{number}"), "n");
        resource(it.with_description("d".repeat(4 << 10)), &mut taking);
    }
    let rows = taking.listed.rows.len();
    assert!(taking.listed.has_more && rows > 400 && rows < 600, "{rows}");
    let long = rmcp::model::Resource::new("x".repeat(LONGEST_ADDRESS + 1), "n");
    let mut taking = Taking::new(1);
    resource(long, &mut taking);
    assert!(taking.listed.rows.is_empty());
}
