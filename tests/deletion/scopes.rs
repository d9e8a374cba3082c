//! Every scope of a deletion, at once and at its deadline, with the core in this process.

use std::sync::atomic::Ordering;

use fluxchat_core::{Ask, Erasing};
use fluxchat_model::{
    ConversationId, DraftKey, LedgerFilter, PrivacyRequestState, Purpose, Receipt, Timestamp,
    ToolPolicy,
};
use fluxchat_store::{ConversationShelf, PathAnchor, SandboxPage};
use fluxchat_testkit::canary;
use fluxchat_testkit::recorder::Answer;

use serde_json::json;

use super::assert_proven;
use super::world::{Canaries, World};
use crate::tools::{openai, returned, with};

const SECOND: i64 = Timestamp::SECOND;

async fn assert_chain(world: &World, receipt: &Receipt, scope: &str) {
    assert_proven(&serde_json::to_value(receipt).unwrap(), scope);
    assert!(
        world.app.verify().await.unwrap().holds(),
        "every chain holds"
    );
    let kept = world.app.receipts().await.unwrap();
    assert!(kept.contains(receipt), "the receipt is kept");
    let tombstones = world.with_store(|store| store.read(|tx| tx.tombstones()).unwrap());
    assert!(
        tombstones.iter().any(|stone| stone.kind == scope),
        "a tombstone remembers that, not what"
    );
}

async fn titles(world: &World) -> Vec<String> {
    let page = world
        .app
        .conversations(ConversationShelf::Recent, None, 50)
        .await
        .unwrap();
    page.into_iter()
        .map(|conversation| conversation.title)
        .collect()
}

async fn texts(world: &World, id: ConversationId) -> Vec<String> {
    let page = world
        .app
        .message_page(id, PathAnchor::Start, 50)
        .await
        .unwrap();
    page.messages
        .iter()
        .map(|shown| shown.message.text())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_leaves_nothing_behind() {
    let world = World::start(false).await;
    let kept = canary();
    world.ask(None, &format!("Please keep {kept}.")).await;
    let canaries = Canaries::new();
    let (id, asset) = world.plant(&canaries).await;
    world.plant_in_sandbox(id, &canaries);
    assert_eq!(world.find(&canaries.message).await.len(), 1);
    world.assert_there(&canaries.in_pages());
    let file = world.app.asset_range(asset, 0, u64::MAX).await.unwrap();
    assert!(String::from_utf8_lossy(&file.bytes).contains(&canaries.file_body));

    let erasing = world.app.delete_conversation(id).await.unwrap();
    let receipt = world.app.purge_now(erasing.id).await.unwrap();

    assert_chain(&world, &receipt, "conversation").await;
    assert_eq!(receipt.files, 1, "the attached file was removed");
    world.assert_gone(&canaries.all());
    assert!(world.find(&canaries.message).await.is_empty());
    assert_eq!(
        world.app.recent_searches().await.unwrap(),
        [""; 0],
        "a search may quote what went"
    );
    assert_eq!(world.find(&kept).await.len(), 2, "its neighbour stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_takes_with_it_what_is_below_and_the_title_that_quotes_it() {
    let world = World::start(false).await;
    let [gone, answered, below, kept] = [canary(), canary(), canary(), canary()];
    world.answer(&["well,", &answered]);
    let first = world.ask(None, &format!("Tell me of {gone}.")).await;
    let id = first.conversation_id;
    world
        .ask(Some(id), &format!("{} and {below}", "more ".repeat(2_000)))
        .await;
    assert_eq!(
        titles(&world).await,
        [format!("Tell me of {gone}")],
        "called after its first question"
    );
    world.app.remember_search(gone.clone()).await.unwrap();
    let question = first.parent_id.unwrap();
    world.answer(&["sure"]);
    let mut events = world.app.events().subscribe();
    let edited = world
        .app
        .edit(question, &format!("Tell me of {kept}."), &[])
        .await
        .unwrap();
    while let Some(event) = events.recv().await {
        if matches!(event, fluxchat_core::Event::StreamEnded { answer: id, .. } if id == edited.answer_id)
        {
            break;
        }
    }
    world.assert_there(&[&gone, &answered, &below, &kept]);

    let erasing = world.app.delete_message(question).await.unwrap();
    assert_eq!(erasing.below, 3, "its answer, and the turn below that");
    assert_eq!(
        texts(&world, id).await,
        [format!("Tell me of {kept}."), "sure ".to_owned()]
    );
    let receipt = world.app.purge_now(erasing.id).await.unwrap();

    assert_chain(&world, &receipt, "message").await;
    world.assert_gone(&[&gone, &answered, &below]);
    assert_eq!(titles(&world).await, [format!("Tell me of {kept}")]);
    assert_eq!(texts(&world, id).await.len(), 2, "the branch beside stays");

    // The last beginning goes: nothing is left to be called after.
    let erasing = world
        .app
        .delete_message(edited.question_id.unwrap())
        .await
        .unwrap();
    world.app.purge_now(erasing.id).await.unwrap();
    world.assert_gone(&[&gone, &kept]);
    assert_eq!(titles(&world).await, [""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_that_a_person_gave_survives_the_first_message() {
    let world = World::start(false).await;
    let id = world.ask(None, "Tell me something.").await.conversation_id;
    let patch = fluxchat_store::ConversationPatch {
        title: Some("Mine".to_owned()),
        ..fluxchat_store::ConversationPatch::default()
    };
    world.app.update_conversation(id, patch).await.unwrap();
    let first = world
        .app
        .message_page(id, PathAnchor::Start, 1)
        .await
        .unwrap();
    let erasing = world
        .app
        .delete_message(first.messages[0].message.id)
        .await
        .unwrap();
    world.app.purge_now(erasing.id).await.unwrap();
    assert_eq!(titles(&world).await, ["Mine"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_everything() {
    let world = World::start(false).await;
    let canaries = Canaries::new();
    let (id, _) = world.plant(&canaries).await;
    world.plant_in_sandbox(id, &canaries);
    let unsent = canary();
    world
        .app
        .set_draft(DraftKey::NewConversation, unsent.clone())
        .await
        .unwrap();
    world
        .app
        .add_asset(
            None,
            format!("{unsent}.bin"),
            "image/png".to_owned(),
            vec![1; 9],
        )
        .await
        .unwrap();
    world.assert_there(&canaries.in_pages());

    let receipt = world.app.delete_everything().await.unwrap();
    world.app.flush_outbox().await.unwrap();

    assert_chain(&world, &receipt, "everything").await;
    assert_eq!(receipt.files, 2);
    let mut all = canaries.all();
    all.push(&unsent);
    world.assert_gone(&all);
    assert_eq!(titles(&world).await, [""; 0]);
    let left = std::fs::read_dir(world.profile().join("assets"))
        .unwrap()
        .count();
    assert_eq!(left, 0, "no file is left without a row");
    let requests = world.app.privacy_requests().await.unwrap();
    assert_eq!(requests.len(), 1, "and the service was asked for its part");
    assert_eq!(requests[0].state, PrivacyRequestState::Fulfilled);
    assert_eq!(
        world.ask(None, "And now?").await.text(),
        "",
        "the recorder still refuses"
    );
    world.answer(&["on", "we", "go"]);
    assert_eq!(
        world.ask(None, "And now?").await.text(),
        "on we go ",
        "the profile goes on"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn until_the_deadline_it_comes_back_whole_and_after_it_never() {
    let world = World::start(false).await;
    let canaries = Canaries::new();
    let (id, asset) = world.plant(&canaries).await;
    world.plant_in_sandbox(id, &canaries);
    let (before, named) = (texts(&world, id).await, titles(&world).await);

    let Erasing {
        id: erasure,
        purge_after,
        ..
    } = world.app.delete_conversation(id).await.unwrap();
    assert_eq!(titles(&world).await, [""; 0], "hidden at once");
    assert!(world.find(&canaries.message).await.is_empty());
    assert_eq!(purge_after, Timestamp(1_790_000_030_000), "thirty seconds");
    world.clock.advance(29 * SECOND);
    world.app.purge_due().await.unwrap();
    world.app.undo_deletion(erasure).await.unwrap();
    assert_eq!(texts(&world, id).await, before);
    assert_eq!(titles(&world).await, named);
    let draft = world.app.draft(DraftKey::Conversation(id)).await.unwrap();
    assert_eq!(draft, format!("unsent {}", canaries.draft));
    assert!(world.app.asset_range(asset, 0, 4).await.is_ok());
    assert!(!world.find(&canaries.message).await.is_empty());
    world.assert_there(&canaries.in_pages());

    let erasing = world.app.delete_conversation(id).await.unwrap();
    world.clock.advance(31 * SECOND);
    let late = world.app.undo_deletion(erasing.id).await.unwrap_err();
    assert_eq!(late.code(), "too_late");
    assert_eq!(
        world.app.purge_due().await.unwrap(),
        None,
        "nothing waits any more"
    );
    let receipts = world.app.receipts().await.unwrap();
    assert_eq!(receipts.len(), 1, "one deletion, one receipt");
    assert_chain(&world, &receipts[0], "conversation").await;
    world.assert_gone(&canaries.all());
    assert_eq!(
        world
            .app
            .undo_deletion(erasing.id)
            .await
            .unwrap_err()
            .code(),
        "too_late"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_carried_out_at_quit_and_before_the_next_start_shows_anything() {
    let mut world = World::start(true).await;
    let canaries = Canaries::new();
    let (id, _) = world.plant(&canaries).await;
    world.plant_in_sandbox(id, &canaries);
    world.app.delete_conversation(id).await.unwrap();
    world.assert_there(&canaries.in_pages());
    world.crash_and_restart().await;
    assert_eq!(
        world.app.pending_deletions().await.unwrap(),
        0,
        "the next start carried it out"
    );
    world.assert_gone(&canaries.all());

    let last = canary();
    let id = world
        .ask(None, &format!("At quit goes {last}."))
        .await
        .conversation_id;
    world.app.delete_conversation(id).await.unwrap();
    world.assert_there(&[&last]);
    world.app.shutdown().await;
    world.assert_gone(&[&last]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_is_asked_once_for_its_part_and_says_when_it_is_done() {
    let world = World::start(false).await;
    let canaries = Canaries::new();
    let id = world
        .ask_guide(None, "What do you keep about me?")
        .await
        .conversation_id;
    let alias = world.plant_in_sandbox(id, &canaries);
    world.rights_wait.store(true, Ordering::SeqCst);

    let erasing = world.app.delete_conversation(id).await.unwrap();
    world.app.purge_now(erasing.id).await.unwrap();
    world.app.flush_outbox().await.unwrap();
    let waiting = world.app.privacy_requests().await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].erasure_id, Some(erasing.id));
    assert_eq!(
        waiting[0].state,
        PrivacyRequestState::QueuedOffline,
        "proven here, not yet attested there"
    );

    world.rights_wait.store(false, Ordering::SeqCst);
    world.clock.advance(7 * 3_600 * SECOND);
    world.app.flush_outbox().await.unwrap();
    world.app.flush_outbox().await.unwrap();
    assert_eq!(
        world.app.privacy_requests().await.unwrap()[0].state,
        PrivacyRequestState::Fulfilled
    );
    let left = world.with_store(|store| {
        let page = SandboxPage {
            owner: Some(alias),
            after: None,
            limit: 10,
        };
        store
            .read(|tx| tx.sandbox_records("requests", &page))
            .unwrap()
    });
    assert!(left.is_empty(), "nothing is kept under its alias");
    let filter = LedgerFilter {
        purpose: Some(Purpose::RightsRequest),
        ..LedgerFilter::default()
    };
    assert_eq!(
        world.app.ledger_page(filter, 10).await.unwrap().len(),
        1,
        "sent exactly once"
    );
    world.assert_gone(&[&canaries.sandbox]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_arriving_is_stopped_and_gone() {
    let world = World::start(false).await;
    let arriving = canary();
    let words = (0..200).map(|n| format!("{arriving} {n} ")).collect();
    world.recorder.answer(Answer::Hang(words));
    let ask = fluxchat_core::Ask {
        text: "Go on and on.".to_owned(),
        source: Some(world.source),
        ..fluxchat_core::Ask::default()
    };
    let mut events = world.app.events().subscribe();
    let sent = world.app.ask(ask).await.unwrap();
    while let Some(event) = events.recv().await {
        if matches!(event, fluxchat_core::Event::Stream(_)) {
            break;
        }
    }
    let erasing = world
        .app
        .delete_conversation(sent.conversation_id)
        .await
        .unwrap();
    assert!(
        !world.app.is_generating(sent.conversation_id),
        "nothing goes on arriving"
    );
    world.assert_there(&[&arriving]);
    world.app.purge_now(erasing.id).await.unwrap();
    world.assert_gone(&[&arriving]);
}

/// What a tool returned is the answer's: a file that only its own key opens, and words in pages.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_tool_returned_goes_with_its_message() {
    let world = World::start(false).await;
    world.app.read_files_with(crate::support::cli_path());
    let [name, body] = [canary(), canary()];
    let folder = tempfile::tempdir().unwrap();
    let content = json!([
        returned::picture(),
        {"type": "resource", "resource": {"uri": format!("x://y/{name}.txt"), "text": body}},
    ]);
    let server = returned::returning(folder.path(), &content);
    let server = world.app.add_tool_server(server).await.unwrap();
    world.app.test_tool_server(server.id).await.unwrap();
    let key = format!("{}/t", server.id);
    let always = ToolPolicy::Always;
    world.app.set_tool_policy(&key, always).await.unwrap();
    world.recorder.answer(Answer::Turns(vec![
        openai("", &[("Shell__t", "{}")]),
        openai("seen", &[]),
    ]));
    let ask = Ask {
        text: "look".to_owned(),
        source: Some(world.source),
        instructions: with(&[&server.id.to_string()]),
        ..Ask::default()
    };
    let answer = crate::support::app::ask(&world.app, ask).await;
    let kept = returned::files(&answer);
    assert_eq!(kept.len(), 2, "{answer:?}");
    world.assert_there(&[&name, &body]);
    let there = |id| world.app.profile().join("assets").join(format!("{id}"));
    assert!(kept.iter().all(|it| there(it.0).exists()));

    // In the place the program was started from, which is not the app's.
    drop(folder);
    let erasing = world.app.delete_message(answer.id).await.unwrap();
    let receipt = world.app.purge_now(erasing.id).await.unwrap();
    assert_chain(&world, &receipt, "message").await;
    assert_eq!(receipt.files, 2, "the picture and the text");
    assert!(kept.iter().all(|it| !there(it.0).exists()));
    world.assert_gone(&[&name, &body]);
}
