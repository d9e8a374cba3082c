//! A model that calls a tool with half of its arguments.

use fluxchat_core::Ask;
use fluxchat_model::{Dialect, MessageStatus, ToolDecision, ToolState};
use serde_json::json;

use super::{calls, openai, world};

/// It does not run, nobody is asked about it, the model hears why, and neither this answer nor the
/// next question is spoiled by it.
#[tokio::test(flavor = "multi_thread")]
async fn half_of_the_arguments_runs_nothing_and_spoils_nothing() {
    let turns = vec![
        openai("", &[("calculator", r#"{"expression":"1+"#)]),
        openai("Let me say it: two.", &[]),
        openai("Still two.", &[]),
    ];
    let world = world(Dialect::Openai, turns).await;
    let first = world
        .asked(world.question("?", &["calculator"]), ToolDecision::Once)
        .await;
    assert_eq!(
        (first.status, first.text().as_str()),
        (MessageStatus::Complete, "Let me say it: two.")
    );
    let made = calls(&first);
    assert_eq!((made.len(), made[0].state), (1, ToolState::Failed));
    let next = world
        .asked(
            Ask {
                conversation: Some(first.conversation_id),
                ..world.question("Sure?", &["calculator"])
            },
            ToolDecision::Once,
        )
        .await;
    assert_eq!(next.text(), "Still two.");
    let bodies = world.bodies();
    for body in &bodies[1..] {
        let call = &body["messages"][1]["tool_calls"][0]["function"];
        assert_eq!(call["arguments"], json!("{}"), "what every server reads");
        let result = body["messages"][2]["content"].as_str().unwrap();
        assert!(result.contains("no JSON object"), "{result}");
    }
}
