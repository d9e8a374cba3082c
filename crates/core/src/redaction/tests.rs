use proptest::prelude::*;

use super::*;

fn redact(text: &str, names: &[&str]) -> (String, Redactor) {
    let names: Vec<String> = names.iter().map(|it| (*it).to_owned()).collect();
    let mut redactor = Redactor::new(&names, [text]);
    (redactor.redact(text), redactor)
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let (out, redactor) = redact(text, &["Zoë Müller", "Ann"]);
    assert_eq!(out, expected);
    assert_eq!(redactor.restorer().restore(&out), text, "and back");
}

#[test]
fn the_patterns_are_patterns() {
    assert!(find::all_compile());
}

#[test]
fn what_has_a_form_is_found() {
    check("Mail ann.lee+x@mail.example.org.", "Mail [EMAIL_1].");
    check("an jürgen@müller.example, bitte", "an [EMAIL_1], bitte");
    check("DE89 3704 0044 0532 0130 00 is mine", "[IBAN_1] is mine");
    check("GB82WEST12345698765432", "[IBAN_1]");
    check("pay 4111 1111 1111 1111 now", "pay [CARD_1] now");
    check(
        "call +49 30 901820 or (030) 123 45 67",
        "call [PHONE_1] or [PHONE_2]",
    );
    check("US: 415-555-2671", "US: [PHONE_1]");
    check("key sk-proj-abcdefghij0123456789KLMN!", "key [KEY_1]!");
    check("password: hunter22 ok", "password: [KEY_1] ok");
    check(
        "Authorization: Bearer abcdef.ghijkl-12345",
        "Authorization: Bearer [KEY_1]",
    );
    check(
        "Hello Zoë Müller, hello Ann's dog",
        "Hello [NAME_1], hello [NAME_2]'s dog",
    );
    check("Zoe\u{308} Mu\u{308}ller", "[NAME_1]");
}

#[test]
fn what_only_looks_like_it_stays() {
    for text in [
        "DE89370400440532013001 fails its checksum",
        "4111 1111 1111 1112 too",
        "on 01.02.2026 at 10:30",
        "Annual planning, Joann, Annß",
        "version 1.2.3.4, 3.14159265358979",
        "a@b and @handle",
        "2026-11-26T07:10:29",
    ] {
        check(text, text);
    }
}

#[test]
fn the_same_gets_the_same_and_typed_placeholders_mean_themselves() {
    let (out, redactor) = redact("a@x.example, b@x.example, A@X.example and [EMAIL_2]", &[]);
    assert_eq!(out, "[EMAIL_1], [EMAIL_3], [EMAIL_1] and [EMAIL_2]");
    let restored = redactor.restorer().restore("[EMAIL_2] [EMAIL_3]");
    assert_eq!(restored, "[EMAIL_2] b@x.example");
}

#[test]
fn numbers_do_not_change_while_a_conversation_grows() {
    let texts = ["I am a@x.example", "Hello a@x.example", "and b@x.example"];
    let mut last = Vec::new();
    for said in 1..=texts.len() {
        let mut redactor = Redactor::new(&[], texts);
        let out: Vec<String> = texts[..said].iter().map(|it| redactor.redact(it)).collect();
        assert_eq!(out[..last.len()], last);
        last = out;
    }
}

#[test]
fn links_keep_their_brackets_and_escapes_are_read() {
    let (_, redactor) = redact("a@x.example", &[]);
    let restorer = redactor.restorer();
    for (answer, expected) in [
        (
            "[EMAIL_1](mailto:[EMAIL_1])",
            "[a@x.example](mailto:a@x.example)",
        ),
        (
            r"\[EMAIL\_1\] and [EMAIL\_1]",
            "a@x.example and a@x.example",
        ),
        ("[EMAIL_10] [EMAIL_1", "[EMAIL_10] [EMAIL_1"),
        ("`[EMAIL_1]`", "`a@x.example`"),
    ] {
        assert_eq!(restorer.restore(answer), expected);
    }
}

/// A place in what came is one in what is shown, however it came in pieces.
#[test]
fn places_move_with_the_words() {
    let (_, redactor) = redact("max@example.org", &[]);
    let said = "Hi [EMAIL_1], and \\[EMAIL_1] [EMAIL_2] [EMAIL_1](x) end [EMAIL_1]";
    for step in 1..said.len() {
        let mut restorer = redactor.restorer();
        let mut shown = String::new();
        for piece in said.as_bytes().chunks(step) {
            shown.push_str(&restorer.push(std::str::from_utf8(piece).unwrap()));
        }
        shown.push_str(&restorer.finish());
        let words = |from: usize, to: usize| &shown[restorer.place(from)..restorer.place(to)];
        for word in ["Hi", ", and", "[EMAIL_2]", "end"] {
            let at = said.find(word).unwrap();
            assert_eq!(words(at, at + word.len()), word, "{shown}");
        }
        assert_eq!(words(0, 6), "Hi max@example.org", "all of a name");
        assert_eq!(words(0, said.len()), shown);
    }
}

fn detail() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}@[a-z]{2,8}\\.example",
        Just("DE89370400440532013000".to_owned()),
        Just("4111-1111-1111-1111".to_owned()),
        "\\+49 30 [1-9][0-9]{5}",
        "sk-[A-Za-z0-9]{24}",
        Just("Zoë Müller".to_owned()),
        Just("李明".to_owned()),
    ]
}

proptest! {
    /// Whatever stands around it, and wherever the stream is cut.
    #[test]
    fn nothing_private_leaves_and_everything_comes_back(
        parts in prop::collection::vec((" [^a-zA-Z0-9@+\\[\\]]{0,6} ", detail()), 1..6),
        cuts in prop::collection::vec(1_usize..9, 1..60),
    ) {
        let text: String = parts.iter().map(|(around, it)| format!("{around}{it}")).collect::<String>() + " .";
        let names = ["Zoë Müller".to_owned(), "李明".to_owned()];
        let mut redactor = Redactor::new(&names, [text.as_str()]);
        let out = redactor.redact(&text);
        for (_, it) in &parts {
            prop_assert!(!out.contains(it.as_str()), "{it:?} is in {out:?}");
        }
        // One spelling of each: what is written in two ways comes back in the first.
        let mut restorer = redactor.restorer();
        let mut back = String::new();
        let mut rest = out.as_str();
        for cut in cuts.iter().cycle() {
            let at = rest.char_indices().nth(*cut).map_or(rest.len(), |(at, _)| at);
            back.push_str(&restorer.push(&rest[..at]));
            rest = &rest[at..];
            if rest.is_empty() { break }
        }
        back.push_str(&restorer.finish());
        prop_assert_eq!(&back, &text);
        prop_assert_eq!(redactor.restorer().restore(&out), text);
    }

    #[test]
    fn any_text_comes_back(text in any::<String>(), name in "\\PC{0,6}") {
        let mut redactor = Redactor::new(std::slice::from_ref(&name), [text.as_str()]);
        let out = redactor.redact(&text);
        let back = redactor.restorer().restore(&out);
        if find_in(&text, &[name]).is_empty() {
            prop_assert_eq!(back, text);
        }
    }
}
