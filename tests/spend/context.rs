//! Context control: what is shown is what goes, and nothing is left out silently.

use fluxchat_core::Ask;
use fluxchat_model::{ContextRule, ConversationId, Instructions, MessageId, Parameters};

use super::{MODEL, World, code, words};
use crate::support::app;

const LONG: &str =
    "a rather long message with many words in it that takes some room and says little ";

/// Four questions and answers, some hundred tokens each; returns where and the last answer.
async fn talked(world: &World) -> (ConversationId, MessageId) {
    let mut last = world.ask(&format!("first {}", LONG.repeat(20))).await;
    for name in ["second", "third", "fourth"] {
        last = app::ask(
            &world.app,
            on(last.conversation_id, &format!("{name} {}", LONG.repeat(20))),
        )
        .await;
    }
    (last.conversation_id, last.id)
}

fn on(conversation: ConversationId, text: &str) -> Ask {
    Ask {
        conversation: Some(conversation),
        text: text.to_owned(),
        ..Ask::default()
    }
}

async fn rule(world: &World, id: ConversationId, rule: ContextRule) {
    let instructions = Instructions {
        system: "Be brief.".to_owned(),
        parameters: Parameters {
            context: Some(rule),
            ..Parameters::default()
        },
        ..Instructions::default()
    };
    world.app.set_instructions(id, instructions).await.unwrap();
}

async fn reads(world: &World, tokens: Option<u32>) {
    let entered = world.app.set_model_facts(world.source, MODEL, tokens, None);
    entered.await.unwrap();
}

fn said(world: &World) -> Vec<String> {
    let body = world.last_body();
    let messages = body["messages"].as_array().unwrap().iter();
    messages
        .map(|message| message["content"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_shown_is_what_goes() {
    let world = World::new(words("fine")).await;
    let (id, _) = talked(&world).await;
    for (how, context) in [
        (ContextRule::All, None),
        (ContextRule::Last { messages: 3 }, None),
        (ContextRule::Fit, None),
        (ContextRule::Fit, Some(600)),
        (ContextRule::Fit, Some(400)),
    ] {
        rule(&world, id, how).await;
        reads(&world, context).await;
        let next = on(id, "and now?");
        let quick = world.app.estimate(next.clone()).await.unwrap();
        let shown = world.app.preview(next.clone()).await.unwrap();
        let full = &shown.estimate;
        let facts = |it: &fluxchat_core::Estimate| {
            (
                it.messages,
                it.left_out,
                it.first_sent,
                it.tokens,
                it.context,
                it.reserved,
            )
        };
        assert_eq!(facts(&quick), facts(full), "{how:?}");
        assert_eq!(full.context, context);
        assert!(full.stop.is_none(), "{:?}", full.stop);
        // The system prompt is one more on the wire.
        assert_eq!(full.messages as usize + 1, shown.messages.len());

        assert_eq!(code(&app::ask(&world.app, next).await), None);
        let wire = world.recorder.seen().pop().unwrap();
        assert_eq!(
            wire.body.as_bytes(),
            &shown.wire.body[..],
            "{how:?}: byte by byte"
        );
        let said = said(&world);
        assert_eq!(said[0], "Be brief.");
        assert_eq!(said.last().unwrap(), "and now?");
        match (how, context) {
            (ContextRule::Last { .. }, _) => assert_eq!((full.messages, said.len()), (3, 4)),
            (ContextRule::Fit, Some(context)) => {
                assert!(full.left_out > 0 && full.first_sent.is_some());
                assert!(full.tokens + full.reserved <= u64::from(context));
                assert!(!said[1].starts_with("fine"), "it begins with a question");
            }
            _ => assert_eq!(full.left_out, 0),
        }
    }
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_long_is_stopped_and_said() {
    let world = World::new(words("fine")).await;
    let (id, _) = talked(&world).await;
    reads(&world, Some(300)).await;
    let before = world.left().await;
    let next = on(id, "and now?");
    let shown = world.app.estimate(next.clone()).await.unwrap();
    assert_eq!(shown.stop.unwrap().code, "context_full");
    assert_eq!(
        shown.left_out, 0,
        "nothing is left out unless somebody says so"
    );
    let stopped = app::ask(&world.app, next).await;
    assert_eq!(code(&stopped), Some("context_full"));
    assert!(stopped.error.unwrap().message.contains("300"));
    assert_eq!(world.left().await, before, "neither wire nor ledger");

    // The control arms: another rule, and a model that reads more.
    rule(&world, id, ContextRule::Fit).await;
    world.app.resume(stopped.id).await.unwrap();
    world.recorder.arrived(before.0 + 1).await;
    assert!(said(&world).len() < 6);
    rule(&world, id, ContextRule::All).await;
    reads(&world, None).await;
    assert_eq!(code(&app::ask(&world.app, on(id, "and then?")).await), None);
    assert!(said(&world).len() > 9, "unknown: nothing is left out");
    // A question that does not fit by itself is stopped under each rule.
    rule(&world, id, ContextRule::Fit).await;
    reads(&world, Some(300)).await;
    let huge = app::ask(&world.app, on(id, &LONG.repeat(40))).await;
    assert_eq!(code(&huge), Some("context_full"));
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pinned_message_goes_along_with_its_question() {
    let world = World::new(words("fine")).await;
    let (id, last) = talked(&world).await;
    let first = {
        let mut above = world.app.message_by_id(last).await.unwrap();
        let mut answer = above.id;
        while let Some(parent) = above.parent_id {
            answer = above.id;
            above = world.app.message_by_id(parent).await.unwrap();
        }
        answer
    };
    rule(&world, id, ContextRule::Last { messages: 1 }).await;
    app::ask(&world.app, on(id, "without")).await;
    assert_eq!(said(&world), ["Be brief.", "without"], "the control arm");
    world.app.pin_message(first, true).await.unwrap();
    let next = on(id, "with");
    let quick = world.app.estimate(next.clone()).await.unwrap();
    app::ask(&world.app, next).await;
    let said = said(&world);
    assert!(
        said[1].starts_with("first ") && said[2] == "fine" && said[3] == "with",
        "{said:?}"
    );
    assert_eq!((said.len(), quick.messages), (4, 3));
    assert_eq!(world.app.pinned_messages(id).await.unwrap(), [first]);
    world.app.pin_message(first, false).await.unwrap();
    assert!(world.app.pinned_messages(id).await.unwrap().is_empty());
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_below_the_composer_follows_what_changes() {
    let world = World::new(words("fine")).await;
    let empty = world.app.estimate(world.asking("")).await.unwrap();
    assert_eq!((empty.messages, empty.tokens), (0, 0));
    let (id, last) = talked(&world).await;
    let none = world.app.estimate(on(id, "")).await.unwrap();
    assert_eq!(none.messages, 8);
    let more = world.app.estimate(on(id, "one two three")).await.unwrap();
    assert!(more.messages == 9 && more.tokens > none.tokens);
    // The branch that is shown counts, and no other.
    let question = world
        .app
        .message_by_id(last)
        .await
        .unwrap()
        .parent_id
        .unwrap();
    let edited = world.app.edit(question, "short", &[]).await.unwrap();
    while world
        .app
        .message_by_id(edited.answer_id)
        .await
        .unwrap()
        .finished_at
        .is_none()
    {
        tokio::task::yield_now().await;
    }
    let other = world.app.estimate(on(id, "")).await.unwrap();
    assert!(
        other.messages == 8 && other.tokens < none.tokens,
        "{other:?}"
    );
    let same = world.app.preview(on(id, "x")).await.unwrap().estimate;
    let quick = world.app.estimate(on(id, "x")).await.unwrap();
    assert_eq!((same.messages, same.tokens), (quick.messages, quick.tokens));
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn estimates_learn_from_what_is_counted() {
    let world = World::new(words("fine")).await;
    let long = LONG.repeat(20);
    let before = world.app.estimate(world.asking(&long)).await.unwrap();
    // The server counts 7 tokens whatever it is sent: less than half is not believed.
    world.ask(&long).await;
    let after = world.app.estimate(world.asking(&long)).await.unwrap();
    assert_eq!(after.tokens, before.tokens.div_ceil(2));
    let facts = world.app.model_facts(world.source).await.unwrap();
    assert_eq!((facts[0].counted, facts[0].estimated), (7, before.tokens));
    world.app.shutdown().await;
}
