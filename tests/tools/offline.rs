//! Tools while Fluxchat is offline, servers that never answer, and an end in the middle of a call.

use std::time::Duration;

use fluxchat_core::{Ask, NewToolServer};
use fluxchat_model::{AnswerNotice, Dialect, MessageStatus, Part, ToolDecision, ToolState};
use fluxchat_testkit::recorder::Answer;
use fluxchat_testkit::tool_host::{Manner, ToolHost};

use super::{calls, definition, openai, shell_server, world};

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_never_answers_is_told_and_the_answer_goes_on() {
    let turns = vec![
        openai("", &[("Shell__t", "{}")]),
        openai("Then without.", &[]),
    ];
    let world = world(Dialect::Openai, turns).await;
    world.app.tools_count_as_second(Duration::from_millis(5));
    let list = format!("echo '[{}]'", definition("t", "d"));
    let slow = shell_server(&list, "sleep 600; echo x");
    let answer = world.asked_with(slow).await;
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (MessageStatus::Complete, "Then without.")
    );
    let call = &calls(&answer)[0];
    assert_eq!(call.state, ToolState::TimedOut);
    let told = "The tool did not answer in time. Whether it did anything is not known.";
    assert_eq!(call.result.as_deref(), Some(told));
    assert_eq!(world.bodies()[1]["messages"][2]["content"], told);
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_a_server_elsewhere_is_not_asked_and_a_program_is_none_of_ours() {
    let turns = vec![openai("", &[("Afar__echo", "{}")]), openai("fine", &[])];
    let world = world(Dialect::Openai, turns).await;
    let host = ToolHost::start(Manner::Well).await;
    let afar = NewToolServer {
        name: "Afar".to_owned(),
        url: host.url(),
        enabled: true,
        ..NewToolServer::default()
    };
    let server = world.app.add_tool_server(afar).await.unwrap();
    let program = world.program().await;
    world.app.test_tool_server(server.id).await.unwrap();
    let before = host.seen().len();

    // It goes offline while a call waits: the call is carried out nowhere.
    let id = server.id.to_string();
    let mut events = world.app.events().subscribe();
    let sent = world.app.ask(world.question("?", &[&id])).await.unwrap();
    loop {
        let waits = world.app.tool_calls(sent.answer_id).await.unwrap();
        if waits.iter().any(|it| it.state == ToolState::Waiting) {
            break;
        }
        events.recv().await.unwrap();
    }
    let asked = host.seen().len();
    assert!(
        asked > before,
        "the control arm: it was asked what it offers"
    );
    world.app.set_offline(true).await.unwrap();
    world
        .app
        .decide_tool(sent.answer_id, 0, ToolDecision::Once)
        .await
        .unwrap();
    let answer = world
        .until_end(&mut events, sent.answer_id, ToolDecision::Once)
        .await;
    let call = &calls(&answer)[0];
    assert_eq!(call.state, ToolState::Failed);
    let told = call.result.as_deref().unwrap();
    assert!(told.contains("offline"), "{told}");
    assert_eq!(host.seen().len(), asked, "not even that it is over");

    let error = world.app.test_tool_server(server.id).await.unwrap_err();
    assert_eq!(error.code(), "offline");
    world.app.test_tool_server(program.id).await.unwrap();
    assert_eq!(host.seen().len(), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_an_answer_from_the_guide_or_none_says_which_server_was_left_out() {
    let world = world(Dialect::Openai, vec![openai("never", &[])]).await;
    let host = ToolHost::start(Manner::Well).await;
    let afar = NewToolServer {
        name: "Afar".to_owned(),
        url: host.url(),
        enabled: true,
        ..NewToolServer::default()
    };
    let server = world.app.add_tool_server(afar).await.unwrap();
    world.app.set_offline(true).await.unwrap();
    let id = server.id.to_string();
    let ask: Ask = world.question("?", &[&id]);
    let answer = world.asked(ask, ToolDecision::Once).await;
    let told = answer.parts.iter().any(|part| {
        matches!(part, Part::Notice { notice: AnswerNotice::ToolsOffline { name } } if name == "Afar")
    });
    assert!(told, "{:?}", answer.parts);
    assert!(host.seen().is_empty());
    world.server.answer(Answer::Turns(vec![openai("x", &[])]));
}
