//! What the window gets in one call is what it would get in many.

use std::sync::Arc;

use fluxchat_core::clock::SystemClock;
use fluxchat_core::{App, Ask};
use fluxchat_ipc::commands::{
    attachment, branches, chat, consent, egress, filing, instructions, retention, session, source,
    temporary,
};
use fluxchat_ipc::dto::Empty;
use fluxchat_ipc::dto::chat::{MessagePageReq, MessageSendReq, PageAnchor};
use fluxchat_ipc::dto::session::FirstScreenReq;
use fluxchat_vault::MemoryKeychain;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::app::{ask, options, set_up};
use crate::support::runtime;

fn request<T: DeserializeOwned>(told: Value) -> T {
    serde_json::from_value(told).unwrap()
}

async fn opened(folder: &std::path::Path) -> App {
    let keychain = Arc::new(MemoryKeychain::new());
    let app = App::start(options(folder, &keychain, Arc::new(SystemClock))).await;
    set_up(&app).await;
    app
}

#[test]
fn the_first_screen_is_what_its_parts_are() {
    runtime().block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let app = opened(folder.path()).await;
        for text in ["One lighthouse", "Another lighthouse"] {
            let question = Ask {
                text: text.to_owned(),
                ..Ask::default()
            };
            ask(&app, question).await;
        }
        filing::folder_add(&app, request(json!({ "name": "Coast" })))
            .await
            .unwrap();
        chat::draft_set(&app, request(json!({ "text": "Half a thought" })))
            .await
            .unwrap();
        let sources = source::source_list(&app, Empty {}).await.unwrap();
        let default = sources.default_source_id;
        let first = session::first_screen(&app, FirstScreenReq { limit: 1 })
            .await
            .unwrap();
        let parts = json!({
            "conversations": chat::conversation_list(&app, request(json!({ "limit": 1, "archived": false }))).await.unwrap(),
            "temporary": temporary::temporary_list(&app, Empty {}).await.unwrap(),
            "filing": filing::filing_get(&app, Empty {}).await.unwrap(),
            "restriction": retention::restriction_get(&app, Empty {}).await.unwrap(),
            "sources": sources,
            "egress": egress::egress_status(&app, Empty {}).await.unwrap(),
            "policy": consent::policy_status(&app, Empty {}).await.unwrap(),
            "presets": instructions::preset_list(&app, Empty {}).await.unwrap(),
            "draft": chat::draft_get(&app, request(json!({}))).await.unwrap(),
            "files": attachment::attachment_list(&app, request(json!({ "source_id": default }))).await.unwrap(),
        });
        let first = serde_json::to_value(first).unwrap();
        assert_eq!(first, parts);
        assert_eq!(first["conversations"]["rows"].as_array().unwrap().len(), 1);
        assert!(first["conversations"]["next"].is_string(), "there is another page");
        assert_eq!(first["draft"]["text"], "Half a thought");
        assert_eq!(first["filing"]["folders"][0]["name"], "Coast");
        app.shutdown().await;
    });
}

#[test]
fn the_first_screen_is_there_where_nobody_may_be_asked() {
    runtime().block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let app = opened(folder.path()).await;
        ask(
            &app,
            Ask {
                text: "One lighthouse".to_owned(),
                ..Ask::default()
            },
        )
        .await;
        let first = async || {
            session::first_screen(&app, FirstScreenReq { limit: 1 })
                .await
                .unwrap()
        };
        assert!(first().await.files.is_some());
        app.restrict_everything(true).await.unwrap();
        let restricted = first().await;
        assert!(restricted.restriction.everything && restricted.files.is_none());
        assert_eq!(restricted.conversations.rows.len(), 1);
        app.shutdown().await;
    });
}

#[test]
fn asking_answers_with_what_is_shown_of_it() {
    runtime().block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let app = opened(folder.path()).await;
        let question: MessageSendReq = request(json!({ "text": "What is a lighthouse?" }));
        let sent = chat::message_send(&app, question).await.unwrap();
        let row = sent.conversation.unwrap();
        assert_eq!(row.id, sent.conversation_id);
        let page = sent.page.unwrap();
        let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
        assert_eq!(ids, [sent.question_id.unwrap(), sent.answer_id]);

        // Beside each other, the page shows the first answer and counts all of them.
        let source = source::source_list(&app, Empty {}).await.unwrap().rows[0].id;
        let beside = json!({
            "question": { "conversation_id": sent.conversation_id, "text": "And another?" },
            "others": [{ "source_id": source }],
        });
        chat::message_stop(&app, request(json!({ "message_id": sent.answer_id })))
            .await
            .unwrap();
        let asked = branches::message_send_beside(&app, request(beside))
            .await
            .unwrap();
        let page = asked.sent.page.unwrap();
        let last = page.rows.last().unwrap();
        assert_eq!(last.id, asked.sent.answer_id);
        assert_eq!(last.branch_ids.len(), 1 + asked.beside.len());
        let again = chat::message_page(
            &app,
            MessagePageReq {
                conversation_id: sent.conversation_id,
                anchor: PageAnchor::Tail,
                limit: 30,
            },
        )
        .await
        .unwrap();
        assert_eq!(
            again.rows.iter().map(|row| row.id).collect::<Vec<_>>(),
            page.rows.iter().map(|row| row.id).collect::<Vec<_>>()
        );
        app.shutdown().await;
    });
}
