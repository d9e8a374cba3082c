//! The same from the command line, on a real profile under a passphrase.

use fluxchat_testkit::forensic::{all_needles, scan_bytes};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::{canary, cyrillic_canary, han_canary};
use serde_json::Value;

use super::{assert_gone, assert_proven, remnants};
use crate::support::{Profile, Ran};

struct Desk {
    profile: Profile,
    /// Everything any command logged or said to a person.
    said: String,
}

impl Desk {
    fn new() -> Self {
        Self {
            profile: Profile::with_cheap_passphrase().set_up(),
            said: String::new(),
        }
    }

    /// Runs a command that logs all there is to log.
    fn run(&mut self, args: &[&str]) -> Ran {
        let args = [&["--json"], args].concat();
        let mut command = self.profile.command(&args);
        command.env("FLUXCHAT_LOG", "trace");
        let ran: Ran = self
            .profile
            .start(&mut command)
            .wait_with_output()
            .unwrap()
            .into();
        self.said.push_str(&ran.stderr);
        ran
    }

    fn json(&mut self, args: &[&str]) -> Value {
        self.run(args).ok().json()
    }

    fn remnants(&self, canaries: &[&str]) -> Vec<fluxchat_testkit::forensic::Hit> {
        let key = self.profile.archive_key();
        let mut hits = remnants(self.profile.world(), &self.profile.dir, &key, canaries);
        hits.extend(scan_bytes(
            "standard error",
            self.said.as_bytes(),
            &all_needles(canaries),
        ));
        hits
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn history_delete_now_returns_when_nothing_is_left() {
    let words = [
        canary(),
        canary(),
        cyrillic_canary(),
        han_canary(),
        canary(),
    ];
    let [question, answer, cyrillic, han, guided] = words.each_ref().map(String::as_str);
    let recorder = Recorder::start(Answer::Words(vec![
        format!("so {answer} "),
        "it is".to_owned(),
    ]))
    .await;
    let mut desk = Desk::new();
    desk.json(&["source", "add", "recorder", "--url", &recorder.base_url()]);
    let long = format!(
        "{question} {cyrillic} {han} {}",
        "and much more besides ".repeat(600)
    );
    let asked = desk.json(&["ask", &long, "--source", "recorder"]);
    let id = asked["conversation_id"].as_str().unwrap().to_owned();
    desk.json(&[
        "ask",
        guided,
        "--source",
        "sandbox",
        "--model",
        "guide",
        "--conversation",
        &id,
    ]);
    let kept = desk.json(&["ask", "What stays?", "--source", "recorder"]);
    assert!(
        !desk
            .json(&["history", "search", question])
            .as_array()
            .unwrap()
            .is_empty()
    );
    let canaries = [question, cyrillic, han, guided];
    for canary in canaries {
        let hits = desk.remnants(&[canary]);
        assert!(!hits.is_empty(), "the scan sees {canary}");
    }

    // Without --now it is hidden and can be undone.
    let hidden = desk.json(&["history", "delete", &id]);
    assert_eq!(hidden[0]["receipt"], Value::Null);
    assert_eq!(
        desk.json(&["history", "search", question]),
        serde_json::json!([])
    );
    desk.json(&["history", "undo", &id]);
    assert_eq!(
        desk.json(&["history", "show", &id])["messages"]
            .as_array()
            .unwrap()
            .len(),
        4
    );

    let deleted = desk.json(&["history", "delete", "--now", &id]);
    assert_proven(&deleted[0]["receipt"], "conversation");
    assert_gone(&desk.remnants(&canaries));
    let late = desk.run(&["history", "undo", &id]);
    assert_ne!(late.code, 0, "there is nothing to bring back");
    assert_eq!(
        desk.run(&["history", "show", &id]).code,
        2,
        "it is not found"
    );
    let stays = desk.json(&["history", "show", kept["conversation_id"].as_str().unwrap()]);
    assert_eq!(
        stays["messages"][1]["text"],
        format!("so {answer} it is"),
        "its neighbour stays"
    );

    let verified = desk.json(&["privacy", "verify"]);
    assert_eq!(verified["holds"], true);
    assert_eq!(verified["receipts"]["rows"], 1);
    assert_eq!(
        desk.json(&["privacy", "receipts"])[0],
        deleted[0]["receipt"]
    );
    assert_eq!(desk.json(&["doctor"])["integrity"], "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn delete_all_leaves_the_profile_and_nothing_in_it() {
    let words = [canary(), canary()];
    let recorder = Recorder::start(Answer::Words(vec![words[1].clone()])).await;
    let mut desk = Desk::new();
    desk.json(&["source", "add", "recorder", "--url", &recorder.base_url()]);
    for n in 0..4 {
        desk.json(&["ask", &format!("{} {n}", words[0]), "--source", "recorder"]);
    }
    let canaries = words.each_ref().map(String::as_str);
    assert!(!desk.remnants(&canaries).is_empty());
    let refused = desk.run(&["privacy", "delete-all"]);
    assert_eq!(refused.code, 2, "it has to be confirmed");
    assert!(!desk.remnants(&canaries).is_empty());

    let receipt = desk.json(&["privacy", "delete-all", "--yes"]);
    assert_proven(&receipt, "everything");
    assert_gone(&desk.remnants(&canaries));
    assert_eq!(desk.json(&["history", "list"]), serde_json::json!([]));
    assert_eq!(desk.json(&["privacy", "verify"])["holds"], true);
    assert!(
        !desk
            .json(&["privacy", "ledger"])
            .as_array()
            .unwrap()
            .is_empty(),
        "the account of what left stays"
    );
    assert_eq!(
        desk.json(&["source", "list"]).as_array().unwrap().len(),
        2,
        "so do the sources"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn privacy_delete_shows_first_and_then_leaves_nothing() {
    let words = [canary(), canary()];
    let recorder = Recorder::start(Answer::Words(vec![words[1].clone()])).await;
    let mut desk = Desk::new();
    desk.json(&["source", "add", "recorder", "--url", &recorder.base_url()]);
    for n in 0..3 {
        desk.json(&["ask", &format!("{} {n}", words[0]), "--source", "recorder"]);
    }
    let canaries = words.each_ref().map(String::as_str);
    let scope = ["privacy", "delete", "--scope", "source", "--id", "recorder"];
    let shown = desk.json(&[&scope[..], &["--preview"]].concat());
    assert_eq!(shown["removes"]["conversations"], 3);
    assert_eq!(shown["removes"]["messages"], 6);
    assert!(
        shown["stays"]
            .as_array()
            .unwrap()
            .contains(&"backups".into())
    );
    assert_eq!(desk.run(&scope).code, 2, "it has to be confirmed");
    assert!(!desk.remnants(&canaries).is_empty());

    let receipt = desk.json(&[&scope[..], &["--yes"]].concat());
    assert_proven(&receipt, "source");
    assert_eq!(receipt["rows_by_table"]["message"], 6);
    assert_gone(&desk.remnants(&canaries));
    assert_eq!(desk.json(&["privacy", "verify"])["holds"], true);

    desk.json(&["ask", &words[0], "--source", "recorder"]);
    let range = [
        "privacy",
        "delete",
        "--scope",
        "range",
        "--from",
        "2020-01-01",
    ];
    assert_proven(&desk.json(&[&range[..], &["--yes"]].concat()), "range");
    assert_gone(&desk.remnants(&canaries));
    for wrong in [
        &[
            "privacy",
            "delete",
            "--scope",
            "range",
            "--from",
            "yesterday",
            "--yes",
        ][..],
        &[
            "privacy", "delete", "--scope", "folder", "--id", "none", "--yes",
        ],
        &["privacy", "delete", "--scope", "media", "--yes"],
        &["privacy", "delete", "--scope", "tag", "--yes"],
    ] {
        assert_eq!(desk.run(wrong).code, 2, "{wrong:?}");
    }
}
