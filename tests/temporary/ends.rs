//! Every way in which it ends, or is kept, and what cannot be done with it.

use std::sync::Arc;

use fluxchat_core::{Ask, ConversationPatch, ConversationShelf, Error, Event, PathAnchor};
use fluxchat_model::{ConversationId, DraftKey, MessageStatus, Secret, TagId, Timestamp};
use fluxchat_testkit::recorder::Answer;

use super::world::{Words, World};
use crate::support::{PASSPHRASE, app, runtime};

/// Begins one in which an answer is arriving and does not end by itself.
async fn arriving(world: &World) -> (ConversationId, fluxchat_core::Sent) {
    let id = world.begin().await;
    world
        .recorder
        .answer(Answer::Hang(vec!["half ".to_owned()]));
    let mut events = world.app.events().subscribe();
    let sent = world
        .app
        .ask(Ask {
            conversation: Some(id),
            text: "slowly".to_owned(),
            source: Some(world.remote),
            model: Some("m".to_owned()),
            ..Ask::default()
        })
        .await
        .unwrap();
    while let Some(event) = events.recv().await {
        if matches!(&event, Event::Stream(item) if item.message_id == sent.answer_id) {
            break;
        }
    }
    (id, sent)
}

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn ended_while_an_answer_arrives() {
    runtime().block_on(async {
        let world = World::start().await;
        let (id, sent) = arriving(&world).await;
        world.app.end_temporary(id).await.unwrap();
        assert!(!world.app.is_generating(id));
        assert_eq!(
            code(world.app.message_by_id(sent.answer_id).await),
            "not_found"
        );
        assert_eq!(code(world.app.end_temporary(id).await), "not_found");
        // Whatever comes too late finds nothing, and writes nothing anywhere.
        let late = DraftKey::Conversation(id);
        assert!(world.app.set_draft(late, "late".to_owned()).await.is_err());
        assert_eq!(
            code(world.app.regenerate(sent.answer_id, None, None).await),
            "not_found"
        );
    });
}

#[test]
fn the_lock_ends_it_and_so_does_the_end_of_the_app() {
    runtime().block_on(async {
        let world = World::start().await;
        let app = &world.app;
        let secret = || Secret::new(PASSPHRASE.to_owned());
        app.passphrase_set(secret(), true).await.unwrap();
        let (id, sent) = arriving(&world).await;
        app.lock().await.unwrap();
        assert!(!app.is_temporary(id));
        app.unlock(secret()).await.unwrap();
        assert!(app.temporaries().await.unwrap().is_empty());
        assert_eq!(
            code(app.message_by_id(sent.question_id.unwrap()).await),
            "not_found"
        );

        let id = world.begin().await;
        app.shutdown().await;
        assert_eq!(code(app.begin_temporary(None, None).await), "locked");
        assert!(!app.is_temporary(id));
    });
}

#[test]
fn deleting_everything_ends_it() {
    runtime().block_on(async {
        let world = World::start().await;
        let (id, _) = arriving(&world).await;
        world.app.delete_everything().await.unwrap();
        assert!(!world.app.is_temporary(id));

        let (id, _) = arriving(&world).await;
        let scope = fluxchat_model::ErasureScope::Everything;
        let looked = world.app.preview_deletion(scope).await.unwrap();
        let confirmation = fluxchat_core::Confirmation {
            token: looked.token,
            word: "delete".to_owned(),
        };
        world.app.begin_deletion(scope, confirmation).await.unwrap();
        assert!(!world.app.is_temporary(id));
    });
}

#[test]
fn it_is_kept_on_request_with_every_branch() {
    runtime().block_on(async {
        let world = World::start().await;
        let app = &world.app;
        let id = world.begin().await;
        assert_eq!(code(app.keep_temporary(id).await), "nothing_to_keep");
        assert!(app.is_temporary(id));
        let words = Words::new();
        world.live(id, &words).await;
        let shown = app.message_page(id, PathAnchor::End, 50).await.unwrap();

        let kept = app.keep_temporary(id).await.unwrap();
        assert!(!app.is_temporary(id) && app.temporaries().await.unwrap().is_empty());
        assert_eq!(kept.id, id);
        assert!(kept.title.contains(&words.question), "{}", kept.title);
        assert!(!kept.training_allowed);
        let again = app.message_page(id, PathAnchor::End, 50).await.unwrap();
        let ids = |page: &fluxchat_core::MessagePage| {
            page.messages
                .iter()
                .map(|it| (it.message.clone(), it.branches.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(&shown), ids(&again));
        let draft = app.draft(DraftKey::Conversation(id)).await.unwrap();
        assert!(draft.contains(&words.draft));
        for word in [&words.question, &words.answer, &words.edited] {
            assert!(!app.search(word.clone(), None, 10).await.unwrap().is_empty());
        }
        let listed = app
            .conversations(ConversationShelf::Recent, None, 10)
            .await
            .unwrap();
        assert_eq!(listed, [app.conversation(id).await.unwrap()]);
        // From now on it is one like any other.
        app.delete_conversation(id).await.unwrap();
        assert_eq!(code(app.keep_temporary(id).await), "not_found");
    });
}

#[test]
fn kept_while_an_answer_arrives_it_has_what_arrived() {
    runtime().block_on(async {
        let world = World::start().await;
        let (id, sent) = arriving(&world).await;
        world.app.keep_temporary(id).await.unwrap();
        let answer = world.app.message_by_id(sent.answer_id).await.unwrap();
        assert_eq!(answer.status, MessageStatus::Interrupted);
        assert_eq!(answer.text(), "half ");
        world
            .recorder
            .answer(Answer::Words(vec!["and whole".to_owned()]));
        let whole = world.ask(id, world.remote, "go on").await;
        assert_eq!(whole.text(), "and whole");
    });
}

#[test]
fn what_sorts_or_keeps_cannot_be_done_with_it() {
    runtime().block_on(async {
        let world = World::start().await;
        let app = &world.app;
        let id = world.begin().await;
        let answer = world.ask(id, world.remote, "something").await;
        let patched = |patch| app.update_conversation(id, patch);
        let patch = ConversationPatch::default;
        for change in [
            ConversationPatch {
                pinned: Some(true),
                ..patch()
            },
            ConversationPatch {
                archived: Some(true),
                ..patch()
            },
            ConversationPatch {
                title: Some("t".to_owned()),
                ..patch()
            },
            ConversationPatch {
                restricted: Some(true),
                ..patch()
            },
            ConversationPatch {
                training_allowed: Some(true),
                ..patch()
            },
            ConversationPatch {
                folder_id: Some(None),
                ..patch()
            },
        ] {
            assert_eq!(code(patched(change).await), "temporary");
        }
        let tag = TagId::new(Timestamp(0), [1; 10]);
        assert_eq!(code(app.tag_conversation(id, tag, true).await), "temporary");
        assert_eq!(code(app.set_training(id, true).await), "temporary");
        let file = app.add_asset(Some(id), "n".to_owned(), "text/plain".to_owned(), vec![1]);
        assert_eq!(code(file.await), "temporary", "a file would be on the disk");
        assert_eq!(code(app.delete_conversation(id).await), "temporary");
        assert_eq!(code(app.delete_message(answer.id).await), "temporary");
        assert_eq!(
            code(app.flag_statement(answer.id, "wrong").await),
            "temporary"
        );

        // Where its answers come from is its own affair, and so is keeping to this computer.
        let here = ConversationPatch {
            source_id: Some(Some(world.guide)),
            model: Some(Some("guide".to_owned())),
            local_only: Some(true),
            ..patch()
        };
        assert!(patched(here).await.unwrap().local_only);
        let guided = app::ask(
            app,
            Ask {
                conversation: Some(id),
                text: "What is the ledger?".to_owned(),
                ..Ask::default()
            },
        )
        .await;
        assert_eq!(guided.status, MessageStatus::Complete);
        app.remove_source(world.remote).await.unwrap();
        assert_eq!(
            app.conversation(id).await.unwrap().source_id,
            Some(world.guide)
        );
    });
}

#[test]
fn its_source_can_go_and_what_is_frozen_stays_unsent() {
    runtime().block_on(async {
        let world = World::start().await;
        let app = &world.app;
        let (id, sent) = arriving(&world).await;
        app.restrict_everything(true).await.unwrap();
        let answer = app.message_by_id(sent.answer_id).await.unwrap();
        assert_eq!(
            answer.status,
            MessageStatus::Interrupted,
            "freezing stops it"
        );
        let again = Ask {
            conversation: Some(id),
            text: "again".to_owned(),
            ..Ask::default()
        };
        assert_eq!(code(app.ask(again.clone()).await), "everything_restricted");
        assert_eq!(
            code(app.begin_temporary(None, None).await),
            "everything_restricted"
        );
        app.restrict_everything(false).await.unwrap();

        app.set_offline(true).await.unwrap();
        let offline = app::ask(app, again.clone()).await;
        assert_eq!(offline.error.unwrap().code, "offline");
        app.set_offline(false).await.unwrap();

        app.remove_source(world.remote).await.unwrap();
        assert_eq!(code(app.ask(again).await), "no_source");
    });
}

#[test]
fn an_unused_one_is_taken_again_and_there_is_a_bound() {
    runtime().block_on(async {
        let world = World::start().await;
        let app = &world.app;
        let first = world.begin().await;
        assert_eq!(world.begin().await, first);
        let mut begun = vec![first];
        let refused = loop {
            let key = DraftKey::Conversation(*begun.last().unwrap());
            app.set_draft(key, "typed".to_owned()).await.unwrap();
            match app.begin_temporary(None, None).await {
                Ok(next) => begun.push(next.id),
                Err(error) => break error,
            }
        };
        assert_eq!((refused.code(), begun.len()), ("too_many_temporary", 16));
        assert_eq!(app.temporaries().await.unwrap().len(), 16);
        // Messages of one are looked for in that one.
        let answer = world.ask(begun[7], world.remote, "here").await;
        assert_eq!(answer.conversation_id, begun[7]);
        let held: Arc<[ConversationId]> = begun.into();
        for id in held.iter() {
            app.end_temporary(*id).await.unwrap();
        }
    });
}
