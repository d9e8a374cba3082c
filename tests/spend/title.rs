//! Titles by the model: only where switched on, a request of its own purpose, counted, and never
//! over a title that somebody wrote.

use fluxchat_core::{Ask, ConversationPatch};
use fluxchat_model::{ConversationId, LedgerFilter, Message, Purpose};
use fluxchat_testkit::recorder::Answer;

use super::{TOKEN, World, words};
use crate::support::app;

async fn titles_asked(world: &World) -> usize {
    let rows = world
        .app
        .ledger_page(LedgerFilter::default(), 1_000)
        .await
        .unwrap();
    let of_titles = |row: &&fluxchat_model::LedgerEntry| row.record.purpose == Purpose::Title;
    rows.iter().filter(of_titles).count()
}

async fn titled(world: &World, id: ConversationId, title: &str) {
    let mut events = world.app.events().subscribe();
    while world.app.conversation(id).await.unwrap().title != title {
        events.recv().await.unwrap();
    }
}

async fn asked(world: &World, answer: &str, text: &str) -> Message {
    world
        .recorder
        .answer(Answer::Turns(vec![words("fine"), words(answer)]));
    world.ask(text).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_is_asked_for_only_where_it_is_wanted() {
    let world = World::dear(words("fine")).await;
    let plain = world.ask("How do I cook rice? I have no pot.").await;
    let title = world
        .app
        .conversation(plain.conversation_id)
        .await
        .unwrap()
        .title;
    assert_eq!(
        title, "How do I cook rice?",
        "the first sentence, and nothing was asked"
    );

    world.app.set_titles_by_model(true).await.unwrap();
    assert!(world.app.titles_by_model().await.unwrap());
    let before = world.spent().await;
    let answer = asked(
        &world,
        "“**Rice** without a pot.”",
        "How do I cook rice? I have no pot.",
    )
    .await;
    titled(&world, answer.conversation_id, "Rice without a pot.").await;
    assert_eq!(titles_asked(&world).await, 1);
    assert_eq!(
        world.spent().await,
        before + 16 * TOKEN,
        "it costs what it costs"
    );
    let body = world.last_body();
    assert_eq!(body["messages"].as_array().unwrap().len(), 1);

    // Not again, and not over a title that somebody wrote.
    let on = |id, text: &str| Ask {
        conversation: Some(id),
        text: text.to_owned(),
        ..Ask::default()
    };
    app::ask(&world.app, on(answer.conversation_id, "and pasta?")).await;
    let mine = ConversationPatch {
        title: Some("Mine".to_owned()),
        ..ConversationPatch::default()
    };
    let id = plain.conversation_id;
    world.app.update_conversation(id, mine).await.unwrap();
    let again = world.app.regenerate(plain.id, None, None).await.unwrap();
    drop(again);
    // Nor of what lives in memory alone.
    let temporary = world
        .app
        .begin_temporary(Some(world.source), None)
        .await
        .unwrap()
        .id;
    app::ask(&world.app, on(temporary, "between us")).await;
    // Nor of what is kept to this computer.
    let local = asked(&world, "Never", "How do I boil eggs?")
        .await
        .conversation_id;
    titled(&world, local, "Never").await;
    world.app.shutdown().await;
    assert_eq!(world.app.state(), fluxchat_model::SessionState::Locked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_stops_titles_too() {
    let world = World::dear(words("fine")).await;
    world.app.set_titles_by_model(true).await.unwrap();
    // Room for the answer, and none for a title with its longest answer.
    world.budget(40).await;
    world.ask("hello").await;
    world.app.shutdown().await;
    let chats = world
        .recorder
        .seen()
        .iter()
        .filter(|it| it.method == "POST")
        .count();
    assert_eq!(chats, 1);
}
