//! Delete means gone: what was written is looked for in every decrypted page and frame of the
//! archive and in every file that the app could have written, before and after its deletion.
//!
//! That the scan can fail is shown twice: here it has to find every canary before the deletion,
//! and in the tests of `fluxchat-store` a store without the deletion pragmas has to leave some.

mod command_line;
mod large;
mod scopes;
pub mod world;

use std::path::Path;

use fluxchat_testkit::forensic::{Hit, all_needles, scan_database, scan_tree};
use serde_json::Value;

/// Everything that is found of the canaries in the archive of a profile, and in any file below
/// the folder around it.
fn remnants(world: &Path, profile: &Path, key: &[u8; 32], canaries: &[&str]) -> Vec<Hit> {
    let needles = all_needles(canaries);
    let mut hits = scan_database(&profile.join("archive.db"), key, &needles);
    hits.extend(scan_tree(world, &needles));
    hits
}

/// Asserts that nothing was found, and says what and where otherwise.
#[track_caller]
fn assert_gone(hits: &[Hit]) {
    let shown: Vec<String> = hits
        .iter()
        .take(20)
        .map(|hit| {
            let file = hit.file.file_name().unwrap_or_default().to_string_lossy();
            format!(
                "{} of {} in {file}, {}",
                hit.needle.form, hit.needle.canary, hit.place
            )
        })
        .collect();
    assert!(
        hits.is_empty(),
        "{} remnants, among them: {shown:#?}",
        hits.len()
    );
}

/// Asserts what every receipt has to say.
#[track_caller]
pub fn assert_proven(receipt: &Value, scope: &str) {
    assert_eq!(receipt["scope"], scope);
    assert_eq!(receipt["wal_bytes"], 0, "the log is empty: {receipt}");
    assert_eq!(
        receipt["checkpoint"][0], 0,
        "no reader was in the way: {receipt}"
    );
    for fact in ["secure_delete", "fts_secure_delete", "search_verified"] {
        assert_eq!(receipt[fact], true, "{fact}: {receipt}");
    }
    assert_eq!(
        receipt["hash"].as_str().map(str::len),
        Some(64),
        "it is a link of a chain"
    );
}
