//! Folders and tags: conversations are found where they were put, and names are content.

use fluxchat_core::Filed;
use fluxchat_store::ConversationPatch;
use fluxchat_testkit::canary;

use crate::deletion::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_found_where_it_was_put() {
    let world = World::start(false).await;
    let app = &world.app;
    let first = world.ask(None, "First.").await.conversation_id;
    world.clock.advance(1_000);
    let second = world.ask(None, "Second.").await.conversation_id;
    let folder = app.add_folder("  Work   papers ").await.unwrap();
    assert_eq!(folder.name, "Work papers");
    let tag = app.add_tag("Urgent").await.unwrap();
    for refused in ["", "   ", &"x".repeat(101)] {
        let error = app.add_folder(refused).await.unwrap_err();
        assert_eq!(error.code(), "invalid_name");
    }
    assert_eq!(
        app.add_folder("work PAPERS").await.unwrap_err().code(),
        "name_taken"
    );
    assert_eq!(
        app.add_tag("urgent").await.unwrap_err().code(),
        "name_taken"
    );

    app.move_conversation(first, Some(folder.id)).await.unwrap();
    app.tag_conversation(first, tag.id, true).await.unwrap();
    app.tag_conversation(second, tag.id, true).await.unwrap();
    app.tag_conversation(second, tag.id, true).await.unwrap();
    let archived = ConversationPatch {
        archived: Some(true),
        ..ConversationPatch::default()
    };
    app.update_conversation(first, archived).await.unwrap();

    let ids = async |filed| -> Vec<_> {
        let page = app.conversations_filed(filed, None, 10).await.unwrap();
        page.into_iter().map(|row| row.id).collect()
    };
    assert_eq!(ids(Filed::Folder(folder.id)).await, [first]);
    assert_eq!(ids(Filed::Tag(tag.id)).await, [second, first]);
    let page = app
        .conversations_filed(Filed::Tag(tag.id), None, 1)
        .await
        .unwrap();
    let after = page.last().map(fluxchat_core::ConversationCursor::after);
    let rest = app
        .conversations_filed(Filed::Tag(tag.id), after, 10)
        .await
        .unwrap();
    assert_eq!(
        rest.into_iter().map(|row| row.id).collect::<Vec<_>>(),
        [first]
    );
    assert_eq!(app.folders().await.unwrap()[0].conversations, 1);
    assert_eq!(app.tags().await.unwrap()[0].conversations, 2);

    // A deleted conversation is in neither, and comes back to both.
    let erasing = app.delete_conversation(first).await.unwrap();
    assert!(ids(Filed::Folder(folder.id)).await.is_empty());
    assert_eq!(ids(Filed::Tag(tag.id)).await, [second]);
    app.undo_deletion(erasing.id).await.unwrap();
    assert_eq!(ids(Filed::Folder(folder.id)).await, [first]);

    app.remove_folder(folder.id).await.unwrap();
    app.remove_tag(tag.id).await.unwrap();
    let kept = app.conversation(first).await.unwrap();
    assert_eq!(kept.folder_id, None, "it stays, and lies in none");
    assert!(app.tags_of(first).await.unwrap().is_empty());
    let error = app
        .conversations_filed(Filed::Folder(folder.id), None, 10)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_leave_nothing_behind() {
    let world = World::start(false).await;
    let [folder, renamed, tag, other, last] = [canary(), canary(), canary(), canary(), canary()];
    let made = world.app.add_folder(&folder).await.unwrap();
    let tagged = world.app.add_tag(&tag).await.unwrap();
    let second = world.app.add_tag(&other).await.unwrap();
    world.app.add_folder(&last).await.unwrap();
    let id = world.ask(None, "Hello.").await.conversation_id;
    world
        .app
        .tag_conversation(id, second.id, true)
        .await
        .unwrap();
    world.assert_there(&[&folder, &tag, &other, &last]);

    world.app.rename_folder(made.id, &renamed).await.unwrap();
    world.app.remove_tag(tagged.id).await.unwrap();
    world.assert_gone(&[&folder, &tag]);
    world.assert_there(&[&renamed, &other, &last]);

    world.app.remove_folder(made.id).await.unwrap();
    world.assert_gone(&[&renamed]);

    let receipt = world.app.delete_everything().await.unwrap();
    world.assert_gone(&[&folder, &renamed, &tag, &other, &last]);
    assert_eq!(receipt.rows_by_table["tag"], 1);
    assert_eq!(receipt.rows_by_table["folder"], 1);
    assert!(world.app.folders().await.unwrap().is_empty());
    assert!(world.app.tags().await.unwrap().is_empty());
}
