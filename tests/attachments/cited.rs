//! Which page of which file an answer leads to, as the window is told it.

use fluxchat_core::{App, Ask, NewSource};
use fluxchat_ipc::commands;
use fluxchat_ipc::dto::chat::{CitationRow, MessagePageReq, MessageRow, PageAnchor};
use fluxchat_model::{AssetId, ConversationId, Dialect, DraftKey, SourceId};
use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::{Value, json};

use super::pdf;
use crate::support::app::{ask, ended};
use crate::temporary::world::World;

/// Events as Anthropic streams them.
fn streamed(events: &[Value]) -> Answer {
    let body: String = events
        .iter()
        .map(|event| {
            format!(
                "event: {}\ndata: {event}\n\n",
                event["type"].as_str().unwrap()
            )
        })
        .collect();
    Answer::Plain(200, "text/event-stream", body)
}

/// An answer as Anthropic streams it, with what it cites.
fn messages(text: &str, citations: &[Value]) -> Answer {
    let mut events = vec![
        json!({"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 1, "output_tokens": 1}}}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}),
    ];
    events.extend(citations.iter().map(|citation| {
        json!({"type": "content_block_delta", "index": 0,
            "delta": {"type": "citations_delta", "citation": citation}})
    }));
    events.extend([
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}}),
        json!({"type": "message_stop"}),
    ]);
    streamed(&events)
}

/// A page as Anthropic cites it.
fn page(document: u32, page: u32, words: &str) -> Value {
    json!({"type": "page_location", "document_index": document, "document_title": "told",
        "start_page_number": page, "end_page_number": page + 1, "cited_text": words})
}

/// An app in this process, and a source of a dialect that it asks.
pub struct Room {
    world: World,
    pub recorder: Recorder,
    pub source: SourceId,
}

impl Room {
    pub async fn new(dialect: Dialect) -> Self {
        let world = World::start().await;
        world.app.read_files_with(crate::support::cli_path());
        let recorder = Recorder::start(Answer::Words(vec!["fine".to_owned()])).await;
        let new = NewSource {
            name: "asked".to_owned(),
            url: recorder.base_url(),
            dialect,
            key: None,
        };
        let source = world.app.add_source(new).await.unwrap().source.id;
        Self {
            world,
            recorder,
            source,
        }
    }

    pub fn app(&self) -> &App {
        &self.world.app
    }

    async fn attach(&self, key: DraftKey, name: &str) -> AssetId {
        let bytes = pdf(3, |page| vec![format!("Page {page} of {name}.")]);
        self.attach_bytes(key, name, bytes).await
    }

    pub async fn attach_bytes(&self, key: DraftKey, name: &str, bytes: Vec<u8>) -> AssetId {
        let made = self.app().attach(key, name.to_owned(), bytes).await;
        made.unwrap().asset_id
    }

    pub async fn ask(
        &self,
        conversation: Option<ConversationId>,
        files: Vec<AssetId>,
    ) -> ConversationId {
        let asked = Ask {
            conversation,
            text: "what is it?".to_owned(),
            source: Some(self.source),
            model: Some("m".to_owned()),
            attachments: files,
            ..Ask::default()
        };
        ask(self.app(), asked).await.conversation_id
    }

    /// The last message, as the window is told it.
    pub async fn last(&self, conversation_id: ConversationId) -> MessageRow {
        let req = MessagePageReq {
            conversation_id,
            anchor: PageAnchor::Tail,
            limit: 10,
        };
        let rows = commands::chat::message_page(self.app(), req)
            .await
            .unwrap()
            .rows;
        rows.into_iter().last().unwrap()
    }

    /// The body of the last question that arrived.
    pub fn wire(&self) -> String {
        let seen = self.recorder.seen();
        let chat = seen.iter().rev().find(|it| it.method == "POST");
        chat.map(|it| it.body.clone()).unwrap_or_default()
    }
}

fn shown(rows: &[CitationRow]) -> Vec<(&str, Option<(AssetId, u32)>)> {
    rows.iter()
        .map(|row| {
            let file = row.file.as_ref().map(|file| (file.asset_id, file.page));
            (row.title.as_str(), file)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_a_source_cites_by_itself_is_one_of_a_file() {
    let room = Room::new(Dialect::Anthropic).await;
    let first = room.attach(DraftKey::NewConversation, "first.pdf").await;
    let id = room.ask(None, vec![first]).await;
    let key = DraftKey::Conversation(id);
    let second = room.attach(key, "second.pdf").await;
    let third = room.attach(key, "third.pdf").await;
    room.recorder.answer(messages(
        "So it is.",
        &[
            page(2, 3, "Page 3 of third.pdf."),
            page(0, 1, "Page 1 of first.pdf."),
            page(2, 3, "3 of third"),
            page(7, 1, "of nothing that was sent"),
        ],
    ));
    room.ask(Some(id), vec![second, third]).await;
    assert_eq!(
        room.wire().matches("\"document\"").count(),
        3,
        "all three went"
    );
    let rows = room.last(id).await.citations;
    assert_eq!(
        shown(&rows),
        [
            ("third.pdf, p. 3", Some((third, 3))),
            ("first.pdf, p. 1", Some((first, 1))),
            ("told", None),
        ]
    );
    assert_eq!(rows[0].host, "attachment");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cites_nothing_by_itself_is_told_how_to_name_pages() {
    let room = Room::new(Dialect::Gemini).await;
    let paper = room.attach(DraftKey::NewConversation, "paper.pdf").await;
    let words = "So it is [paper.pdf, p. 2], and [paper.pdf, p. 2] again.";
    let answer = json!({"candidates": [{"content": {"role": "model", "parts": [{"text": words}]},
        "finishReason": "STOP"}]});
    room.recorder.answer(Answer::Plain(
        200,
        "text/event-stream",
        format!("data: {answer}\n\n"),
    ));
    let id = room.ask(None, vec![paper]).await;
    let wire = room.wire();
    assert!(
        wire.contains("inlineData") || wire.contains("inline_data"),
        "as a file: {wire}"
    );
    assert!(
        wire.contains("[paper.pdf, p. 1]"),
        "the form is told: {wire}"
    );
    let last = room.last(id).await;
    assert_eq!(
        shown(&last.citations),
        [("paper.pdf, p. 2", Some((paper, 2)))]
    );
    assert_eq!(
        marked(&last),
        ["So it is [paper.pdf, p. 2]⟨1⟩, and [paper.pdf, p. 2]⟨1⟩ again."]
    );
}

/// The words of each block, with the numbers of the marks in them.
fn marked(row: &MessageRow) -> Vec<String> {
    fn words(value: &Value) -> String {
        match value {
            Value::Array(all) => all.iter().map(words).collect(),
            Value::Object(node) if node["type"] == "citation_ref" => {
                format!("⟨{}⟩", node["number"])
            }
            Value::Object(node) => match node.get("text").and_then(Value::as_str) {
                Some(text) => text.to_owned(),
                None => node.values().map(words).collect(),
            },
            _ => String::new(),
        }
    }
    let blocks = serde_json::to_value(&row.blocks).unwrap();
    blocks.as_array().unwrap().iter().map(words).collect()
}

/// An answer of blocks as Anthropic streams it; what begins with `https:` is what the block before it
/// is cited from.
fn blocks(all: &[&str], end: &str) -> Answer {
    let mut events = vec![
        json!({"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 1, "output_tokens": 1}}}),
    ];
    let mut index = 0;
    for pair in all.iter().zip(all.iter().skip(1).chain([&""])) {
        let (text, next) = pair;
        if text.starts_with("https:") {
            continue;
        }
        let block = json!({"type": "text", "text": ""});
        events.push(json!({"type": "content_block_start", "index": index, "content_block": block}));
        if next.starts_with("https:") {
            events.push(json!({"type": "content_block_delta", "index": index,
                "delta": {"type": "citations_delta", "citation": {"type": "web_search_result_location",
                    "url": next, "title": "T", "cited_text": "x"}}}));
        }
        events.push(json!({"type": "content_block_delta", "index": index,
            "delta": {"type": "text_delta", "text": text}}));
        events.push(json!({"type": "content_block_stop", "index": index}));
        index += 1;
    }
    events.push(json!({"type": "message_delta", "delta": {"stop_reason": end}, "usage": {"output_tokens": 2}}));
    events.push(json!({"type": "message_stop"}));
    streamed(&events)
}

#[tokio::test(flavor = "multi_thread")]
async fn words_have_the_mark_of_their_source_and_the_text_has_none() {
    let room = Room::new(Dialect::Anthropic).await;
    room.recorder.answer(blocks(
        &[
            "Ü: ",
            "**trams**",
            "https://a.example/",
            " and ",
            "ferries",
            "https://b.example/",
        ],
        "max_tokens",
    ));
    let id = room.ask(None, Vec::new()).await;
    let cut = room.last(id).await;
    assert_eq!(marked(&cut), ["Ü: trams⟨1⟩ and ferries⟨2⟩"]);
    room.recorder.answer(blocks(
        &[", all ", "day", "https://a.example/", "."],
        "end_turn",
    ));
    let sent = room.app().resume(cut.id).await.unwrap();
    ended(room.app(), sent.answer_id).await;
    let whole = room.last(id).await;
    assert_eq!(whole.text, "Ü: **trams** and ferries, all day.");
    assert_eq!(marked(&whole), ["Ü: trams⟨1⟩ and ferries⟨2⟩, all day⟨1⟩."]);
    assert_eq!(whole.citations.len(), 2, "a source is one footnote");
    let sheet = room.app().conversation_text(id, false, "en").await.unwrap();
    assert!(
        sheet.contains("Ü: **trams**[^1] and ferries[^2], all day[^1]."),
        "{sheet}"
    );
    room.ask(Some(id), Vec::new()).await;
    assert!(room.wire().contains("Ü: **trams** and ferries, all day."));
}
