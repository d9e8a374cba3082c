//! Attachments: what goes with a question is kept encrypted, leaves as far as the source can take
//! it and no further, and is gone when it is deleted.

mod cited;
pub mod room;
#[cfg(target_os = "linux")]
mod screen;
mod takes;
mod window;

use std::path::{Path, PathBuf};

use base64::Engine as _;
use fluxchat_testkit::canary;
use fluxchat_testkit::forensic::{Hit, all_needles, scan_database, scan_tree};
use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::Value;

use crate::support::{Profile, Ran};

/// A PDF of so many pages, each with its lines.
pub fn pdf(pages: u32, lines: impl Fn(u32) -> Vec<String>) -> Vec<u8> {
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut at = Vec::new();
    let mut object = |bytes: &mut Vec<u8>, body: String| {
        at.push(bytes.len());
        let number = at.len();
        bytes.extend_from_slice(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes());
    };
    object(&mut bytes, "<< /Type /Catalog /Pages 2 0 R >>".to_owned());
    let kids: Vec<String> = (0..pages)
        .map(|page| format!("{} 0 R", 4 + 2 * page))
        .collect();
    let tree = format!(
        "<< /Type /Pages /Kids [{}] /Count {pages} >>",
        kids.join(" ")
    );
    object(&mut bytes, tree);
    let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";
    object(&mut bytes, font.to_owned());
    for page in 0..pages {
        let said: Vec<String> = lines(page + 1)
            .iter()
            .map(|line| format!("({line}) Tj T*"))
            .collect();
        let content = format!("BT /F1 11 Tf 14 TL 72 740 Td {} ET", said.join(" "));
        let node = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {} 0 R \
             /Resources << /Font << /F1 3 0 R >> >> >>",
            5 + 2 * page
        );
        object(&mut bytes, node);
        let length = content.len();
        object(
            &mut bytes,
            format!("<< /Length {length} >>\nstream\n{content}\nendstream"),
        );
    }
    let start = bytes.len();
    let mut end = format!("xref\n0 {}\n0000000000 65535 f \n", at.len() + 1);
    for offset in &at {
        end.push_str(&format!("{offset:010} 00000 n \n"));
    }
    end.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        at.len() + 1
    ));
    bytes.extend_from_slice(end.as_bytes());
    bytes
}

/// A picture of one dot whose file says where it was taken.
pub fn picture(place: &str) -> Vec<u8> {
    let plain = base64::engine::general_purpose::STANDARD
        .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
        .unwrap();
    let said = format!("tEXtLocation\0{place}");
    let mut bytes = plain[..33].to_vec();
    let length = u32::try_from(said.len() - 4).unwrap();
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(said.as_bytes());
    bytes.extend_from_slice(&crc(said.as_bytes()).to_be_bytes());
    bytes.extend_from_slice(&plain[33..]);
    bytes
}

/// A grey picture with a gradient, whose file says where it was taken. Nothing in it is packed.
pub fn photo(width: u32, height: u32, place: &str) -> Vec<u8> {
    let mut rows = Vec::new();
    for y in 0..height {
        rows.push(0);
        rows.extend((0..width).map(|x| u8::try_from((x / 16 + y / 8) % 256).unwrap()));
    }
    let mut packed = vec![0x78, 0x01];
    let mut blocks = rows.chunks(65_535).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap();
        packed.push(u8::from(blocks.peek().is_none()));
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in &rows {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    packed.extend(((b << 16) | a).to_be_bytes());
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    head.extend([8, 0, 0, 0, 0]);
    let place = format!("Location\0{place}").into_bytes();
    for (kind, data) in [
        (b"IHDR", head),
        (b"tEXt", place),
        (b"IDAT", packed),
        (b"IEND", Vec::new()),
    ] {
        let body = [kind.as_slice(), &data].concat();
        bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend(&body);
        bytes.extend(crc(&body).to_be_bytes());
    }
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        })
    })
}

/// A profile with a source that writes down what it is asked.
struct Desk {
    profile: Profile,
    /// Where the files lie that are attached: outside of what the app may write to.
    files: tempfile::TempDir,
    recorder: Recorder,
}

impl Desk {
    async fn new(dialect: &str, answer: &str) -> Self {
        let recorder = Recorder::start(Answer::Words(vec![answer.to_owned()])).await;
        Self::asking(recorder, dialect)
    }

    fn asking(recorder: Recorder, dialect: &str) -> Self {
        let profile = Profile::with_cheap_passphrase().set_up();
        let desk = Self {
            profile,
            files: tempfile::tempdir().unwrap(),
            recorder,
        };
        let url = desk.recorder.base_url();
        desk.json(&[
            "source",
            "add",
            "recorder",
            "--url",
            &url,
            "--dialect",
            dialect,
        ]);
        desk
    }

    fn json(&self, args: &[&str]) -> Value {
        self.profile.json(args)
    }

    fn refused(&self, args: &[&str]) -> (Ran, Value) {
        let ran = self.profile.run(&[&["--json"], args].concat());
        assert_ne!(ran.code, 0, "it is refused:\n{}", ran.stdout);
        let error = ran.json()["error"].clone();
        (ran, error)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.files.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The body of the last question that arrived.
    fn wire(&self) -> String {
        let seen = self.recorder.seen();
        let chat = seen.iter().rev().find(|it| it.method == "POST");
        chat.map(|it| it.body.clone()).unwrap_or_default()
    }

    fn questions(&self) -> usize {
        let seen = self.recorder.seen();
        seen.iter().filter(|it| it.method == "POST").count()
    }

    fn assets(&self) -> Vec<PathBuf> {
        match std::fs::read_dir(self.profile.dir.join("assets")) {
            Ok(entries) => entries.map(|it| it.unwrap().path()).collect(),
            Err(_) => Vec::new(),
        }
    }

    fn remnants(&self, canaries: &[&str]) -> Vec<Hit> {
        let needles = all_needles(canaries);
        let key = self.profile.archive_key();
        let mut hits = scan_database(&self.profile.dir.join("archive.db"), &key, &needles);
        hits.extend(scan_tree(self.profile.world(), &needles));
        hits
    }
}

fn conversation(answer: &Value) -> &str {
    answer["conversation_id"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_pdf_is_asked_about_and_the_page_is_cited() {
    let desk = Desk::new(
        "openai",
        "With 42 newton metres [manual.pdf, p. 317], see [manual.pdf, p. 31].",
    )
    .await;
    let manual = pdf(500, |page| {
        let mut lines: Vec<String> = (0..12)
            .map(|line| format!("Line {line} of page {page} speaks of oil, screws and patience."))
            .collect();
        if page == 317 {
            lines.push("The Zephyr valve is closed with exactly 42 newton metres.".to_owned());
        }
        lines
    });
    let path = desk.file("manual.pdf", &manual);
    let ask = [
        "ask",
        "How tight is the Zephyr valve?",
        "--source",
        "recorder",
    ];
    let answer = desk.json(&[&ask[..], &["--model", "m", "--attach", &path]].concat());
    assert_eq!(answer["files"][0]["sent"], "pages");
    let pages = answer["files"][0]["pages"].as_array().unwrap();
    assert!(pages.contains(&317.into()), "{pages:?}");
    let wire = desk.wire();
    assert!(wire.contains("[manual.pdf, p. 317]") && wire.contains("42 newton metres"));
    assert!(
        wire.len() < 64 << 10,
        "not the whole manual: {} bytes",
        wire.len()
    );
    assert!(
        !wire.contains("page 444 speaks"),
        "nothing that does not fit"
    );
    let cited: Vec<&str> = answer["citations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["title"].as_str().unwrap())
        .collect();
    assert_eq!(cited, ["manual.pdf, p. 317"], "page 31 was never given");

    // The next question about it finds other pages, from what is kept.
    std::fs::remove_file(&path).unwrap();
    let next = [
        "ask",
        "What does page 77 speak of?",
        "--conversation",
        conversation(&answer),
    ];
    let next = desk.json(&next);
    let pages = next["files"][0]["pages"].as_array().unwrap();
    assert!(pages.contains(&77.into()), "{pages:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_leaves_without_its_place_and_a_file_as_its_source_takes_it() {
    let place = canary();
    for (dialect, pdf_as_file) in [("openai", false), ("anthropic", true), ("gemini", true)] {
        let desk = Desk::new(dialect, "seen").await;
        let taken = picture(&place);
        assert!(
            String::from_utf8_lossy(&taken).contains(&place),
            "the control arm"
        );
        let photo = desk.file("photo.png", &taken);
        let words = pdf(2, |page| vec![format!("Seite {page} ist kurz")]);
        let paper = desk.file("paper.pdf", &words);
        let ask = ["ask", "what is it?", "--source", "recorder", "--model", "m"];
        let args = [&ask[..], &["--attach", &photo, "--attach", &paper]].concat();
        let shown = desk.json(&[&args[..], &["--preview"]].concat());
        assert_eq!(shown["files"][0]["details_removed"], true, "{dialect}");
        assert_eq!(shown["files"][0]["sent"], "file", "{dialect}");
        let way = if pdf_as_file { "file" } else { "text" };
        assert_eq!(shown["files"][1]["sent"], way, "{dialect}");
        assert_eq!(desk.questions(), 0, "showing sends nothing");
        assert_eq!(desk.assets(), [] as [&Path; 0], "and keeps nothing");

        let ran = desk.profile.run(&args);
        assert!(
            ran.stderr
                .contains("photo.png: place, camera and time were taken out"),
            "{dialect}: {}",
            ran.stderr
        );
        let wire = desk.wire();
        assert_eq!(wire.contains("Seite 2 ist kurz"), !pdf_as_file, "{dialect}");
        let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
        assert_eq!(wire.contains(&base64(&words)), pdf_as_file, "{dialect}");
        assert!(
            wire.contains("iVBORw0KGgo"),
            "{dialect}: the picture is in it"
        );
        assert!(!wire.contains(&base64(&taken)), "{dialect}: not as it was");
        assert_eq!(
            desk.remnants(&[&place]).len(),
            0,
            "its place is kept nowhere"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_source_cannot_take_is_refused_before_anything_is_sent() {
    let desk = Desk::new("ollama", "never").await;
    let sound = desk.file("note.mp3", b"ID3\x04\0\0\0\0\0\0\xFF\xFB\x90\0");
    let ask = [
        "ask",
        "what is said?",
        "--source",
        "recorder",
        "--model",
        "m",
    ];
    let (ran, error) = desk.refused(&[&ask[..], &["--attach", &sound]].concat());
    assert_eq!(error["code"], "attachment_refused", "{error}");
    assert_eq!(ran.code, 2);
    for (name, bytes, code) in [
        ("tool.bin", &b"\x7FELF\x02\x01\x01\0\0\0"[..], "file_kind"),
        ("empty.txt", b"", "file_empty"),
        ("broken.docx", b"PK\x03\x04 no more", "file_unreadable"),
    ] {
        let path = desk.file(name, bytes);
        let (_, error) = desk.refused(&[&ask[..], &["--attach", &path]].concat());
        assert_eq!(error["code"], code, "{name}: {error}");
    }
    assert_eq!(desk.questions(), 0);
    let listed = desk.json(&["history", "list"]);
    assert_eq!(listed, serde_json::json!([]), "nothing was begun");
    assert_eq!(
        desk.assets(),
        [] as [&Path; 0],
        "nothing stays of what was not sent"
    );
    // The control arm: the same question with a file it can take.
    let text = desk.file("note.txt", b"a note");
    desk.profile.run(&[&ask[..], &["--attach", &text]].concat());
    assert!(desk.wire().contains("a note"));
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_a_file_is_read_and_kept_and_nothing_leaves() {
    let desk = Desk::new("openai", "never").await;
    let text = desk.file("note.txt", b"a note for later");
    let ask = ["ask", "sum it up", "--source", "recorder", "--model", "m"];
    let ran = desk
        .profile
        .run(&[&["--json", "--offline"], &ask[..], &["--attach", &text]].concat());
    let answer = ran.json();
    assert_eq!(answer["error"]["code"], "offline", "{answer}");
    assert_eq!(answer["files"][0]["name"], "note.txt");
    assert_eq!(
        (desk.questions(), desk.assets().len()),
        (0, 1),
        "all of it is kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_redacted_and_a_picture_is_said_not_to_be() {
    let desk = Desk::new("openai", "fine").await;
    desk.json(&["source", "redact", "recorder", "on"]);
    let text = desk.file("list.csv", b"name;mail\nAda;ada@example.org\n");
    let photo = desk.file("photo.png", &picture("here"));
    let ask = ["ask", "who?", "--source", "recorder", "--model", "m"];
    let args = [&ask[..], &["--attach", &text, "--attach", &photo]].concat();
    let shown = desk.json(&[&args[..], &["--preview"]].concat());
    let unredacted: Vec<_> = (0..2).map(|at| &shown["files"][at]["unredacted"]).collect();
    assert_eq!(unredacted, [false, true]);
    desk.json(&args);
    let wire = desk.wire();
    assert!(
        wire.contains("[EMAIL_1]") && !wire.contains("ada@example.org"),
        "{wire}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_file_leaves_nothing_anywhere() {
    let desk = Desk::new("openai", "fine").await;
    let (word, name, late) = (canary(), canary(), canary());
    let long = pdf(80, |page| {
        let mut lines: Vec<String> = (0..30)
            .map(|line| format!("Filler {line} of page {page} is here to make it long."))
            .collect();
        if page == 5 {
            lines.push(format!("The word is {word} and no other."));
        }
        if page == 79 {
            lines.push(format!("At the end stands {late}."));
        }
        lines
    });
    let path = desk.file(&format!("{name}.pdf"), &long);
    let ask = [
        "ask",
        "which word is it?",
        "--source",
        "recorder",
        "--model",
        "m",
    ];
    let answer = desk.json(&[&ask[..], &["--attach", &path]].concat());
    // Another file says nothing of it and stays.
    let other = desk.file("other.txt", b"stays where it is");
    desk.json(&[&ask[..], &["--attach", &other]].concat());
    let all = [word.as_str(), &name, &late];
    for canary in &all {
        assert!(
            !desk.remnants(&[canary]).is_empty(),
            "the control arm finds {canary}"
        );
    }
    assert_eq!(desk.assets().len(), 2);
    let receipt = desk.json(&["history", "delete", "--now", conversation(&answer)]);
    let receipt = &receipt[0]["receipt"];
    assert_eq!(receipt["files"], 1, "{receipt}");
    crate::deletion::assert_proven(receipt, "conversation");
    let left = desk.remnants(&all);
    assert!(left.is_empty(), "{} remnants of a deleted file", left.len());
    assert_eq!(desk.assets().len(), 1, "the other one stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_conversation_has_its_files_in_memory_alone() {
    let desk = Desk::new("openai", "fine").await;
    let word = canary();
    let path = desk.file("note.txt", format!("the word {word}").as_bytes());
    let ask = [
        "ask", "which?", "--source", "recorder", "--model", "m", "--attach", &path,
    ];
    desk.json(&[&ask[..], &["--temporary"]].concat());
    assert!(desk.wire().contains(&word), "it was sent");
    assert_eq!(desk.remnants(&[&word]).len(), 0);
    assert_eq!(desk.assets(), [] as [&Path; 0]);
    // The control arm: one that is kept leaves both.
    desk.json(&ask);
    assert!(!desk.remnants(&[&word]).is_empty());
    assert_eq!(desk.assets().len(), 1);
}

#[test]
#[cfg(target_os = "linux")]
fn the_shipped_program_reads_files_without_a_network() {
    use std::io::Write as _;
    let mut child = std::process::Command::new(crate::support::cli_path())
        .arg(fluxchat_core::READ_APART)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"\"probe\"\n")
        .unwrap();
    let said = child.wait_with_output().unwrap().stdout;
    let said = String::from_utf8_lossy(&said).into_owned();
    let probe: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    // The control arm, a process that may, is beside the code of the reader.
    for right in ["network", "local_sockets", "writes", "programs", "others"] {
        assert_eq!(probe["probe"][right], false, "{right}: {probe}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_in_memory_can_be_kept_with_its_files() {
    use fluxchat_core::Ask;
    use fluxchat_model::DraftKey;
    let world = crate::temporary::world::World::start().await;
    let app = &world.app;
    app.read_files_with(crate::support::cli_path());
    let begun = app.begin_temporary(None, None).await.unwrap();
    let key = DraftKey::Conversation(begun.id);
    let text = b"first words".to_vec();
    let said = app
        .attach(key, "said.txt".to_owned(), text.clone())
        .await
        .unwrap();
    let unsent = app
        .attach(key, "unsent.txt".to_owned(), text.clone())
        .await
        .unwrap();
    let ask = Ask {
        conversation: Some(begun.id),
        attachments: vec![said.asset_id],
        ..Ask::default()
    };
    crate::support::app::ask(app, ask).await;
    let assets = app.profile().join("assets");
    let count = || std::fs::read_dir(&assets).map_or(0, Iterator::count);
    assert_eq!(count(), 0, "in memory alone");
    let read = async |id| app.asset_range(id, 6, 5).await.unwrap().bytes;
    assert_eq!(read(said.asset_id).await, b"words");
    app.keep_temporary(begun.id).await.unwrap();
    assert_eq!(count(), 2);
    for id in [said.asset_id, unsent.asset_id] {
        assert_eq!(read(id).await, b"words");
        assert_eq!(
            app.attachment_text(id, 0).await.unwrap()[0].body,
            "first words"
        );
    }
    assert_eq!(app.attachments(key).await.unwrap(), [unsent]);
}
