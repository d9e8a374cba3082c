//! Money: kept with each answer, added up by day, stopped by a budget.

use fluxchat_core::Ask;
use fluxchat_model::{CostBasis, Instructions, MessageStatus, Parameters, Period, SpendRow};
use fluxchat_testkit::recorder::Answer;

use super::{SHORTEST, TOKEN, World, code, words};
use crate::support::app::{self, ended};

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_stops_before_anything_leaves() {
    let world = World::dear(words("fine")).await;
    // The server counts 7 tokens read and 1 written.
    let first = world.ask("hello").await;
    let spent = first.usage.unwrap().spent.unwrap();
    assert_eq!((spent.nanos, spent.basis), (8 * TOKEN, CostBasis::Entered));
    assert_eq!(world.spent().await, 8 * TOKEN);

    world.budget(10).await;
    let before = world.left().await;
    let stopped = world.ask("hello again").await;
    assert_eq!(world.left().await, before, "neither wire nor ledger");
    assert_eq!(code(&stopped), Some("budget_reached"));
    let error = stopped.error.clone().unwrap();
    assert!(error.message.contains("$0.01,"), "{}", error.message);
    assert_eq!(error.kept, "Your question was kept.");
    let question = world
        .app
        .message_by_id(stopped.parent_id.unwrap())
        .await
        .unwrap();
    assert_eq!(question.text(), "hello again");

    // By whatever way it is tried.
    let again = world.app.regenerate(stopped.id, None, None).await.unwrap();
    let again = ended(&world.app, again.answer_id).await;
    assert_eq!(code(&again), Some("budget_reached"));
    let resumed = world.app.resume(stopped.id).await.unwrap();
    assert_eq!(
        code(&ended(&world.app, resumed.answer_id).await),
        Some("budget_reached")
    );
    let edited = world
        .app
        .edit(question.id, "other words", &[])
        .await
        .unwrap();
    assert_eq!(
        code(&ended(&world.app, edited.answer_id).await),
        Some("budget_reached")
    );
    assert_eq!(world.left().await, before);

    // Once, because somebody said so; and only once.
    world.app.send_over_budget(stopped.id).await.unwrap();
    let sent = ended(&world.app, stopped.id).await;
    assert_eq!(
        (sent.status, sent.text().as_str()),
        (MessageStatus::Complete, "fine")
    );
    assert_eq!(world.recorder.seen().len(), before.0 + 1);
    assert_eq!(
        code(&world.ask("and once more").await),
        Some("budget_reached")
    );
    assert_eq!(world.recorder.seen().len(), before.0 + 1);
    let whole = world.app.send_over_budget(sent.id).await.unwrap_err();
    assert_eq!(whole.code(), "not_interrupted", "what no budget stopped");

    // The control arm: without it the same question leaves.
    world.app.remove_budget(None, Period::Day).await.unwrap();
    assert_eq!(world.ask("hello again").await.text(), "fine");
    assert_eq!(world.recorder.seen().len(), before.0 + 2);
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_still_arriving_counts_as_spent() {
    let world = World::dear(Answer::Hang(vec!["one".to_owned()])).await;
    world.budget(200).await;
    let longest = |tokens| Instructions {
        parameters: Parameters {
            max_tokens: Some(tokens),
            ..Parameters::default()
        },
        ..Instructions::default()
    };
    let ask = |text: &str| Ask {
        instructions: Some(longest(120)),
        ..world.asking(text)
    };
    let arrived = world.recorder.seen().len();
    let first = world.app.ask(ask("one")).await.unwrap();
    world.recorder.arrived(arrived + 1).await;
    let second = app::ask(&world.app, ask("two")).await;
    assert_eq!(
        code(&second),
        Some("budget_reached"),
        "two of 120 are more than 200"
    );
    let state = world.app.spending(1).await.unwrap().budgets;
    assert!(state[0].spent >= 120 * TOKEN && world.spent().await == 0);

    // When the first one ends, what was held for it is free.
    world.app.stop(first.answer_id).unwrap();
    ended(&world.app, first.answer_id).await;
    world.recorder.answer(words("fine"));
    assert_eq!(app::ask(&world.app, ask("three")).await.text(), "fine");
    world.app.shutdown().await;
}

/// An answer that is cut off by its length, as a server of models says it.
fn cut_off(words: &str, used: usize) -> Answer {
    let frame = serde_json::json!({
        "choices": [{"index": 0, "delta": {"content": words}, "finish_reason": "length"}],
    });
    let usage = serde_json::json!({
        "choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": used},
    });
    let body = format!("data: {frame}\n\ndata: {usage}\n\ndata: [DONE]\n\n");
    Answer::Plain(200, "text/event-stream", body)
}

fn most_in(body: &serde_json::Value) -> Option<u64> {
    body["max_completion_tokens"]
        .as_u64()
        .or(body["max_tokens"].as_u64())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_cannot_cost_more_than_a_budget_has_left() {
    let world = World::dear(words("fine")).await;
    world.ask("hello").await;
    assert_eq!(most_in(&world.last_body()), None, "nobody says how long");

    world.budget(1_000).await;
    let shown = world.app.preview(world.asking("go on")).await.unwrap();
    let promised = shown.estimate.longest.unwrap();
    world.recorder.answer(cut_off("half of", 900));
    let cut = world.ask("go on").await;
    let most = most_in(&world.last_body()).unwrap();
    assert_eq!(most, u64::from(promised), "what is shown is what is sent");
    let read = shown.estimate.nanos.unwrap();
    assert!(most > SHORTEST && 8 * TOKEN + read + most * TOKEN <= 1_000 * TOKEN);
    assert_eq!(
        (cut.status, code(&cut)),
        (MessageStatus::Interrupted, Some("length_of_budget"))
    );
    // It may go on where there is room again, and says so where there is none.
    let stopped = world.app.resume(cut.id).await.unwrap();
    let stopped = ended(&world.app, stopped.answer_id).await;
    assert_eq!(code(&stopped), Some("budget_reached"));
    world.budget(10_000).await;
    world.recorder.answer(words(" an answer"));
    world.app.resume(cut.id).await.unwrap();
    let whole = ended(&world.app, cut.id).await;
    assert_eq!(
        (whole.status, whole.text().as_str(), whole.error),
        (MessageStatus::Complete, "half of an answer", None)
    );
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_beside_each_other_share_what_is_left() {
    let world = World::dear(Answer::Hang(vec!["one".to_owned()])).await;
    world.budget(40_000).await;
    let before = world.recorder.seen().len();
    let mut asked = Vec::new();
    for (n, text) in ["one", "two", "three"].into_iter().enumerate() {
        asked.push(world.app.ask(world.asking(text)).await.unwrap());
        world.recorder.arrived(before + n + 1).await;
    }
    let seen = world.recorder.seen();
    let longest: Vec<u64> = seen[before..]
        .iter()
        .map(|it| most_in(&serde_json::from_str(&it.body).unwrap()).unwrap())
        .collect();
    assert!(longest.iter().sum::<u64>() < 40_000, "{longest:?}");
    assert!(longest.iter().all(|it| *it > 4_000), "{longest:?}");
    for sent in asked {
        world.app.stop(sent.answer_id).unwrap();
        ended(&world.app, sent.answer_id).await;
    }
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_of_one_source_is_for_it_alone_and_warns() {
    let world = World::dear(words("fine")).await;
    world.ask("hello").await;
    let mut budget = fluxchat_model::Budget {
        source_id: Some(world.source),
        period: Period::Month,
        nanos: 300 * TOKEN,
        warn_percent: 80,
    };
    world.app.set_budget(budget).await.unwrap();
    let near = world.app.estimate(world.asking("hi")).await.unwrap();
    assert!(near.stop.is_none());
    assert_eq!(near.warning.unwrap().source.as_deref(), Some("recorder"));
    // A second one for the same source and time takes its place.
    budget.nanos = TOKEN;
    world.app.set_budget(budget).await.unwrap();
    assert_eq!(world.app.spending(1).await.unwrap().budgets.len(), 1);
    let stop = world.app.estimate(world.asking("hi")).await.unwrap().stop;
    assert_eq!(stop.unwrap().code, "budget_reached");
    let shown = world.app.preview(world.asking("hi")).await.unwrap();
    assert_eq!(shown.estimate.stop.unwrap().code, "budget_reached");
    // The sandbox costs nothing and is not stopped.
    let sandbox = world.app.source_named("sandbox").await.unwrap().id;
    let free = Ask {
        text: "What is Fluxchat?".to_owned(),
        source: Some(sandbox),
        ..Ask::default()
    };
    assert_eq!(app::ask(&world.app, free).await.error, None);
    budget.warn_percent = 0;
    assert_eq!(
        world.app.set_budget(budget).await.unwrap_err().code(),
        "invalid_budget"
    );
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_source_says_it_charged_goes_first() {
    let told = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"fine\"},\"finish_reason\":\"stop\"}]}\n\n\
                data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":1,\"cost\":0.000123}}\n\n\
                data: [DONE]\n\n";
    let world = World::dear(Answer::Plain(200, "text/event-stream", told.to_owned())).await;
    let answer = world.ask("hello").await;
    let spent = answer.usage.unwrap().spent.unwrap();
    assert_eq!((spent.nanos, spent.basis), (123_000, CostBasis::Told));
    let (priced, nanos) = world
        .app
        .conversation_cost(answer.conversation_id)
        .await
        .unwrap();
    assert_eq!((priced, nanos), (1, 123_000));
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_stay_when_conversations_go_and_go_with_everything() {
    let world = World::dear(words("fine")).await;
    let answer = world.ask("hello").await;
    let begun = world
        .app
        .begin_temporary(Some(world.source), Some(super::MODEL.to_owned()));
    let temporary = begun.await.unwrap().id;
    let ask = Ask {
        conversation: Some(temporary),
        text: "between us".to_owned(),
        ..Ask::default()
    };
    app::ask(&world.app, ask).await;
    assert_eq!(world.spent().await, 8 * TOKEN, "nothing of it is written");
    world.budget(1_000).await;
    let state = world.app.spending(1).await.unwrap().budgets;
    assert_eq!(state[0].spent, 16 * TOKEN, "and no budget is passed by");
    let rows = world.app.spending(1).await.unwrap().rows;
    let [
        SpendRow {
            answers: 1,
            unpriced: 0,
            ..
        },
    ] = &rows[..]
    else {
        panic!("{rows:?}");
    };

    world.app.end_temporary(temporary).await.unwrap();
    let going = world.app.delete_conversation(answer.conversation_id);
    going.await.unwrap();
    assert_eq!(world.spent().await, 8 * TOKEN);
    world.app.delete_everything().await.unwrap();
    assert_eq!(world.spent().await, 0);
    world.ask("hello").await;
    assert_eq!(world.spent().await, 8 * TOKEN);
    world.app.forget_spending().await.unwrap();
    assert!(world.app.spending(400).await.unwrap().rows.is_empty());
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_a_price_is_counted_as_such() {
    let world = World::new(words("fine")).await;
    let answer = world.ask("hello").await;
    assert_eq!(answer.usage.unwrap().spent, None);
    let rows = world.app.spending(1).await.unwrap().rows;
    assert_eq!(
        (rows[0].answers, rows[0].unpriced, rows[0].nanos),
        (1, 1, 0)
    );
    assert_eq!((rows[0].input_tokens, rows[0].output_tokens), (7, 1));
    // What did not leave is not counted.
    world.app.set_offline(true).await.unwrap();
    world.ask("hello?").await;
    assert_eq!(world.app.spending(1).await.unwrap().rows, rows);
    world.app.shutdown().await;
}
