//! Several answers to one question are judged by what they may cost together.

use fluxchat_core::Answerer;
use fluxchat_model::{Budget, Period};

use super::{DEAR, SHORTEST, TOKEN, World, words};

const OTHER: &str = "recorder-2";

/// A second model of the same source, at the same price.
async fn world() -> World {
    let world = World::dear(words("fine")).await;
    let entered = world
        .app
        .set_model_facts(world.source, OTHER, None, Some(DEAR));
    entered.await.unwrap();
    world
}

fn others(world: &World, models: &[&str]) -> Vec<Answerer> {
    let other = |model: &&str| Answerer {
        source: Some(world.source),
        model: Some((*model).to_owned()),
    };
    models.iter().map(other).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_each_may_cost_but_not_all_is_not_begun() {
    let world = world().await;
    let one = world.app.estimate(world.asking("hello")).await.unwrap();
    let one = one.nanos.unwrap().div_ceil(TOKEN) + SHORTEST;
    // Enough for each, and for two, but not for three.
    world.budget(one * 2).await;
    let alone = world.app.estimate(world.asking("hello")).await.unwrap();
    assert!(alone.stop.is_none(), "each alone would pass");
    let before = world.left().await;
    let three = world
        .app
        .ask_side_by_side(world.asking("hello"), others(&world, &[OTHER, OTHER]))
        .await;
    let error = three.unwrap_err();
    assert_eq!(error.code(), "budget_reached_together");
    let told = error.visible();
    assert_eq!(told.kept, "Nothing was sent.");
    let stop = told.named.unwrap().budget.unwrap();
    assert_eq!((stop.more, stop.limit), (3 * one * TOKEN, 2 * one * TOKEN));
    assert_eq!(world.left().await, before, "neither wire nor ledger");

    // Control arm: two have room.
    let two = world
        .app
        .ask_side_by_side(world.asking("hello"), others(&world, &[OTHER]))
        .await;
    assert_eq!(two.unwrap().beside.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_of_another_source_is_not_asked() {
    let world = world().await;
    let dear = world.app.estimate(world.asking("hello")).await.unwrap();
    let other = fluxchat_core::NewSource {
        name: "elsewhere".to_owned(),
        url: world.recorder.base_url().replace("127.0.0.1", "localhost"),
        dialect: fluxchat_model::Dialect::Openai,
        key: None,
    };
    let other = world.app.add_source(other).await.unwrap().source.id;
    let budget = Budget {
        source_id: Some(other),
        period: Period::Day,
        nanos: dear.nanos.unwrap() + SHORTEST * TOKEN,
        warn_percent: 80,
    };
    world.app.set_budget(budget).await.unwrap();
    let asked = world
        .app
        .ask_side_by_side(world.asking("hello"), others(&world, &[OTHER, OTHER]))
        .await;
    assert_eq!(asked.unwrap().beside.len(), 2);
}
