//! Guide finds the right section for questions in words of its own, in both languages.

use fluxchat_service::guide::{self, Turn};
use fluxchat_service::{LANGUAGES, help};

/// question, language, page, section (empty: any).
const QUESTIONS: &[(&str, &str, &str, &str)] = &[
    ("sync between devices", "en", "getting-started", "not-yet"),
    (
        "import my old history from chatgpt",
        "en",
        "getting-started",
        "not-yet",
    ),
    (
        "what happens if my laptop gets stolen",
        "en",
        "storage",
        "limits",
    ),
    ("can my boss read my chats", "en", "storage", "limits"),
    ("how to uninstall", "en", "deleting", "uninstall"),
    ("is this safe?", "en", "storage", "encryption"),
    (
        "Can I try it without internet access?",
        "en",
        "offline",
        "works",
    ),
    ("Wie kann ich Mistral benutzen?", "de", "sources", "connect"),
    ("Kann mein Chef das lesen?", "de", "storage", "limits"),
    ("Was passiert bei einem Absturz", "de", "branches", "stop"),
    (
        "How can I hook up my own OpenAI account key?",
        "en",
        "sources",
        "connect",
    ),
    ("use ollama", "en", "sources", "local"),
    (
        "is it possible to run llama locally",
        "en",
        "sources",
        "local",
    ),
    ("which models can I pick", "en", "sources", "model"),
    ("Are API keys stored safely?", "en", "sources", "keys"),
    ("what is this sandbox thing", "en", "sources", "sandbox"),
    ("What does the yellow lamp mean", "en", "offline", "light"),
    ("cut internet connection", "en", "offline", ""),
    (
        "does it work on a plane without wifi or internet?",
        "en",
        "offline",
        "works",
    ),
    (
        "where on disk are my conversations saved",
        "en",
        "storage",
        "where",
    ),
    ("Are my messages encrypted?", "en", "storage", "encryption"),
    ("is the databse encryptd", "en", "storage", "encryption"),
    ("make a backup", "en", "storage", "backup"),
    ("forgot passphrase", "en", "keychain", "lost"),
    (
        "no keychain on my linux box",
        "en",
        "keychain",
        "passphrase",
    ),
    ("how to delete a single message", "en", "deleting", "delete"),
    ("undo delete", "en", "deleting", "undo"),
    (
        "proof that something was deleted",
        "en",
        "deleting",
        "receipts",
    ),
    ("erase all of my data", "en", "deleting", "everything"),
    ("take back consent", "en", "consents", "withdraw"),
    (
        "Do I have to accept optional purposes",
        "en",
        "consents",
        "what",
    ),
    (
        "show me a log of everything that was sent",
        "en",
        "ledger",
        "what",
    ),
    ("export ledger to csv", "en", "ledger", "export"),
    ("search for old messages", "en", "search", "how"),
    ("chinese search", "en", "search", "matching"),
    ("rename chat", "en", "search", "list"),
    ("regenerate the answer", "en", "branches", "regenerate"),
    ("keyboard shortcuts", "en", "shortcuts", "all"),
    ("dark theme mode", "en", "shortcuts", "look"),
    ("cli exit code 7", "en", "command-line", "exit-codes"),
    ("error 429", "en", "problems", "refused"),
    ("disk full", "en", "problems", "disk"),
    (
        "can the server see my ip address",
        "en",
        "what-leaves",
        "device",
    ),
    (
        "any telemetry or tracking?",
        "en",
        "what-leaves",
        "fluxchat",
    ),
    ("do you train AI on my chats", "en", "training", "training"),
    ("GDPR rights", "en", "training", "rights"),
    (
        "Wie verbinde ich einen eigenen Server?",
        "de",
        "sources",
        "connect",
    ),
    ("ollama benutzen", "de", "sources", "local"),
    (
        "Ist der API-Schluessel sicher gespeichert?",
        "de",
        "sources",
        "keys",
    ),
    ("Was heißt das rote Licht?", "de", "offline", "light"),
    ("geht das auch ohne Internet", "de", "offline", "works"),
    (
        "In welchem Ordner liegen die Chats",
        "de",
        "storage",
        "where",
    ),
    (
        "Sind meine Nachrichten verschlüsselt?",
        "de",
        "storage",
        "encryption",
    ),
    ("Passwort vergessen", "de", "keychain", ""),
    ("Passphrase vergessen", "de", "keychain", "lost"),
    ("Chat löschen", "de", "deleting", "delete"),
    ("Löschung rückgängig machen", "de", "deleting", "undo"),
    ("Löschbeleg", "de", "deleting", "receipts"),
    ("Einwilligung widerrufen", "de", "consents", "withdraw"),
    ("Was wurde alles gesendet?", "de", "ledger", "what"),
    ("alte Nachrichten suchen", "de", "search", "how"),
    ("Antwort neu erzeugen", "de", "branches", "regenerate"),
    ("Tastenkürzel", "de", "shortcuts", "all"),
    ("Befehlszeile", "de", "command-line", "what"),
    ("Festplatte voll", "de", "problems", "disk"),
    ("Sieht der Server meine IP", "de", "what-leaves", "device"),
    (
        "Werden meine Daten für KI-Training verwendet?",
        "de",
        "training",
        "training",
    ),
    ("Rechte nach DSGVO", "de", "training", "rights"),
];

/// The questions printed under an answer have to lead to what they promise.
#[test]
fn every_suggested_question_finds_its_own_section_first() {
    let mut wrong = Vec::new();
    for language in LANGUAGES {
        for page in help::pages(language) {
            for section in &page.sections {
                let own = page.target(section);
                for question in &section.questions {
                    let answer = ask(question);
                    let first = answer.citations.first().map(|it| it.target.as_str());
                    if first != Some(own.as_str()) || answer.language != language {
                        wrong.push(format!("{question}: wanted {own}, got {first:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn ask(question: &str) -> guide::Answer {
    let turn = Turn {
        from_person: true,
        text: question.to_owned(),
        has_attachment: false,
    };
    guide::answer(&[turn], &[])
}

#[test]
fn the_right_section_is_among_the_first_two() {
    let mut wrong = Vec::new();
    let mut first = 0;
    for (question, language, page, section) in QUESTIONS {
        let fits = |hit: &guide::Hit| {
            hit.page.slug == *page && (section.is_empty() || hit.section.anchor == *section)
        };
        let hits = guide::find(question, language, 2);
        first += usize::from(hits.first().is_some_and(fits));
        if !hits.iter().any(fits) {
            let found: Vec<_> = hits
                .iter()
                .map(|hit| hit.page.target(hit.section))
                .collect();
            wrong.push(format!(
                "{question}: wanted {page}#{section}, got {found:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        first * 10 >= QUESTIONS.len() * 9,
        "{first} of {} were first",
        QUESTIONS.len()
    );
}

#[test]
fn every_one_of_these_questions_is_answered_with_a_citation() {
    let unanswered: Vec<_> = QUESTIONS
        .iter()
        .map(|(question, ..)| *question)
        .filter(|question| ask(question).citations.is_empty())
        .collect();
    assert!(unanswered.is_empty(), "{unanswered:?}");
}

#[test]
fn what_the_help_does_not_cover_is_said_to_be_so() {
    for question in [
        "What is the capital of France?",
        "Write a poem about autumn",
        "How do I cook pasta?",
        "2 + 2",
        "Wie wird das Wetter morgen in Hamburg?",
        "Schreibe ein Gedicht über den Herbst",
        "Wer hat die Relativitätstheorie entdeckt?",
        "solve x^2 = 4",
        "Translate bonjour",
        "who made you",
        "Wie mache ich einen Apfelkuchen?",
        "Explain quantum computing",
        "Tell me a joke",
    ] {
        let answer = ask(question);
        assert!(
            answer.citations.is_empty(),
            "{question}: {:?}",
            answer.citations
        );
        let says_so =
            answer.markdown.contains("no AI model") || answer.markdown.contains("kein KI-Modell");
        assert!(says_so, "{question}: {}", answer.markdown);
    }
}

#[test]
fn small_talk_is_answered_plainly_and_in_its_language() {
    for (said, language, start) in [
        ("Hello!", "en", "Hello."),
        ("hallo", "de", "Hallo."),
        ("Guten Abend", "de", "Hallo."),
        ("Thanks a lot", "en", "You are welcome."),
        ("Vielen Dank!", "de", "Gern geschehen."),
        ("Who are you?", "en", "I am **Guide**"),
        ("Bist du eine KI?", "de", "Ich bin **Guide**"),
        ("", "en", "There was no text"),
        ("???", "en", "There was no text"),
    ] {
        let answer = ask(said);
        assert!(
            answer.markdown.starts_with(start),
            "{said}: {}",
            answer.markdown
        );
        assert_eq!(answer.language, language, "{said}");
    }
}

#[test]
fn every_answer_says_that_no_model_wrote_it() {
    let said = QUESTIONS.iter().map(|(question, ..)| *question);
    for question in said.chain([
        "hi",
        "danke",
        "bye",
        "show me markdown",
        "Zeig mir Markdown",
    ]) {
        let text = ask(question).markdown;
        assert!(
            text.contains("no AI model") || text.contains("kein KI-Modell"),
            "{question}: {text}"
        );
    }
}

#[test]
fn the_language_of_the_reader_decides_where_the_question_does_not() {
    let turn = Turn {
        from_person: true,
        text: "Ollama".to_owned(),
        has_attachment: false,
    };
    let german = guide::answer(std::slice::from_ref(&turn), &["de-at".to_owned()]);
    assert_eq!(german.language, "de");
    assert_eq!(guide::answer(&[turn], &["fr".to_owned()]).language, "en");
}

#[test]
fn a_bare_follow_up_is_read_with_what_was_asked_before() {
    let turn = |from_person, text: &str| Turn {
        from_person,
        text: text.to_owned(),
        has_attachment: false,
    };
    let answer = guide::answer(
        &[
            turn(true, "Where is the API key stored?"),
            turn(false, "…"),
            turn(true, "and why?"),
        ],
        &[],
    );
    assert_eq!(answer.citations[0].target, "help:sources#keys");
}

#[test]
fn markdown_is_shown_on_request_only() {
    for request in [
        "show me markdown",
        "Markdown demo",
        "Zeig mir Markdown",
        "markdown",
    ] {
        let text = ask(request).markdown;
        for piece in ["| ", "- [x]", "> ", "```rust", "```python", "$$", "[^1]:"] {
            assert!(text.contains(piece), "{request}: {piece}");
        }
    }
    assert!(
        !ask("is markdown rendered in my encrypted chats")
            .markdown
            .contains("```rust")
    );
}

#[test]
fn long_and_hostile_questions_are_answered_quickly() {
    let answer = ask(&"delete ".repeat(200_000));
    assert!(!answer.citations.is_empty());
    ask(&"ö".repeat(100_000));
    ask("\u{202e}\u{0}help:deleting#undo](javascript:alert(1))");
}
