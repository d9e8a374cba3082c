//! What sources last said they offer.

use fluxchat_forensic::needles;
use fluxchat_model::{
    Abilities, DataPractices, Dialect, ErasureScope, Model, Origin, Source, SourceId, StoredKind,
    Timestamp,
};
use fluxchat_store::StoreError;

use crate::support::{Archive, NOW, canary, scan_database};

fn added(archive: &Archive) -> SourceId {
    let id = SourceId::new(NOW, archive.random());
    let source = Source {
        id,
        name: "one".to_owned(),
        dialect: Dialect::Openai,
        origin: Some(Origin::new("https", "api.example", 443).unwrap()),
        base_path: "/v1".to_owned(),
        has_credential: true,
        default_model: None,
        practices: DataPractices::default(),
        redact: false,
        created_at: NOW,
    };
    archive.store.write(|tx| tx.source_insert(&source)).unwrap();
    id
}

fn model(id: &str) -> Model {
    Model {
        id: id.to_owned(),
        context_tokens: Some(32_000),
        abilities: Abilities {
            images: Some(true),
            ..Abilities::default()
        },
        answers_at: Some("elsewhere.example".to_owned()),
        ..Model::default()
    }
}

#[test]
fn the_last_list_of_a_source_is_kept_and_goes_with_it() {
    let archive = Archive::new();
    let store = &archive.store;
    let id = added(&archive);
    assert_eq!(store.read(|tx| tx.model_list(id)), Ok(None), "never asked");
    let settings = || {
        let all = store.read(|tx| tx.stored_totals()).unwrap();
        let found = all.iter().find(|it| it.kind == StoredKind::Settings);
        found.unwrap().bytes
    };
    let before = settings();
    let (first, then) = (vec![model("a"), model("b")], Timestamp(NOW.0 + 1));
    let keep = |models: &[Model], at| store.write(|tx| tx.model_list_keep(id, models, at));
    keep(&first, NOW).unwrap();
    assert_eq!(store.read(|tx| tx.model_list(id)), Ok(Some((first, NOW))));
    assert!(settings() > before, "it is counted");
    keep(&[model("c")], then).unwrap();
    let last = Some((vec![model("c")], then));
    assert_eq!(
        store.read(|tx| tx.model_list(id)),
        Ok(last),
        "in its place, and not beside it"
    );
    store.write(|tx| tx.source_remove(id)).unwrap();
    assert_eq!(store.read(|tx| tx.model_list(id)), Ok(None));
    assert!(matches!(keep(&[], then), Err(StoreError::Conflict(_))));
}

#[test]
fn a_list_leaves_nothing_when_its_source_or_everything_goes() {
    for whole in [false, true] {
        let archive = Archive::new();
        let (id, word) = (added(&archive), canary());
        let list = [model(&word)];
        let keep = archive.store.write(|tx| tx.model_list_keep(id, &list, NOW));
        keep.unwrap();
        archive.store.scrub().unwrap();
        let there = scan_database(&archive, &needles(&word));
        assert!(!there.is_empty(), "the control arm: it is found before");
        if whole {
            archive.erase(ErasureScope::Everything);
        } else {
            archive.store.write(|tx| tx.source_remove(id)).unwrap();
            archive.store.scrub().unwrap();
        }
        assert_eq!(scan_database(&archive, &needles(&word)), []);
    }
}
