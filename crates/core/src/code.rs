//! Single blocks of code in a message: to save one, and to see it beside those of other branches.

use std::time::Duration;

use fluxchat_markup::{Code, code_blocks};
use fluxchat_model::{Message, MessageId, MessageStatus, TextPart};
use similar::TextDiff;

use crate::{App, Error, words};

/// As many others are looked at, the newest.
const MOST: usize = 8;
/// Less than this share in common is another block.
const ALIKE: f32 = 0.2;
/// Where two blocks are too different for their size, what was found until then counts.
const LONGEST_LOOK: Duration = Duration::from_millis(200);

/// Names of languages, and how files in them end.
const ENDINGS: &[(&str, &str)] = &[
    ("rust rs", "rs"),
    ("python py python3", "py"),
    ("javascript js node", "js"),
    ("jsx", "jsx"),
    ("typescript ts", "ts"),
    ("tsx", "tsx"),
    ("html htm", "html"),
    ("css", "css"),
    ("scss sass", "scss"),
    ("svelte", "svelte"),
    ("vue", "vue"),
    ("json jsonc", "json"),
    ("jsonl ndjson", "jsonl"),
    ("yaml yml", "yaml"),
    ("toml", "toml"),
    ("ini cfg conf", "ini"),
    ("xml", "xml"),
    ("svg", "svg"),
    ("markdown md", "md"),
    ("tex latex", "tex"),
    ("csv", "csv"),
    ("sql sqlite postgresql mysql", "sql"),
    ("bash sh shell zsh", "sh"),
    ("fish", "fish"),
    ("powershell ps1 pwsh", "ps1"),
    ("batch bat cmd", "bat"),
    ("c h", "c"),
    ("cpp c++ cxx cc", "cpp"),
    ("csharp cs c#", "cs"),
    ("java", "java"),
    ("kotlin kt", "kt"),
    ("scala", "scala"),
    ("swift", "swift"),
    ("go golang", "go"),
    ("ruby rb", "rb"),
    ("php", "php"),
    ("perl pl", "pl"),
    ("lua", "lua"),
    ("r", "r"),
    ("julia jl", "jl"),
    ("haskell hs", "hs"),
    ("elixir ex", "ex"),
    ("erlang erl", "erl"),
    ("clojure clj", "clj"),
    ("dart", "dart"),
    ("zig", "zig"),
    ("nix", "nix"),
    ("graphql gql", "graphql"),
    ("proto protobuf", "proto"),
    ("diff patch", "diff"),
    ("mermaid mmd", "mmd"),
    ("dot graphviz", "dot"),
];

/// Which block of code: of which message, of its words or of what was thought on the way, and the
/// how many-th.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodePlace {
    /// The message.
    pub message: MessageId,
    /// Of what was thought on the way.
    pub in_reasoning: bool,
    /// Counted from 0 in reading order.
    pub index: u32,
}

/// A block of code of a message beside that of another.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeBeside {
    /// The other message.
    pub message: Message,
    /// What stands there instead, line by line; `None` where no block is like it.
    pub parts: Option<Vec<TextPart>>,
}

impl App {
    /// A block of code, and under which name it would be saved.
    ///
    /// # Errors
    /// When message or block do not exist.
    pub async fn code(&self, place: CodePlace) -> Result<(Code, String), Error> {
        let message = self.message_by_id(place.message).await?;
        let code = off(move || block(&message, place)).await??;
        let name = file_name(code.language.as_deref());
        Ok((code, name))
    }

    /// A block of code beside the one most like it in each message that stands in the same place
    /// of another branch, newest first.
    ///
    /// # Errors
    /// When message or block do not exist.
    pub async fn code_beside(&self, place: CodePlace) -> Result<Vec<CodeBeside>, Error> {
        let home = self.home_of_message(place.message).await?;
        let message = self.message_at(&home, place.message).await?;
        let id = message.id;
        let mut ids = self
            .read_at(&home, move |tx| {
                let mut ids = tx.siblings(id)?;
                // Answers to the same question in other words.
                if let Some(question) = message.parent_id {
                    for other in tx.siblings(question)? {
                        if other != question {
                            ids.extend(tx.children(other)?);
                        }
                    }
                }
                Ok(ids)
            })
            .await?;
        ids.retain(|other| *other != id);
        ids.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
        ids.dedup();
        let mut others = Vec::new();
        for other in ids.into_iter().take(MOST) {
            let other = self.message_at(&home, other).await?;
            if other.status != MessageStatus::Streaming && other.role == message.role {
                others.push(other);
            }
        }
        off(move || {
            let code = block(&message, place)?;
            let beside = others.into_iter().map(|message| CodeBeside {
                parts: most_alike(&code, &blocks(&message, place.in_reasoning)),
                message,
            });
            Ok(beside.collect())
        })
        .await?
    }
}

async fn off<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    Ok(tokio::task::spawn_blocking(work).await?)
}

fn blocks(message: &Message, in_reasoning: bool) -> Vec<Code> {
    match in_reasoning {
        true => code_blocks(&message.reasoning()),
        false => code_blocks(&message.text()),
    }
}

fn block(message: &Message, place: CodePlace) -> Result<Code, Error> {
    blocks(message, place.in_reasoning)
        .into_iter()
        .nth(place.index as usize)
        .ok_or(Error::NotFound("block of code"))
}

/// What differs from the block that has most in common, if one has enough.
fn most_alike(code: &Code, others: &[Code]) -> Option<Vec<TextPart>> {
    let lines = |text: &str| format!("{text}\n");
    let from = lines(&code.text);
    let mut best: Option<(f32, Vec<TextPart>)> = None;
    for other in others.iter().filter(|it| it.language == code.language) {
        let to = lines(&other.text);
        let diff = TextDiff::configure()
            .timeout(LONGEST_LOOK)
            .diff_lines(&from, &to);
        let alike = diff.ratio();
        if alike >= ALIKE && best.as_ref().is_none_or(|(most, _)| alike > *most) {
            best = Some((alike, words::parts(&diff)));
        }
    }
    // One block alone on both sides is the same one, however much it changed.
    if best.is_none()
        && let [other] = others
    {
        let to = lines(&other.text);
        let diff = TextDiff::configure()
            .timeout(LONGEST_LOOK)
            .diff_lines(&from, &to);
        return Some(words::parts(&diff));
    }
    best.map(|(_, parts)| parts)
}

/// The name of a file with code in a language, of which nothing but what is known goes in.
fn file_name(language: Option<&str>) -> String {
    let language = language.unwrap_or_default();
    match language {
        "dockerfile" | "docker" => return "Dockerfile".to_owned(),
        "makefile" | "make" => return "Makefile".to_owned(),
        _ => {}
    }
    let known = ENDINGS
        .iter()
        .find(|(names, _)| names.split(' ').any(|name| name == language));
    format!("code.{}", known.map_or("txt", |(_, ending)| ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxchat_model::TextChange;

    fn code(language: &str, text: &str) -> Code {
        Code {
            language: Some(language.to_owned()),
            text: text.to_owned(),
        }
    }

    fn told(parts: &[TextPart]) -> Vec<(TextChange, &str)> {
        let pairs = parts.iter().map(|part| (part.change, part.text.as_str()));
        pairs.collect()
    }

    #[test]
    fn the_block_with_most_in_common_is_the_same_one() {
        let mine = code("rust", "fn a() {\n    one();\n    two();\n}");
        let others = [
            code("rust", "struct Unlike;"),
            code("python", "fn a() {\n    one();\n    two();\n}"),
            code("rust", "fn a() {\n    one();\n    three();\n}"),
        ];
        let parts = most_alike(&mine, &others).unwrap();
        assert_eq!(
            told(&parts),
            [
                (TextChange::Same, "fn a() {\n    one();\n"),
                (TextChange::Removed, "    two();\n"),
                (TextChange::Added, "    three();\n"),
                (TextChange::Same, "}\n"),
            ]
        );
        assert_eq!(most_alike(&mine, &others[..2]), None);
        assert_eq!(most_alike(&mine, &[]), None);
        assert!(most_alike(&mine, &others[..1]).is_some(), "the only one");
    }

    #[test]
    fn a_file_is_named_by_its_language_alone() {
        for (language, name) in [
            (Some("rust"), "code.rs"),
            (Some("sh"), "code.sh"),
            (Some("c++"), "code.cpp"),
            (Some("dockerfile"), "Dockerfile"),
            (Some("../../etc/passwd"), "code.txt"),
            (Some(""), "code.txt"),
            (None, "code.txt"),
        ] {
            assert_eq!(file_name(language), name);
        }
    }
}
