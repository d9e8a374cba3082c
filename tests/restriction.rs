//! What is frozen can be read, searched and exported. It is never sent and never suggested.

use fluxchat_core::Ask;
use fluxchat_store::PathAnchor;
use fluxchat_testkit::canary;

use crate::deletion::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_conversation_is_never_sent() {
    let world = World::start(false).await;
    let app = &world.app;
    let word = canary();
    let answer = world.ask(None, &format!("About {word}.")).await;
    let id = answer.conversation_id;
    let question = answer.parent_id.unwrap();
    app.restrict(id, true).await.unwrap();
    let sent = world.recorder.seen().len();

    let ask = |conversation| Ask {
        conversation,
        text: "More.".to_owned(),
        source: Some(world.source),
        model: None,
        ..Ask::default()
    };
    let refused = [
        app.ask(ask(Some(id))).await.unwrap_err(),
        app.edit(question, "Otherwise.", &[]).await.unwrap_err(),
        app.regenerate(answer.id, None, None).await.unwrap_err(),
    ];
    for error in refused {
        assert_eq!(error.code(), "restricted");
        assert!(!error.visible().next.is_empty());
    }
    let page = app.message_page(id, PathAnchor::Start, 10).await.unwrap();
    assert_eq!(page.messages.len(), 2, "nothing was written, all is read");
    assert_eq!(page.messages[0].branches.len(), 1);
    assert!(!world.find(&word).await.is_empty(), "it is found");
    let latest = |world: &World| {
        world.with_store(|store| store.read(|tx| tx.conversation_latest()).unwrap())
    };
    assert!(latest(&world).is_none(), "it is not suggested");
    assert_eq!(app.restricted_conversations(9).await.unwrap().len(), 1);
    assert_eq!(world.recorder.seen().len(), sent, "nothing left");

    let other = world.ask(None, "Another.").await.conversation_id;
    assert_eq!(latest(&world).unwrap().id, other);
    app.restrict(id, false).await.unwrap();
    assert!(app.ask(ask(Some(id))).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn when_everything_is_frozen_nothing_is_asked() {
    let world = World::start(false).await;
    let app = &world.app;
    let word = canary();
    let id = world
        .ask(None, &format!("About {word}."))
        .await
        .conversation_id;
    app.remember_search(word.clone()).await.unwrap();
    app.restrict_everything(true).await.unwrap();
    assert!(app.everything_restricted().await.unwrap());
    let sent = world.recorder.seen().len();
    for conversation in [None, Some(id)] {
        let error = app
            .ask(Ask {
                conversation,
                text: "More.".to_owned(),
                source: Some(world.source),
                model: None,
                ..Ask::default()
            })
            .await
            .unwrap_err();
        assert_eq!(error.code(), "everything_restricted");
    }
    assert_eq!(world.recorder.seen().len(), sent);
    assert!(app.recent_searches().await.unwrap().is_empty());
    assert!(!world.find(&word).await.is_empty());
    app.restrict_everything(false).await.unwrap();
    world.ask(Some(id), "Again.").await;
}
