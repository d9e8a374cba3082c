//! A diagram in an answer is drawn on this computer, apart from everything, and nobody is asked.

use std::sync::Arc;

use fluxchat_core::App;
use fluxchat_core::clock::SystemClock;
use fluxchat_ipc::commands;
use fluxchat_ipc::dto::diagram::{DiagramDrawReq, DiagramSaveReq};
use fluxchat_model::{DiagramKind, DiagramRefusal, DiagramTheme, LedgerFilter};
use fluxchat_vault::MemoryKeychain;

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

    let after = app
        .ledger_page(LedgerFilter::default(), 100)
        .await
        .unwrap()
        .len();
    assert_eq!(after, before, "nobody was asked");
    app.shutdown().await;
}
