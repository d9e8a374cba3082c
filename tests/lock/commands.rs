//! Every command of the contract, asked while the app is locked.

use fluxchat_core::App;
use fluxchat_ipc::dto::Empty;
use fluxchat_ipc::dto::chat::LinkOpenReq;
use fluxchat_ipc::dto::privacy::{ExportFormat, LedgerExportReq};
use fluxchat_ipc::{ApiError, commands};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{World, question};
use crate::support::{app, runtime};

/// What says something while it is locked: how to open it, and what stands in every copy of the
/// program.
const PUBLIC: &[&str] = &[
    "session_get",
    "session_retry",
    "session_active",
    "lock_status",
    "help_page",
    "policy_get",
    "purpose_list",
    // Which services there are in the world.
    "source_services",
    // There is nothing to end.
    "export_cancel",
    // States and counts of the locked profile, never content.
    "support_bundle",
];

/// A request of this type, found by trying: what is missing is added until it can be read.
fn sample<T: DeserializeOwned>(id: &str) -> T {
    fn fill<T: DeserializeOwned>(so_far: &Map<String, Value>, id: &str, depth: u32) -> Option<T> {
        let error = match serde_json::from_value::<T>(Value::Object(so_far.clone())) {
            Ok(request) => return Some(request),
            Err(error) => error.to_string(),
        };
        let field = error
            .strip_prefix("missing field `")?
            .split('`')
            .next()?
            .to_owned();
        // What is missing inside of what was added cannot be added here.
        if depth > 8 || so_far.contains_key(&field) {
            return None;
        }
        let candidates = [
            json!(id),
            json!("text"),
            json!("ai.training"),
            json!(1),
            json!(true),
            json!([]),
            json!("csv"),
            json!("json"),
            json!("memory"),
            json!("passphrase"),
            json!("openai"),
            json!("adult"),
            json!("all"),
            json!("everything"),
            json!({ "at": "tail" }),
            json!({ "text": "text" }),
            json!({ "level": "kind", "kind": "drafts" }),
            json!({ "scope": "everything" }),
            json!({ "kind": "everything" }),
            json!({ "type": "everything" }),
            json!("day"),
            json!("light"),
            json!("ask"),
            json!("once"),
            json!("access"),
            json!({ "voice": "alloy", "speed": 100, "format": "mp3" }),
            json!({ "idle_minutes": 5, "on_sleep": true, "on_screen_lock": true }),
            json!({}),
        ];
        candidates.into_iter().find_map(|candidate| {
            let mut next = so_far.clone();
            next.insert(field.clone(), candidate);
            fill(&next, id, depth + 1)
        })
    }
    fill(&Map::new(), id, 0)
        .unwrap_or_else(|| panic!("no sample of {}", std::any::type_name::<T>()))
}

macro_rules! ask_all {
    ($($group:ident $name:ident($req:ident) -> $res:ident;)+) => {
        async fn ask_all(app: &App, id: &str) -> Vec<(&'static str, Result<(), ApiError>)> {
            let mut answers = Vec::new();
            $(
                let answer = commands::$group::$name(app, sample(id)).await;
                answers.push((stringify!($name), answer.map(drop)));
            )+
            answers
        }
    };
}
fluxchat_ipc::for_each_command!(ask_all);

#[test]
fn no_command_answers_while_it_is_locked() {
    runtime().block_on(async {
        let world = World::with_passphrase().await;
        let asked = app::ask(&world.app, question("something to be silent about")).await;
        world.app.lock().await.unwrap();
        let answers = ask_all(&world.app, &asked.conversation_id.to_string()).await;
        assert!(answers.len() > 40, "all of them are asked");
        for (name, answer) in answers {
            match answer {
                Ok(()) => assert!(PUBLIC.contains(&name), "{name} answers while it is locked"),
                Err(error) => assert!(
                    !PUBLIC.contains(&name) || name == "help_page" || name == "policy_get",
                    "{name}: {error:?}"
                ),
            }
        }
        let link = LinkOpenReq {
            message_id: asked.id,
            link_id: 0,
            in_reasoning: false,
            is_citation: false,
        };
        assert!(
            commands::desktop::link_address(&world.app, link)
                .await
                .is_err()
        );
        let path = world.profile.path().join("ledger.csv");
        let export = LedgerExportReq {
            format: ExportFormat::Csv,
            purpose: None,
            basis: None,
            host: None,
            outcome: None,
            from: None,
            until: None,
        };
        assert!(
            commands::desktop::ledger_export(&world.app, export, &path)
                .await
                .is_err()
        );
        assert!(!path.exists());
        let info = commands::session::session_get(&world.app, Empty {})
            .await
            .unwrap();
        assert!(!info.setup_done && info.has_passphrase);
    });
}
