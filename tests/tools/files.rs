//! Reading an attachment: files of this conversation alone, page by page, and nothing that is frozen
//! or gone.

use fluxchat_core::Ask;
use fluxchat_model::{Dialect, DraftKey, Message, Part, ToolCallPart, ToolDecision, ToolState};
use fluxchat_testkit::recorder::Answer;
use serde_json::json;

use super::{World, calls, openai, world};
use crate::attachments::pdf;

async fn attach(world: &World, name: &str, bytes: Vec<u8>) -> fluxchat_model::AssetId {
    let key = DraftKey::NewConversation;
    let file = world.app.attach(key, name.to_owned(), bytes).await.unwrap();
    file.asset_id
}

/// A long one: only parts of it go along with the question.
fn manual() -> Vec<u8> {
    let filler = || (0..40).map(|n| format!("Line {n} says nothing that anybody asked for."));
    pdf(40, |page| {
        let mut lines = vec![format!("On page {page} the valve is number {}.", page * 7)];
        lines.extend(filler());
        lines
    })
}

/// A question about files that are attached to it, and one after it in the same conversation.
async fn read(world: &World, ask: Ask, arguments: &str, then: &str) -> (Message, ToolCallPart) {
    world.server.answer(Answer::Turns(vec![
        openai("", &[("read_attachment", arguments)]),
        openai(then, &[]),
    ]));
    let answer = world.asked(ask, ToolDecision::Once).await;
    let call = calls(&answer)[0].clone();
    (answer, call)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_model_reads_pages_of_the_files_of_its_conversation_and_cites_them() {
    let world = world(Dialect::Openai, vec![openai("x", &[])]).await;
    world.app.read_files_with(crate::support::cli_path());
    let other = attach(&world, "secret.txt", b"somebody else's".to_vec()).await;
    let ask = Ask {
        attachments: vec![other],
        ..world.question("elsewhere", &[])
    };
    world.asked(ask, ToolDecision::Once).await;

    let file = attach(&world, "Manual.pdf", manual()).await;
    let notes = attach(
        &world,
        "notes.txt",
        "long words ".repeat(4_000).into_bytes(),
    )
    .await;
    let ask = Ask {
        attachments: vec![file, notes],
        ..world.question("what is there?", &["read_attachment"])
    };
    let (first, call) = read(&world, ask, "{}", "two files").await;
    assert_eq!(call.state, ToolState::Done);
    let listed = call.result.unwrap();
    assert_eq!(
        listed,
        "1. Manual.pdf (40 pages)\n2. notes.txt (44 kB of text)"
    );

    let next = || Ask {
        conversation: Some(first.conversation_id),
        instructions: None,
        ..world.question("go on", &[])
    };
    let arguments = json!({"file": "manual.pdf", "page": 31}).to_string();
    let (answer, call) = read(&world, next(), &arguments, "It is 217 [Manual.pdf, p. 31].").await;
    let text = call.result.unwrap();
    assert!(
        text.contains("On page 31 the valve is number 217."),
        "{text}"
    );
    assert!(!text.contains("On page 30"), "one page: {text}");
    let cited = answer.parts.iter().any(|part| {
        matches!(part, Part::Citation { title, target, .. }
            if title == "Manual.pdf, p. 31" && *target == format!("attachment:{file}#31"))
    });
    assert!(cited, "{:?}", answer.parts);

    // The model is told again what was read, and may name it again; not what nobody read.
    let again = "It is 217 [Manual.pdf, p. 31], not 218 [Manual.pdf, p. 29].";
    world.server.answer(Answer::Turns(vec![openai(again, &[])]));
    let later = world.asked(next(), ToolDecision::Once).await;
    let cited: Vec<&str> = later
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Citation { title, .. } => Some(title.as_str()),
            _ => None,
        })
        .collect();
    assert!(cited.contains(&"Manual.pdf, p. 31"), "{:?}", later.parts);
    assert!(!cited.contains(&"Manual.pdf, p. 29"), "{:?}", later.parts);

    // A text without pages comes in parts, which are together the text.
    let mut whole = String::new();
    for part in 1..=3 {
        let arguments = json!({"file": "2", "part": part}).to_string();
        let (_, call) = read(&world, next(), &arguments, "ok").await;
        let text = call.result.unwrap();
        assert!(text.len() < 20_000, "bounded");
        let body = text.split_once("\n\n").unwrap().1;
        let goes_on = body.contains("[It goes on in part");
        assert_eq!(goes_on, part < 3, "{part}");
        whole.push_str(body.split("\n\n[It goes on").next().unwrap());
    }
    assert_eq!(whole.trim(), "long words ".repeat(4_000).trim());

    for (arguments, words) in [
        (json!({"file": "secret.txt"}), "no such file"),
        (json!({"file": "3"}), "no such file"),
        (json!({"file": "../Manual.pdf"}), "no such file"),
        (json!({"file": "Manual.pdf", "page": 41}), "40 pages"),
        (json!({"path": "/etc/passwd"}), "do not fit"),
    ] {
        let (_, call) = read(&world, next(), &arguments.to_string(), "ok").await;
        assert_eq!(call.state, ToolState::Failed, "{arguments}");
        let told = call.result.unwrap();
        assert!(told.contains(words), "{arguments}: {told}");
        assert!(!told.contains("somebody else"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_frozen_while_the_call_waited_is_not_read() {
    let world = world(Dialect::Openai, vec![openai("x", &[])]).await;
    world.app.read_files_with(crate::support::cli_path());
    let file = attach(&world, "notes.txt", b"the heron is blue".to_vec()).await;
    world.server.answer(Answer::Turns(vec![
        openai("", &[("read_attachment", r#"{"file":"notes.txt"}"#)]),
        openai("done", &[]),
    ]));
    let ask = Ask {
        attachments: vec![file],
        ..world.question("read it", &["read_attachment"])
    };
    let mut events = world.app.events().subscribe();
    let sent = world.app.ask(ask).await.unwrap();
    loop {
        let made = world.app.tool_calls(sent.answer_id).await.unwrap();
        if made.iter().any(|it| it.state == ToolState::Waiting) {
            break;
        }
        events.recv().await.unwrap();
    }
    world
        .app
        .restrict(sent.conversation_id, true)
        .await
        .unwrap();
    let late = world
        .app
        .decide_tool(sent.answer_id, 0, ToolDecision::Once)
        .await;
    assert!(late.is_err(), "freezing stopped the answer");
    let kept = world.app.message_by_id(sent.answer_id).await.unwrap();
    assert!(calls(&kept)[0].result.is_none(), "{kept:?}");
    assert_eq!(world.bodies().len(), 1);
    let again = world.app.resume(sent.answer_id).await.unwrap_err();
    assert_eq!(again.code(), "restricted");
}
