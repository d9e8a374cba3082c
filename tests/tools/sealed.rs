//! What sources seal goes back to them, and to nobody else.

use fluxchat_core::Ask;
use fluxchat_model::{Dialect, ToolDecision};
use fluxchat_testkit::recorder::Answer;
use serde_json::{Value, json};

use super::{sse, world};
use crate::support::app;

#[tokio::test(flavor = "multi_thread")]
async fn what_anthropic_sealed_goes_back_to_the_same_model_alone() {
    let start = json!({"type": "message_start", "message": {"id": "m", "type": "message", "role": "assistant",
        "model": "m-1", "content": [], "stop_reason": null, "usage": {"input_tokens": 3, "output_tokens": 1}}});
    let end = |reason: &str| {
        [
            json!({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 2}}),
            json!({"type": "message_stop"}),
        ]
    };
    let think = [
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Sum."}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "SEAL"}}),
        json!({"type": "content_block_stop", "index": 0}),
    ];
    let call = [
        json!({"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "toolu_1", "name": "calculator", "input": {}}}),
        json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "{\"expression\":\"2*3\"}"}}),
        json!({"type": "content_block_stop", "index": 1}),
    ];
    let words = |text: &str| {
        [
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}),
            json!({"type": "content_block_stop", "index": 0}),
        ]
    };
    let turn = |blocks: Vec<Value>, reason: &str| {
        let mut frames = vec![start.clone()];
        frames.extend(blocks);
        frames.extend(end(reason));
        sse(&frames)
    };
    let first = [think.to_vec(), call.to_vec()].concat();
    let turns = vec![
        turn(first, "tool_use"),
        turn(words("Six.").to_vec(), "end_turn"),
        turn(words("Again.").to_vec(), "end_turn"),
        turn(words("Other.").to_vec(), "end_turn"),
    ];
    let world = world(Dialect::Anthropic, turns).await;
    let answer = world
        .asked(world.question("2*3?", &["calculator"]), ToolDecision::Once)
        .await;
    assert_eq!(
        (answer.text().as_str(), answer.reasoning().as_str()),
        ("Six.", "Sum.")
    );
    let next = |model: &str| Ask {
        conversation: Some(answer.conversation_id),
        model: Some(model.to_owned()),
        instructions: None,
        ..world.question("and?", &[])
    };
    app::ask(&world.app, next("m-1")).await;
    app::ask(&world.app, next("m-2")).await;
    let bodies = world.bodies();
    let content = |at: usize| bodies[at]["messages"][1]["content"].clone();
    for at in [1, 2] {
        let said = content(at);
        assert_eq!(
            said[0],
            json!({"type": "thinking", "thinking": "Sum.", "signature": "SEAL"}),
            "unchanged"
        );
        assert_eq!(
            (&said[1]["type"], &said[1]["id"]),
            (&json!("tool_use"), &json!("toolu_1"))
        );
        let result = &bodies[at]["messages"][2]["content"][0];
        assert_eq!(
            (&result["tool_use_id"], &result["content"]),
            (&json!("toolu_1"), &json!("6"))
        );
    }
    assert!(
        !bodies[3].to_string().contains("SEAL"),
        "another model is not told"
    );
    assert_eq!(
        content(3)[0]["type"],
        "tool_use",
        "but what was called stays"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_gemini_sealed_goes_back_with_its_call() {
    let turn = |parts: Value| {
        sse(&[
            json!({"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}],
                     "modelVersion": "m-1", "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1}}),
        ])
    };
    let call = json!([{"functionCall": {"name": "calculator", "args": {"expression": "9-2"}}, "thoughtSignature": "SEAL"}]);
    let turns = vec![turn(call), turn(json!([{"text": "Seven."}]))];
    let world = world(Dialect::Gemini, turns).await;
    let answer = world
        .asked(world.question("9-2?", &["calculator"]), ToolDecision::Once)
        .await;
    assert_eq!(answer.text(), "Seven.", "{:?}", answer.error);
    let said = world.bodies()[1]["contents"].clone();
    assert_eq!(said[1]["parts"][0]["thoughtSignature"], "SEAL");
    assert_eq!(
        said[1]["parts"][0]["functionCall"]["args"]["expression"],
        "9-2"
    );
    assert_eq!(
        said[2]["parts"][0]["functionResponse"]["response"]["result"],
        "7"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn encrypted_reasoning_of_responses_goes_back_in_its_place() {
    let reasoning =
        json!({"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "SEAL"});
    let call = json!({"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "calculator",
                      "arguments": "{\"expression\":\"8/4\"}", "status": "completed"});
    let done = |output: Value| {
        json!({"type": "response.completed", "response": {"id": "r", "model": "m-1", "status": "completed", "output": output,
               "usage": {"input_tokens": 1, "output_tokens": 1}}})
    };
    let first = sse(&[
        json!({"type": "response.output_item.done", "output_index": 0, "item": reasoning}),
        json!({"type": "response.output_item.added", "output_index": 1,
               "item": {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "calculator", "arguments": ""}}),
        json!({"type": "response.function_call_arguments.delta", "output_index": 1, "item_id": "fc_1",
               "delta": "{\"expression\":\"8/4\"}"}),
        json!({"type": "response.output_item.done", "output_index": 1, "item": call}),
        done(json!([reasoning, call])),
    ]);
    let second = sse(&[
        json!({"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "item_id": "m", "delta": "Two."}),
        done(json!([])),
    ]);
    let world = world(Dialect::Responses, vec![first, second]).await;
    let answer = world
        .asked(world.question("8/4?", &["calculator"]), ToolDecision::Once)
        .await;
    assert_eq!(answer.text(), "Two.", "{:?}", answer.error);
    let input = world.bodies()[1]["input"].clone();
    assert_eq!(input[1], reasoning, "unchanged");
    assert_eq!(
        (&input[2]["call_id"], &input[3]["output"]),
        (&json!("call_1"), &json!("2"))
    );
}

/// Ollama says beside its calls that it stopped, and wants its thoughts back with them.
#[tokio::test(flavor = "multi_thread")]
async fn what_ollama_thought_goes_back_with_its_calls() {
    let turn = |message: Value| {
        let line = json!({"model": "m-1", "message": message, "done": true, "done_reason": "stop"});
        Answer::Plain(200, "application/x-ndjson", format!("{line}\n"))
    };
    let call = json!({"function": {"name": "calculator", "arguments": {"expression": "5+4"}}});
    let turns = vec![
        turn(
            json!({"role": "assistant", "thinking": "Add.", "content": "Let me see.", "tool_calls": [call]}),
        ),
        turn(json!({"role": "assistant", "content": "Nine."})),
    ];
    let world = world(Dialect::Ollama, turns).await;
    let answer = world
        .asked(world.question("5+4?", &["calculator"]), ToolDecision::Once)
        .await;
    assert!(answer.text().ends_with("Nine."), "{:?}", answer.error);
    let told = world.bodies()[1]["messages"].clone();
    assert_eq!(told[1]["thinking"], "Add.");
    assert_eq!(told[1]["content"], "Let me see.");
    assert_eq!(told[1]["tool_calls"][0]["function"]["name"], "calculator");
    assert_eq!(told[2]["content"], "9");
}

/// LiteLLM passes on what an Anthropic model thought and signed, and may say `stop` beside calls.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_behind_a_gateway_goes_back_whatever_reason_was_given() {
    let block = json!({"type": "thinking", "thinking": "Sum.", "signature": "SEAL"});
    let call = json!({"index": 0, "id": "toolu_1", "type": "function",
        "function": {"name": "calculator", "arguments": "{\"expression\":\"1+1\"}"}});
    let delta = |delta: Value| json!({"model": "m-1", "choices": [{"index": 0, "delta": delta}]});
    let stop =
        json!({"model": "m-1", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
    let turns = vec![
        sse(&[
            delta(json!({"thinking_blocks": [block]})),
            delta(json!({"tool_calls": [call]})),
            stop.clone(),
        ]),
        sse(&[delta(json!({"content": "Two."})), stop]),
    ];
    let world = world(Dialect::Openai, turns).await;
    let answer = world
        .asked(world.question("1+1?", &["calculator"]), ToolDecision::Once)
        .await;
    assert_eq!(answer.text(), "Two.", "{:?}", answer.error);
    let told = world.bodies()[1]["messages"].clone();
    assert_eq!(told[1]["thinking_blocks"], json!([block]));
    assert_eq!(told[2]["content"], "2");
}
