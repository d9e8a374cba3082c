//! What Guide says where there is nothing to look up.

use super::terms::words;

/// A message that is no question about the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SmallTalk {
    Empty,
    Greeting,
    Thanks,
    Goodbye,
    WhoAreYou,
}

const GREETINGS: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "hi there",
    "hello there",
    "good morning",
    "good evening",
    "good day",
    "good afternoon",
    "hallo",
    "hallo guide",
    "hi guide",
    "hello guide",
    "guten tag",
    "guten morgen",
    "guten abend",
    "moin",
    "servus",
    "gruss gott",
    "gruezi",
    "test",
    "how are you",
    "wie geht s",
    "wie geht es dir",
    "hi how are you",
    "hello how are you",
    "hallo wie geht s",
];
const THANKS: &[&str] = &[
    "thanks",
    "thank you",
    "thanks a lot",
    "thank you very much",
    "many thanks",
    "thx",
    "ok thanks",
    "great thanks",
    "danke",
    "danke dir",
    "danke schon",
    "dankeschon",
    "vielen dank",
    "besten dank",
    "ok danke",
    "super danke",
    "danke sehr",
    "ok",
    "okay",
];
const GOODBYES: &[&str] = &[
    "bye",
    "goodbye",
    "see you",
    "good night",
    "tschuss",
    "auf wiedersehen",
    "gute nacht",
    "ciao",
];
const WHO: &[&str] = &[
    "who are you",
    "what are you",
    "who is this",
    "who am i talking to",
    "are you an ai",
    "are you ai",
    "are you a bot",
    "are you a robot",
    "are you human",
    "are you chatgpt",
    "are you gpt",
    "are you claude",
    "are you a real ai",
    "are you an ai model",
    "are you real",
    "what can you do",
    "what do you do",
    "what can i ask",
    "what can i ask you",
    "help",
    "help me",
    "which model are you",
    "what model are you",
    "what is your name",
    "can you write a poem",
    "wer bist du",
    "was bist du",
    "bist du eine ki",
    "bist du ki",
    "bist du ein bot",
    "bist du ein mensch",
    "bist du chatgpt",
    "bist du eine echte ki",
    "bist du ein ki modell",
    "was kannst du",
    "was machst du",
    "was kann ich fragen",
    "was kann ich dich fragen",
    "hilfe",
    "hilf mir",
    "welches modell bist du",
    "wie heisst du",
    "mit wem spreche ich",
    "kannst du ein gedicht schreiben",
];

/// The kind of small talk a message is; `None` for everything that may be a question.
pub(super) fn recognise(message: &str) -> Option<SmallTalk> {
    let said = words(message).collect::<Vec<_>>().join(" ");
    let is_one_of = |list: &[&str]| list.contains(&said.as_str());
    if said.is_empty() {
        Some(SmallTalk::Empty)
    } else if is_one_of(WHO) {
        Some(SmallTalk::WhoAreYou)
    } else if is_one_of(THANKS) {
        Some(SmallTalk::Thanks)
    } else if is_one_of(GREETINGS) {
        Some(SmallTalk::Greeting)
    } else if is_one_of(GOODBYES) {
        Some(SmallTalk::Goodbye)
    } else {
        None
    }
}

pub(super) fn reply(small: SmallTalk, language: &str) -> String {
    let (first, de) = (opening(small, language), language == "de");
    let brief = matches!(small, SmallTalk::Thanks | SmallTalk::Goodbye);
    let rest = match (brief, de) {
        (true, false) => "I am still only the search over this app's help, no AI model.",
        (true, true) => "Ich bin weiterhin nur die Suche in der Hilfe dieser App, kein KI-Modell.",
        (false, false) => INTRODUCTION_EN,
        (false, true) => INTRODUCTION_DE,
    };
    format!("{first}{rest}")
}

fn opening(small: SmallTalk, language: &str) -> &'static str {
    match (small, language == "de") {
        (SmallTalk::Empty, false) => "There was no text in that message. ",
        (SmallTalk::Empty, true) => "In dieser Nachricht stand kein Text. ",
        (SmallTalk::Greeting, false) => "Hello. ",
        (SmallTalk::Greeting, true) => "Hallo. ",
        (SmallTalk::Thanks, false) => "You are welcome. ",
        (SmallTalk::Thanks, true) => "Gern geschehen. ",
        (SmallTalk::Goodbye, false) => "Goodbye. What you wrote stays on your computer. ",
        (SmallTalk::Goodbye, true) => {
            "Auf Wiedersehen. Was du geschrieben hast, bleibt auf deinem Computer. "
        }
        (SmallTalk::WhoAreYou, _) => "",
    }
}

const INTRODUCTION_EN: &str = "I am **Guide**, and I am no AI model: I look up passages in the \
built-in help about this app and its privacy rules and quote them. Nothing you write here leaves \
your computer.

You can ask, for example:

- Where is my data stored?
- How do I delete a chat for good?
- What does the provider see?
- Show me markdown

For everything else, connect a real model: **Settings → Sources → Add**, with the address of a \
server and, if it needs one, a key. A model on your own computer works too, for example with \
Ollama.";

const INTRODUCTION_DE: &str = "Ich bin **Guide**, und ich bin kein KI-Modell: Ich suche Stellen \
der eingebauten Hilfe zu dieser App und ihren Datenschutzregeln heraus und zitiere sie. Nichts, \
was du hier schreibst, verlässt deinen Computer.

Du kannst zum Beispiel fragen:

- Wo liegen meine Daten?
- Wie lösche ich einen Chat endgültig?
- Was sieht der Anbieter?
- Zeig mir Markdown

Für alles andere verbinde ein echtes Modell: **Einstellungen → Quellen → Hinzufügen**, mit der \
Adresse eines Servers und, wenn er einen braucht, einem Schlüssel. Auch ein Modell auf deinem \
eigenen Computer geht, zum Beispiel mit Ollama.";

/// The answer where the help has none.
pub(super) fn off_topic(language: &str, attachment: bool) -> String {
    let (unread, nothing, rest) = if language == "de" {
        (
            "Anhänge kann ich nicht lesen. ",
            "Dazu steht nichts in der Hilfe. ",
            INTRODUCTION_DE,
        )
    } else {
        (
            "I cannot read attachments. ",
            "The help has nothing on that. ",
            INTRODUCTION_EN,
        )
    };
    format!("{}{nothing}{rest}", if attachment { unread } else { "" })
}
