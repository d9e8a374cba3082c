//! One conversation as Markdown: the branch that is shown, from the window's commands and from the
//! command line alike.

use std::fs;
use std::sync::Arc;

use fluxchat_core::clock::SystemClock;
use fluxchat_core::{App, Ask};
use fluxchat_ipc::commands;
use fluxchat_ipc::dto::export::ConversationTextReq;
use fluxchat_vault::MemoryKeychain;

use crate::support::{Profile, app, runtime};

#[test]
fn the_branch_that_is_shown_is_written() {
    runtime().block_on(async {
        let home = tempfile::tempdir().unwrap();
        let profile = home.path().join("profile");
        fs::create_dir(&profile).unwrap();
        let keychain = Arc::new(MemoryKeychain::new());
        let app = App::start(app::options(&profile, &keychain, Arc::new(SystemClock))).await;
        app::set_up(&app).await;
        let ask = Ask {
            text: "What is kept of ../../this?".to_owned(),
            ..Ask::default()
        };
        let answer = app::ask(&app, ask).await;
        let req = |with_workings| ConversationTextReq {
            id: answer.conversation_id,
            with_workings,
            language: "en".to_owned(),
        };
        let made = commands::export::conversation_text(&app, req(false)).await;
        let text = made.unwrap().text;
        assert!(text.starts_with("# What is kept of"), "{text}");
        assert!(text.contains("**You**") && text.contains("guide"), "{text}");
        assert!(!text.contains("other branches"), "{text}");
        assert!(!text.contains("*Reasoning*") && text.ends_with('\n'));
        let german = ConversationTextReq {
            language: "de-AT".to_owned(),
            ..req(false)
        };
        let made = commands::export::conversation_text(&app, german)
            .await
            .unwrap()
            .text;
        assert!(
            made.contains("**Sie**") && made.contains("\n- Begonnen: "),
            "{made}"
        );

        let name = commands::export::name_of(&app, &req(false)).await.unwrap();
        assert!(
            name.ends_with(".md") && !name.contains(['/', '\\']),
            "{name}"
        );
        let path = home.path().join(&name);
        for _ in 0..2 {
            // The dialog asks before it names a file that is there.
            let saved = commands::export::conversation_save(&app, req(false), &path).await;
            assert!(saved.unwrap().saved);
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);

        // What is encrypted wherever it rests does not get a plain copy beside it.
        let inside = profile.join("plain.md");
        let refused = commands::export::conversation_save(&app, req(false), &inside).await;
        assert_eq!(refused.unwrap_err().code, "export_place");
        assert!(!inside.exists());

        app.delete_conversation(answer.conversation_id)
            .await
            .unwrap();
        let gone = commands::export::conversation_text(&app, req(true)).await;
        assert_eq!(gone.unwrap_err().code, "not_found");
        app.shutdown().await;
    });
}

#[test]
fn the_command_line_prints_and_writes_it() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let asked = profile.json(&["ask", "Say it with a slash / and a star *"]);
    let id = asked["conversation_id"].as_str().unwrap();
    let made = profile.json(&["history", "markdown", id]);
    let text = made["text"].as_str().unwrap();
    assert!(text.starts_with("# Say it with a slash"), "{text}");
    let name = made["name"].as_str().unwrap();

    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    let args = ["history", "markdown", id, "--out", folder];
    assert_eq!(profile.json(&args)["name"], name);
    assert_eq!(fs::read_to_string(out.path().join(name)).unwrap(), text);
    let twice = profile.run(&[&["--json"], &args[..]].concat());
    assert_eq!(twice.code, 2);
    let twice = twice.json();
    assert_eq!(twice["error"]["code"], "export_exists", "never over a file");
}
