//! Diagnostics are off: without a consent nothing leaves, nothing is sent that was not shown, and
//! what is sent, kept or saved holds names and numbers, never a word of anybody.

use std::sync::Arc;

use fluxchat_core::{App, Ask, NewSource, crash};
use fluxchat_model::{
    DiagnosticKind, DiagnosticPayload, DiagnosticState, Dialect, LedgerFilter, Outcome, Purpose,
    Secret, Timestamp,
};
use fluxchat_testkit::forensic::{all_needles, scan_bytes};
use fluxchat_testkit::{ManualClock, canary};
use fluxchat_vault::MemoryKeychain;
use serde_json::Value;

use crate::support::{Profile, app};

const NOON: i64 = 1_795_000_000_000;

struct World {
    folder: tempfile::TempDir,
    keychain: Arc<MemoryKeychain>,
    clock: Arc<ManualClock>,
    app: App,
    words: Vec<String>,
}

/// An app whose every name and text is a canary.
async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let keychain = Arc::new(MemoryKeychain::new());
    let clock = Arc::new(ManualClock::at(NOON));
    let profile = folder.path().join(canary());
    let app = App::start(app::options(&profile, &keychain, Arc::clone(&clock) as _)).await;
    app::set_up(&app).await;
    let words: Vec<String> = (0..5).map(|_| canary()).collect();
    let sandbox = app.source_named("sandbox").await.unwrap().id;
    app.add_source(NewSource {
        name: words[0].clone(),
        url: format!("http://127.0.0.1:9/{}", words[1]),
        dialect: Dialect::Openai,
        key: Some(Secret::new(words[2].clone())),
    })
    .await
    .unwrap();
    let ask = Ask {
        text: words[3].clone(),
        source: Some(sandbox),
        ..Ask::default()
    };
    let id = app::ask(&app, ask).await.conversation_id;
    let (name, kind) = (format!("{}.txt", words[4]), "text/plain".to_owned());
    app.add_asset(Some(id), name, kind, words[4].clone().into_bytes())
        .await
        .unwrap();
    World {
        folder,
        keychain,
        clock,
        app,
        words,
    }
}

impl World {
    /// What the ledger says about diagnostics.
    async fn sent(&self) -> Vec<(Purpose, Outcome, Option<u16>)> {
        let rows = self
            .app
            .ledger_page(LedgerFilter::default(), 500)
            .await
            .unwrap();
        rows.into_iter()
            .filter(|row| row.record.endpoint == "telemetry.create")
            .map(|row| (row.record.purpose, row.outcome, row.status))
            .collect()
    }

    #[track_caller]
    fn assert_no_word(&self, what: &str, text: &str) {
        let folder = self.folder.path().to_string_lossy().into_owned();
        let words = [self.words.as_slice(), &[folder, "127.0.0.1".to_owned()]].concat();
        let found = scan_bytes(what, text.as_bytes(), &all_needles(&words));
        assert!(
            found.is_empty(),
            "{what} holds no word of anybody: {found:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_without_a_consent_and_the_shown_report_with_one() {
    let world = world().await;
    let app = &world.app;
    let report = app.diagnostics_prepare().await.unwrap();
    assert_eq!(
        report.body,
        app.diagnostics().await.unwrap().usage_now,
        "what was shown"
    );
    let error = app.diagnostics_send(report.id).await.unwrap_err();
    assert_eq!(error.code(), "no_consent");
    assert_eq!(
        world.sent().await,
        [(Purpose::UsageAnalytics, Outcome::Blocked, None)]
    );
    app.diagnostics_due().await.unwrap();
    assert_eq!(world.sent().await.len(), 1, "nor by itself");

    // Control: with the consent the same report leaves. The other consent does not help it.
    app.set_consent(Purpose::CrashReport, true).await.unwrap();
    assert_eq!(
        app.diagnostics_send(report.id).await.unwrap_err().code(),
        "no_consent"
    );
    app.set_consent(Purpose::UsageAnalytics, true)
        .await
        .unwrap();
    app.diagnostics_due().await.unwrap();
    assert!(
        world
            .sent()
            .await
            .iter()
            .all(|(_, outcome, _)| *outcome == Outcome::Blocked),
        "the first is never sent by itself"
    );
    app.diagnostics_send(report.id).await.unwrap();
    assert_eq!(
        world.sent().await[0],
        (Purpose::UsageAnalytics, Outcome::Sent, Some(202))
    );
    let rows = app.ledger_page(LedgerFilter::default(), 1).await.unwrap();
    assert!(
        rows[0].record.consent_event_id.is_some(),
        "the row names the consent"
    );
    let kept = &app.diagnostics().await.unwrap().reports[0];
    assert_eq!(
        (kept.state, &kept.body),
        (DiagnosticState::Sent, &report.body),
        "and is kept"
    );
    assert!(
        app.diagnostics_send(report.id).await.is_err(),
        "none is sent twice"
    );

    // Later ones follow by themselves, once a week, and are kept too.
    app.diagnostics_due().await.unwrap();
    assert_eq!(
        app.diagnostics().await.unwrap().reports.len(),
        1,
        "not before a week"
    );
    world.clock.advance(8 * Timestamp::DAY);
    app.diagnostics_due().await.unwrap();
    let reports = app.diagnostics().await.unwrap().reports;
    assert_eq!(reports.len(), 2);
    assert!(
        reports
            .iter()
            .all(|report| report.state == DiagnosticState::Sent)
    );
    app.set_consent(Purpose::UsageAnalytics, false)
        .await
        .unwrap();
    world.clock.advance(8 * Timestamp::DAY);
    app.diagnostics_due().await.unwrap();
    assert_eq!(
        app.diagnostics().await.unwrap().reports.len(),
        2,
        "withdrawn is withdrawn"
    );
    for report in &reports {
        world.assert_no_word("a report", &report.body);
        serde_json::from_str::<DiagnosticPayload>(&report.body).unwrap();
    }
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_leaves_its_place_and_is_offered_at_the_next_start() {
    let world = world().await;
    let (secret, profile) = (world.words[3].clone(), world.app.profile().to_owned());
    world.app.shutdown().await;
    crash::record_panics(&profile);
    let panicking = std::thread::spawn(move || panic!("about {secret}"));
    assert!(panicking.join().is_err());
    let _ = std::panic::take_hook();
    let left = std::fs::read_to_string(profile.join(crash::CRASH_FILE)).unwrap();
    assert!(left.len() > 3, "control: something was recorded");
    world.assert_no_word("the record of a crash", &left);

    let options = app::options(&profile, &world.keychain, Arc::clone(&world.clock) as _);
    let next = App::start(options).await;
    let reports = next.diagnostics().await.unwrap().reports;
    assert_eq!(reports.len(), 1);
    assert_eq!(
        (reports[0].kind, reports[0].state),
        (DiagnosticKind::Crash, DiagnosticState::Waiting),
        "it waits to be looked at"
    );
    world.assert_no_word("the report of a crash", &reports[0].body);
    assert!(
        !profile.join(crash::CRASH_FILE).exists(),
        "it is in the archive now"
    );
    next.set_consent(Purpose::CrashReport, true).await.unwrap();
    next.diagnostics_send(reports[0].id).await.unwrap();
    next.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_support_bundle_holds_numbers_and_names_of_events() {
    let world = world().await;
    let logs = world.app.profile().join("logs");
    std::fs::create_dir_all(&logs).unwrap();
    let line = format!(
        "INFO fluxchat_core archive.opened kind={}\nnot a line {}\n",
        world.words[0], world.words[1]
    );
    std::fs::write(logs.join("fluxchat.log"), line).unwrap();
    let text = world.app.support_bundle().await.unwrap();
    for part in [
        "app.version",
        "archive.integrity      ok",
        "stored.messages",
        "sources.openai.local",
        "archive.opened",
    ] {
        assert!(text.contains(part), "{part} is in it:\n{text}");
    }
    world.assert_no_word("the bundle", &text);
    let out = world.folder.path().join("bundle.txt");
    let edited = format!("{text}\nand a line of my own");
    world
        .app
        .save_support_bundle(&edited, &out, false)
        .await
        .unwrap();
    assert_eq!(
        std::fs::read_to_string(&out).unwrap(),
        edited,
        "saved as it was changed"
    );
    let again = world
        .app
        .save_support_bundle("other", &out, false)
        .await
        .unwrap_err();
    assert_eq!(again.code(), "export_exists");
    world.app.shutdown().await;
}

#[test]
fn the_command_line_shows_sends_and_saves_the_same() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let prepared = profile.json(&["privacy", "diagnostics", "prepare"]);
    assert_eq!(prepared["body"]["schema"], "fluxchat.diagnostics/1");
    let id = prepared["id"].as_str().unwrap();
    profile
        .run(&["--json", "privacy", "diagnostics", "send", id])
        .failed(4, "no_consent");
    profile.json(&["privacy", "consent", "give", "analytics.usage"]);
    let shown: Value = profile.json(&["privacy", "diagnostics", "send", id]);
    assert_eq!(shown["reports"][0]["state"], "sent");
    assert_eq!(shown["reports"][0]["body"], prepared["body"]);
    let out = profile.world().join("bundle.txt");
    let path = out.to_str().unwrap();
    profile.json(&["privacy", "support-bundle", "--out", path]);
    assert!(
        std::fs::read_to_string(&out)
            .unwrap()
            .contains("archive.integrity")
    );
    profile
        .run(&["--json", "privacy", "support-bundle", "--out", path])
        .failed(2, "export_exists");
}
