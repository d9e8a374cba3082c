//! The policy changes: announced, readable as a comparison, in force on its day. Consents to the
//! purposes it changed count no more, and the others go on.

use fluxchat_core::Audience;
use fluxchat_model::{LedgerFilter, Purpose, TextChange, Timestamp};
use fluxchat_store::{OpenOptions, SandboxRecord, Store};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::cli::text;
use crate::offline::Core;
use crate::support::{Profile, runtime};

/// 2026-11-20, and how long until 2026-12-01.
const NOVEMBER: i64 = 1_795_132_800_000;
const UNTIL_DECEMBER: i64 = 11 * Timestamp::DAY;

/// The operator of the service publishes a version: the one before with another sentence.
fn publish(core: &Core, version: &str, sentence: &str, changed: &[&str]) {
    let options = OpenOptions::existing(
        core.app.profile().join("archive.db"),
        fluxchat_model::ArchiveKey::new(core.key()),
    );
    let store = Store::open(options).unwrap();
    for language in ["en", "de"] {
        let before = fluxchat_service::policy("2026-11-01", language).unwrap();
        let markdown = format!("{}\n\n{sentence}\n", before.markdown);
        let document = json!({
            "version": version,
            "language": language,
            "sha256": hex::encode(Sha256::digest(&markdown)),
            "changed": changed,
            "summary": before.summary,
            "markdown": markdown,
        });
        let row = SandboxRecord {
            collection: "policies".to_owned(),
            key: format!("{version}/{language}"),
            owner: None,
            body: document.to_string(),
            at: fluxchat_model::Clock::now(&*core.clock),
        };
        store.write(|tx| tx.sandbox_put(&row)).unwrap();
    }
    store.close();
}

async fn checks(core: &Core) -> usize {
    let filter = LedgerFilter {
        purpose: Some(Purpose::PolicyCheck),
        ..LedgerFilter::default()
    };
    core.app.ledger_page(filter, 100).await.unwrap().len()
}

#[test]
fn a_new_version_is_announced_read_accepted_and_ends_consents_to_what_it_changed() {
    runtime().block_on(async {
        let core = Core::start(|_| {}).await;
        core.clock.advance(NOVEMBER - crate::offline::NOW);
        let early = core.app.check_policy().await;
        assert!(early.is_err(), "not before the first run");
        let core = core.set_up(Audience::Adult).await;
        let app = &core.app;
        assert_eq!(
            app.policy_standing().await.unwrap().in_force.0,
            "2026-11-01"
        );
        app.set_consent(Purpose::UsageAnalytics, true)
            .await
            .unwrap();
        app.set_consent(Purpose::CrashReport, true).await.unwrap();
        assert!(
            !app.check_policy_if_due().await.unwrap(),
            "nobody asked for it"
        );
        publish(
            &core,
            "2026-12-01",
            "Usage is counted per week.",
            &["analytics.usage"],
        );
        app.policy_schedule(true).await.unwrap();
        assert!(app.check_policy_if_due().await.unwrap());
        assert!(!app.check_policy_if_due().await.unwrap(), "once a day");
        let standing = app.policy_standing().await.unwrap();
        assert_eq!(standing.in_force.0, "2026-11-01", "its day has not come");
        assert_eq!(standing.upcoming.unwrap().0, "2026-12-01");
        assert_eq!(checks(&core).await, 3, "the announcement and two texts");
        core.clock.advance(Timestamp::DAY);
        assert!(app.check_policy_if_due().await.unwrap());
        assert_eq!(checks(&core).await, 4, "what is here is not fetched again");

        let diff = app
            .policy_diff("2026-11-01", Some("2026-12-01"), "en")
            .unwrap();
        assert_eq!(diff.changed, ["analytics.usage"]);
        assert!(diff.rows.iter().any(|row| {
            row.change == TextChange::Added && row.parts[0].text.contains("per week")
        }));

        let given = || async {
            let all = app.consents().await.unwrap();
            let given = all.into_iter().filter(|it| it.state.given);
            given.map(|it| it.state.purpose).collect::<Vec<_>>()
        };
        let both = [Purpose::CrashReport, Purpose::UsageAnalytics];
        assert_eq!(given().await, both);
        core.clock.advance(UNTIL_DECEMBER);
        let unchanged = [Purpose::CrashReport];
        assert_eq!(given().await, unchanged, "the rules of the other changed");
        let standing = app.policy_standing().await.unwrap();
        assert_eq!(
            (standing.in_force.0.as_str(), standing.accepted_at),
            ("2026-12-01", None)
        );
        assert!(app.policy_accept("2026-11-01").await.is_err(), "superseded");
        let before = app.verify().await.unwrap().consents.rows;
        let standing = app.policy_accept("2026-12-01").await.unwrap();
        assert!(standing.accepted_at.is_some());
        assert_eq!(given().await, unchanged, "accepting is no consent");
        let all = app.consents().await.unwrap();
        let event = |purpose| {
            let standing = all.iter().find(|it| it.state.purpose == purpose);
            standing.unwrap().state.event.clone().unwrap()
        };
        let carried = event(Purpose::CrashReport);
        assert_eq!(
            (carried.policy_version.as_str(), carried.ui_surface.as_str()),
            ("2026-12-01", "carried_over"),
            "what goes on is recorded as that"
        );
        assert_eq!(
            event(Purpose::UsageAnalytics).policy_version,
            "2026-11-01",
            "what ended is not"
        );
        app.policy_accept("2026-12-01").await.unwrap();
        assert_eq!(
            app.verify().await.unwrap().consents.rows,
            before + 1,
            "once"
        );
        app.set_consent(Purpose::UsageAnalytics, true)
            .await
            .unwrap();
        assert_eq!(given().await, both);
        assert!(app.verify().await.unwrap().holds());
        let core = core.restart().await;
        core.clock
            .advance(NOVEMBER - crate::offline::NOW + UNTIL_DECEMBER);
        let standing = core.app.policy_standing().await.unwrap();
        assert!(standing.accepted_at.is_some(), "it is remembered");
        core.app.shutdown().await;
    });
}

/// What is left of two consents once a version with another sentence is in force, and what the
/// comparison says is asked anew.
async fn left_after(sentence: &str, changed: &[&str]) -> (Vec<Purpose>, Vec<String>) {
    let core = Core::start(|_| {}).await;
    core.clock.advance(NOVEMBER - crate::offline::NOW);
    let core = core.set_up(Audience::Adult).await;
    let app = &core.app;
    for purpose in [Purpose::CrashReport, Purpose::UsageAnalytics] {
        app.set_consent(purpose, true).await.unwrap();
    }
    publish(&core, "2026-12-01", sentence, changed);
    app.check_policy().await.unwrap();
    core.clock.advance(UNTIL_DECEMBER);
    app.policy_accept("2026-12-01").await.unwrap();
    let all = app.consents().await.unwrap();
    let given = all.into_iter().filter(|it| it.state.given);
    let given = given.map(|it| it.state.purpose).collect();
    let diff = app
        .policy_diff("2026-11-01", Some("2026-12-01"), "en")
        .unwrap();
    core.app.shutdown().await;
    (given, diff.changed)
}

#[test]
fn a_version_that_changes_a_purpose_and_does_not_say_so_asks_anew() {
    runtime().block_on(async {
        let (given, changed) = left_after("Crash reports are kept for a year.", &[]).await;
        assert_eq!(given, [Purpose::UsageAnalytics]);
        assert_eq!(changed, ["diag.crash"]);
        // The control arm: the same way with a sentence about nothing of it.
        let (given, changed) = left_after("Cards are not read.", &[]).await;
        assert_eq!(given, [Purpose::CrashReport, Purpose::UsageAnalytics]);
        assert_eq!(changed, [""; 0]);
        // And what is declared counts without a word about it.
        let (given, _) = left_after("Cards are not read.", &["diag.crash"]).await;
        assert_eq!(given, [Purpose::UsageAnalytics]);
    });
}

#[test]
fn a_text_that_is_not_what_it_says_is_not_kept() {
    runtime().block_on(async {
        let core = Core::start(|_| {}).await;
        core.clock.advance(NOVEMBER - crate::offline::NOW);
        let core = core.set_up(Audience::Adult).await;
        publish(&core, "2027-not-yet", "A version is a day.", &[]);
        let refused = core.app.check_policy().await.unwrap_err();
        assert_eq!(refused.code(), "policy_unusable");
        assert_eq!(core.app.policy_standing().await.unwrap().versions.len(), 2);
        core.app.shutdown().await;
    });
}

#[test]
fn the_command_line_compares_and_accepts() {
    let profile = Profile::with_cheap_passphrase().set_up();
    let diff = profile.json(&["privacy", "policy", "--diff", "2026-10-01"]);
    assert_eq!(diff["from"], "2026-10-01");
    assert!(diff["rows"].as_array().unwrap().len() > 30);
    let words = profile
        .run(&["privacy", "policy", "--diff", "2026-10-01"])
        .ok();
    assert!(
        words.stdout.contains("\n+ ") && words.stdout.contains("  # "),
        "{}",
        words.stdout
    );
    profile
        .run(&["--json", "privacy", "policy", "--diff", "1999-01-01"])
        .failed(2, "not_found");
    let status = profile.json(&["privacy", "policy", "status"]);
    let version = text(&status["in_force"]).to_owned();
    assert!(status["accepted_at"].is_i64(), "with the first run");
    let again = profile.json(&["privacy", "policy", "accept", &version]);
    assert_eq!(
        again["accepted_at"], status["accepted_at"],
        "accepting twice is once"
    );
    profile
        .run(&["--json", "privacy", "policy", "accept", "2026-10-01"])
        .failed(2, "policy_unknown");
}
