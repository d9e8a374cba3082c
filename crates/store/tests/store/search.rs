use fluxchat_store::{ConversationPatch, SearchFilter, SearchQuery, SearchScope, index_terms};

use crate::support::{Archive, NOW, query};

#[test]
fn words_phrases_prefixes_accents_han_and_parts_are_found() {
    let archive = Archive::new();
    let conversation = archive.conversation("Groceries");
    let texts = [
        "The Crème brûlée recipe of my aunt",
        "我喜欢人工智能和茶",
        "call getUserName() before save_all_files",
        "brown quick fox",
    ];
    let ids = archive.talk(conversation, &texts);
    #[track_caller]
    fn check(archive: &Archive, text: &str, expected: &[fluxchat_model::MessageId]) {
        let found: Vec<_> = archive
            .find(text)
            .iter()
            .filter_map(|hit| hit.message_id)
            .collect();
        assert_eq!(found, expected, "for {text}");
    }
    check(&archive, "creme", &ids[..1]);
    check(&archive, "BRÛLÉE aunt", &ids[..1]);
    check(&archive, "人工", &ids[1..2]);
    check(&archive, "username", &ids[2..3]);
    check(&archive, "files", &ids[2..3]);
    check(&archive, "\"quick fox\"", &ids[3..]);
    check(&archive, "\"fox quick\"", &[]);
    check(&archive, "bro", &[]);
    check(&archive, "* OR \" AND (", &[]);
    let typing = SearchQuery {
        prefix_last: true,
        ..query("bro")
    };
    let found = archive.store.read(|tx| tx.search(&typing)).unwrap();
    assert_eq!(found.len(), 1, "while typing, the last word may go on");
}

/// Looking for all that begins with a word in very many messages costs a pass over them.
#[test]
fn a_word_in_very_many_messages_is_taken_as_it_stands_and_any_other_may_go_on() {
    let archive = Archive::new();
    let conversation = archive.conversation("talk");
    let mut written = 0;
    let mut say = |count: usize, text: &str| {
        archive
            .store
            .write(|tx| {
                for _ in 0..count {
                    written += 1;
                    let at = NOW.plus_ms(written * 1_000);
                    let mut message = archive.message(conversation, None, text);
                    message.created_at = at;
                    tx.message_insert(&message)?;
                }
                Ok(())
            })
            .unwrap();
    };
    say(1, "harborside");
    say(1_999, "harbor");
    let found = || {
        let typing = SearchQuery {
            prefix_last: true,
            limit: 5_000,
            ..query("harbor")
        };
        archive.store.read(|tx| tx.search(&typing)).unwrap().len()
    };
    assert_eq!(found(), 2_000, "it may go on");
    say(1, "harbor");
    assert_eq!(found(), 2_000, "it is taken as it stands");
}

/// Words that begin very many others are looked for from the newest on, and as the index itself
/// would put them together where that is cheaper: both find the same, in pages of any size.
#[test]
fn four_letters_find_every_word_they_begin() {
    let archive = Archive::new();
    let texts = |n: i64| match n % 7 {
        0 => format!("the internet of {n}"),
        1 => format!("internally, Interés {n}"),
        2 => format!("an intern at number {n}"),
        3 => format!("into the intent of {n}"),
        4 => format!("integrated {n}"),
        5 if n % 35 == 5 => format!("inverted interval {n}"),
        _ => format!("int {n}"),
    };
    let conversation = archive.conversation("Interest in titles");
    archive
        .store
        .write(|tx| {
            for n in 0..700 {
                let mut message = archive.message(conversation, None, &texts(n));
                message.created_at = NOW.plus_ms(n * 1_000);
                tx.message_insert(&message)?;
            }
            Ok(())
        })
        .unwrap();
    let begins =
        |text: &str, word: &str| index_terms(text).iter().any(|term| term.starts_with(word));
    for (typed, word, and) in [
        ("inte", "inte", ""),
        ("intern", "intern", ""),
        ("interv", "interv", ""),
        ("INTERÉ", "intere", ""),
        ("of inte", "inte", "of"),
        ("inter", "inter", ""),
        ("intx", "intx", ""),
    ] {
        let titled = usize::from(begins("Interest in titles", word) && and.is_empty());
        let expected = titled
            + (0..700)
                .map(texts)
                .filter(|text| begins(text, word) && (and.is_empty() || begins(text, and)))
                .count();
        for limit in [3, 50, 5_000] {
            let mut hits = Vec::new();
            let mut before = None;
            loop {
                let typing = SearchQuery {
                    prefix_last: true,
                    limit,
                    before,
                    ..query(typed)
                };
                let page = archive.store.read(|tx| tx.search_page(&typing)).unwrap();
                hits.extend(page.hits);
                before = page.next;
                if before.is_none() {
                    break;
                }
            }
            assert_eq!(hits.len(), expected, "{typed} by {limit}");
            assert!(hits.is_sorted_by(|a, b| a.cursor > b.cursor), "{typed}");
            for hit in &hits {
                let marked: Vec<_> = hit.snippet.iter().filter(|(_, marked)| *marked).collect();
                let right = |(piece, _): &&(String, bool)| {
                    begins(piece, word) || (!and.is_empty() && begins(piece, and))
                };
                assert!(
                    !marked.is_empty() && marked.iter().all(right),
                    "{typed} marks {marked:?}"
                );
            }
        }
    }
}

#[test]
fn hits_come_newest_first_in_pages_whenever_they_were_stored() {
    let archive = Archive::new();
    let conversation = archive.conversation("tea and cake");
    let later = archive.talk(conversation, &["tea one", "tea two", "tea three"]);
    let mut imported = archive.message(conversation, None, "tea of old");
    imported.created_at = imported.created_at.plus_ms(-86_400_000);
    archive
        .store
        .write(|tx| tx.message_insert(&imported))
        .unwrap();

    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = SearchQuery {
            before,
            limit: 2,
            ..query("tea")
        };
        let hits = archive.store.read(|tx| tx.search(&page)).unwrap();
        let Some(last) = hits.last() else { break };
        before = Some(last.cursor);
        seen.extend(hits.iter().map(|hit| hit.message_id));
    }
    let expected = [
        Some(later[2]),
        Some(later[1]),
        Some(later[0]),
        None,
        Some(imported.id),
    ];
    assert_eq!(seen, expected, "the title was made before the messages");
    let titles = SearchQuery {
        scope: SearchScope::Titles,
        ..query("tea")
    };
    let hits = archive.store.read(|tx| tx.search(&titles)).unwrap();
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].title, "tea and cake");
}

#[test]
fn snippets_mark_what_was_found() {
    let archive = Archive::new();
    let conversation = archive.conversation("");
    let long = format!(
        "{} the needle is here {}",
        "hay ".repeat(200),
        "straw ".repeat(200)
    );
    archive.say(conversation, None, &long);
    let hits = archive.find("needle");
    let snippet = &hits[0].snippet;
    let marked: Vec<_> = snippet.iter().filter(|(_, it)| *it).collect();
    assert_eq!(marked, [&("needle".to_owned(), true)]);
    let length: usize = snippet.iter().map(|(words, _)| words.len()).sum();
    assert!(length < 400, "a snippet is short: {length}");
}

#[test]
fn a_renamed_conversation_is_found_by_its_new_name_only() {
    let archive = Archive::new();
    let conversation = archive.conversation("before");
    let patch = ConversationPatch {
        title: Some("afterwards".to_owned()),
        ..Default::default()
    };
    archive
        .store
        .write(|tx| tx.conversation_update(conversation, &patch))
        .unwrap();
    assert!(archive.find("before").is_empty());
    assert_eq!(archive.find("afterwards").len(), 1);
    assert_eq!(
        archive.store.check_full().unwrap(),
        fluxchat_store::Integrity::Whole
    );
}

#[test]
fn a_rebuilt_index_finds_the_same() {
    let archive = Archive::new();
    let conversation = archive.conversation("title");
    archive.talk(conversation, &["alpha beta", "beta gamma"]);
    assert!(!archive.store.read(|tx| tx.search_is_outdated()).unwrap());
    let before = archive.find("beta");
    archive.store.rebuild_search().unwrap();
    assert_eq!(archive.find("beta"), before);
}

#[test]
fn many_messages_of_one_second_all_have_their_place() {
    let archive = Archive::new();
    let conversation = archive.conversation("burst");
    let at = archive.tick();
    for n in 0..60 {
        let mut message = archive.message(conversation, None, &format!("burst{n}"));
        message.created_at = at;
        archive
            .store
            .write(|tx| tx.message_insert(&message))
            .unwrap();
    }
    for n in 0..60 {
        assert_eq!(archive.find(&format!("burst{n}")).len(), 1);
    }
}

#[test]
fn a_filter_narrows_what_the_words_find() {
    let archive = Archive::new();
    let trip = archive.conversation("Trip to Łódź");
    let other = archive.conversation("Invoices");
    let said = archive.talk(trip, &["tea by the river", "tea it is"]);
    archive.talk(other, &["tea for the office"]);
    let found = |filter: SearchFilter, text: &str| -> Vec<_> {
        let narrowed = SearchQuery {
            filter,
            ..query(text)
        };
        let page = archive.store.read(|tx| tx.search_page(&narrowed)).unwrap();
        assert_eq!(page.next, None);
        page.hits.into_iter().map(|hit| hit.message_id).collect()
    };
    let within = SearchFilter {
        within: Some("lodz".to_owned()),
        ..SearchFilter::default()
    };
    assert_eq!(found(within.clone(), "tea"), [Some(said[1]), Some(said[0])]);
    assert_eq!(
        found(within, ""),
        [Some(said[1]), Some(said[0])],
        "without words"
    );
    let by = SearchFilter {
        by: Some("nobody".to_owned()),
        ..SearchFilter::default()
    };
    assert_eq!(found(by, "tea"), []);
    let old = SearchFilter {
        until: Some(fluxchat_model::Timestamp(1_000)),
        ..SearchFilter::default()
    };
    assert_eq!(found(old, "tea"), []);
    let new = SearchFilter {
        since: Some(fluxchat_model::Timestamp(1_000)),
        ..SearchFilter::default()
    };
    assert_eq!(found(new, "tea").len(), 3);
    let pictures = SearchFilter {
        has_image: true,
        ..SearchFilter::default()
    };
    assert_eq!(found(pictures, "tea"), []);
    assert_eq!(
        found(SearchFilter::default(), ""),
        [],
        "nothing asks for nothing"
    );
}
