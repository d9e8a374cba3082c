//! What a model can take: its source's list says, and where it is silent the dialect does.

use fluxchat_testkit::recorder::{Answer, Recorder};

use super::{Desk, pdf, picture};

const MODELS: &str = r#"{"data":[
    {"id":"blind","architecture":{"input_modalities":["text"],"output_modalities":["text"]}},
    {"id":"seeing","architecture":{"input_modalities":["text","image","file"],"output_modalities":["text"]}},
    {"id":"silent"}]}"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_the_list_says_of_a_model_decides() {
    let recorder = Recorder::start(Answer::Words(vec!["seen".to_owned()])).await;
    recorder.models(MODELS);
    let desk = Desk::asking(recorder, "openai");
    let photo = desk.file("photo.png", &picture("here"));
    let paper = desk.file(
        "paper.pdf",
        &pdf(2, |page| vec![format!("Page {page} is short.")]),
    );
    let ask = |model: &str, path: &str, more: &[&str]| {
        let args = [
            "ask",
            "what is it?",
            "--source",
            "recorder",
            "--model",
            model,
            "--attach",
            path,
        ];
        [&args[..], more]
            .concat()
            .iter()
            .map(|it| (*it).to_owned())
            .collect::<Vec<_>>()
    };
    let json = |args: Vec<String>| desk.json(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let way = |model: &str, path: &str| {
        json(ask(model, path, &["--preview"]))["files"][0]["sent"].clone()
    };
    assert_eq!(way("seeing", &paper), "file");
    assert_eq!(way("blind", &paper), "text");
    assert_eq!(
        way("silent", &paper),
        "text",
        "many servers of this dialect read none"
    );
    assert_eq!(way("seeing", &photo), "file");
    assert_eq!(way("silent", &photo), "file", "nobody says it cannot");

    let args = ask("blind", &photo, &[]);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (ran, error) = desk.refused(&args);
    assert_eq!(
        (ran.code, &error["code"]),
        (2, &"attachment_refused".into()),
        "{error}"
    );
    assert!(
        error["message"].as_str().unwrap().contains("blind"),
        "it says which: {error}"
    );
    assert_eq!(desk.questions(), 0, "nothing was sent");
    assert_eq!(desk.assets().len(), 0, "nothing stays of it");
    // The control arm: the same picture to a model that sees.
    json(ask("seeing", &photo, &[]));
    assert!(desk.wire().contains("iVBORw0KGgo"));

    // Another model is asked in the same conversation: the picture stays behind, and it is said.
    let begun = json(ask("seeing", &photo, &[]));
    let id = super::conversation(&begun);
    json(ask("blind", &paper, &["--conversation", id]));
    let wire = desk.wire();
    assert!(
        !wire.contains("iVBORw0KGgo"),
        "a blind model is given no picture"
    );
    assert!(wire.contains("photo.png was attached here"), "{wire}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_goes_where_it_is_heard_and_is_refused_elsewhere() {
    use base64::Engine as _;
    let mp3 = b"ID3\x04\0\0\0\0\0\0\xFF\xFB\x90\0 a sound of its own";
    let base64 = base64::engine::general_purpose::STANDARD.encode(mp3);
    for (dialect, taken) in [
        ("openai", true),
        ("gemini", true),
        ("interactions", true),
        ("responses", false),
        ("anthropic", false),
        ("ollama", false),
    ] {
        let desk = Desk::new(dialect, "heard").await;
        let sound = desk.file("note.mp3", mp3);
        let ask = [
            "ask",
            "what is said?",
            "--source",
            "recorder",
            "--model",
            "m",
            "--attach",
            &sound,
        ];
        if taken {
            desk.profile.run(&ask);
            assert!(desk.wire().contains(&base64), "{dialect}");
        } else {
            let (_, error) = desk.refused(&ask);
            assert_eq!(error["code"], "attachment_refused", "{dialect}");
            assert_eq!(desk.questions(), 0, "{dialect}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_carries_the_words_of_files_beside_them() {
    let desk = Desk::new("openai", "fine").await;
    let paper = desk.file(
        "paper.pdf",
        &pdf(60, |page| {
            (0..20)
                .map(|line| format!("Line {line} of page {page} is its own."))
                .collect()
        }),
    );
    let photo = desk.file("photo.png", &picture("here"));
    let gone = desk.file("gone.txt", b"words that are deleted");
    let ask = ["ask", "what?", "--source", "recorder", "--model", "m"];
    desk.json(&[&ask[..], &["--attach", &paper, "--attach", &photo]].concat());
    let other = desk.json(&[&ask[..], &["--attach", &gone]].concat());
    desk.json(&["history", "delete", "--now", super::conversation(&other)]);
    let path = desk.files.path().join("all.zip");
    desk.json(&["privacy", "export", "--out", path.to_str().unwrap()]);
    let entries = crate::export::unpacked(&std::fs::read(&path).unwrap());
    let text = |path: &str| String::from_utf8_lossy(&entries[path]).into_owned();
    let rows: Vec<serde_json::Value> = text("attachments.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let row = |name: &str| rows.iter().find(|row| row["name"] == name).unwrap();
    assert_eq!(row("photo.png")["text_path"], serde_json::Value::Null);
    assert_eq!(row("photo.png")["from"], serde_json::Value::Null);
    let words = row("paper.pdf")["text_path"].as_str().unwrap();
    let found = text(words);
    for page in 1..=60 {
        let line = format!("Line 19 of page {page} is its own.");
        assert_eq!(found.matches(&line).count(), 1, "once: {line}");
        assert!(found.contains(&format!("[Page {page}]")));
    }
    let link = format!("[its text](../{words})");
    let conversations = entries.keys().filter(|it| it.starts_with("markdown/"));
    assert!(
        conversations
            .map(|it| text(it))
            .any(|it| it.contains(&link))
    );
    let manifest = text("manifest.json");
    assert!(manifest.contains(words), "with its hash");
    assert!(
        !entries
            .values()
            .any(|it| String::from_utf8_lossy(it).contains("words that are deleted"))
    );
    let schema: serde_json::Value =
        serde_json::from_str(&text("schema/attachments.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for row in &rows {
        assert!(schema.is_valid(row), "{row}");
    }
}
