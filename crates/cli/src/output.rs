//! What is printed, and where.

use std::io::Write as _;
use std::process::ExitCode;

use clap::CommandFactory as _;
use fluxchat_model::VisibleError;
use serde::Serialize;
use serde_json::json;

use crate::args::Cli;

/// Standard output and standard error of one command.
pub struct Out {
    json: bool,
    /// `ask` prints its fields beside an error, too.
    of_ask: bool,
}

/// Why a command failed.
#[derive(Debug)]
pub struct Failure {
    /// Code and sentences.
    pub error: VisibleError,
}

impl Failure {
    pub fn new(error: VisibleError) -> Self {
        Self { error }
    }

    /// The command was not understood.
    pub fn usage(message: &str) -> Self {
        Self::new(VisibleError {
            code: "usage".to_owned(),
            message: format!("{}.", message.trim_end_matches('.')),
            kept: "Nothing was changed.".to_owned(),
            next: format!("See `{} --help`.", named()),
            ..VisibleError::default()
        })
    }

    /// The person was asked and did not say yes.
    pub fn not_confirmed(message: &str, next: &str) -> Self {
        Self::new(VisibleError {
            code: "not_confirmed".to_owned(),
            message: message.to_owned(),
            kept: "Nothing was changed.".to_owned(),
            next: next.to_owned(),
            ..VisibleError::default()
        })
    }

    /// Ctrl-C, and the command did not end by itself.
    pub fn interrupted() -> Self {
        Self::new(VisibleError {
            code: "interrupted".to_owned(),
            message: "The command was interrupted.".to_owned(),
            kept: "What was saved before is kept.".to_owned(),
            next: "Run it again.".to_owned(),
            ..VisibleError::default()
        })
    }

    /// The documented exit code.
    pub fn exit_code(&self) -> u8 {
        exit_code(&self.error.code)
    }
}

/// The command that was typed, without what it was given: whose help explains it.
fn named() -> String {
    let mut known = Cli::command();
    let mut named = known.get_name().to_owned();
    for word in std::env::args().skip(1) {
        if let Some(command) = known.find_subcommand(&word).cloned() {
            named.push(' ');
            named.push_str(command.get_name());
            known = command;
        }
    }
    named
}

/// So many of something.
pub fn count(number: u64, one: &str, several: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {several}"),
    }
}

/// The exit codes of `fluxchat-cli --help`.
pub fn exit_code(code: &str) -> u8 {
    match code {
        "usage"
        | "not_found"
        | "source_name"
        | "source_name_taken"
        | "name_taken"
        | "sandbox_fixed"
        | "empty_message"
        | "message_too_long"
        | "file_empty"
        | "file_too_large"
        | "file_kind"
        | "file_unreadable"
        | "file_changed"
        | "file_protected"
        | "file_too_much"
        | "files_too_large"
        | "too_many_files"
        | "too_many_answers"
        | "too_many_temporary"
        | "nothing_to_keep"
        | "temporary"
        | "not_a_question"
        | "not_an_answer"
        | "not_interrupted"
        | "not_confirmed"
        | "use_undo"
        | "no_key_to_change"
        | "redact_name"
        | "redact_names_full"
        | "ledger_keep"
        | "key_header"
        | "sign_in_not_wanted"
        | "sign_in_client_wanted"
        | "attachment_refused"
        | "invalid_parameter"
        | "extra_not_object"
        | "extra_protected"
        | "extra_too_long"
        | "purpose_not_optional"
        | "invalid_purpose"
        | "passphrase_short"
        | "policy_unknown"
        | "too_late"
        | "not_pending"
        | "no_source"
        | "already_set_up"
        | "already_supervised"
        | "key_not_offered"
        | "no_lock"
        | "in_memory"
        | "passphrase_exists"
        | "training_not_agreed"
        | "export_exists"
        | "export_link"
        | "export_place"
        | "program_missing"
        | "program_not_executable"
        | "program_relative"
        | "tool_timeout"
        | "voice_not_chosen"
        | "voice_unsupported"
        | "consent_where_used"
        | "recording_empty"
        | "recording_too_large"
        | "nothing_to_read"
        | "insecure_origin" => 2,
        _ if code.starts_with("invalid_") || code.starts_with("url_") => 2,
        "setup_needed"
        | "locked"
        | "no_provider"
        | "backend_changed"
        | "key_lost"
        | "wrong_key"
        | "wrong_passphrase"
        | "wrong_code"
        | "no_recovery"
        | "too_many_attempts"
        | "guardian_passphrase_wrong" => 3,
        "offline"
        | "no_consent"
        | "restricted"
        | "everything_restricted"
        | "objected"
        | "controls_restricted"
        | "supervised"
        | "guardian_wait"
        | "credential_origin"
        | "ledger_unavailable"
        | "purpose_not_allowed"
        | "category_not_allowed"
        | "only_here"
        | "voice_not_agreed"
        | "budget_reached"
        | "budget_reached_together"
        | "length_reached"
        | "length_of_budget"
        | "context_full" => 4,
        _ if code.starts_with("remote_") => 5,
        _ if code.starts_with("tool_") || code.starts_with("sign_in_") => 5,
        "no_service"
        | "no_model"
        | "credential_unusable"
        | "policy_unusable"
        | "report_refused" => 5,
        "corrupt" | "not_a_database" | "too_new" | "search_corrupt" | "migration_needed"
        | "sidecar_damaged" => 6,
        "in_use" => 7,
        _ => 1,
    }
}

/// A failure in a JSON document: the four documented fields.
pub fn document(error: &VisibleError) -> serde_json::Value {
    json!({
        "code": error.code,
        "message": error.message,
        "kept": error.kept,
        "next": error.next,
    })
}

impl Out {
    pub fn new(json: bool, of_ask: bool) -> Self {
        Self { json, of_ask }
    }

    pub fn is_json(&self) -> bool {
        self.json
    }

    /// The answer: one JSON document, or what `human` writes.
    pub fn answer<T: Serialize>(&self, value: &T, human: impl FnOnce(&T) -> String) {
        if self.json {
            self.document(&json!(value));
        } else {
            let words = human(value);
            if words.is_empty() {
                // Silence could be a failure.
                self.note("There is nothing to list.");
            }
            self.text(&words);
        }
    }

    /// One JSON document on standard output.
    pub fn document(&self, value: &serde_json::Value) {
        self.text(&format!("{value}\n"));
    }

    /// Words on standard output. A reader that went away is no error of ours.
    pub fn text(&self, text: &str) {
        let mut stdout = std::io::stdout().lock();
        let _ = stdout.write_all(text.as_bytes());
        let _ = stdout.flush();
    }

    /// Words for people.
    pub fn note(&self, text: &str) {
        let mut stderr = std::io::stderr().lock();
        let _ = writeln!(stderr, "{text}");
    }

    /// Prints a failure and returns its exit code.
    pub fn fail(&self, failure: &Failure) -> ExitCode {
        if self.json {
            let mut document = json!({ "error": document(&failure.error) });
            if self.of_ask {
                for field in [
                    "conversation_id",
                    "message_id",
                    "status",
                    "text",
                    "reasoning",
                    "tool_calls",
                    "notices",
                    "usage",
                    "files",
                    "citations",
                ] {
                    document[field] = serde_json::Value::Null;
                }
            }
            self.document(&document);
        }
        self.explain(&failure.error);
        ExitCode::from(failure.exit_code())
    }

    /// What happened, what was kept, what to do next.
    pub fn explain(&self, error: &VisibleError) {
        let sentences = [&error.message, &error.kept, &error.next];
        let said: Vec<&str> = sentences
            .into_iter()
            .map(String::as_str)
            .filter(|text| !text.is_empty())
            .collect();
        self.note(&said.join(" "));
    }
}

/// What the system said of a file, to go on a sentence: without its number.
pub fn in_words(error: &std::io::Error) -> String {
    let text = error.to_string();
    let words = text
        .split_once(" (os error")
        .map_or(text.as_str(), |it| it.0);
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

/// Text that others wrote, without what would drive a terminal.
pub fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What nobody could have foreseen or done better, of all that has words. A new code is decided
    /// about here or above.
    const UNEXPECTED: &[&str] = &[
        "unwritable",
        "disk_full",
        "busy",
        "io",
        "copy_failed",
        "no_room_for_key",
        "preview_changed",
        "cancelled",
        "crashed",
        "still_arriving",
        "no_reader",
        "export_running",
        "export_cancelled",
        "export_unwritable",
        "export_full",
        "export_disturbed",
        "diagram_refused",
        "diagram_stopped",
        "dictating",
        "not_dictating",
        "screenshot_unavailable",
        "screenshot_failed",
        "screenshot_open",
        "sound_missing",
        "sound_busy",
        "sound_denied",
        "sound_failed",
        "sound_unreadable",
    ];

    #[test]
    fn every_code_ends_as_the_help_says() {
        for code in fluxchat_core::codes() {
            assert_eq!(
                exit_code(code) == 1,
                UNEXPECTED.contains(&code),
                "{code} ends with {}",
                exit_code(code)
            );
        }
    }

    #[test]
    fn what_the_system_said_goes_on_a_sentence() {
        let missing = std::io::Error::from_raw_os_error(2);
        assert_eq!(in_words(&missing), "no such file or directory");
        let other = std::io::Error::new(std::io::ErrorKind::InvalidInput, "It is no file");
        assert_eq!(in_words(&other), "it is no file");
    }
}
