//! Supervised profiles: what a guardian keeps locked stays locked, by whatever way it is tried.

use std::io::Write as _;

use fluxchat_core::{Audience, GUARDIAN_UNLOCK_MS, NewSource, Setup};
use fluxchat_egress::Refusal;
use fluxchat_ipc::commands;
use fluxchat_ipc::dto::Empty;
use fluxchat_ipc::dto::tools::{ToolPolicyReq, ToolServerSaveReq};
use fluxchat_model::{Dialect, Purpose, Secret, ToolPolicy};
use fluxchat_testkit::canary;
use fluxchat_testkit::recorder::{Answer, Recorder};
use serde_json::json;

use crate::cli::text;
use crate::consent::{core_with_ledger_of, intent};
use crate::offline::Core;
use crate::support::{PASSPHRASE, Profile, Ran, runtime, wrapped};

const GUARDIAN: &str = "four plum trees";

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn guardian() -> Audience {
    Audience::Guardian(secret(GUARDIAN))
}

/// Runs a command with the guardian's passphrase on descriptor 3.
fn as_guardian(profile: &Profile, passphrase: &str, args: &[&str]) -> Ran {
    let all = [&["--json"], args, &["--guardian-fd", "3"]].concat();
    let command = profile.command(&all);
    let script =
        "printf '%s\\n' \"$KEY\" | { exec 3<&0 0<&4 4<&-; unset KEY; exec \"$0\" \"$@\"; }";
    let mut shell = wrapped(&command, &["env"], &format!("exec 4<&0; {script}"));
    let mut child = shell.env("KEY", passphrase).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(PASSPHRASE.as_bytes()).unwrap();
    drop(stdin);
    child.wait_with_output().unwrap().into()
}

fn supervised() -> Profile {
    let profile = Profile::with_cheap_passphrase();
    let done = as_guardian(
        &profile,
        GUARDIAN,
        &["setup", "--guardian", "--accept-policy"],
    );
    assert_eq!(done.ok().json()["supervised"], true);
    profile
}

fn another_source(server: &Recorder) -> NewSource {
    NewSource {
        name: "elsewhere".to_owned(),
        url: server.base_url(),
        dialect: Dialect::Openai,
        key: None,
    }
}

#[test]
fn the_command_line_meets_the_same_locks() {
    let runtime = runtime();
    let server = runtime.block_on(Recorder::start(Answer::Words(vec!["Hi.".into()])));
    let profile = supervised();
    let url = server.base_url();
    let tools = format!("http://{}/mcp", server.host());
    let asked = profile.json(&["ask", "What leaves this computer?"]);
    assert_eq!(asked["status"], "complete", "chatting works");
    let id = text(&asked["conversation_id"]).to_owned();
    let version = text(&profile.json(&["privacy", "policy"])["version"]).to_owned();
    let locked: &[&[&str]] = &[
        &["privacy", "consent", "give", "analytics.usage"],
        &[
            "privacy",
            "consent",
            "give",
            "ai.training",
            "--conversation",
            &id,
        ],
        &["source", "add", "elsewhere", "--url", &url],
        &["privacy", "policy", "accept", &version],
        &["budget", "set", "1", "--per", "day"],
        &["budget", "remove", "--per", "day"],
        &["spend", "--forget"],
        &["titles", "on"],
        &["tool", "add", "files", "--", "sh"],
        &["tool", "add", "afar", "--url", &tools],
        &["tool", "policy", "calculator", "always"],
        &["ask", "6*7?", "--tool", "calculator", "--allow-tools"],
        &[
            "source",
            "describe",
            "sandbox",
            "guide",
            "--context",
            "8000",
        ],
    ];
    for args in locked {
        let ran = profile.run(&[&["--json"], *args].concat());
        ran.failed(4, "supervised");
    }
    assert!(
        server.seen().is_empty(),
        "nothing was asked of the other source"
    );
    profile.json(&["privacy", "consent", "withdraw", "analytics.usage"]);

    // The first run again, as somebody else: with and without a passphrase of one's own.
    profile
        .run(&["--json", "setup", "--adult", "--accept-policy"])
        .failed(2, "already_set_up");
    as_guardian(
        &profile,
        "mine instead",
        &["setup", "--guardian", "--accept-policy"],
    )
    .failed(2, "already_set_up");
    // Everything deleted, and the folder found by another way: the same profile.
    profile.json(&["privacy", "delete-all", "--yes"]);
    let status = profile.json(&["privacy", "guardian", "status"]);
    assert_eq!(
        (&status["supervised"], &status["unlocked_until"]),
        (&json!(true), &json!(null))
    );
    let link = profile.dir.with_file_name("the-same");
    std::os::unix::fs::symlink(&profile.dir, &link).unwrap();
    let elsewhere = profile.run(&[
        "--json",
        "--profile",
        link.to_str().unwrap(),
        "privacy",
        "guardian",
        "status",
    ]);
    assert!(elsewhere.code != 0 || elsewhere.json()["supervised"] == true);

    // Without the passphrase, with a wrong one, with the right one for one command.
    profile
        .run(&["--json", "privacy", "guardian", "unlock"])
        .failed(2, "usage");
    as_guardian(&profile, "wrong guess", &["privacy", "guardian", "end"])
        .failed(3, "guardian_passphrase_wrong");
    let add = ["source", "add", "elsewhere", "--url", &url];
    as_guardian(&profile, GUARDIAN, &add).ok();
    profile
        .run(&["--json", "source", "remove", "elsewhere"])
        .failed(4, "supervised");
    as_guardian(&profile, GUARDIAN, &["privacy", "receipts"]).ok();
    assert_eq!(
        profile.json(&["privacy", "guardian", "status"])["unlocked_until"],
        json!(null),
        "what one command did not use is locked when it ends"
    );

    // For ten minutes, and for good.
    let open = as_guardian(&profile, GUARDIAN, &["privacy", "guardian", "unlock"]).ok();
    assert!(open.json()["unlocked_until"].is_i64());
    profile.json(&["privacy", "consent", "give", "diag.crash"]);
    profile.json(&["source", "remove", "elsewhere"]);
    profile.json(&["privacy", "guardian", "lock"]);
    profile
        .run(&["--json", "privacy", "consent", "give", "improve.product"])
        .failed(4, "supervised");
    let ended = as_guardian(&profile, GUARDIAN, &["privacy", "guardian", "end"]).ok();
    assert_eq!(ended.json()["supervised"], false);
    profile.json(&["privacy", "consent", "give", "improve.product"]);
    assert_eq!(profile.json(&["privacy", "verify"])["holds"], true);
}

#[test]
fn the_core_refuses_whatever_asks_it() {
    runtime().block_on(async {
        let (core, ledger) = core_with_ledger_of(guardian()).await;
        let server = Recorder::start(Answer::Words(vec!["-".into()])).await;
        let code = |result: Result<(), fluxchat_core::Error>| result.unwrap_err().code();
        for purpose in Purpose::optional() {
            assert_eq!(
                code(core.app.set_consent(purpose, true).await),
                "supervised"
            );
        }
        let added = core.app.add_source(another_source(&server)).await;
        assert_eq!(code(added.map(drop)), "supervised");
        let accepted = core
            .app
            .policy_accept(&core.app.policy(None, "en").unwrap().version.0)
            .await;
        assert_eq!(code(accepted.map(drop)), "supervised");
        // The window asks by these.
        for (url, program) in [("", "sh"), ("http://127.0.0.1:1/mcp", "")] {
            let req = ToolServerSaveReq {
                id: None,
                name: "files".to_owned(),
                hide_path: false,
                url: url.to_owned(),
                key_header: String::new(),
                key: None,
                headers: Vec::new(),
                program: program.to_owned(),
                arguments: Vec::new(),
                environment: Vec::new(),
                timeout_s: None,
                enabled: true,
            };
            let saved = commands::tools::tool_server_save(&core.app, req).await;
            assert_eq!(saved.unwrap_err().code, "supervised");
        }
        let always = ToolPolicyReq {
            key: "app/calculator".to_owned(),
            policy: ToolPolicy::Always,
        };
        let set = commands::tools::tool_policy_set(&core.app, always).await;
        assert_eq!(set.unwrap_err().code, "supervised");
        let list = commands::tools::tool_list(&core.app, Empty {})
            .await
            .unwrap();
        assert!(list.supervised && list.servers.is_empty());
        // The door itself knows what costs money, and tools.
        for (n, purpose) in (1..).zip([Purpose::Checkout, Purpose::Invoice, Purpose::Tool]) {
            let refused = ledger.begin(&intent(&core, purpose, n));
            assert_eq!(refused, Err(Refusal::ControlsRestricted), "{purpose}");
        }
        for (n, purpose) in (10..).zip(Purpose::optional()) {
            let refused = ledger.begin(&intent(&core, purpose, n));
            assert_eq!(refused, Err(Refusal::NoConsent), "{purpose}");
        }

        // What resets other things does not reset this.
        core.app.set_window_settings(json!({})).await.unwrap();
        assert!(
            core.app.start_fresh().await.is_err(),
            "the archive is healthy"
        );
        core.app.delete_everything().await.unwrap();
        assert!(core.app.status().supervised);
        let policy = core.app.policy(None, "en").unwrap();
        let again = Setup {
            audience: Audience::Adult,
            policy_version: policy.version.0,
            language: policy.language,
            consents: vec![Purpose::AiTraining],
        };
        assert_eq!(code(core.app.setup(again).await), "already_set_up");
        let core = core.restart().await;
        assert!(core.app.status().supervised, "nor does a restart");
        assert_eq!(
            code(core.app.set_consent(Purpose::AiTraining, true).await),
            "supervised"
        );
        core.app.shutdown().await;
    });
}

#[test]
fn a_passphrase_unlocks_for_one_action_or_ten_minutes() {
    runtime().block_on(async {
        let core = Core::start(|_| {}).await.set_up(guardian()).await;
        let server = Recorder::start(Answer::Words(vec!["-".into()])).await;
        let app = &core.app;
        let once = app.guardian_unlock(secret(GUARDIAN), true).await.unwrap();
        assert!(once.once && once.unlocked_until.is_some());
        app.set_consent(Purpose::CrashReport, true).await.unwrap();
        let second = app.set_consent(Purpose::UsageAnalytics, true).await;
        assert_eq!(second.unwrap_err().code(), "supervised", "one is one");
        // Taking back needs nobody.
        app.set_consent(Purpose::CrashReport, false).await.unwrap();

        app.guardian_unlock(secret(GUARDIAN), false).await.unwrap();
        app.add_source(another_source(&server)).await.unwrap();
        app.set_consent(Purpose::CrashReport, true).await.unwrap();
        core.clock.advance(GUARDIAN_UNLOCK_MS - 1);
        app.set_consent(Purpose::UsageAnalytics, true)
            .await
            .unwrap();
        // A clock that is set back gives no more time than there was.
        core.clock.advance(-GUARDIAN_UNLOCK_MS / 2);
        let back = app.set_consent(Purpose::ProductImprovement, true).await;
        assert_eq!(back.unwrap_err().code(), "supervised");
        core.clock.advance(GUARDIAN_UNLOCK_MS);
        let late = app.set_consent(Purpose::ProductImprovement, true).await;
        assert_eq!(late.unwrap_err().code(), "supervised");
        assert_eq!(app.guardian().await.unwrap().unlocked_until, None);

        app.guardian_end(secret(GUARDIAN)).await.unwrap();
        assert!(!app.status().supervised);
        app.set_consent(Purpose::ProductImprovement, true)
            .await
            .unwrap();
        let gone = app.guardian_unlock(secret(GUARDIAN), false).await;
        assert_eq!(gone.unwrap_err().code(), "not_found");
        core.app.shutdown().await;
    });
}

/// A profile that was set up for an adult.
#[test]
fn supervision_can_begin_later_and_takes_back_what_was_agreed_to() {
    runtime().block_on(async {
        let (core, ledger) = core_with_ledger_of(Audience::Adult).await;
        let app = &core.app;
        for purpose in [Purpose::CrashReport, Purpose::AiTraining] {
            app.set_consent(purpose, true).await.unwrap();
        }
        assert!(
            ledger
                .begin(&intent(&core, Purpose::CrashReport, 1))
                .is_ok(),
            "the control arm"
        );
        let short = app.guardian_begin(secret("short")).await.unwrap_err();
        assert_eq!(short.code(), "passphrase_short");
        assert!(!app.status().supervised, "and nothing begins");
        let begun = app.guardian_begin(secret(GUARDIAN)).await.unwrap();
        assert!(begun.supervised && begun.unlocked_until.is_none());
        assert!(app.status().supervised);
        let all = app.consents().await.unwrap();
        assert!(all.iter().all(|it| !it.state.given), "all of it taken back");
        let refused = ledger.begin(&intent(&core, Purpose::CrashReport, 2));
        assert_eq!(refused, Err(Refusal::NoConsent));
        let again = app.set_consent(Purpose::CrashReport, true).await;
        assert_eq!(again.unwrap_err().code(), "supervised");
        let other = app.guardian_begin(secret("another passphrase")).await;
        assert_eq!(
            other.unwrap_err().code(),
            "already_supervised",
            "nobody becomes the guardian in the place of another"
        );
        assert!(app.verify().await.unwrap().holds());
        let core = core.restart().await;
        let wrong = core.app.guardian_end(secret("another passphrase")).await;
        assert_eq!(wrong.unwrap_err().code(), "guardian_passphrase_wrong");
        core.app.guardian_end(secret(GUARDIAN)).await.unwrap();
        let all = core.app.consents().await.unwrap();
        assert!(all.iter().all(|it| !it.state.given), "off stays off");
        core.app.shutdown().await;
    });
    let profile = Profile::with_cheap_passphrase().set_up();
    profile
        .run(&["--json", "privacy", "guardian", "begin"])
        .failed(2, "usage");
    let begun = as_guardian(&profile, GUARDIAN, &["privacy", "guardian", "begin"]).ok();
    assert_eq!(begun.json()["supervised"], true);
    as_guardian(&profile, "mine instead", &["privacy", "guardian", "begin"])
        .failed(2, "already_supervised");
    profile
        .run(&["--json", "privacy", "consent", "give", "diag.crash"])
        .failed(4, "supervised");
}

#[test]
fn guessing_gets_slower_and_a_restart_does_not_help() {
    runtime().block_on(async {
        let core = Core::start(|_| {}).await.set_up(guardian()).await;
        for _ in 0..3 {
            let wrong = core.app.guardian_unlock(secret("no idea"), false).await;
            assert_eq!(wrong.unwrap_err().code(), "guardian_passphrase_wrong");
        }
        let wait = core
            .app
            .guardian_unlock(secret(GUARDIAN), false)
            .await
            .unwrap_err();
        assert_eq!(
            (wait.code(), wait.retry_after_ms()),
            ("guardian_wait", Some(30_000)),
            "even the right one has to wait"
        );
        let core = core.restart().await;
        assert_eq!(core.app.guardian().await.unwrap().wait_ms, 30_000);
        core.clock.advance(-3_600_000);
        let wait = core.app.guardian_end(secret(GUARDIAN)).await.unwrap_err();
        assert_eq!(wait.code(), "guardian_wait", "nor does the clock");
        core.clock.advance(30_000);
        let wrong = core.app.guardian_unlock(secret("still none"), false).await;
        assert_eq!(wrong.unwrap_err().code(), "guardian_passphrase_wrong");
        assert_eq!(core.app.guardian().await.unwrap().wait_ms, 60_000);
        core.clock.advance(60_000);
        core.app
            .guardian_unlock(secret(GUARDIAN), false)
            .await
            .unwrap();
        assert_eq!(
            core.app.guardian().await.unwrap().wait_ms,
            0,
            "and is forgotten"
        );
        core.app.shutdown().await;
    });
}

/// The passphrase is nowhere, and a short one creates nothing.
#[test]
fn the_passphrase_is_not_kept() {
    runtime().block_on(async {
        let passphrase = format!("plum {}", canary());
        let core = Core::start(|_| {}).await;
        let policy = core.app.policy(None, "en").unwrap();
        let short = Setup {
            audience: Audience::Guardian(secret("short")),
            policy_version: policy.version.0,
            language: policy.language,
            consents: Vec::new(),
        };
        let refused = core.app.setup(short).await.unwrap_err();
        assert_eq!(refused.code(), "passphrase_short");
        assert!(!core.app.status().setup_done);
        let core = core.set_up(Audience::Guardian(secret(&passphrase))).await;
        core.app.shutdown().await;
        let archive = core.app.profile().join("archive.db");
        let options = fluxchat_store::OpenOptions::existing(
            archive,
            fluxchat_model::ArchiveKey::new(core.key()),
        );
        let store = fluxchat_store::Store::open(options).unwrap();
        let record: Option<serde_json::Value> = store.read(|tx| tx.guardian()).unwrap();
        let record = record.expect("a guardian is known").to_string();
        assert!(record.contains("argon2id") && !record.contains(&passphrase));
        let settings = store.read(|tx| tx.settings()).unwrap();
        assert!(
            settings
                .iter()
                .all(|(_, value)| !value.contains("argon2id")),
            "no list of settings shows how to recognise it"
        );
        store.close();
    });
}
