//! The tools in the app. Each is a name, a description, a schema and what it does.

use std::time::{Duration, Instant};

use fluxchat_store::{SearchHit, SearchQuery, SearchScope};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Asked, Ran, files};
use crate::{App, Error, only_here};

/// A tool in the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalTool {
    /// Finds what was said in the archive.
    ArchiveSearch,
    /// Reads the text of a file of the conversation.
    ReadAttachment,
    /// Tells the time.
    CurrentTime,
    /// Works out a sum.
    Calculator,
}

/// All of them.
pub const LOCAL_TOOLS: &[LocalTool] = &[
    LocalTool::ArchiveSearch,
    LocalTool::ReadAttachment,
    LocalTool::CurrentTime,
    LocalTool::Calculator,
];

const HITS: usize = 8;
/// So many candidates are looked at for those that may be told.
const CANDIDATES: usize = 200;
const LONGEST_EXCERPT: usize = 1_200;
const LONGEST_SUM: usize = 1_000;
const SUM_TIME: Duration = Duration::from_secs(2);

pub(super) fn key(name: &str) -> String {
    format!("app/{name}")
}

impl LocalTool {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ArchiveSearch => "archive_search",
            Self::ReadAttachment => "read_attachment",
            Self::CurrentTime => "current_time",
            Self::Calculator => "calculator",
        }
    }

    /// The tool of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        LOCAL_TOOLS.iter().copied().find(|tool| tool.name() == name)
    }

    pub(super) fn description(self) -> &'static str {
        match self {
            Self::ArchiveSearch => {
                "Searches the person's own past conversations for words and returns the newest \
                 messages that contain all of them."
            }
            Self::ReadAttachment => {
                "Reads the text of a file that is attached to this conversation, one page at a time. \
                 Without arguments it lists the files."
            }
            Self::CurrentTime => "Returns the current date, time and time zone of the person.",
            Self::Calculator => {
                "Evaluates an arithmetic expression exactly, with functions such as sqrt, sin and \
                 log, percentages and units, for example \"19% of 240 EUR\" or \"5 ft 10 in to cm\"."
            }
        }
    }

    pub(super) fn schema(self) -> Value {
        let (properties, required) = match self {
            Self::ArchiveSearch => (
                json!({"query": {"type": "string", "description": "Words that all have to occur."}}),
                json!(["query"]),
            ),
            Self::ReadAttachment => (
                json!({
                    "file": {"type": "string", "description": "The name of the file, as it is listed."},
                    "page": {"type": "integer", "minimum": 1, "description": "The page; the first without it."},
                    "part": {"type": "integer", "minimum": 1, "description": "Where a text is long: which part of it."},
                }),
                json!([]),
            ),
            Self::CurrentTime => (json!({}), json!([])),
            Self::Calculator => (
                json!({"expression": {"type": "string", "description": "What to work out."}}),
                json!(["expression"]),
            ),
        };
        json!({"type": "object", "properties": properties, "required": required,
               "additionalProperties": false})
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    query: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sum {
    expression: String,
}

fn read<T: DeserializeOwned>(arguments: &str) -> Result<T, Ran> {
    serde_json::from_str(arguments)
        .map_err(|error| Ran::failed(format!("The arguments do not fit: {error}")))
}

impl App {
    pub(super) async fn run_local(&self, tool: LocalTool, arguments: &str, asked: &Asked) -> Ran {
        let ran = match tool {
            LocalTool::ArchiveSearch => match read::<Query>(arguments) {
                Ok(query) => self.search_for(query.query, asked).await,
                Err(ran) => return ran,
            },
            LocalTool::ReadAttachment => match read::<files::Wanted>(arguments) {
                Ok(wanted) => match self.read_file(wanted, asked).await {
                    Ok(ran) => return ran,
                    Err(error) => Err(error),
                },
                Err(ran) => return ran,
            },
            LocalTool::CurrentTime => Ok(now_in_words(self.now().0)),
            LocalTool::Calculator => match read::<Sum>(arguments) {
                Ok(sum) => return work_out(sum.expression).await,
                Err(ran) => return ran,
            },
        };
        match ran {
            Ok(text) => Ran::done(text),
            Err(error) => Ran::failed(error.to_string()),
        }
    }

    /// What may be told to who asks: nothing that is frozen, and nothing that is kept to this
    /// computer where the answer comes from elsewhere. Temporary conversations are in no archive.
    async fn search_for(&self, text: String, asked: &Asked) -> Result<String, Error> {
        let stays_here = only_here::answers_here(&asked.source)
            && !fluxchat_providers::is_passed_on(&asked.source, &asked.model);
        let conversation = asked.conversation;
        self.read(move |tx| {
            let mut found = Vec::new();
            let (mut before, mut seen) = (None, 0);
            while found.len() < HITS && seen < CANDIDATES {
                let page = tx.search_page(&SearchQuery {
                    text: text.clone(),
                    prefix_last: false,
                    scope: SearchScope::All,
                    filter: Default::default(),
                    before,
                    limit: 50,
                })?;
                for hit in page.hits {
                    seen += 1;
                    let Some(whose) = tx.conversation(hit.conversation_id)? else {
                        continue;
                    };
                    let is_told = !whose.restricted
                        && (!whose.local_only || stays_here)
                        && whose.id != conversation
                        && found.len() < HITS;
                    if is_told {
                        let body = match hit.message_id {
                            Some(id) => tx.message(id)?.map(|message| message.text()),
                            None => None,
                        };
                        found.push(in_words(&hit, body));
                    }
                }
                before = page.next;
                if before.is_none() {
                    break;
                }
            }
            Ok(if found.is_empty() {
                "Nothing was found.".to_owned()
            } else {
                found.join("\n\n---\n\n")
            })
        })
        .await
    }
}

fn in_words(hit: &SearchHit, body: Option<String>) -> String {
    let who = match hit.role {
        Some(fluxchat_model::Role::User) => "the person",
        Some(_) => "an assistant",
        None => "title",
    };
    let day = jiff::Timestamp::from_millisecond(hit.at.0)
        .map(|at| at.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default();
    let body = body.unwrap_or_else(|| hit.title.clone());
    // The place of the first hit, with some words before it.
    let quoted: String = hit
        .snippet
        .iter()
        .find(|(_, is_hit)| *is_hit)
        .map(|(words, _)| words.clone())
        .unwrap_or_default();
    let at = body.find(&quoted).unwrap_or(0);
    let from = body[..at]
        .char_indices()
        .rev()
        .nth(LONGEST_EXCERPT / 3)
        .map_or(0, |(at, _)| at);
    let excerpt: String = body[from..].chars().take(LONGEST_EXCERPT).collect();
    format!("{day}, {who}, in “{}”:\n{excerpt}", hit.title)
}

fn now_in_words(ms: i64) -> String {
    let Ok(at) = jiff::Timestamp::from_millisecond(ms) else {
        return "The clock of this computer is wrong.".to_owned();
    };
    let local = at.to_zoned_datetime(jiff::tz::TimeZone::system());
    local.strftime("%A, %Y-%m-%d %H:%M:%S %:z (%Q)").to_string()
}

/// On a thread of its own, for a sum may take long; it is told to stop when its time is over.
async fn work_out(expression: String) -> Ran {
    if expression.len() > LONGEST_SUM {
        return Ran::failed("The expression is too long.");
    }
    let work = move || {
        let mut context = fend_core::Context::new();
        fend_core::evaluate_with_interrupt(
            &expression,
            &mut context,
            &Until(Instant::now() + SUM_TIME),
        )
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(result)) => Ran::done(result.get_main_result().to_owned()),
        Ok(Err(error)) => Ran::failed(error),
        Err(_) => Ran::failed("This cannot be worked out."),
    }
}

struct Until(Instant);

impl fend_core::Interrupt for Until {
    fn should_interrupt(&self) -> bool {
        Instant::now() > self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sum(expression: &str) -> (String, bool) {
        let ran = work_out(expression.to_owned()).await;
        (ran.text, ran.is_error)
    }

    #[tokio::test]
    async fn sums_are_exact_and_end() {
        assert_eq!(sum("0.1 + 0.2").await, ("0.3".to_owned(), false));
        assert_eq!(sum("2^100").await.0, "1267650600228229401496703205376");
        assert!(sum("1/0").await.1);
        assert!(sum(&"9".repeat(2_000)).await.1);
        assert!(sum("100000000000!").await.1, "ends by itself");
    }

    #[test]
    fn the_time_has_a_zone() {
        let words = now_in_words(0);
        assert!(
            words.contains("1970-01-01") || words.contains("1969-12-31"),
            "{words}"
        );
    }
}
