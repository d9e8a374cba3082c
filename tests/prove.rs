//! Promise: anybody can look on their own computer whether the laws hold, nothing of the look
//! remains, and a law that is broken is reported as broken.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use fluxchat_core::clock::SystemClock;
use fluxchat_core::{App, LedgerLayer, WindowFacts};
use fluxchat_model::{Check, Law, ProofReport, StoredKind, Verdict};
use fluxchat_testkit::ForgetfulLedger;
use fluxchat_vault::MemoryKeychain;

use crate::support::{Profile, app};

async fn ready(profile: &Path, ledger_layer: Option<LedgerLayer>) -> App {
    let keychain = Arc::new(MemoryKeychain::new());
    let mut options = app::options(profile, &keychain, Arc::new(SystemClock));
    options.ledger_layer = ledger_layer;
    let app = App::start(options).await;
    app::set_up(&app).await;
    app
}

fn facts() -> WindowFacts {
    WindowFacts {
        csp: "default-src 'none'; script-src 'self'; connect-src ipc: http://ipc.localhost".into(),
        isolated: true,
        incognito: true,
        devtools: false,
        frozen: true,
    }
}

fn check<'r>(report: &'r ProofReport, id: &str) -> &'r Check {
    let found = report.checks.iter().find(|check| check.id == id);
    found.unwrap_or_else(|| panic!("{id} was looked at"))
}

fn broken(report: &ProofReport) -> Vec<&str> {
    let broken = report
        .checks
        .iter()
        .filter(|it| it.verdict == Verdict::Broken);
    broken.map(|it| it.id.as_str()).collect()
}

#[tokio::test]
async fn every_law_is_looked_at_and_nothing_of_it_remains() {
    let profile = Profile::with_passphrase();
    let app = ready(&profile.dir, None).await;
    let before = app.overview().await.unwrap();
    let files = names(&profile);

    let report = app.prove(Some(facts())).await.unwrap();

    assert_eq!(broken(&report), [""; 0]);
    assert!(report.holds);
    for law in Law::ALL {
        assert!(
            report.checks.iter().any(|check| check.law == law),
            "{law:?}"
        );
        assert!(report.limits.iter().any(|(of, _)| *of == law), "{law:?}");
    }
    assert!(check(&report, "delete.seen_before").figure > Some(0));
    assert!(check(&report, "delete.control").figure > Some(0));
    assert_eq!(check(&report, "delete.nothing_left").figure, Some(0));
    let temporary = check(&report, "vault.temporary");
    assert_eq!(
        (temporary.verdict, temporary.figure),
        (Verdict::Holds, Some(0))
    );
    assert!(app.temporaries().await.unwrap().is_empty());
    assert_eq!(names(&profile), files, "no file more and none less");
    let after = app.overview().await.unwrap();
    for (was, is) in before.kinds.iter().zip(&after.kinds) {
        let grows = matches!(
            is.kind,
            StoredKind::Ledger | StoredKind::Records | StoredKind::Sandbox | StoredKind::Overhead
        );
        assert!(grows || was.count == is.count, "{:?}", is.kind);
    }
    assert_eq!(app.last_proof().unwrap(), report, "it can be saved");
}

/// Control: the same look at a door whose ledger forgets.
#[tokio::test]
async fn a_ledger_that_forgets_is_found_out() {
    let profile = Profile::with_passphrase();
    let forgets: LedgerLayer = Arc::new(|real| Arc::new(ForgetfulLedger::new(real)));
    let app = ready(&profile.dir, Some(forgets)).await;
    let report = app.prove(Some(facts())).await.unwrap();
    assert!(!report.holds);
    assert_eq!(
        broken(&report),
        ["door.row_for_each_request", "door.no_consent"]
    );
}

/// Control: the same look at windows that were built badly.
#[tokio::test]
async fn a_window_that_is_open_is_found_out() {
    let profile = Profile::with_passphrase();
    let app = ready(&profile.dir, None).await;
    let report = app
        .prove(Some(WindowFacts {
            csp: "default-src 'none'; connect-src https://example.com".into(),
            devtools: true,
            incognito: false,
            ..facts()
        }))
        .await
        .unwrap();
    assert_eq!(
        broken(&report),
        ["window.closed", "window.incognito", "window.no_tools"]
    );
    let without = app.prove(None).await.unwrap();
    assert!(without.holds, "what cannot be looked at is not broken");
    assert_eq!(check(&without, "window.closed").verdict, Verdict::NotHere);
}

/// Control: a folder that others may enter.
#[tokio::test]
async fn a_profile_that_others_may_enter_is_found_out() {
    let profile = Profile::with_passphrase();
    let app = ready(&profile.dir, None).await;
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&profile.dir, open).unwrap();
    assert_eq!(broken(&app.prove(None).await.unwrap()), ["vault.private"]);
}

#[test]
fn the_command_line_says_it_in_one_document() {
    let profile = Profile::with_passphrase().set_up();
    let file = profile.world().join("report.json");
    let report = file.to_str().unwrap();
    let document = profile.json(&["privacy", "prove", "--report", report]);
    assert_eq!(document["holds"], true);
    let saved: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(saved, document);
}

/// Every file below the profile.
fn names(profile: &Profile) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![profile.dir.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                names.push(path.display().to_string());
            }
        }
    }
    names.sort();
    names
}

/// The page that is shown in the app names tests. Each of them exists, and each promise has one.
#[test]
fn every_promise_names_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in ["PRIVACY-PROMISES.md", "PRIVACY-PROMISES.de.md"] {
        let text = std::fs::read_to_string(root.join("docs").join(page)).unwrap();
        let promises: Vec<&str> = text.split("\n## ").skip(1).collect();
        assert!(promises.len() >= 12, "{page}");
        for promise in promises {
            let tests: Vec<&str> = promise
                .split('`')
                .skip(1)
                .step_by(2)
                .filter(|code| code.contains("::"))
                .collect();
            assert!(!tests.is_empty(), "{page}: {promise}");
            for test in tests {
                let (module, function) = test.rsplit_once("::").unwrap();
                let file = root.join("tests").join(module.replace("::", "/") + ".rs");
                let source = std::fs::read_to_string(&file).unwrap_or_default();
                assert!(
                    source.contains(&format!("fn {function}()")),
                    "{page}: {test}"
                );
            }
        }
    }
}
