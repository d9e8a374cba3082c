//! What is kept is kept as long as the rules say, and not a minute shorter, whatever the clock does.
//! What a rule deletes leaves nothing behind; the same pass one millisecond earlier leaves all of it.

use fluxchat_core::{NewRule, Pause};
use fluxchat_model::{
    AssetId, ConversationId, DraftKey, ErasureId, ErasureScope, Part, RetentionExemption,
    RetentionKind, RetentionTarget, Timestamp,
};
use fluxchat_store::{ConversationPatch, ErasureRequest, PathAnchor};
use fluxchat_testkit::canary;

use crate::deletion::assert_proven;
use crate::deletion::world::{Canaries, World};

const DAY: i64 = Timestamp::DAY;
const ALL: RetentionTarget = RetentionTarget::Kind(RetentionKind::Conversations);

fn after(target: RetentionTarget, days: u32) -> NewRule {
    NewRule {
        target,
        idle_days: Some(days),
        archived_days: None,
    }
}

fn keep(target: RetentionTarget) -> NewRule {
    NewRule {
        target,
        idle_days: None,
        archived_days: None,
    }
}

async fn there(world: &World, id: ConversationId) -> bool {
    world.app.conversation(id).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn at_its_minute_and_not_before_it_goes_without_a_trace() {
    let world = World::start(false).await;
    world.app.sweep_retention().await.unwrap();
    let canaries = Canaries::new();
    let (id, _) = world.plant(&canaries).await;
    world.plant_in_sandbox(id, &canaries);
    world.app.set_retention(after(ALL, 30)).await.unwrap();
    world.clock.advance(DAY);
    world.answer(&["fine"]);
    let young = world.ask(None, "Younger.").await.conversation_id;

    world.clock.advance(29 * DAY - 1);
    world.app.sweep_retention().await.unwrap();
    assert!(there(&world, id).await, "one millisecond is left");
    world.assert_there(&canaries.in_pages());

    world.clock.advance(1);
    world.app.sweep_retention().await.unwrap();
    assert!(!there(&world, id).await);
    assert!(there(&world, young).await);
    world.assert_gone(&canaries.all());
    let receipts = world.app.receipts().await.unwrap();
    assert_proven(&serde_json::to_value(&receipts[0]).unwrap(), "retention");
    assert_eq!(receipts[0].rows_by_table["conversation"], 1);
    assert!(world.app.verify().await.unwrap().holds());
    let runs = world.app.retention().await.unwrap().runs;
    assert_eq!(runs[0].conversations, 1);
    assert_eq!(runs[0].receipts, receipts);
}

#[tokio::test(flavor = "multi_thread")]
async fn pinned_frozen_and_kept_stay_and_the_preview_says_why() {
    let world = World::start(false).await;
    let app = &world.app;
    app.sweep_retention().await.unwrap();
    let folder = app.add_folder("Kept").await.unwrap();
    let mut ids = Vec::new();
    for title in ["pinned", "frozen", "kept", "gone"] {
        ids.push(world.ask(None, title).await.conversation_id);
        world.clock.advance(1_000);
    }
    let pin = |on| ConversationPatch {
        pinned: Some(on),
        ..ConversationPatch::default()
    };
    app.update_conversation(ids[0], pin(true)).await.unwrap();
    app.restrict(ids[1], true).await.unwrap();
    app.move_conversation(ids[2], Some(folder.id))
        .await
        .unwrap();
    let kept = app
        .set_retention(keep(RetentionTarget::Folder(folder.id)))
        .await
        .unwrap();
    world.clock.advance(31 * DAY);

    let preview = app.preview_retention(after(ALL, 30)).await.unwrap();
    assert_eq!(preview.conversations, 1);
    assert_eq!(preview.messages, 2);
    assert!(preview.bytes > 0 && !preview.at_least);
    assert_eq!(preview.first, [(ids[3], "gone".to_owned())]);
    let why: Vec<_> = preview.exempt.iter().map(|it| (it.id, it.why)).collect();
    assert_eq!(
        why,
        [
            (ids[0], RetentionExemption::Pinned),
            (ids[1], RetentionExemption::Restricted),
            (ids[2], RetentionExemption::OtherRule),
        ]
    );
    assert!(there(&world, ids[3]).await, "looking deletes nothing");

    app.set_retention(after(ALL, 30)).await.unwrap();
    app.sweep_retention().await.unwrap();
    assert!(!there(&world, ids[3]).await);
    for id in &ids[..3] {
        assert!(there(&world, *id).await);
    }
    // What kept them ends.
    app.update_conversation(ids[0], pin(false)).await.unwrap();
    app.restrict(ids[1], false).await.unwrap();
    app.remove_retention(kept.id).await.unwrap();
    app.sweep_retention().await.unwrap();
    for id in ids {
        assert!(!there(&world, id).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn archiving_starts_the_time_and_activity_starts_it_anew() {
    let world = World::start(false).await;
    let app = &world.app;
    app.sweep_retention().await.unwrap();
    let archived = world.ask(None, "Archived.").await.conversation_id;
    let used = world.ask(None, "Used.").await.conversation_id;
    let rule = NewRule {
        archived_days: Some(2),
        ..after(ALL, 30)
    };
    app.set_retention(rule).await.unwrap();
    app.sweep_retention().await.unwrap();
    world.clock.advance(10 * DAY);
    let patch = ConversationPatch {
        archived: Some(true),
        ..ConversationPatch::default()
    };
    app.update_conversation(archived, patch).await.unwrap();
    world.clock.advance(2 * DAY - 1);
    app.sweep_retention().await.unwrap();
    assert!(there(&world, archived).await);
    world.clock.advance(1);
    app.sweep_retention().await.unwrap();
    assert!(!there(&world, archived).await);

    world.ask(Some(used), "Again.").await;
    world.clock.advance(30 * DAY - 1);
    app.sweep_retention().await.unwrap();
    assert!(there(&world, used).await, "it was used since");
    world.clock.advance(1);
    app.sweep_retention().await.unwrap();
    assert!(!there(&world, used).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_and_searches_go_by_their_own_rules() {
    let world = World::start(false).await;
    let app = &world.app;
    app.sweep_retention().await.unwrap();
    let [draft, frozen, search] = [canary(), canary(), canary()];
    let id = world.ask(None, "Hello.").await.conversation_id;
    app.restrict(id, true).await.unwrap();
    app.set_draft(DraftKey::NewConversation, draft.clone())
        .await
        .unwrap();
    app.set_draft(DraftKey::Conversation(id), frozen.clone())
        .await
        .unwrap();
    app.remember_search(search.clone()).await.unwrap();
    for kind in [RetentionKind::Drafts, RetentionKind::Searches] {
        let target = RetentionTarget::Kind(kind);
        let error = app
            .set_retention(NewRule {
                archived_days: Some(1),
                ..after(target, 7)
            })
            .await
            .unwrap_err();
        assert_eq!(error.code(), "invalid_retention");
        app.set_retention(after(target, 7)).await.unwrap();
    }
    world.clock.advance(7 * DAY - 1);
    app.sweep_retention().await.unwrap();
    world.assert_there(&[&draft, &frozen, &search]);
    world.clock.advance(1);
    app.sweep_retention().await.unwrap();
    world.assert_gone(&[&draft, &search]);
    world.assert_there(&[&frozen]);
    let receipts = app.receipts().await.unwrap();
    assert_eq!(receipts.len(), 2);
    for receipt in &receipts {
        assert_proven(&serde_json::to_value(receipt).unwrap(), "retention");
    }
    assert_eq!(receipts[1].rows_by_table["draft"], 1);
    assert_eq!(receipts[0].rows_by_table["recent_search"], 1);
}

const FILES: RetentionTarget = RetentionTarget::Kind(RetentionKind::Media);

fn has_file(world: &World, id: AssetId) -> bool {
    world.profile().join("assets").join(id.to_string()).exists()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_at_their_minute_with_key_and_content_and_the_words_stay() {
    let world = World::start(false).await;
    let app = &world.app;
    app.sweep_retention().await.unwrap();
    let canaries = Canaries::new();
    let (id, asset) = world.plant(&canaries).await;
    let error = app
        .set_retention(NewRule {
            archived_days: Some(1),
            ..after(FILES, 30)
        })
        .await
        .unwrap_err();
    assert_eq!(error.code(), "invalid_retention");
    world.clock.advance(30 * DAY - 1);
    let preview = app.preview_retention(after(FILES, 30)).await.unwrap();
    assert_eq!(preview.files, 0);
    app.set_retention(after(FILES, 30)).await.unwrap();
    app.sweep_retention().await.unwrap();
    assert!(has_file(&world, asset), "one millisecond is left");
    world.assert_there(&[&canaries.file_name]);

    world.clock.advance(1);
    let preview = app.preview_retention(after(FILES, 30)).await.unwrap();
    assert_eq!((preview.files, preview.conversations), (1, 0));
    assert_eq!(preview.first_files[0].id, asset);
    assert!(preview.bytes > 100_000);
    assert!(has_file(&world, asset), "looking deletes nothing");
    assert_eq!(app.sweep_retention().await.unwrap().media, 1);
    assert!(!has_file(&world, asset));
    assert!(app.asset_range(asset, 0, 10).await.is_err());
    world.assert_gone(&[&canaries.file_name, &canaries.file_body]);
    world.assert_there(&[&canaries.message, &canaries.title]);
    let page = app.message_page(id, PathAnchor::End, 1).await.unwrap();
    let said = Part::Text {
        text: "see the file".to_owned(),
    };
    assert_eq!(page.messages[0].message.parts, [said]);

    let receipts = app.receipts().await.unwrap();
    assert_proven(&serde_json::to_value(&receipts[0]).unwrap(), "retention");
    assert_eq!(receipts[0].rows_by_table["asset"], 1);
    assert_eq!(receipts[0].files, 1);
    let runs = app.retention().await.unwrap().runs;
    assert_eq!((runs[0].media, &runs[0].receipts), (1, &receipts));
    assert!(app.verify().await.unwrap().holds());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_stay_where_they_are_pinned_frozen_or_kept_and_when_the_clock_jumps() {
    let world = World::start(false).await;
    let app = &world.app;
    app.sweep_retention().await.unwrap();
    let tag = app.add_tag("Kept").await.unwrap();
    let mut places = Vec::new();
    for title in ["pinned", "frozen", "kept", "free"] {
        let id = world.ask(None, title).await.conversation_id;
        let file = app
            .add_asset(
                Some(id),
                title.to_owned(),
                "image/png".to_owned(),
                vec![7; 99],
            )
            .await
            .unwrap();
        places.push((id, file));
        world.clock.advance(1_000);
    }
    let pin = |on| ConversationPatch {
        pinned: Some(on),
        ..ConversationPatch::default()
    };
    app.update_conversation(places[0].0, pin(true))
        .await
        .unwrap();
    app.restrict(places[1].0, true).await.unwrap();
    app.tag_conversation(places[2].0, tag.id, true)
        .await
        .unwrap();
    app.set_retention(keep(RetentionTarget::Tag(tag.id)))
        .await
        .unwrap();
    app.set_retention(after(FILES, 30)).await.unwrap();

    world.clock.jump(60 * DAY);
    assert!(app.sweep_retention().await.unwrap().paused.is_some());
    assert!(places.iter().all(|(_, file)| has_file(&world, *file)));
    world.clock.jump(-60 * DAY);
    world.clock.jump(-60 * DAY);
    app.sweep_retention().await.unwrap();
    let past = app
        .add_asset(None, "past".to_owned(), "image/png".to_owned(), vec![7; 99])
        .await
        .unwrap();
    world.clock.jump(60 * DAY);
    app.sweep_retention().await.unwrap();
    assert!(
        has_file(&world, past),
        "added while the clock was behind, it is not old"
    );

    world.clock.advance(31 * DAY);
    let preview = app.preview_retention(after(FILES, 30)).await.unwrap();
    let why: Vec<_> = preview.exempt.iter().map(|it| (it.id, it.why)).collect();
    assert_eq!(
        why,
        [
            (places[0].0, RetentionExemption::Pinned),
            (places[1].0, RetentionExemption::Restricted),
            (places[2].0, RetentionExemption::OtherRule),
        ]
    );
    assert_eq!(preview.files, 2);
    assert_eq!(app.sweep_retention().await.unwrap().media, 2);
    let left: Vec<bool> = places
        .iter()
        .map(|(_, file)| has_file(&world, *file))
        .collect();
    assert_eq!(left, [true, true, true, false]);
    assert!(!has_file(&world, past));
    app.update_conversation(places[0].0, pin(false))
        .await
        .unwrap();
    app.restrict(places[1].0, false).await.unwrap();
    assert_eq!(app.sweep_retention().await.unwrap().media, 2);
    assert!(has_file(&world, places[2].1), "a rule keeps it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_rows_and_files_is_taken_up() {
    let mut world = World::start(false).await;
    world.app.sweep_retention().await.unwrap();
    let canaries = Canaries::new();
    let (_, asset) = world.plant(&canaries).await;
    // As the sweeper leaves it when it is killed right after its transaction.
    let now = fluxchat_model::Clock::now(&*world.clock);
    let erasure = ErasureId::new(now, [9; 10]);
    world.with_store(|store| {
        store
            .write(|tx| {
                let run = tx.retention_run_begin(now)?;
                tx.retention_purge_media(run, erasure, &[asset], now)
            })
            .unwrap();
    });
    assert!(has_file(&world, asset), "its key is gone, its file is not");
    world.crash_and_restart().await;
    world.app.purge_due().await.unwrap();
    assert!(!has_file(&world, asset));
    world.assert_gone(&[&canaries.file_name, &canaries.file_body]);
    let receipts = world.app.receipts().await.unwrap();
    assert_proven(&serde_json::to_value(&receipts[0]).unwrap(), "retention");
    assert_eq!((receipts[0].erasure_id, receipts[0].files), (erasure, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_deletes_nothing_early() {
    let mut world = World::start(false).await;
    world.app.sweep_retention().await.unwrap();
    let id = world.ask(None, "Hello.").await.conversation_id;
    world.app.set_retention(after(ALL, 30)).await.unwrap();
    world.app.sweep_retention().await.unwrap();

    // Two years ahead while it runs, and set right again.
    world.clock.jump(730 * DAY);
    let paused = world.app.sweep_retention().await.unwrap().paused;
    assert!(matches!(paused, Some(Pause::Clock { .. })), "{paused:?}");
    assert!(there(&world, id).await);
    world.clock.jump(-730 * DAY);
    assert_eq!(world.app.sweep_retention().await.unwrap().paused, None);
    assert!(there(&world, id).await);

    // Two years back: what is written then is not two years old afterwards.
    world.clock.jump(-730 * DAY);
    world.app.sweep_retention().await.unwrap();
    let back = world.ask(None, "From the past.").await.conversation_id;
    world.clock.jump(730 * DAY);
    world.app.sweep_retention().await.unwrap();
    assert!(there(&world, back).await);
    assert!(there(&world, id).await);

    // Two years ahead while it was closed: it is believed after a day without another jump.
    world.clock.jump(730 * DAY);
    world.crash_and_restart().await;
    for _ in 0..24 {
        let paused = world.app.sweep_retention().await.unwrap().paused;
        assert!(matches!(paused, Some(Pause::Clock { .. })), "{paused:?}");
        assert!(there(&world, id).await);
        world.clock.advance(DAY / 24);
    }
    world.app.sweep_retention().await.unwrap();
    assert!(!there(&world, id).await);
    assert!(!there(&world, back).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_may_say_that_the_clock_is_right() {
    let world = World::start(false).await;
    world.app.sweep_retention().await.unwrap();
    let id = world.ask(None, "Hello.").await.conversation_id;
    world.app.set_retention(after(ALL, 30)).await.unwrap();
    world.clock.jump(60 * DAY);
    world.app.sweep_retention().await.unwrap();
    assert!(there(&world, id).await);
    world.app.confirm_clock().await.unwrap();
    world.app.sweep_retention().await.unwrap();
    assert!(!there(&world, id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_in_the_middle_is_taken_up() {
    let mut world = World::start(false).await;
    world.app.sweep_retention().await.unwrap();
    let canaries = Canaries::new();
    let (id, _) = world.plant(&canaries).await;
    // As the sweeper leaves it when it is killed right after it took a conversation.
    let now = fluxchat_model::Clock::now(&*world.clock);
    let erasure = ErasureId::new(now, [9; 10]);
    world.with_store(|store| {
        store
            .write(|tx| {
                let run = tx.retention_run_begin(now)?;
                tx.erasure_request(&ErasureRequest {
                    id: erasure,
                    scope: ErasureScope::Conversation(id),
                    requested_at: now,
                    purge_after: now,
                })?;
                tx.retention_took_conversation(run, erasure)
            })
            .unwrap();
    });
    world.crash_and_restart().await;
    world.app.purge_due().await.unwrap();
    world.assert_gone(&canaries.all());
    let receipts = world.app.receipts().await.unwrap();
    assert_proven(&serde_json::to_value(&receipts[0]).unwrap(), "retention");
    assert_eq!(receipts[0].erasure_id, erasure);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_goes_with_its_rules() {
    let world = World::start(false).await;
    let id = world.ask(None, "Hello.").await.conversation_id;
    let tag = world.app.add_tag("Tag").await.unwrap();
    for target in [
        RetentionTarget::Conversation(id),
        RetentionTarget::Tag(tag.id),
        ALL,
    ] {
        world.app.set_retention(after(target, 30)).await.unwrap();
    }
    world.app.delete_everything().await.unwrap();
    let rules = world.app.retention().await.unwrap().rules;
    let targets: Vec<_> = rules.iter().map(|(rule, _)| rule.target).collect();
    assert_eq!(targets, [ALL], "a rule ends with what it is about");
}
