//! Programs are shared by all conversations: what one of them does, or a person changes, ends no
//! more than it has to, and nothing that was ended goes on.

use std::path::Path;
use std::time::Duration;

use fluxchat_core::{App, NewToolServer, OfferAsking, OfferValues};
use fluxchat_model::{
    Dialect, DraftKey, OfferAskingId, Timestamp, ToolDecision, ToolServerId, ToolState,
};

use super::offers::with_prompts;
use super::time::let_go;
use super::under_way::{allow, ended, pipes, read, runs, slow, waiting};
use super::{calls, one_tool, openai, world};

/// A program that says what its process is, and greets nobody until it is told to.
fn slow_to_start(folder: &Path) -> NewToolServer {
    pipes(folder);
    let (place, server) = (folder.display(), one_tool());
    let wait = format!("echo $$ > {place}/began; read go < {place}/go; ");
    let script = format!("{wait}{}", server.arguments[1]);
    NewToolServer {
        arguments: vec!["-c".to_owned(), script],
        ..server
    }
}

async fn is_running(app: &App, id: ToolServerId) -> bool {
    let servers = app.tools().await.unwrap().servers;
    servers.iter().any(|it| it.id == id && it.is_running)
}

/// What a person does while a program is being started.
#[derive(Clone, Copy, Debug)]
enum Act {
    Change,
    SwitchOff,
    Remove,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_started_is_ended_with_its_server() {
    for act in [Act::Change, Act::SwitchOff, Act::Remove] {
        let folder = tempfile::tempdir().unwrap();
        let world = world(Dialect::Openai, vec![]).await;
        let app = &world.app;
        let server = app.add_tool_server(slow_to_start(folder.path())).await;
        let id = server.unwrap().id;
        let acts = async {
            let process = read(folder.path().join("began")).await;
            assert!(runs(&process), "the control arm");
            match act {
                Act::Change => drop(app.change_tool_server(id, one_tool()).await.unwrap()),
                Act::SwitchOff => app.enable_tool_server(id, false).await.unwrap(),
                Act::Remove => drop(app.remove_tool_server(id).await.unwrap()),
            }
            process
        };
        let (tested, process) = tokio::join!(app.test_tool_server(id), acts);
        assert_eq!(tested.unwrap_err().code(), "cancelled", "{act:?}");
        assert!(!is_running(app, id).await, "{act:?}");
        ended(&process).await;
        if let Act::Change = act {
            app.test_tool_server(id).await.unwrap();
            assert!(is_running(app, id).await, "as it is now");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_the_start_of_another_program() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(Dialect::Openai, vec![]).await;
    let app = &world.app;
    let slow = NewToolServer {
        name: "Slow".to_owned(),
        ..slow_to_start(folder.path())
    };
    let slow = app.add_tool_server(slow).await.unwrap();
    let other = app.add_tool_server(one_tool()).await.unwrap();
    let meanwhile = async {
        read(folder.path().join("began")).await;
        app.test_tool_server(other.id).await.unwrap();
        let_go(folder.path()).await;
    };
    let (tested, ()) = tokio::join!(app.test_tool_server(slow.id), meanwhile);
    tested.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_switched_off_does_not_run_after_a_test_and_a_new_name_ends_nothing() {
    let world = world(Dialect::Openai, vec![]).await;
    let (app, off) = (
        &world.app,
        NewToolServer {
            enabled: false,
            ..one_tool()
        },
    );
    let id = app.add_tool_server(off).await.unwrap().id;
    app.test_tool_server(id).await.unwrap();
    assert!(!is_running(app, id).await);
    app.enable_tool_server(id, true).await.unwrap();
    app.test_tool_server(id).await.unwrap();
    assert!(is_running(app, id).await, "the control arm");
    let named = |name: &str, value: Option<&str>| NewToolServer {
        name: name.to_owned(),
        environment: vec![(
            "PATH".to_owned(),
            value.map(|it| fluxchat_model::Secret::new(it.to_owned())),
        )],
        ..one_tool()
    };
    app.change_tool_server(id, named("Renamed", None))
        .await
        .unwrap();
    assert!(is_running(app, id).await);
    app.change_tool_server(id, named("Renamed", Some("/bin")))
        .await
        .unwrap();
    assert!(!is_running(app, id).await, "it would be started otherwise");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_takes_too_long_ends_no_program_that_others_wait_for() {
    let folder = tempfile::tempdir().unwrap();
    let turns = vec![
        openai("", &[("Slow__t", "{}")]),
        openai("", &[("Slow__t", "{}")]),
        openai("Without.", &[]),
        openai("With.", &[]),
    ];
    let world = world(Dialect::Openai, turns).await;
    let server = NewToolServer {
        timeout_s: Some(60),
        ..slow(folder.path())
    };
    let id = world
        .app
        .add_tool_server(server)
        .await
        .unwrap()
        .id
        .to_string();
    // Both know what it offers: it answers nothing while it is at work.
    let hasty = waiting(&world, world.question("hasty", &[&id])).await;
    let patient = waiting(&world, world.question("patient", &[&id])).await;
    let mut events = [
        world.app.events().subscribe(),
        world.app.events().subscribe(),
    ];
    world.app.tools_count_as_second(Duration::from_millis(50));
    allow(&world, &hasty).await;
    let process = read(folder.path().join("began")).await;
    world.app.tools_count_as_second(Duration::from_secs(60));
    allow(&world, &patient).await;
    let [for_hasty, for_patient] = &mut events;
    let once = ToolDecision::Once;
    let answer = world.until_end(for_hasty, hasty.answer_id, once).await;
    assert_eq!(calls(&answer)[0].state, ToolState::TimedOut);
    // The program goes on with what it was asked next.
    let_go(folder.path()).await;
    assert_eq!(read(folder.path().join("began")).await, process);
    let_go(folder.path()).await;
    let answer = world.until_end(for_patient, patient.answer_id, once).await;
    assert_eq!(calls(&answer)[0].state, ToolState::Done);
}

/// A program that answers no question about prompts, and says when one is filled in.
fn filling(folder: &Path) -> NewToolServer {
    pipes(folder);
    let (place, server) = (folder.display(), with_prompts(one_tool()));
    let list = r#"*'"tools/list"'*)"#;
    let fill = r#"*'"prompts/get"'*)"#;
    let fill = format!("{fill} echo $$ > {place}/began ;;\n{list}");
    let script = server.arguments[1].replace(list, &fill);
    NewToolServer {
        arguments: vec!["-c".to_owned(), script],
        ..server
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_at_prompts_ends_none_that_is_filled_in() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(Dialect::Openai, vec![]).await;
    let app = &world.app;
    let server = app
        .add_tool_server(filling(folder.path()))
        .await
        .unwrap()
        .id;
    let id = OfferAskingId::new(Timestamp(0), [1; 10]);
    let asking = |id| OfferAsking {
        server,
        key: DraftKey::NewConversation,
        id,
    };
    let fills = app.fill_server_prompt(asking(Some(id)), "p", OfferValues::new());
    let looks = async {
        read(folder.path().join("began")).await;
        app.tools_count_as_second(Duration::from_millis(1));
        let listed = app.server_prompts(asking(None)).await;
        assert_eq!(listed.unwrap_err().code(), "tool_no_answer");
        assert!(is_running(app, server).await);
        app.stop_asking(id).unwrap();
    };
    let (filled, ()) = tokio::join!(fills, looks);
    assert_eq!(filled.unwrap_err().code(), "cancelled");
    let listed = app.server_prompts(asking(None)).await;
    assert_eq!(listed.unwrap_err().code(), "tool_no_answer");
    assert!(!is_running(app, server).await, "the control arm");
}
