//! A call that is under way when its conversation goes, or the app ends: nobody hears its answer,
//! and what it sent says that it was stopped.

use std::path::Path;
use std::process::Command;

use fluxchat_core::{Ask, Event, NewToolServer, Sent};
use fluxchat_model::{Dialect, LedgerFilter, MessageStatus, Purpose, ToolDecision, ToolState};
use fluxchat_testkit::tool_host::{Manner, ToolHost};

use super::remote::{at, turns};
use super::{World, calls, definition, openai, shell_server, world};

/// A program whose one tool says that it began, with the number of its process, and ends when it is
/// told to.
pub(super) fn slow(folder: &Path) -> NewToolServer {
    pipes(folder);
    let place = folder.display();
    let list = format!("echo '[{}]'", definition("t", "d"));
    let call = format!("echo $$ > {place}/began; read go < {place}/go; echo late");
    NewToolServer {
        name: "Slow".to_owned(),
        ..shell_server(&list, &call)
    }
}

/// Something says in one that it began, and waits at the other.
pub(super) fn pipes(folder: &Path) {
    for pipe in ["began", "go"] {
        let made = Command::new("mkfifo").arg(folder.join(pipe)).status();
        assert!(made.unwrap().success());
    }
}

/// Asks, until the tool waits to be allowed.
pub(super) async fn waiting(world: &World, ask: Ask) -> Sent {
    let mut events = world.app.events().subscribe();
    let sent = world.app.ask(ask).await.unwrap();
    loop {
        if let Some(Event::ToolCallsChanged(id)) = events.recv().await
            && id == sent.answer_id
        {
            let calls = world.app.tool_calls(id).await.unwrap();
            if calls.iter().any(|call| call.state == ToolState::Waiting) {
                return sent;
            }
        }
    }
}

/// Asks, and lets what is asked for run, until the tool says that it began.
pub(super) async fn begin(world: &World, ask: Ask, began: impl Future<Output = ()>) -> Sent {
    let sent = waiting(world, ask).await;
    allow(world, &sent).await;
    began.await;
    sent
}

/// Lets the first call of an answer run.
pub(super) async fn allow(world: &World, sent: &Sent) {
    let once = ToolDecision::Once;
    let decided = world.app.decide_tool(sent.answer_id, 0, once);
    decided.await.unwrap();
}

pub(super) async fn read(path: std::path::PathBuf) -> String {
    let text = tokio::task::spawn_blocking(move || std::fs::read_to_string(path).unwrap());
    text.await.unwrap().trim().to_owned()
}

pub(super) fn runs(process: &str) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    !state.is_empty() && !state.contains(") Z")
}

/// Waits until a process is gone.
pub(super) async fn ended(process: &str) {
    while runs(process) {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// A question whose answer waits for a program at work, and the number of its process.
async fn at_work(folder: &Path) -> (World, Sent, String) {
    let turns = vec![openai("", &[("Slow__t", "{}")]), openai("never", &[])];
    let world = world(Dialect::Openai, turns).await;
    let server = world.app.add_tool_server(slow(folder)).await.unwrap();
    let id = server.id.to_string();
    let process = tokio::sync::OnceCell::new();
    let reading = read(folder.join("began"));
    let began = async { process.set(reading.await).unwrap() };
    let sent = begin(&world, world.question("do it", &[&id]), began).await;
    let process = process.into_inner().unwrap();
    assert!(runs(&process), "the control arm");
    (world, sent, process)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_that_goes_hears_no_answer_of_a_program() {
    let folder = tempfile::tempdir().unwrap();
    let (world, sent, _) = at_work(folder.path()).await;
    let erasing = world
        .app
        .delete_conversation(sent.conversation_id)
        .await
        .unwrap();
    // It is stopped before it is hidden: what is taken back says so.
    world.app.undo_deletion(erasing.id).await.unwrap();
    let answer = world.app.message_by_id(sent.answer_id).await.unwrap();
    assert_ne!(answer.status, MessageStatus::Streaming);
    assert_eq!(calls(&answer)[0].state, ToolState::Interrupted);
    let go = folder.path().join("go");
    let told = tokio::task::spawn_blocking(move || std::fs::write(go, "go\n").unwrap());
    told.await.unwrap();
    let asked = world.bodies().len();
    assert_eq!(asked, 1, "the model hears of no answer");
    let again = world
        .app
        .delete_conversation(sent.conversation_id)
        .await
        .unwrap();
    world.app.purge_now(again.id).await.unwrap();
    assert!(world.app.message_by_id(sent.answer_id).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_at_work_is_ended_with_the_app() {
    let folder = tempfile::tempdir().unwrap();
    let (world, _, process) = at_work(folder.path()).await;
    world.app.shutdown().await;
    assert!(!runs(&process));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_a_server_elsewhere_says_that_it_was_stopped() {
    let host = ToolHost::start(Manner::Silent).await;
    let world = world(Dialect::Openai, turns()).await;
    let server = world.app.add_tool_server(at(&host.url())).await.unwrap();
    let id = server.id.to_string();
    let began = async {
        while !host.asked().iter().any(|it| it == "tools/call") {
            tokio::task::yield_now().await;
        }
    };
    let sent = begin(&world, world.question("say hello", &[&id]), began).await;
    let erasing = world
        .app
        .delete_conversation(sent.conversation_id)
        .await
        .unwrap();
    world.app.purge_now(erasing.id).await.unwrap();
    let filter = LedgerFilter {
        purpose: Some(Purpose::Tool),
        ..LedgerFilter::default()
    };
    let rows = world.app.ledger_page(filter, 100).await.unwrap();
    let call = rows
        .iter()
        .find(|row| row.record.categories.iter().any(|it| it.id() == "content"));
    assert_eq!(call.unwrap().outcome.id(), "cancelled", "{rows:?}");
    assert!(rows.iter().all(|row| row.outcome.id() != "pending"));
}
