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
        title, "How do I cook rice",
        "the first sentence, and nothing was asked"
    );

    world.app.set_titles_by_model(true).await.unwrap();
    assert!(world.app.titles_by_model().await.unwrap());
    let before = world.spent().await;
    let answer = asked(
        &world,
        "“**Rice** without a pot”",
        "How do I cook rice? I have no pot.",
    )
    .await;
    titled(&world, answer.conversation_id, "Rice without a pot").await;
    assert_eq!(titles_asked(&world).await, 1);
    assert_eq!(
        world.spent().await,
        before + 16 * TOKEN,
        "it costs what it costs"
    );
    let body = world.last_body();
    assert_eq!(body["messages"].as_array().unwrap().len(), 1);

    // Not again, not over a title that somebody wrote, nor of what lives in memory alone.
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
    world.app.regenerate(plain.id, None, None).await.unwrap();
    let begun = world.app.begin_temporary(Some(world.source), None).await;
    app::ask(&world.app, on(begun.unwrap().id, "between us")).await;
    // Something that is asked for comes after all that is not.
    let last = asked(&world, "Eggs", "How do I boil eggs?").await;
    titled(&world, last.conversation_id, "Eggs").await;
    assert_eq!(titles_asked(&world).await, 2);
    assert_eq!(world.app.conversation(id).await.unwrap().title, "Mine");
    world.app.shutdown().await;
}

/// Several answer the first question; one title is enough.
#[tokio::test(flavor = "multi_thread")]
async fn answers_beside_each_other_are_given_one_title() {
    let world = World::dear(words("fine")).await;
    world.app.set_titles_by_model(true).await.unwrap();
    let other = || fluxchat_core::Answerer {
        source: Some(world.source),
        model: None,
    };
    let asked = world
        .app
        .ask_side_by_side(
            world.asking("How do I boil eggs?"),
            vec![other(), other(), other()],
        )
        .await
        .unwrap();
    titled(&world, asked.sent.conversation_id, "fine").await;
    for id in asked.beside.into_iter().chain([asked.sent.answer_id]) {
        app::ended(&world.app, id).await;
    }
    // Something that is asked for comes after all that is not.
    let last = self::asked(&world, "Rice", "How do I cook rice?").await;
    titled(&world, last.conversation_id, "Rice").await;
    assert_eq!(titles_asked(&world).await, 2);
    world.app.shutdown().await;
}

/// What a model called a conversation quotes what was said in it.
#[tokio::test(flavor = "multi_thread")]
async fn a_title_goes_with_the_question_or_the_answer_it_quotes() {
    let world = World::dear(words("fine")).await;
    world.app.set_titles_by_model(true).await.unwrap();
    let delete = async |message| {
        let erasing = world.app.delete_message(message).await.unwrap();
        world.app.purge_now(erasing.id).await.unwrap();
    };
    let title = async |id| world.app.conversation(id).await.unwrap().title;

    let answer = asked(&world, "Rice without a pot", "How do I cook rice?").await;
    let id = answer.conversation_id;
    titled(&world, id, "Rice without a pot").await;
    let copy = world.app.fork(answer.id).await.unwrap();
    delete(answer.id).await;
    assert_eq!(title(id).await, "How do I cook rice", "of what is left");
    assert_eq!(
        title(copy.id).await,
        "Rice without a pot",
        "a copy is one of its own"
    );
    let first = world
        .app
        .message_page(copy.id, fluxchat_store::PathAnchor::Start, 1);
    delete(first.await.unwrap().messages[0].message.id).await;
    assert_eq!(title(copy.id).await, "");

    let answer = asked(&world, "Eggs", "How do I boil eggs?").await;
    titled(&world, answer.conversation_id, "Eggs").await;
    delete(answer.parent_id.unwrap()).await;
    assert_eq!(title(answer.conversation_id).await, "");

    // One that somebody typed instead is theirs.
    let answer = asked(&world, "Tea", "How do I brew tea?").await;
    titled(&world, answer.conversation_id, "Tea").await;
    let mine = ConversationPatch {
        title: Some("Mine".to_owned()),
        ..ConversationPatch::default()
    };
    let id = answer.conversation_id;
    world.app.update_conversation(id, mine).await.unwrap();
    delete(answer.parent_id.unwrap()).await;
    assert_eq!(title(id).await, "Mine");
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_stops_titles_too() {
    let stopped = World::dear(words("fine")).await;
    stopped.app.set_titles_by_model(true).await.unwrap();
    // Room for the answer, and none for a title with its longest answer.
    stopped.budget(40).await;
    let first = stopped.ask("hello").await;

    // Without a budget the title comes, and by then the other one would have come as well.
    let free = World::dear(words("fine")).await;
    free.app.set_titles_by_model(true).await.unwrap();
    let second = asked(&free, "Greeting", "hello").await;
    titled(&free, second.conversation_id, "Greeting").await;
    assert_eq!(titles_asked(&free).await, 1);

    assert_eq!(titles_asked(&stopped).await, 0);
    let kept = stopped
        .app
        .conversation(first.conversation_id)
        .await
        .unwrap();
    assert_eq!(kept.title, "hello");
    stopped.app.shutdown().await;
    free.app.shutdown().await;
}
