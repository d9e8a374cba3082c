//! Deleting everything: in steps, taken up wherever it was cut short, and only what was there when
//! it was asked for.

use fluxchat_model::{ErasureId, ErasureScope, ErasureStage, Receipt, TombstoneId};
use fluxchat_store::{Integrity, OpenOptions, SandboxRecord, Store};

use crate::large::{attach, file, folder, gone, put};
use crate::support::{Archive, NOW, canary, key, titled};

const CONVERSATIONS: usize = 6;
const MESSAGES: usize = 150;

/// Content of every sort, all of it one word. Some is in no conversation.
fn filled(word: &str) -> Archive {
    let archive = Archive::new();
    let label = folder(&archive, word);
    let text = format!("{word} is said");
    for n in 0..CONVERSATIONS {
        let id = archive.conversation(&format!("{word} {n}"));
        archive.talk(id, &vec![text.as_str(); MESSAGES]);
        let name = format!("{word}.png");
        let picture = file(&archive, id, "image/png", &name);
        attach(&archive, id, picture, &name);
        file(&archive, id, "image/png", &name);
        put(&archive, id, label);
    }
    archive
        .store
        .write(|tx| {
            tx.draft_set(fluxchat_model::DraftKey::NewConversation, word, NOW)?;
            tx.recent_search_add(word, NOW)?;
            tx.sandbox_put(&SandboxRecord {
                collection: "requests".to_owned(),
                key: "k".to_owned(),
                owner: None,
                body: format!("\"{word}\""),
                at: NOW,
            })
        })
        .unwrap();
    archive
}

fn ended(store: &Store, id: ErasureId, archive: &Archive) -> Receipt {
    while !store.erasure_step(id, titled).unwrap().done {}
    let at = archive.tick();
    let stone = TombstoneId::new(at, archive.random());
    let purged = store.erasure_purge(id, stone, at).unwrap();
    assert_eq!(purged.files.len(), 2 * CONVERSATIONS);
    store.erasure_scrub(id).unwrap();
    store.erasure_finish(id, &archive.by()).unwrap()
}

#[test]
fn it_goes_in_steps_and_what_is_written_meanwhile_stays() {
    let word = canary();
    let archive = filled(&word);
    let id = archive.hide(ErasureScope::Everything).unwrap();
    let at = archive.tick();
    let stone = TombstoneId::new(at, archive.random());
    let early = archive.store.erasure_purge(id, stone, at);
    assert!(early.is_err(), "not before its steps");
    let mut steps = 0;
    let mut last = 0;
    loop {
        let step = archive.store.erasure_step(id, titled).unwrap();
        assert!(step.removed >= last && step.removed <= step.expected);
        assert!(step.removed - last <= 500, "{step:?}");
        last = step.removed;
        steps += 1;
        let meanwhile = archive.conversation("meanwhile");
        archive.say(meanwhile, None, "written while it went");
        assert_eq!(
            archive.find("written").len(),
            steps.min(50),
            "it is found at once"
        );
        assert_eq!(archive.find(&word).len(), 0, "and the rest is not");
        assert_eq!(archive.store.check_full(), Ok(Integrity::Whole));
        assert_eq!(archive.store.check_quick(), Ok(Integrity::Whole));
        if step.done {
            break;
        }
    }
    assert!(steps > 3, "{steps}");
    let receipt = ended(&archive.store, id, &archive);
    assert_eq!(receipt.rows_by_table["conversation"], 6);
    assert_eq!(receipt.rows_by_table["message"], 6 * 151);
    assert_eq!(receipt.rows_by_table["sandbox_record"], 1);
    assert!(receipt.search_verified && receipt.fts_secure_delete);
    assert_eq!(gone(&archive, &[&word]), 0);
    assert_eq!(archive.find("written").len(), steps.min(50));
    assert_eq!(archive.store.check_full(), Ok(Integrity::Whole));
}

/// Cut short after every step: the next start finds it and goes on.
#[test]
fn cut_short_after_any_step_it_is_taken_up() {
    let word = canary();
    let archive = filled(&word);
    let id = archive.hide(ErasureScope::Everything).unwrap();
    let mut starts = 0;
    loop {
        // As a process that is killed leaves it: the file and the log as they are.
        let copy = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(archive.dir.path()).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
            }
        }
        let path = copy.path().join("archive.db");
        let store = Store::open(OpenOptions::existing(path.clone(), key())).unwrap();
        starts += 1;
        let found = store.read(|tx| tx.erasures_unfinished()).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].scope, Some(ErasureScope::Everything));
        assert_ne!(found[0].stage, ErasureStage::Hidden);
        let receipt = ended(&store, id, &archive);
        assert_eq!(receipt.rows_by_table["message"], 6 * 151);
        assert!(receipt.search_verified);
        assert_eq!(store.check_full(), Ok(Integrity::Whole));
        let needles = fluxchat_forensic::all_needles(&[&word]);
        let left = store.find_in_pages(&needles).unwrap().unwrap();
        assert_eq!(left.len(), 0, "after {starts} starts");
        store.close();
        if archive.store.erasure_step(id, titled).unwrap().done {
            break;
        }
    }
    assert!(starts > 3, "{starts}");
}

/// An index that is built anew in between has what is being deleted in it again.
#[test]
fn an_index_that_is_rebuilt_in_between_is_cleaned_all_the_same() {
    let word = canary();
    let archive = filled(&word);
    let id = archive.hide(ErasureScope::Everything).unwrap();
    for _ in 0..4 {
        archive.store.erasure_step(id, titled).unwrap();
    }
    archive.store.rebuild_search().unwrap();
    assert_eq!(archive.store.check_full(), Ok(Integrity::Whole));
    let receipt = ended(&archive.store, id, &archive);
    assert!(receipt.search_verified && receipt.fts_secure_delete);
    assert_eq!(gone(&archive, &[&word]), 0);
    assert_eq!(archive.store.check_full(), Ok(Integrity::Whole));
}
