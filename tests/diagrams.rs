//! A diagram in an answer is drawn on this computer, apart from everything, and nobody is asked.

use std::sync::Arc;

use fluxchat_core::App;
use fluxchat_core::clock::SystemClock;
use fluxchat_ipc::commands;
use fluxchat_ipc::dto::diagram::{DiagramDrawReq, DiagramSaveReq};
use fluxchat_model::{DiagramKind, DiagramRefusal, DiagramTheme, LedgerFilter};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_vault::MemoryKeychain;
use serde_json::json;

use crate::attacks::{ALARM, no_harm};
use crate::desktop::{Desk, add_source, first_run, runtime};
use crate::support::app;

const SOURCE: &str = "flowchart TD\n  A[\"Ask <b>zylophant</b>\"] --> B{Known?}\n  click A \"javascript:alert(1)\"\n  B -->|yes| C";

fn draw(text: &str, theme: DiagramTheme) -> DiagramDrawReq {
    DiagramDrawReq {
        text: text.to_owned(),
        theme,
    }
}

fn save(text: &str) -> DiagramSaveReq {
    DiagramSaveReq {
        text: text.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_diagram_is_drawn_offline_and_saved_as_a_picture() {
    let home = tempfile::tempdir().unwrap();
    let keychain = Arc::new(MemoryKeychain::new());
    let mut options = app::options(home.path(), &keychain, Arc::new(SystemClock));
    // The door is closed.
    options.offline = true;
    let app = App::start(options).await;
    app::set_up(&app).await;
    app.read_files_with(crate::support::cli_path());
    let before = app
        .ledger_page(LedgerFilter::default(), 100)
        .await
        .unwrap()
        .len();

    let light = commands::diagram::diagram_draw(&app, draw(SOURCE, DiagramTheme::Light));
    let light = light.await.unwrap();
    let scene = light.scene.unwrap();
    assert_eq!((scene.kind, light.refusal), (DiagramKind::Flowchart, None));
    let told = serde_json::to_string(&scene).unwrap();
    assert!(
        told.contains("zylophant") && !told.contains("javascript"),
        "{told}"
    );
    let dark = commands::diagram::diagram_draw(&app, draw(SOURCE, DiagramTheme::Dark));
    assert_ne!(dark.await.unwrap().scene.unwrap(), scene);

    // Many at once take their turns.
    let many =
        (0..6).map(|_| commands::diagram::diagram_draw(&app, draw(SOURCE, DiagramTheme::Light)));
    for drawn in futures_util::future::join_all(many).await {
        assert_eq!(drawn.unwrap().scene.as_ref(), Some(&scene));
    }

    let refused =
        commands::diagram::diagram_draw(&app, draw("flowchart TD\nA[", DiagramTheme::Light));
    let refused = refused.await.unwrap();
    assert_eq!(refused.refusal, Some(DiagramRefusal::NotUnderstood));
    assert!(refused.scene.is_none());

    let elsewhere = tempfile::tempdir().unwrap();
    let path = elsewhere.path().join("diagram.svg");
    let saved = commands::diagram::diagram_save(&app, save(SOURCE), &path).await;
    assert!(saved.unwrap().saved);
    let file = std::fs::read_to_string(&path).unwrap();
    assert!(file.contains("<svg ") && file.contains("zylophant") && !file.contains("javascript"));
    let other = elsewhere.path().join("other.svg");
    let error = commands::diagram::diagram_save(&app, save("nothing"), &other)
        .await
        .unwrap_err();
    assert_eq!(error.code, "diagram_refused");
    assert!(!other.exists());

    // Nothing is wrong with the diagram where nobody can draw.
    for (reader, code) in [
        ("/nonexistent", "no_reader"),
        ("/bin/false", "diagram_stopped"),
    ] {
        app.read_files_with(reader.into());
        let error = commands::diagram::diagram_save(&app, save(SOURCE), &other).await;
        assert_eq!(error.unwrap_err().code, code);
    }
    assert!(!other.exists());

    let after = app
        .ledger_page(LedgerFilter::default(), 100)
        .await
        .unwrap()
        .len();
    assert_eq!(after, before, "nobody was asked");
    app.shutdown().await;
}

/// Each is a picture, and would be more if it could.
const HOSTILE: &[&str] = &[
    "flowchart TD\n  A[\"<img src=http://EVIL/a onerror=alert(1)>\"] --> B\n  click A \"javascript:alert(1)\" _self",
    "%%{init: {\"themeCSS\": \"*{background:url(http://EVIL/b)}\", \"securityLevel\": \"loose\"}}%%\nflowchart TD\n  A --> B",
    "sequenceDiagram\n  participant A as <script>alert(1)</script>\n  link A: x @ javascript:alert(1)\n  A->>A: <svg onload=alert(1)>",
    "flowchart TD\n  A:::x --> B\n  classDef x fill:url(http://EVIL/c),background:url(http://EVIL/d)",
    "pie title </title><script>alert(1)</script>\n  \"<iframe src=http://EVIL/e>\" : 1",
];

#[test]
fn hostile_diagrams_are_pictures_in_the_window_and_nothing_else() {
    runtime().block_on(async {
        let evil = Recorder::start(Answer::Plain(200, "text/plain", "loaded".into())).await;
        let server = Recorder::start(Answer::Words(vec!["x".into()])).await;
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        window.run(ALARM, vec![]).await;
        add_source(&window, "Mock", &server.base_url()).await;
        for (n, text) in HOSTILE.iter().enumerate() {
            let text = text.replace("EVIL", evil.host());
            server.answer(Answer::Words(vec![format!("```mermaid\n{text}\n```\n\nend{n}")]));
            window.click("new-chat").await;
            window.wait("chat-empty").await;
            window.type_into("composer-input", &format!("ask{n}")).await;
            window.click("send").await;
            window.wait("diagram").await;
            no_harm(&window, &evil, &text).await;
        }
        // As high as it is wide, as its numbers say: the styles of the page reach it.
        let shown = "const it = document.querySelector(\"[data-testid='diagram']\").getBoundingClientRect();
            return it.width > 100 && it.height > 50";
        assert_eq!(window.run(shown, vec![]).await, json!(true));
        window.click("diagram-source").await;
        window.wait("diagram-picture").await;
        desk.quit(window).await;
    });
}
