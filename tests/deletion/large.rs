//! Every larger scope with the core in this process: looked at, confirmed, gone at once and without
//! an undo, and nothing of it left in any file.

use fluxchat_core::{Confirmation, Previewed};
use fluxchat_model::{
    ConversationId, DraftKey, ErasureScope, MediaKind, PrivacyRequestState, Receipt, StoredKind,
    TimeRange, Timestamp,
};
use fluxchat_testkit::canary;

use super::assert_proven;
use super::world::{Canaries, World};

fn confirmed(found: &Previewed) -> Confirmation {
    Confirmation {
        token: found.token.clone(),
        word: "DELETE".to_owned(),
    }
}

/// Looks, deletes, and asserts that what went is what was shown.
async fn delete(world: &World, scope: ErasureScope) -> Receipt {
    let found = world.app.preview_deletion(scope).await.unwrap();
    let id = world
        .app
        .begin_deletion(scope, confirmed(&found))
        .await
        .unwrap();
    // What cannot be undone is refused whenever it is asked for: before, while and after it goes.
    let refused = world.app.undo_deletion(id).await.unwrap_err();
    assert_eq!(refused.code(), "too_late");
    let receipt = world.app.purge_now(id).await.unwrap();
    assert_eq!(
        world.app.undo_deletion(id).await.unwrap_err().code(),
        "too_late"
    );
    assert_proven(&serde_json::to_value(&receipt).unwrap(), scope.word());
    let went = |table: &str| receipt.rows_by_table.get(table).copied().unwrap_or(0);
    let shown = found.preview;
    assert_eq!(
        (
            shown.conversations,
            shown.messages,
            shown.drafts,
            shown.files,
            shown.searches
        ),
        (
            went("conversation"),
            went("message"),
            went("draft"),
            went("asset"),
            went("recent_search")
        ),
        "{shown:?}"
    );
    assert_eq!(receipt.files, shown.files, "each file was unlinked");
    assert!(world.app.verify().await.unwrap().holds());
    let again = world.app.preview_deletion(scope).await;
    assert!(
        again.is_err() || again.unwrap().preview.is_empty(),
        "nothing of it is left"
    );
    receipt
}

async fn planted(world: &World) -> (Canaries, ConversationId) {
    let canaries = Canaries::new();
    let (id, _) = world.plant(&canaries).await;
    world.plant_in_sandbox(id, &canaries);
    world.assert_there(&canaries.in_pages());
    (canaries, id)
}

fn all_time() -> TimeRange {
    TimeRange {
        from: Timestamp(1_780_000_000_000),
        to: Timestamp(1_800_000_000_000),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_and_a_tag_take_their_conversations_and_their_names() {
    for scope in ["folder", "tag"] {
        let world = World::start(false).await;
        let (canaries, id) = planted(&world).await;
        let kept = canary();
        world.ask(None, &format!("Please keep {kept}.")).await;
        let name = canary();
        world.label(scope, &name, id);
        world.assert_there(&[&name]);
        let scope = match scope {
            "folder" => ErasureScope::Folder(world.app.folder_named(&name).await.unwrap().id),
            _ => ErasureScope::Tag(world.app.tag_named(&name).await.unwrap().id),
        };
        delete(&world, scope).await;
        let mut all = canaries.all();
        all.push(&name);
        world.assert_gone(&all);
        world.assert_there(&[&kept]);
        let requests = world.app.privacy_requests().await.unwrap();
        assert_eq!(requests.len(), 1, "the service is asked for its part, once");
        world.app.flush_outbox().await.unwrap();
        let requests = world.app.privacy_requests().await.unwrap();
        assert_eq!(requests[0].state, PrivacyRequestState::Fulfilled);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_and_a_source_take_what_was_written() {
    let world = World::start(false).await;
    let (canaries, _) = planted(&world).await;
    delete(&world, ErasureScope::Range(all_time())).await;
    world.assert_gone(&canaries.all());

    let (canaries, _) = planted(&world).await;
    delete(&world, ErasureScope::Source(world.source)).await;
    world.assert_gone(&canaries.all());
    assert!(
        world.app.source(world.source).await.is_ok(),
        "the source itself stays"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_drafts_and_searches_go_alone() {
    let world = World::start(false).await;
    let (canaries, id) = planted(&world).await;
    let receipt = delete(&world, ErasureScope::Media(MediaKind::Document)).await;
    assert_eq!(receipt.files, 1);
    world.assert_gone(&[&canaries.file_name, &canaries.file_body, &canaries.search]);
    world.assert_there(&[&canaries.message, &canaries.draft]);

    delete(&world, ErasureScope::Drafts).await;
    world.assert_gone(&[&canaries.draft]);
    let draft = world.app.draft(DraftKey::Conversation(id)).await.unwrap();
    assert_eq!(draft, "");

    world
        .app
        .remember_search(canaries.search.clone())
        .await
        .unwrap();
    world.assert_there(&[&canaries.search]);
    delete(&world, ErasureScope::Searches).await;
    world.assert_gone(&[&canaries.search]);
    world.assert_there(&[&canaries.message, &canaries.title]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_looked_at_is_deleted_and_only_with_the_word() {
    let world = World::start(false).await;
    let kept = canary();
    world.ask(None, &format!("Keep {kept}.")).await;
    let scope = ErasureScope::Everything;
    let found = world.app.preview_deletion(scope).await.unwrap();
    let without = Confirmation {
        word: "yes".to_owned(),
        ..confirmed(&found)
    };
    let refused = world.app.begin_deletion(scope, without).await.unwrap_err();
    assert_eq!(refused.code(), "not_confirmed");

    world.ask(None, "One more.").await;
    let refused = world
        .app
        .begin_deletion(scope, confirmed(&found))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "preview_changed");
    world.assert_there(&[&kept]);

    let of_another = world
        .app
        .preview_deletion(ErasureScope::Range(all_time()))
        .await
        .unwrap();
    let refused = world
        .app
        .begin_deletion(scope, confirmed(&of_another))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "preview_changed", "a token is of its scope");
    delete(&world, scope).await;
    world.assert_gone(&[&kept]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_begun_goes_on_after_a_crash() {
    let mut world = World::start(true).await;
    let (canaries, _) = planted(&world).await;
    let scope = ErasureScope::Range(all_time());
    let found = world.app.preview_deletion(scope).await.unwrap();
    let id = world
        .app
        .begin_deletion(scope, confirmed(&found))
        .await
        .unwrap();
    world.crash_and_restart().await;
    world.app.purge_now(id).await.unwrap();
    world.assert_gone(&canaries.all());
    let receipts = world.app.receipts().await.unwrap();
    assert_eq!(receipts.len(), 1, "one deletion, one receipt");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_adds_up_to_what_the_disk_holds() {
    let world = World::start(false).await;
    let (_, _) = planted(&world).await;
    let (kinds, total, _) = world.app.stored().await.unwrap();
    let sum: u64 = kinds.iter().map(|kind| kind.bytes).sum();
    assert_eq!(sum, total);
    assert_eq!(world.app.overview().await.unwrap().kept_bytes, total);
    let reserve = kinds.iter().find(|kind| kind.kind == StoredKind::Reserve);
    assert_eq!(reserve.map(|kind| kind.bytes), Some(8 << 20));
    let profile = world.profile();
    let on_disk: u64 = ["archive.db", "archive.db-wal", "archive.db.ballast"]
        .iter()
        .map(|name| std::fs::metadata(profile.join(name)).map_or(0, |meta| meta.len()))
        .sum();
    let files = kinds
        .iter()
        .find(|kind| kind.kind == StoredKind::Assets)
        .unwrap();
    // The log may grow between the two looks.
    assert!(
        total.abs_diff(on_disk + files.bytes) < 256 << 10,
        "{total} {on_disk}"
    );
}
