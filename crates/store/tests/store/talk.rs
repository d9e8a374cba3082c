//! Instructions, presets, saved prompts, copies, the map of a tree, and finding in a conversation.

use fluxchat_forensic::{all_needles, needles};
use fluxchat_model::{
    Conversation, ConversationId, ErasureScope, Instructions, Message, MessageId, MessageStatus,
    Parameters, Preset, PresetId, PromptId, Role, SavedPrompt, Usage,
};
use fluxchat_store::{FinishMessage, MapRun};

use crate::support::{Archive, NOW, canary, scan_database};

fn instructions(system: &str) -> Instructions {
    Instructions {
        preset: Some("Reviewer".into()),
        system: system.into(),
        parameters: Parameters {
            temperature: Some(0.2),
            stop: vec!["END".into()],
            ..Parameters::default()
        },
    }
}

fn preset(archive: &Archive, name: &str, system: &str) -> Preset {
    Preset {
        id: PresetId::new(NOW, archive.random()),
        name: name.into(),
        system: system.into(),
        parameters: Parameters::default(),
        source_id: None,
        model: Some("a-model".into()),
        created_at: NOW,
    }
}

fn answer(archive: &Archive, conversation: ConversationId, parent: MessageId) -> Message {
    Message {
        role: Role::Assistant,
        status: MessageStatus::Streaming,
        model: Some("m".into()),
        parts: Vec::new(),
        finished_at: None,
        ..archive.message(conversation, Some(parent), "")
    }
}

#[test]
fn instructions_are_kept_with_their_conversation_alone() {
    let archive = Archive::new();
    let (here, there) = (archive.conversation("a"), archive.conversation("b"));
    let store = &archive.store;
    let kept = instructions("Be brief.");
    store.write(|tx| tx.instructions_set(here, &kept)).unwrap();
    assert_eq!(store.read(|tx| tx.instructions(here)).unwrap(), kept);
    assert!(store.read(|tx| tx.instructions(there)).unwrap().is_empty());
    store
        .write(|tx| tx.instructions_set(here, &Instructions::default()))
        .unwrap();
    assert!(store.read(|tx| tx.instructions(here)).unwrap().is_empty());
}

#[test]
fn presets_and_prompts_are_made_changed_and_removed() {
    let archive = Archive::new();
    let store = &archive.store;
    let mut kept = preset(&archive, "Reviewer", "Be strict.");
    store.write(|tx| tx.preset_insert(&kept)).unwrap();
    kept.system = "Be kind.".into();
    store.write(|tx| tx.preset_update(&kept)).unwrap();
    assert_eq!(store.read(|tx| tx.presets()).unwrap(), [kept.clone()]);
    store.write(|tx| tx.preset_remove(kept.id)).unwrap();
    assert!(store.write(|tx| tx.preset_remove(kept.id)).is_err());

    let mut prompt = SavedPrompt {
        id: PromptId::new(NOW, archive.random()),
        name: "tr".into(),
        text: "Translate {{text}}".into(),
        created_at: NOW,
    };
    store.write(|tx| tx.saved_prompt_insert(&prompt)).unwrap();
    prompt.name = "translate".into();
    store.write(|tx| tx.saved_prompt_update(&prompt)).unwrap();
    assert_eq!(
        store.read(|tx| tx.saved_prompts()).unwrap(),
        [prompt.clone()]
    );
    store.write(|tx| tx.saved_prompt_remove(prompt.id)).unwrap();
    assert_eq!(store.read(|tx| tx.saved_prompts()).unwrap(), []);
}

#[test]
fn what_was_said_about_asking_leaves_nothing_when_it_goes() {
    let archive = Archive::new();
    let words: Vec<String> = (0..4).map(|_| canary()).collect();
    let all = all_needles(&words);
    let conversation = archive.conversation("c");
    let kept = preset(&archive, &words[1], &words[2]);
    let prompt = SavedPrompt {
        id: PromptId::new(NOW, archive.random()),
        name: "p".into(),
        text: words[3].clone(),
        created_at: NOW,
    };
    archive
        .store
        .write(|tx| {
            tx.instructions_set(conversation, &instructions(&words[0]))?;
            tx.preset_insert(&kept)?;
            tx.saved_prompt_insert(&prompt)
        })
        .unwrap();
    archive.store.scrub().unwrap();
    let seen = scan_database(&archive, &all);
    for word in &words {
        assert!(seen.iter().any(|hit| &hit.needle.canary == word), "{word}");
    }
    archive.erase(ErasureScope::Conversation(conversation));
    assert_eq!(scan_database(&archive, &needles(&words[0])), []);
    archive.store.write(|tx| tx.preset_remove(kept.id)).unwrap();
    archive.store.scrub().unwrap();
    assert_eq!(scan_database(&archive, &needles(&words[2])), []);
    archive.erase(ErasureScope::Everything);
    assert_eq!(scan_database(&archive, &all), []);
}

#[test]
fn a_copy_stays_when_its_original_goes() {
    let archive = Archive::new();
    let from = archive.conversation("from");
    let first = archive.say(from, None, "question");
    let copy = Conversation::new(
        ConversationId::new(NOW, archive.random()),
        "copy".into(),
        NOW,
    );
    archive
        .store
        .write(|tx| {
            tx.conversation_insert(&copy)?;
            tx.fork_insert(copy.id, from, first, NOW)
        })
        .unwrap();
    let origin = || archive.store.read(|tx| tx.fork_origin(copy.id)).unwrap();
    assert_eq!(origin().unwrap().conversation_id, Some(from));
    assert_eq!(archive.store.read(|tx| tx.forks_of(from, 9)).unwrap(), 1);
    let erasure = archive.hide(ErasureScope::Conversation(from)).unwrap();
    assert_eq!(
        origin().unwrap().conversation_id,
        None,
        "hidden is not named"
    );
    archive.purge(erasure);
    assert_eq!(origin().unwrap().conversation_id, None);
    assert!(
        archive
            .store
            .read(|tx| tx.conversation(copy.id))
            .unwrap()
            .is_some()
    );
}

#[test]
fn totals_follow_answers_deletions_and_their_undoing() {
    let archive = Archive::new();
    let conversation = archive.conversation("c");
    let totals = || {
        let found = archive
            .store
            .read(|tx| tx.conversation_totals(conversation));
        found.unwrap()
    };
    let question = archive.say(conversation, None, "q");
    let message = answer(&archive, conversation, question);
    archive
        .store
        .write(|tx| tx.message_insert(&message))
        .unwrap();
    let finish = FinishMessage {
        usage: Some(Usage {
            input_tokens: 7,
            output_tokens: 30,
            ..Usage::default()
        }),
        ..FinishMessage::new(MessageStatus::Complete, message.created_at.plus_ms(1_500))
    };
    archive
        .store
        .write(|tx| tx.message_finish(message.id, &finish))
        .unwrap();
    let whole = totals();
    assert_eq!((whole.questions, whole.answers, whole.counted), (1, 1, 1));
    assert_eq!((whole.input_tokens, whole.output_tokens), (7, 30));
    assert_eq!(whole.duration_ms, 1_500);
    let hidden = archive.hide(ErasureScope::Message(message.id)).unwrap();
    assert_eq!(totals().output_tokens, 0, "what is hidden is not counted");
    archive
        .store
        .write(|tx| tx.erasure_undo(hidden, archive.tick()))
        .unwrap();
    assert_eq!(totals(), whole);
    archive.erase(ErasureScope::Message(message.id));
    assert_eq!((totals().answers, totals().questions), (0, 1));
}

#[test]
fn a_map_has_one_line_for_each_run() {
    let archive = Archive::new();
    let conversation = archive.conversation("c");
    let trunk = archive.talk(conversation, &["first words", "an answer", "more"]);
    let left = archive.say(conversation, Some(trunk[2]), "left");
    let left_end = archive.say(conversation, Some(left), "left on");
    let right = archive.say(conversation, Some(trunk[2]), "right");
    let map = |below: Option<MessageId>, after: Option<MessageId>, limit| {
        let page = archive
            .store
            .read(|tx| tx.message_map(conversation, below, after, limit));
        page.unwrap()
    };
    let top = map(None, None, 50);
    let [run] = &top.runs[..] else {
        panic!("{top:?}")
    };
    assert_eq!((run.first, run.last, run.messages), (trunk[0], trunk[2], 3));
    assert_eq!((run.branches, run.more, run.chosen), (2, false, true));
    assert_eq!(run.text, "first words");
    let brief = |run: &MapRun| (run.first, run.last, run.messages, run.branches, run.chosen);
    let below = map(Some(trunk[2]), None, 50);
    let lines: Vec<_> = below.runs.iter().map(brief).collect();
    assert_eq!(
        lines,
        [(left, left_end, 2, 0, false), (right, right, 1, 0, true)]
    );
    let paged = map(Some(trunk[2]), None, 1);
    assert!(paged.has_more && paged.runs.len() == 1);
    assert_eq!(map(Some(trunk[2]), Some(left), 1).runs[0].first, right);
    archive.hide(ErasureScope::Message(right)).unwrap();
    let one = map(None, None, 50);
    assert_eq!(one.runs[0].messages, 5, "without the fork it is one run");
    let stranger = archive.conversation("d");
    assert!(
        archive
            .store
            .read(|tx| tx.message_map(stranger, Some(left), None, 9))
            .is_err()
    );
}

#[test]
fn a_map_opens_along_what_is_shown_however_far_down_and_wide_it_is() {
    let archive = Archive::new();
    let conversation = archive.conversation("c");
    let mut last = archive.say(conversation, None, "root");
    for _ in 0..40 {
        for _ in 0..3 {
            archive.say(conversation, Some(last), "left aside");
        }
        last = archive.say(conversation, Some(last), "shown");
    }
    let open = |page, limit| {
        let read = archive
            .store
            .read(|tx| tx.message_map_shown(conversation, page, limit));
        read.unwrap()
    };
    for page in [1, 2, 100] {
        let levels = open(page, 2_000);
        assert_eq!(levels.len(), 41, "pages of {page}");
        assert_eq!(levels[0].below, None);
        for (above, here) in levels.iter().zip(&levels[1..]) {
            assert_eq!(here.below, above.page.shown().map(|run| run.last));
            assert_eq!((here.page.runs.len(), here.page.has_more), (4, false));
        }
        let end = levels[40].page.shown().map(|run| run.last);
        assert_eq!(end, Some(last));
    }
    let short = open(100, 10);
    let lines: usize = short.iter().map(|level| level.page.runs.len()).sum();
    assert_eq!(lines, 10);
    assert!(short[3].page.has_more, "the last level is cut");
}

#[test]
fn finding_stays_in_the_conversation_and_goes_on_to_its_beginning() {
    let archive = Archive::new();
    let (here, there) = (archive.conversation("a"), archive.conversation("b"));
    let mut parent = None;
    let mut expected = Vec::new();
    for n in 0..900 {
        let text = if n % 300 == 0 { "a lantern" } else { "words" };
        let message = archive.message(here, parent, text);
        let other = archive.message(there, None, "a lantern elsewhere");
        archive
            .store
            .write(|tx| {
                tx.message_insert(&message)?;
                tx.message_insert(&other)
            })
            .unwrap();
        parent = Some(message.id);
        if n % 300 == 0 {
            expected.insert(0, message.id);
        }
    }
    let (mut found, mut before, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = archive
            .store
            .read(|tx| tx.find_in_conversation(here, "lant", before))
            .unwrap();
        found.extend(page.hits.iter().map(|hit| hit.message_id));
        pages += 1;
        match page.next {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    assert_eq!(found, expected);
    assert!(pages > 1, "a page is a stretch");
    let nothing = archive
        .store
        .read(|tx| tx.find_in_conversation(here, "elsewhere", None))
        .unwrap();
    assert!(nothing.hits.is_empty());
}
