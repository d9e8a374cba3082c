//! Which words of an answer its citations are for, as each dialect tells it. The frames follow the
//! schemas in `tests/fixtures/wire/specs`.

use fluxchat_providers::{ChatEvent, Protocol};
use serde_json::{Value, json};

use crate::source::{Told, events, told};

const URL: &str = "https://a.example/page";

fn tell(protocol: Protocol, frames: &[Value]) -> Told {
    let frames: Vec<String> = frames.iter().map(Value::to_string).collect();
    let frames: Vec<&str> = frames.iter().map(String::as_str).collect();
    told(protocol, &events(&frames))
}

/// The words of each citation, empty where it is for none.
fn words(told: &Told) -> Vec<&str> {
    let cited = told.events.iter().filter_map(|event| match event {
        ChatEvent::Citation { span, .. } => Some(span),
        _ => None,
    });
    cited
        .map(|span| match span {
            Some(span) => &told.text[span.start as usize..span.end as usize],
            None => "",
        })
        .collect()
}

fn block(index: u32, text: &str, pages: &[u32]) -> Vec<Value> {
    let begin = json!({"type": "content_block_start", "index": index,
        "content_block": {"type": "text", "text": "", "citations": []}});
    let cited = pages.iter().map(|page| {
        json!({"type": "content_block_delta", "index": index, "delta": {"type": "citations_delta",
            "citation": {"type": "page_location", "document_index": 0, "document_title": "A",
                "cited_text": "x", "start_page_number": page, "end_page_number": page + 1}}})
    });
    let said = json!({"type": "content_block_delta", "index": index,
        "delta": {"type": "text_delta", "text": text}});
    let stop = json!({"type": "content_block_stop", "index": index});
    [begin]
        .into_iter()
        .chain(cited)
        .chain([said, stop])
        .collect()
}

#[test]
fn anthropic_cites_for_a_whole_block() {
    let mut frames = block(0, "Über ", &[]);
    frames.extend(block(1, "trams", &[3, 4, 3]));
    frames.extend(block(2, " and ", &[]));
    frames.extend(block(3, "ferries", &[3]));
    frames.push(json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}));
    frames.push(json!({"type": "message_stop"}));
    let stream = tell(Protocol::Messages, &frames);
    assert_eq!(words(&stream), ["", "", "trams", "trams", "ferries"]);

    let cite = json!({"type": "web_search_result_location", "url": URL, "title": "T",
        "cited_text": "x", "encrypted_index": "e"});
    let document = json!({"type": "message", "model": "c", "stop_reason": "end_turn", "content": [
        {"type": "text", "text": "Über "}, {"type": "text", "text": "trams", "citations": [cite]}]});
    let whole = told(Protocol::Messages, document.to_string().as_bytes());
    assert_eq!(words(&whole), ["", "trams"]);
}

fn annotation(start: Value, end: Value) -> Value {
    json!({"type": "url_citation", "url": URL, "title": "T", "start_index": start, "end_index": end})
}

#[test]
fn responses_counts_the_characters_of_a_part() {
    let item = |kind: &str, item: Value| json!({"type": kind, "output_index": 0, "item": item});
    let said = |part: u32, text: &str| json!({"type": "response.output_text.delta", "item_id": "m", "content_index": part, "delta": text});
    let part = |part: u32| {
        json!({"type": "response.content_part.added", "item_id": "m", "content_index": part,
            "part": {"type": "output_text", "text": "", "annotations": []}})
    };
    let added = |part: u32, start: i64, end: i64| {
        json!({"type": "response.output_text.annotation.added", "item_id": "m",
            "content_index": part, "annotation_index": 0,
            "annotation": annotation(json!(start), json!(end))})
    };
    let content = json!([
        {"type": "output_text", "text": "👩‍🚒 Grüße", "annotations": [annotation(json!(4), json!(9))]},
        {"type": "output_text", "text": "aus Köln", "annotations": [
            annotation(json!(4), json!(8)), annotation(json!(-3), json!(3))]}]);
    let message = json!({"type": "message", "id": "m", "content": content});
    let stream = tell(
        Protocol::Responses,
        &[
            item(
                "response.output_item.added",
                json!({"type": "message", "id": "m"}),
            ),
            part(0),
            said(0, "👩‍🚒 Gr"),
            said(0, "üße"),
            added(0, 4, 9),
            part(1),
            said(1, "aus Köln"),
            added(1, 4, 8),
            added(1, 0, 0),
            added(1, 7, 2),
            added(1, 0, -1),
            item("response.output_item.done", message.clone()),
            json!({"type": "response.completed", "response": {"status": "completed"}}),
        ],
    );
    assert_eq!(words(&stream), ["Grüße", "Köln", "aus"]);
    let document =
        json!({"object": "response", "status": "completed", "model": "m", "output": [message]});
    let whole = told(Protocol::Responses, document.to_string().as_bytes());
    assert_eq!(words(&whole), ["Grüße", "Köln", "aus"]);
}

fn chunk(delta: Value) -> Value {
    json!({"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}]})
}

#[test]
fn chat_completions_counts_the_characters_of_the_answer() {
    let cite = |start: i64, end: i64| json!({"annotations": [{"type": "url_citation", "url_citation": annotation(json!(start), json!(end))}]});
    let stop = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
    let stream = tell(
        Protocol::ChatCompletions,
        &[
            chunk(json!({"content": "Grüße "})),
            // OpenRouter tells some before the words, and some without a place.
            chunk(cite(6, 9)),
            chunk(cite(0, 0)),
            chunk(json!({"content": "aus Köln"})),
            chunk(cite(0, 5)),
            chunk(cite(10, i64::MAX)),
            chunk(cite(5_000, 5_001)),
            chunk(
                json!({"citations": [{"title": "H", "target": "help:x", "start_index": 10, "end_index": 14}]}),
            ),
            stop.clone(),
        ],
    );
    assert_eq!(words(&stream), ["", "Grüße", "Köln", "aus", "Köln"]);
    let thought = tell(
        Protocol::ChatCompletions,
        &[
            chunk(json!({"content": "<think>hm</think>Grüße"})),
            chunk(cite(0, 5)),
            stop,
        ],
    );
    assert_eq!(words(&thought), [""], "nobody knows what was counted");
}

fn grounded(supports: Value) -> Value {
    let page = |at: u32| json!({"web": {"uri": format!("https://{at}.example/"), "title": "T"}});
    json!({"groundingChunks": [page(0), page(1), {"web": {}}], "groundingSupports": supports})
}

fn support(segment: Value, chunks: Value) -> Value {
    json!({"segment": segment, "groundingChunkIndices": chunks, "confidenceScores": [0.9]})
}

#[test]
fn gemini_counts_bytes_and_its_words_decide() {
    let frame = |parts: Value| json!({"candidates": [{"content": {"parts": parts}}]});
    let supports = json!([
        support(json!({"endIndex": 7, "text": "Grüße"}), json!([0, 1])),
        support(json!({"startIndex": 12, "endIndex": 17}), json!([1])),
        // Told of another part than the one it is in.
        support(
            json!({"partIndex": 1, "startIndex": 1, "endIndex": 2, "text": "Köln"}),
            json!([0])
        ),
        support(
            json!({"startIndex": 3, "endIndex": 4, "text": "nowhere"}),
            json!([0])
        ),
        support(json!({"startIndex": 2, "endIndex": 3}), json!([0])),
        support(
            json!({"startIndex": 0, "endIndex": 3}),
            json!([2, 9, -1, "x"])
        ),
        support(json!({}), json!([0])),
        support(json!({"startIndex": -4, "endIndex": 900}), json!([0])),
    ]);
    let end = json!({"candidates": [{"content": {"parts": [{"text": ""}]}, "finishReason": "STOP",
        "groundingMetadata": grounded(supports.clone())}]});
    let stream = tell(
        Protocol::GenerateContent,
        &[
            frame(json!([{"text": "Grüße "}])),
            frame(json!([{"text": "aus Köln"}])),
            end,
        ],
    );
    let wanted = [
        "",
        "",
        "Grüße",
        "Grüße",
        "Köln",
        "Köln",
        "ü",
        "Grüße aus Köln",
    ];
    assert_eq!(words(&stream)[..6], wanted[..6]);
    assert_eq!(words(&stream).last(), wanted.last());
    let thought = json!({"candidates": [{"finishReason": "STOP",
        "content": {"parts": [{"text": "hm, hm", "thought": true}, {"text": "Grüße aus Köln"}]},
        "groundingMetadata": grounded(json!([
            support(json!({"partIndex": 1, "startIndex": 0, "endIndex": 7}), json!([0])),
            support(json!({"startIndex": 12, "endIndex": 17, "text": "Köln"}), json!([1]))]))}]});
    let whole = told(Protocol::GenerateContent, thought.to_string().as_bytes());
    assert_eq!(words(&whole), ["", "", "Grüße", "Köln"]);
}

#[test]
fn interactions_counts_the_bytes_of_a_step() {
    let said = |at: u32, text: &str| json!({"event_type": "step.delta", "index": at, "delta": {"type": "text", "text": text}});
    let cite = |at: u32, start: u32, end: u32| {
        json!({"event_type": "step.delta", "index": at, "delta": {"type": "text_annotation_delta",
            "annotations": [annotation(json!(start), json!(end))]}})
    };
    let start = |at: u32| json!({"event_type": "step.start", "index": at, "step": {"type": "model_output", "content": []}});
    let stream = tell(
        Protocol::Interactions,
        &[
            start(0),
            said(0, "Grüße "),
            cite(0, 0, 7),
            start(1),
            said(1, "aus "),
            said(1, "Köln"),
            cite(1, 4, 9),
            json!({"event_type": "interaction.completed", "interaction": {"status": "completed"}}),
        ],
    );
    assert_eq!(words(&stream), ["Grüße", "Köln"]);
    let document = json!({"status": "completed", "steps": [{"type": "model_output", "content": [
        {"type": "text", "text": "Grüße "},
        {"type": "text", "text": "aus Köln", "annotations": [annotation(json!(4), json!(9))]}]}]});
    let whole = told(Protocol::Interactions, document.to_string().as_bytes());
    assert_eq!(words(&whole), ["Köln"]);
}

#[test]
fn no_end_of_citations_has_one() {
    let said = chunk(json!({"content": "word ".repeat(20_000)}));
    let cite = |at: u32| json!({"type": "url_citation", "url_citation": annotation(json!(at), json!(at + 4))});
    let all: Vec<Value> = (0..9_000).map(cite).collect();
    let early: Vec<Value> = (0..9_000).map(|at| cite(at + 100_000)).collect();
    let stop = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
    let stream = tell(
        Protocol::ChatCompletions,
        &[
            chunk(json!({"annotations": early})),
            said,
            chunk(json!({"annotations": all})),
            stop,
        ],
    );
    assert!(words(&stream).len() <= 2_000);
}
