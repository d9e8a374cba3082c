//! How long a call may take is said of each server.

use std::path::Path;
use std::time::Duration;

use fluxchat_core::NewToolServer;
use fluxchat_model::{Dialect, ToolDecision, ToolState};
use serde_json::json;

use super::returned::{files, picture, returning};
use super::under_way::{begin, ended, pipes, read, slow};
use super::{calls, definition, one_tool, openai, shell_server, world};

/// A program whose one tool says what its process is, and never ends.
fn never(folder: &Path) -> NewToolServer {
    let list = format!("echo '[{}]'", definition("t", "d"));
    let call = format!("echo $$ > {}/process; sleep 600; echo x", folder.display());
    shell_server(&list, &call)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_server_has_a_time_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let turns = vec![
        openai("", &[("Patient__t", "{}")]),
        openai("", &[("Hasty__t", "{}")]),
        openai("Without.", &[]),
        openai("With.", &[]),
    ];
    let world = world(Dialect::Openai, turns).await;
    world.app.tools_count_as_second(Duration::from_millis(20));
    let mut ids = Vec::new();
    for (name, seconds, from) in [
        ("Patient", 3_600, slow(folder.path())),
        ("Hasty", 5, never(folder.path())),
    ] {
        let new = NewToolServer {
            name: name.to_owned(),
            timeout_s: Some(seconds),
            ..from
        };
        let server = world.app.add_tool_server(new).await.unwrap();
        ids.push(server.id.to_string());
    }
    let reading = read(folder.path().join("began"));
    let began = async { drop(reading.await) };
    // The patient one is asked first, and is at work when the time of the other is over.
    let ask = world.question("slowly", &[&ids[0]]);
    let slowly = begin(&world, ask, began).await;
    let mut events = world.app.events().subscribe();
    let ask = world.question("at once", &[&ids[1]]);
    let at_once = begin(&world, ask, async {}).await;
    let answer = world
        .until_end(&mut events, at_once.answer_id, ToolDecision::Once)
        .await;
    assert_eq!(calls(&answer)[0].state, ToolState::TimedOut);
    assert_eq!(answer.text(), "Without.");
    // It did what nobody waits for, and would do nothing else.
    ended(&read(folder.path().join("process")).await).await;
    let running = world.app.tool_calls(slowly.answer_id).await.unwrap();
    assert_eq!(running[0].state, ToolState::Running);
    let_go(folder.path()).await;
    let answer = world
        .until_end(&mut events, slowly.answer_id, ToolDecision::Once)
        .await;
    assert_eq!(calls(&answer)[0].state, ToolState::Done);
    assert_eq!(answer.text(), "With.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_has_bounds_and_stays_when_something_else_is_changed() {
    let world = world(Dialect::Openai, vec![]).await;
    let with = |timeout_s| NewToolServer {
        timeout_s,
        ..one_tool()
    };
    for wrong in [0, 4, 3_601, u32::MAX] {
        let refused = world.app.add_tool_server(with(Some(wrong))).await;
        assert_eq!(refused.unwrap_err().code(), "tool_timeout", "{wrong}");
    }
    let server = world.app.add_tool_server(with(None)).await.unwrap();
    assert_eq!(server.timeout_s, 60);
    let change = |new| world.app.change_tool_server(server.id, new);
    change(with(Some(3_600))).await.unwrap();
    let renamed = NewToolServer {
        name: "Renamed".to_owned(),
        ..with(None)
    };
    change(renamed).await.unwrap();
    let kept = &world.app.tools().await.unwrap().servers[0];
    assert_eq!((kept.name.as_str(), kept.timeout_s), ("Renamed", 3_600));
    let refused = change(with(Some(4))).await;
    assert_eq!(refused.unwrap_err().code(), "tool_timeout");
}

/// What waits at the pipe goes on.
pub(super) async fn let_go(folder: &Path) {
    let go = folder.join("go");
    let told = tokio::task::spawn_blocking(move || std::fs::write(go, "go\n").unwrap());
    told.await.unwrap();
}

/// What reads files, but waits before each until it is let go.
pub(super) fn slow_reader(folder: &Path) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    pipes(folder);
    let place = folder.display();
    let cli = crate::support::cli_path();
    let script = format!(
        "#!/bin/sh\necho $$ > {place}/began\nread go < {place}/go\nexec {} \"$@\"\n",
        cli.display()
    );
    let path = folder.join("reader");
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_what_came_back_is_no_time_of_the_tool() {
    let folder = tempfile::tempdir().unwrap();
    let turns = vec![
        openai("", &[("Quick__t", "{}")]),
        openai("", &[("Never__t", "{}")]),
        openai("Without.", &[]),
        openai("Seen.", &[]),
    ];
    let world = world(Dialect::Openai, turns).await;
    world.app.read_files_with(slow_reader(folder.path()));
    world.app.tools_count_as_second(Duration::from_millis(600));
    let quick = returning(folder.path(), &json!([picture()]));
    let mut ids = Vec::new();
    for (name, from) in [("Quick", quick), ("Never", never(folder.path()))] {
        let new = NewToolServer {
            name: name.to_owned(),
            timeout_s: Some(5),
            ..from
        };
        let server = world.app.add_tool_server(new).await.unwrap();
        ids.push(server.id.to_string());
    }
    let reading = read(folder.path().join("began"));
    let began = async { drop(reading.await) };
    let ask = world.question("a picture", &[&ids[0]]);
    let first = begin(&world, ask, began).await;
    // It is asked later, and its time is the same: when it is over, so is that of the first.
    let second = world
        .asked(world.question("never", &[&ids[1]]), ToolDecision::Once)
        .await;
    assert_eq!(
        calls(&second)[0].state,
        ToolState::TimedOut,
        "the control arm"
    );
    let mut events = world.app.events().subscribe();
    let running = world.app.tool_calls(first.answer_id).await.unwrap();
    assert_eq!(running[0].state, ToolState::Running);
    let_go(folder.path()).await;
    let answer = world
        .until_end(&mut events, first.answer_id, ToolDecision::Once)
        .await;
    assert_eq!(calls(&answer)[0].state, ToolState::Done);
    assert_eq!(files(&answer).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_stops_while_what_came_back_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let turns = vec![openai("", &[("Shell__t", "{}")]), openai("never", &[])];
    let world = world(Dialect::Openai, turns).await;
    world.app.read_files_with(slow_reader(folder.path()));
    let server = returning(folder.path(), &json!([picture()]));
    let server = world.app.add_tool_server(server).await.unwrap();
    let reading = read(folder.path().join("began"));
    let began = async { drop(reading.await) };
    let ask = world.question("a picture", &[&server.id.to_string()]);
    let sent = begin(&world, ask, began).await;
    let mut events = world.app.events().subscribe();
    world.app.stop(sent.answer_id).unwrap();
    let answer = world
        .until_end(&mut events, sent.answer_id, ToolDecision::Once)
        .await;
    assert_eq!(calls(&answer)[0].state, ToolState::Interrupted);
    assert!(files(&answer).is_empty());
    let_go(folder.path()).await;
}
