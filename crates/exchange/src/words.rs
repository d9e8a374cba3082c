//! What stands between the words of a conversation, in the language of who reads it.

/// The words of one language.
pub(crate) struct Words {
    pub(crate) untitled: &'static str,
    pub(crate) begun: &'static str,
    pub(crate) last_message: &'static str,
    pub(crate) source: &'static str,
    /// What is cited, in all.
    pub(crate) sources: &'static str,
    pub(crate) model: &'static str,
    pub(crate) you: &'static str,
    pub(crate) instructions: &'static str,
    pub(crate) tool: &'static str,
    pub(crate) answer: &'static str,
    /// "version 2 of 3": the first word, and the one between the numbers.
    pub(crate) version: (&'static str, &'static str),
    pub(crate) said_to_be_wrong: &'static str,
    pub(crate) interrupted: &'static str,
    pub(crate) still_arriving: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) reasoning: &'static str,
    pub(crate) its_text: &'static str,
    pub(crate) attached: &'static str,
    pub(crate) rewritten: &'static str,
    /// Before and after the number of messages on other branches, for one and for more.
    pub(crate) others: (&'static str, &'static str, &'static str),
}

/// Packages are in this one: their file that explains them is, too.
pub(crate) static ENGLISH: Words = Words {
    untitled: "Untitled",
    begun: "Begun",
    last_message: "Last message",
    source: "Source",
    sources: "Sources",
    model: "Model",
    you: "You",
    instructions: "Instructions",
    tool: "Tool",
    answer: "Answer",
    version: ("version", "of"),
    said_to_be_wrong: "Said to be wrong",
    interrupted: "Interrupted here.",
    still_arriving: "Still arriving when this was written.",
    failed: "Failed here.",
    reasoning: "Reasoning",
    its_text: "its text",
    attached: "Attached",
    rewritten: "These words were changed by the person who asked.",
    others: (
        "This is one branch of the conversation.",
        "more message is on other branches.",
        "more messages are on other branches.",
    ),
};

static GERMAN: Words = Words {
    untitled: "Ohne Titel",
    begun: "Begonnen",
    last_message: "Letzte Nachricht",
    source: "Quelle",
    sources: "Quellen",
    model: "Modell",
    you: "Sie",
    instructions: "Anweisungen",
    tool: "Werkzeug",
    answer: "Antwort",
    version: ("Fassung", "von"),
    said_to_be_wrong: "Als falsch vermerkt",
    interrupted: "Hier abgebrochen.",
    still_arriving: "Kam noch an, als das geschrieben wurde.",
    failed: "Hier fehlgeschlagen.",
    reasoning: "Gedankengang",
    its_text: "sein Text",
    attached: "Angehängt",
    rewritten: "Diese Worte hat geändert, wer gefragt hat.",
    others: (
        "Das ist ein Zweig der Unterhaltung.",
        "weitere Nachricht liegt auf anderen Zweigen.",
        "weitere Nachrichten liegen auf anderen Zweigen.",
    ),
};

/// The words of a language by its BCP 47 tag; English where there are none.
pub(crate) fn words(language: &str) -> &'static Words {
    match language.split('-').next() {
        Some("de") => &GERMAN,
        _ => &ENGLISH,
    }
}
