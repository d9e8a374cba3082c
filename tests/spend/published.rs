//! What providers publish counts where they are asked directly and nobody said a price.

use fluxchat_core::{Ask, NewSource};
use fluxchat_model::{Budget, CostBasis, Dialect, ModelFacts, Period, Price, SourceId, Usage};

use super::{World, code, words};
use crate::support::app;

/// Providers, how they speak and models they publish a price of; none of them is asked.
const PROVIDERS: &[(&str, Dialect, &str)] = &[
    ("https://api.openai.com/v1", Dialect::Openai, "gpt-5.4-mini"),
    (
        "https://api.anthropic.com/v1",
        Dialect::Anthropic,
        "claude-opus-4-5-20251101",
    ),
    (
        "https://generativelanguage.googleapis.com/v1beta",
        Dialect::Gemini,
        "gemini-3.1-pro-preview",
    ),
];

/// Adds a provider without asking it anything.
async fn add(world: &World, of: usize) -> (SourceId, &'static str) {
    world.app.set_offline(true).await.unwrap();
    let (url, dialect, model) = PROVIDERS[of];
    let source = NewSource {
        name: model.to_owned(),
        url: url.to_owned(),
        dialect,
        key: None,
    };
    let id = world.app.add_source(source).await.unwrap().source.id;
    let update = world
        .app
        .update_source(id, None, None, Some(model.to_owned()));
    update.await.unwrap();
    (id, model)
}

async fn facts(world: &World, source: SourceId, model: &str) -> ModelFacts {
    let rows = world.app.model_facts(source).await.unwrap();
    let mut rows = rows.into_iter();
    rows.find(|row| row.model == model).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_costs_what_is_published_until_a_price_is_entered() {
    let world = World::new(words("fine")).await;
    let usage = Usage {
        input_tokens: 1_000,
        output_tokens: 10,
        cached_tokens: Some(400),
        ..Usage::default()
    };
    for of in 0..PROVIDERS.len() {
        let (source, model) = add(&world, of).await;
        let known = facts(&world, source, model).await;
        let published = known.published.clone().unwrap();
        assert!(known.context().is_some() && known.longest().is_some());
        let Price {
            input,
            output,
            cached,
        } = published.price;
        let expected = 600 * input + 400 * cached.unwrap() + 10 * output;
        let cost = known.cost(&usage).unwrap();
        assert_eq!(cost.basis, CostBasis::Published, "{model}");
        assert_eq!(cost.nanos, expected.div_ceil(1_000), "{model}");

        let own = Price {
            input: 7_000,
            output: 0,
            cached: None,
        };
        let entered = world.app.set_model_facts(source, model, None, Some(own));
        entered.await.unwrap();
        let cost = facts(&world, source, model).await.cost(&usage).unwrap();
        assert_eq!((cost.basis, cost.nanos), (CostBasis::Entered, 7_000));

        // The control arm: the same name elsewhere.
        let update = world
            .app
            .update_source(world.source, None, None, Some(model.to_owned()));
        update.await.unwrap();
        let elsewhere = facts(&world, world.source, model).await;
        assert_eq!((elsewhere.priced(), elsewhere.cost(&usage)), (None, None));
    }
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_stops_by_a_published_price_before_anything_leaves() {
    let world = World::new(words("fine")).await;
    let (source, model) = add(&world, 0).await;
    let asking = |source| Ask {
        text: "hello".to_owned(),
        source: Some(source),
        model: Some(model.to_owned()),
        ..Ask::default()
    };
    // Without a budget it would leave, if anything could.
    let unstopped = app::ask(&world.app, asking(source)).await;
    assert_eq!(code(&unstopped), Some("offline"));

    let tiny = Budget {
        source_id: None,
        period: Period::Day,
        nanos: 1_000,
        warn_percent: 80,
    };
    world.app.set_budget(tiny).await.unwrap();
    let found = world.app.estimate(asking(source)).await.unwrap();
    assert_eq!(found.basis, Some(CostBasis::Published));
    assert_eq!(found.published.unwrap().day.len(), "2026-11-20".len());
    assert!(found.context.is_some() && found.nanos.is_some());
    assert_eq!(found.stop.unwrap().code, "budget_reached");
    let before = world.left().await;
    let stopped = app::ask(&world.app, asking(source)).await;
    assert_eq!(code(&stopped), Some("budget_reached"));
    assert_eq!(world.left().await, before, "neither wire nor ledger");

    // The control arm: at another address the same model has no price, says so, and leaves.
    world.app.set_offline(false).await.unwrap();
    let found = world.app.estimate(asking(world.source)).await.unwrap();
    assert_eq!(
        (found.basis, found.nanos, found.published),
        (None, None, None)
    );
    assert!(found.stop.is_none());
    let answer = app::ask(&world.app, asking(world.source)).await;
    assert_eq!(answer.text(), "fine");
    assert_eq!(answer.usage.unwrap().spent, None);
    world.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_answer_cost_stays_as_it_was_when_it_was_given() {
    let world = World::new(words("fine")).await;
    let answer = world.ask("hello").await;
    assert_eq!(answer.usage.unwrap().spent, None);
    // Now a price is known.
    let price = Price {
        input: 1_000_000,
        output: 1_000_000,
        cached: None,
    };
    let entered = world
        .app
        .set_model_facts(world.source, super::MODEL, None, Some(price));
    entered.await.unwrap();
    let still = world.app.message_by_id(answer.id).await.unwrap();
    assert_eq!(still.usage.unwrap().spent, None);
    let conversation = answer.conversation_id;
    let cost = world.app.conversation_cost(conversation).await.unwrap();
    assert_eq!(cost, (0, 0));
    let rows = world.app.spending(1).await.unwrap().rows;
    assert_eq!((rows[0].unpriced, rows[0].nanos), (1, 0));
    world.app.shutdown().await;
}
