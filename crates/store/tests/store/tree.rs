use fluxchat_model::{ConversationId, Message, MessageId, MessageStatus, Part, Role, Usage};
use fluxchat_store::{
    ChunkKind, ConversationCursor, ConversationPatch, ConversationShelf, FinishMessage, PathAnchor,
    PathPage, StoreError,
};
use proptest::prelude::*;

use crate::support::{Archive, NOW};

fn page(
    archive: &Archive,
    conversation: ConversationId,
    anchor: PathAnchor,
    limit: u32,
) -> PathPage {
    archive
        .store
        .read(|tx| tx.path_page(conversation, anchor, limit))
        .unwrap()
}

fn texts(page: &PathPage) -> Vec<String> {
    page.items.iter().map(|item| item.message.text()).collect()
}

#[test]
fn a_page_ends_begins_or_turns_around_an_anchor() {
    let archive = Archive::new();
    let conversation = archive.conversation("numbers");
    let ids = archive.talk(
        conversation,
        &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    );
    let check = |anchor, expected: &[&str], first: u32| {
        let page = page(&archive, conversation, anchor, 4);
        assert_eq!(texts(&page), expected, "{anchor:?}");
        assert_eq!((page.first_position, page.total), (first, 10), "{anchor:?}");
        assert_eq!(page.has_earlier(), first > 0, "{anchor:?}");
        assert_eq!(
            page.has_later(),
            first as usize + expected.len() < 10,
            "{anchor:?}"
        );
    };
    check(PathAnchor::End, &["6", "7", "8", "9"], 6);
    check(PathAnchor::Start, &["0", "1", "2", "3"], 0);
    check(PathAnchor::Before(ids[6]), &["2", "3", "4", "5"], 2);
    check(PathAnchor::Before(ids[1]), &["0"], 0);
    check(PathAnchor::After(ids[3]), &["4", "5", "6", "7"], 4);
    check(PathAnchor::After(ids[8]), &["9"], 9);
    check(PathAnchor::Around(ids[5]), &["4", "5", "6", "7"], 4);
    check(PathAnchor::Around(ids[0]), &["0", "1", "2", "3"], 0);
    assert!(
        page(&archive, conversation, PathAnchor::After(ids[9]), 4)
            .items
            .is_empty()
    );
}

#[test]
fn an_edit_is_a_branch_and_both_can_be_shown() {
    let archive = Archive::new();
    let conversation = archive.conversation("branches");
    let ids = archive.talk(conversation, &["a", "b", "c", "d"]);
    let edited = archive.say(conversation, Some(ids[1]), "c2");
    archive.say(conversation, Some(edited), "d2");
    assert_eq!(archive.shown(conversation), ["a", "b", "c2", "d2"]);
    let siblings = archive.store.read(|tx| tx.siblings(edited)).unwrap();
    assert_eq!(siblings, [ids[2], edited], "in the order they were made");

    let back = archive.store.write(|tx| tx.message_show(ids[2])).unwrap();
    assert_eq!(back, ids[3], "the branch goes on as it was last shown");
    assert_eq!(archive.shown(conversation), ["a", "b", "c", "d"]);
    let other_start = archive.say(conversation, None, "A");
    assert_eq!(archive.shown(conversation), ["A"]);
    archive.store.write(|tx| tx.message_show(edited)).unwrap();
    assert_eq!(archive.shown(conversation), ["a", "b", "c2", "d2"]);

    let shown = page(&archive, conversation, PathAnchor::End, 10);
    let ranks: Vec<_> = shown
        .items
        .iter()
        .map(|item| (item.sibling_index, item.sibling_count))
        .collect();
    assert_eq!(ranks, [(0, 2), (0, 1), (1, 2), (0, 1)]);
    let starts = archive.store.read(|tx| tx.siblings(ids[0])).unwrap();
    assert_eq!(starts, [ids[0], other_start]);
}

#[test]
fn what_a_model_is_sent_is_the_path_to_a_message() {
    let archive = Archive::new();
    let conversation = archive.conversation("path");
    let ids = archive.talk(conversation, &["a", "b", "c"]);
    archive.say(conversation, Some(ids[0]), "b2");
    let path = archive.store.read(|tx| tx.path_to(ids[2], 100)).unwrap();
    let said: Vec<_> = path.iter().map(Message::text).collect();
    assert_eq!(said, ["a", "b", "c"], "whatever is shown");
    let cut = archive.store.read(|tx| tx.path_to(ids[2], 2)).unwrap();
    assert_eq!(cut.len(), 2, "a limit keeps the end");
}

#[test]
fn strangers_cannot_be_parents() {
    let archive = Archive::new();
    let one = archive.conversation("one");
    let two = archive.conversation("two");
    let elsewhere = archive.say(one, None, "a");
    let message = archive.message(two, Some(elsewhere), "b");
    let error = archive
        .store
        .write(|tx| tx.message_insert(&message))
        .unwrap_err();
    assert_eq!(error, StoreError::NotFound("message"));
    let again = archive.message(one, None, "c");
    archive.store.write(|tx| tx.message_insert(&again)).unwrap();
    let error = archive
        .store
        .write(|tx| tx.message_insert(&again))
        .unwrap_err();
    assert_eq!(error, StoreError::Conflict("message"));
}

fn streaming(archive: &Archive) -> (ConversationId, MessageId) {
    let conversation = archive.conversation("stream");
    let question = archive.say(conversation, None, "why");
    let mut answer = archive.message(conversation, Some(question), "");
    answer.role = Role::Assistant;
    answer.status = MessageStatus::Streaming;
    answer.parts.clear();
    answer.finished_at = None;
    archive
        .store
        .write(|tx| tx.message_insert(&answer))
        .unwrap();
    (conversation, answer.id)
}

#[test]
fn a_stream_is_readable_while_it_runs_and_searchable_when_it_ends() {
    let archive = Archive::new();
    let (_, answer) = streaming(&archive);
    for (kind, body) in [
        (ChunkKind::Reasoning, "let me "),
        (ChunkKind::Reasoning, "see"),
        (ChunkKind::Text, "because "),
        (ChunkKind::Text, "marmalade"),
    ] {
        archive
            .store
            .write(|tx| tx.message_append(answer, kind, body))
            .unwrap();
    }
    let parts = vec![
        Part::Reasoning {
            text: "let me see".to_owned(),
        },
        Part::Text {
            text: "because marmalade".to_owned(),
        },
    ];
    let so_far = archive
        .store
        .read(|tx| tx.message(answer))
        .unwrap()
        .unwrap();
    assert_eq!(so_far.parts, parts);
    assert!(archive.find("marmalade").is_empty(), "not indexed yet");

    let usage = Usage {
        input_tokens: 3,
        output_tokens: 5,
        reasoning_tokens: Some(2),
        cached_tokens: None,
        ..Usage::default()
    };
    let finish = FinishMessage {
        usage: Some(usage),
        model: Some("m-1".to_owned()),
        ..FinishMessage::new(MessageStatus::Complete, NOW)
    };
    let returned = archive
        .store
        .write(|tx| tx.message_finish(answer, &finish))
        .unwrap();
    let stored = archive
        .store
        .read(|tx| tx.message(answer))
        .unwrap()
        .unwrap();
    assert_eq!(returned, stored);
    assert_eq!(stored.parts, parts);
    assert_eq!(stored.usage, Some(usage));
    assert_eq!(stored.model.as_deref(), Some("m-1"));
    assert_eq!(archive.find("marmalade").len(), 1);
    assert!(archive.find("see").is_empty(), "thinking is not searched");
    let late = archive
        .store
        .write(|tx| tx.message_append(answer, ChunkKind::Text, "!"));
    assert_eq!(late, Err(StoreError::NotFound("streaming message")));
}

#[test]
fn after_a_crash_what_arrived_is_kept_and_can_go_on() {
    let archive = Archive::new();
    let (_, answer) = streaming(&archive);
    archive
        .store
        .write(|tx| tx.message_append(answer, ChunkKind::Text, "half an "))
        .unwrap();
    let found = archive.store.write(|tx| tx.messages_recover(NOW)).unwrap();
    assert_eq!(found, [answer]);
    let cut = archive
        .store
        .read(|tx| tx.message(answer))
        .unwrap()
        .unwrap();
    assert_eq!(cut.status, MessageStatus::Interrupted);
    assert_eq!(archive.find("half").len(), 1);

    archive
        .store
        .write(|tx| tx.message_resume(answer, "another"))
        .unwrap();
    archive
        .store
        .write(|tx| tx.message_append(answer, ChunkKind::Text, "answer"))
        .unwrap();
    archive
        .store
        .write(|tx| tx.message_finish(answer, &FinishMessage::new(MessageStatus::Complete, NOW)))
        .unwrap();
    let whole = archive
        .store
        .read(|tx| tx.message(answer))
        .unwrap()
        .unwrap();
    assert_eq!(whole.text(), "half an answer");
    assert_eq!(whole.source_name.as_deref(), Some("another"), "who went on");
    assert_eq!(archive.find("half answer").len(), 1, "indexed once, anew");
    assert!(
        archive
            .store
            .read(|tx| tx.messages_streaming())
            .unwrap()
            .is_empty()
    );
}

#[test]
fn the_list_is_paged_newest_first_on_three_shelves() {
    let archive = Archive::new();
    let ids: Vec<_> = (0..7)
        .map(|n| archive.conversation(&format!("c{n}")))
        .collect();
    let patch = |id, patch: ConversationPatch| {
        archive
            .store
            .write(|tx| tx.conversation_update(id, &patch))
            .unwrap();
    };
    patch(
        ids[0],
        ConversationPatch {
            pinned: Some(true),
            ..Default::default()
        },
    );
    patch(
        ids[1],
        ConversationPatch {
            pinned: Some(true),
            archived: Some(true),
            title: Some("old".to_owned()),
            ..Default::default()
        },
    );
    archive.say(ids[2], None, "to the top");
    let shelf = |shelf, after, limit| {
        archive
            .store
            .read(|tx| tx.conversations_page(shelf, after, limit))
            .unwrap()
    };
    let first = shelf(ConversationShelf::Recent, None, 3);
    let rest = shelf(
        ConversationShelf::Recent,
        Some(ConversationCursor::after(&first[2])),
        3,
    );
    let listed: Vec<_> = first.iter().chain(&rest).map(|it| it.id).collect();
    assert_eq!(listed, [ids[2], ids[6], ids[5], ids[4], ids[3]]);
    assert_eq!(shelf(ConversationShelf::Pinned, None, 9)[0].id, ids[0]);
    let archived = shelf(ConversationShelf::Archived, None, 9);
    assert_eq!(archived[0].title, "old");
    assert!(!archived[0].pinned, "what is archived is not pinned");
    let latest = archive.store.read(|tx| tx.conversation_latest()).unwrap();
    assert_eq!(latest.unwrap().id, ids[2]);
    let gone = ConversationId::new(NOW, [9; 10]);
    let error = archive
        .store
        .write(|tx| tx.conversation_update(gone, &ConversationPatch::default()));
    assert_eq!(error, Err(StoreError::NotFound("conversation")));
}

/// A simple model of the tree: parents, and for each node the child that is shown.
#[derive(Default)]
struct Model {
    parents: Vec<Option<usize>>,
    chosen: std::collections::HashMap<Option<usize>, usize>,
}

impl Model {
    fn show(&mut self, node: usize) {
        let mut here = node;
        loop {
            let parent = self.parents[here];
            self.chosen.insert(parent, here);
            match parent {
                Some(parent) => here = parent,
                None => break,
            }
        }
    }

    fn path(&self) -> Vec<usize> {
        let mut path = Vec::new();
        let mut here = None;
        while let Some(next) = self.chosen.get(&here) {
            path.push(*next);
            here = Some(*next);
        }
        path
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_tree_shows_the_branch_that_was_chosen_last(
        steps in proptest::collection::vec((any::<bool>(), any::<proptest::sample::Index>()), 1..25)
    ) {
        let archive = Archive::new();
        let conversation = archive.conversation("tree");
        let mut ids: Vec<MessageId> = Vec::new();
        let mut model = Model::default();
        for (insert, index) in steps {
            if insert || ids.is_empty() {
                // The last place stands for a new beginning.
                let parent = index.index(ids.len() + 1);
                let parent = (parent < ids.len()).then_some(parent);
                let text = ids.len().to_string();
                ids.push(archive.say(conversation, parent.map(|it| ids[it]), &text));
                model.parents.push(parent);
                model.show(ids.len() - 1);
            } else {
                let target = index.index(ids.len());
                archive.store.write(|tx| tx.message_show(ids[target])).unwrap();
                model.show(target);
            }
            let expected: Vec<_> = model.path().iter().map(ToString::to_string).collect();
            prop_assert_eq!(archive.shown(conversation), expected.clone());
            let down = archive
                .store
                .read(|tx| tx.path_page(conversation, PathAnchor::Start, 1_000))
                .unwrap();
            prop_assert_eq!(texts(&down), expected, "down and up are the same path");
        }
    }
}
