//! What tools return beside words: it is kept with the answer, told to models that can see it, and
//! gone with the message. A server that says other than it is costs its own files.

use std::path::Path;

use base64::Engine as _;
use fluxchat_core::{Ask, Asking, NewToolServer, Preview};
use fluxchat_model::{AssetId, Dialect, Message, Part, ToolDecision, ToolState};
use fluxchat_testkit::recorder::Answer;
use serde_json::{Value, json};

use super::{World, calls, definition, openai, shell_server, world};
use crate::attachments::room::{on_the_wire, sound};

/// Eight pixels by eight.
const PICTURE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mM4ERCFFTEMLQkAQGRcgUWIpi0AAAAASUVORK5CYII=";

/// A server whose tool returns what stands in a file.
pub fn returning(folder: &Path, content: &Value) -> NewToolServer {
    let place = folder.join("content.json");
    std::fs::write(&place, content.to_string()).unwrap();
    let list = format!("echo '[{}]'", definition("t", "d"));
    let mut server = shell_server(&list, "echo x");
    let script = &mut server.arguments[1];
    let words = r#"[{"type":"text","text":"'"$(echo x)"'"}]"#;
    assert!(script.contains(words), "{script}");
    *script = script.replace(words, &format!(r#"'"$(cat {})"'"#, place.display()));
    server
}

pub fn picture() -> Value {
    json!({"type": "image", "data": PICTURE, "mimeType": "image/png"})
}

/// The files of an answer, with the number of the call.
pub fn files(answer: &Message) -> Vec<(AssetId, String, String, Option<u32>)> {
    let files = answer.parts.iter().filter_map(|part| match part {
        Part::Attachment {
            asset_id,
            name,
            media_type,
            call,
        } => Some((*asset_id, name.clone(), media_type.clone(), *call)),
        _ => None,
    });
    files.collect()
}

async fn asked(world: &World, content: &Value) -> Message {
    let folder = tempfile::tempdir().unwrap();
    world.app.read_files_with(crate::support::cli_path());
    world.server.answer(Answer::Turns(vec![
        openai("", &[("Shell__t", "{}")]),
        openai("seen", &[]),
    ]));
    world.asked_with(returning(folder.path(), content)).await
}

fn names(answer: &Message) -> Vec<String> {
    files(answer).into_iter().map(|it| it.1).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_kept_with_its_call_and_told_to_who_can_see() {
    let world = world(Dialect::Openai, vec![]).await;
    let content = json!([
        {"type": "text", "text": "Here:"},
        picture(),
        {"type": "resource", "resource": {"uri": "file:///a/notes.md", "text": "# The heron", "mimeType": "text/markdown"}},
    ]);
    let answer = asked(&world, &content).await;
    let call = &calls(&answer)[0];
    assert_eq!(
        (call.state, call.result.as_deref()),
        (
            ToolState::Done,
            Some("Here:\n[File: picture-1.png]\n[File: notes.md]\n# The heron")
        )
    );
    let kept = files(&answer);
    let of_call: Vec<_> = kept.iter().map(|it| (it.1.as_str(), it.3)).collect();
    assert_eq!(of_call, [("picture-1.png", Some(0)), ("notes.md", Some(0))]);
    let bytes = world.app.asset_range(kept[0].0, 0, u64::MAX).await.unwrap();
    assert_eq!(bytes.media_type, "image/png");
    assert!(bytes.bytes.starts_with(b"\x89PNG"));
    let text = world.app.attachment_text(kept[1].0, 0).await.unwrap();
    assert_eq!(text[0].body, "# The heron");
    // The picture follows the results; the words are in them, and once.
    let body = world.bodies()[1].to_string();
    let told = world.bodies()[1]["messages"].clone();
    let last = told.as_array().and_then(|it| it.last()).unwrap();
    assert_eq!(last["role"], "user", "{told}");
    let is_picture = |part: &Value| part["type"] == "image_url";
    assert!(last["content"].as_array().unwrap().iter().any(is_picture));
    assert_eq!(body.matches("The heron").count(), 1, "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_what_it_says_is_left_out_and_said_to_be() {
    let world = world(Dialect::Openai, vec![]).await;
    let svg = "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciPjxzY3JpcHQ+YWxlcnQoMSk8L3NjcmlwdD48L3N2Zz4=";
    let content = json!([
        {"type": "image", "data": "aGVsbG8=", "mimeType": "image/png"},
        {"type": "image", "data": "not base64", "mimeType": "image/png"},
        {"type": "image", "data": "iVBORw0KGgoAAAANSUhEUg==", "mimeType": "image/png"},
        {"type": "image", "data": PICTURE, "mimeType": "text/html"},
        {"type": "image", "data": svg, "mimeType": "image/svg+xml"},
        {"type": "audio", "data": "AAECAwQFBgcICQ==", "mimeType": "audio/wav"},
        {"type": "resource", "resource": {"uri": "x://y/../../etc/passwd", "text": "words"}},
    ]);
    let answer = asked(&world, &content).await;
    let call = &calls(&answer)[0];
    let result = call.result.clone().unwrap();
    assert_eq!(call.state, ToolState::Done, "{result}");
    assert_eq!(result.matches("was left out").count(), 4, "{result}");
    let kept = files(&answer);
    let kinds: Vec<_> = kept
        .iter()
        .map(|it| (it.1.as_str(), it.2.as_str()))
        .collect();
    assert_eq!(
        kinds,
        [
            ("file-1.html", "image/png"),
            ("picture-2", "text/plain"),
            ("passwd.txt", "text/plain")
        ],
        "the content decides, and markup that draws is words"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_an_end_to_what_is_kept() {
    let world = world(Dialect::Openai, vec![]).await;
    let answer = asked(&world, &json!(vec![picture(); 10_000])).await;
    let call = &calls(&answer)[0];
    let result = call.result.clone().unwrap();
    assert_eq!(call.state, ToolState::Done, "{result}");
    assert_eq!(names(&answer).len(), 20);
    assert!(
        result.contains("20 files of a call are kept at most"),
        "{result}"
    );
    assert!(
        result.contains("9500 more pieces were left out"),
        "{result}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_temporary_conversation_nothing_is_on_the_disk() {
    let world = world(Dialect::Openai, vec![]).await;
    world.app.read_files_with(crate::support::cli_path());
    let folder = tempfile::tempdir().unwrap();
    let server = returning(folder.path(), &json!([picture()]));
    let server = world.app.add_tool_server(server).await.unwrap();
    world.server.answer(Answer::Turns(vec![
        openai("", &[("Shell__t", "{}")]),
        openai("seen", &[]),
    ]));
    let begun = world
        .app
        .begin_temporary(Some(world.source), Some("m-1".to_owned()))
        .await
        .unwrap();
    let tools = server.id.to_string();
    let ask = |conversation| Ask {
        conversation,
        ..world.question("?", &[&tools])
    };
    let answer = world.asked(ask(Some(begun.id)), ToolDecision::Once).await;
    let kept = files(&answer);
    assert_eq!(kept.len(), 1, "{answer:?}");
    let bytes = world.app.asset_range(kept[0].0, 0, u64::MAX).await.unwrap();
    assert!(bytes.bytes.starts_with(b"\x89PNG"), "it can be seen");
    let assets = world.app.profile().join("assets");
    let there = || std::fs::read_dir(&assets).map_or(0, Iterator::count);
    assert_eq!(there(), 0, "and is no file");
    world.app.end_temporary(begun.id).await.unwrap();
    assert!(world.app.asset_range(kept[0].0, 0, 1).await.is_err());
    // The control arm: of another conversation it is one.
    world.server.answer(Answer::Turns(vec![
        openai("", &[("Shell__t", "{}")]),
        openai("seen", &[]),
    ]));
    world.asked(ask(None), ToolDecision::Once).await;
    assert_eq!(there(), 1);
}

/// npm `@modelcontextprotocol/server-everything`.
#[tokio::test(flavor = "multi_thread")]
async fn pictures_and_resources_of_a_server_of_others_are_kept() {
    let world = world(Dialect::Openai, vec![]).await;
    world.app.read_files_with(crate::support::cli_path());
    world.server.answer(Answer::Turns(vec![
        openai(
            "",
            &[
                ("Everything__get-tiny-image", "{}"),
                (
                    "Everything__get-resource-reference",
                    r#"{"resourceType":"Text","resourceId":1}"#,
                ),
            ],
        ),
        openai("seen", &[]),
    ]));
    let server = NewToolServer {
        name: "Everything".to_owned(),
        program: super::command_line::everything(),
        arguments: vec!["stdio".to_owned()],
        enabled: true,
        ..NewToolServer::default()
    };
    let answer = world.asked_with(server).await;
    let made = calls(&answer);
    let first = made[0].result.as_deref().unwrap();
    assert!(first.contains("[File: picture-1.png]"), "{first}");
    let kept = files(&answer);
    let kinds: Vec<_> = kept.iter().map(|it| (it.2.as_str(), it.3)).collect();
    assert_eq!(
        kinds,
        [("image/png", Some(0)), ("text/plain", Some(1))],
        "{made:?}"
    );
    let second = made[1].result.as_deref().unwrap();
    assert!(second.contains("This is a plaintext resource"), "{second}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_with_its_call_and_stays_where_calls_are_not_told() {
    let world = world(Dialect::Openai, vec![]).await;
    let answer = asked(&world, &json!([picture()])).await;
    let id = answer.conversation_id;
    let asking = || {
        Asking::New(Box::new(Ask {
            conversation: Some(id),
            instructions: None,
            ..world.question("And now?", &[])
        }))
    };
    let shown = |preview: Preview| {
        let body = String::from_utf8(preview.wire.body.to_vec()).unwrap();
        (preview.files.len(), body.contains("image_url"))
    };
    let preview = world.app.preview(asking()).await.unwrap();
    assert_eq!(shown(preview), (1, true), "the control arm");
    let off = super::with(&[]).unwrap();
    world.app.set_instructions(id, off).await.unwrap();
    let preview = world.app.preview(asking()).await.unwrap();
    assert_eq!(shown(preview), (0, false), "no tools, no calls, no files");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_of_what_was_returned_has_the_room_of_a_request() {
    let sound = |number| {
        let data = base64::engine::general_purpose::STANDARD.encode(sound(number, 8));
        json!({"type": "audio", "data": data, "mimeType": "audio/mpeg"})
    };
    let world = world(Dialect::Openai, vec![]).await;
    let answer = asked(&world, &json!([sound(1), sound(2)])).await;
    let told = world.bodies()[1].to_string();
    assert_eq!(names(&answer), ["sound-1.mp3", "sound-2.mp3"]);
    assert!(!told.contains(&on_the_wire(1)), "the first has no room");
    assert!(told.contains(&on_the_wire(2)), "beside the second");
    assert!(told.contains("The file sound-1.mp3 was returned here"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_no_words_because_its_bytes_are() {
    let world = world(Dialect::Openai, vec![]).await;
    let pdf = crate::attachments::pdf(1, |_| vec!["The heron stands.".to_owned()]);
    let pdf = String::from_utf8(pdf).unwrap();
    let content = json!([
        {"type": "resource", "resource": {"uri": "x://heron.pdf", "text": pdf, "mimeType": "application/pdf"}},
    ]);
    let answer = asked(&world, &content).await;
    let call = &calls(&answer)[0];
    assert_eq!(call.result.as_deref(), Some("[File: heron.pdf]"));
    assert_eq!(names(&answer), ["heron.pdf"]);
    let told = world.bodies()[1].to_string();
    assert_eq!(told.matches("The heron stands.").count(), 1, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_long_text_the_model_is_told_the_beginning() {
    let world = world(Dialect::Openai, vec![]).await;
    let log = "a line of a log\n".repeat(300_000);
    let content = json!([
        {"type": "resource", "resource": {"uri": "x://server.log", "text": log, "mimeType": "text/plain"}},
    ]);
    let answer = asked(&world, &content).await;
    assert_eq!(answer.status, fluxchat_model::MessageStatus::Complete);
    let result = calls(&answer)[0].result.clone().unwrap();
    assert!(result.len() < 66_000, "{}", result.len());
    assert!(result.ends_with("[The rest was left out: it is too long.]"));
    assert!(world.bodies()[1].to_string().len() < 80_000);
}
