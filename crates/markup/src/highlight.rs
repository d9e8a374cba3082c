//! Colours for code: syntect's grammars, folded into a dozen classes.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _, RandomState};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use crate::block::{Block, CodeLine, HighlightClass, Span};
use crate::diff::json_len;

/// Longer blocks stay plain.
pub(crate) const MAX_LINES: usize = 3_000;
/// Bigger blocks stay plain, in bytes.
const MAX_BYTES: usize = 200 * 1024;
/// Longer lines stay plain, in bytes: minified code, data.
const MAX_LINE: usize = 600;
/// A line with more spans than fit here, as JSON, stays plain: lines are never split.
const MAX_LINE_JSON: usize = 6_000;
/// Some grammars can be made slow by crafted text. A document may take this long ...
const PATIENCE: Duration = Duration::from_secs(2);
/// ... and this much more for every line; several times what honest code takes. What is
/// not done by then stays plain.
const PATIENCE_PER_LINE: Duration = Duration::from_millis(2);

fn syntaxes() -> &'static SyntaxSet {
    static SET: OnceLock<SyntaxSet> = OnceLock::new();
    SET.get_or_init(two_face::syntax::extra_newlines)
}

/// Highlights the code of one document.
#[derive(Debug, Default)]
pub(crate) struct Highlighter {
    spent: Duration,
    lines: u32,
    hasher: RandomState,
    /// What was done before, by language and text: the end of a stream meets it again.
    done: HashMap<u64, Vec<CodeLine>>,
}

impl Highlighter {
    /// Highlights every code block in `block`, however deep, of at most `max_lines`.
    pub(crate) fn within(&mut self, block: &mut Block, max_lines: usize) {
        match block {
            Block::CodeBlock {
                language: Some(language),
                lines,
                ..
            } if lines.len() <= max_lines => {
                if let Some(highlighted) = self.code(language, lines) {
                    *lines = highlighted;
                }
            }
            Block::List { items, .. } => {
                for block in items.iter_mut().flat_map(|item| &mut item.blocks) {
                    self.within(block, max_lines);
                }
            }
            Block::Quote { blocks } | Block::FootnoteDefinition { blocks, .. } => {
                for block in blocks {
                    self.within(block, max_lines);
                }
            }
            _ => {}
        }
    }

    fn code(&mut self, language: &str, lines: &[CodeLine]) -> Option<Vec<CodeLine>> {
        let mut hasher = self.hasher.build_hasher();
        language.hash(&mut hasher);
        for line in lines {
            line.iter().for_each(|span| hasher.write(span.text.as_bytes()));
            hasher.write_u8(b'\n');
        }
        let key = hasher.finish();
        if let Some(done) = self.done.get(&key) {
            return Some(done.clone());
        }
        let count = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        self.lines = self.lines.saturating_add(count);
        let start = Instant::now();
        let patience = (PATIENCE + PATIENCE_PER_LINE * self.lines).saturating_sub(self.spent);
        let highlighted = highlight_within_time(language, lines, patience);
        self.spent += start.elapsed();
        if let Some(highlighted) = &highlighted {
            self.done.insert(key, highlighted.clone());
        }
        highlighted
    }
}

/// The lines in colour; `None` when they stay as they are (unknown language, too big).
#[must_use]
pub fn highlight(language: &str, lines: &[CodeLine]) -> Option<Vec<CodeLine>> {
    Highlighter::default().code(language, lines)
}

fn highlight_within_time(
    language: &str,
    lines: &[CodeLine],
    patience: Duration,
) -> Option<Vec<CodeLine>> {
    let text_of = |line: &CodeLine| line.iter().map(|s| s.text.as_str()).collect::<String>();
    let bytes: usize = lines.iter().flatten().map(|span| span.text.len()).sum();
    if lines.len() > MAX_LINES || bytes > MAX_BYTES {
        return None;
    }
    let set = syntaxes();
    let mut state = ParseState::new(find(set, language)?);
    let mut stack = ScopeStack::new();
    let classes = Classes::get();
    let start = Instant::now();
    let mut out = Vec::with_capacity(lines.len());
    for line in lines {
        let mut text = text_of(line);
        if text.len() > MAX_LINE || start.elapsed() > patience {
            out.push(plain_line(&text));
            continue;
        }
        text.push('\n');
        let Ok(ops) = state.parse_line(&text, set) else {
            return None;
        };
        text.pop();
        let mut spans: CodeLine = Vec::new();
        let mut done = 0;
        for (at, op) in ops {
            push_span(&mut spans, &text, done, at, &classes, &stack);
            done = at.max(done);
            if stack.apply(&op).is_err() {
                return None;
            }
        }
        push_span(&mut spans, &text, done, text.len(), &classes, &stack);
        out.push(if json_len(&spans) > MAX_LINE_JSON {
            plain_line(&text)
        } else {
            spans
        });
    }
    Some(out)
}

/// A line without colours.
pub(crate) fn plain_line(text: &str) -> CodeLine {
    if text.is_empty() {
        return Vec::new();
    }
    vec![Span {
        class: HighlightClass::Plain,
        text: text.to_owned(),
    }]
}

fn push_span(
    spans: &mut CodeLine,
    text: &str,
    from: usize,
    to: usize,
    classes: &Classes,
    stack: &ScopeStack,
) {
    let Some(piece) = text.get(from..to.min(text.len())).filter(|p| !p.is_empty()) else {
        return;
    };
    let class = if piece.trim().is_empty() {
        // White space takes the colour before it: fewer spans, same picture.
        spans.last().map_or(HighlightClass::Plain, |s| s.class)
    } else {
        classes.of(stack)
    };
    match spans.last_mut() {
        Some(last) if last.class == class => last.text.push_str(piece),
        _ => spans.push(Span {
            class,
            text: piece.to_owned(),
        }),
    }
}

fn find<'s>(set: &'s SyntaxSet, language: &str) -> Option<&'s SyntaxReference> {
    let name = match language {
        "text" | "txt" | "plain" | "plaintext" | "output" | "none" => return None,
        "shell" | "console" | "shellscript" | "zsh" | "terminal" => "bash",
        "javascript" | "node" | "mjs" | "cjs" => "js",
        "jsx" => "tsx",
        "typescript" | "mts" | "cts" => "ts",
        "csharp" | "c#" => "cs",
        "golang" => "go",
        "c++" | "cxx" => "cpp",
        "objective-c" | "objc" => "m",
        "jsonc" | "json5" | "jsonl" => "json",
        "docker" => "dockerfile",
        "rust" => "rs",
        "python" | "python3" | "py3" => "py",
        "ruby" => "rb",
        "kotlin" => "kt",
        "haskell" => "hs",
        "tex" => "latex",
        "svg" | "xhtml" => "xml",
        "postgresql" | "mysql" | "sqlite" | "plsql" => "sql",
        other => other,
    };
    set.find_syntax_by_token(name)
}

/// The scopes that decide a class, longest first where one begins with another.
struct Classes(Vec<(Scope, HighlightClass)>);

impl Classes {
    fn get() -> Self {
        use HighlightClass as C;
        const TABLE: [(&str, HighlightClass); 41] = [
            ("comment", C::Comment),
            ("punctuation.definition.comment", C::Comment),
            ("punctuation.definition.string", C::String),
            ("punctuation.definition.annotation", C::Attribute),
            ("punctuation.definition.keyword", C::Keyword),
            ("punctuation.definition.variable", C::Plain),
            ("punctuation", C::Punctuation),
            ("constant.numeric", C::Number),
            ("constant.character", C::Constant),
            ("constant.other.symbol", C::Constant),
            ("constant", C::Constant),
            ("string.unquoted", C::Plain),
            ("string", C::String),
            ("keyword.operator.word", C::Keyword),
            ("keyword.operator", C::Operator),
            ("keyword.other.unit", C::Number),
            ("keyword", C::Keyword),
            ("storage", C::Keyword),
            ("entity.name.function", C::Function),
            ("entity.name.macro", C::Function),
            ("entity.name.tag", C::Tag),
            ("entity.name.label", C::Plain),
            ("entity.name.constant", C::Constant),
            ("entity.name", C::Type),
            ("entity.other.attribute-name", C::Attribute),
            ("entity.other.inherited-class", C::Type),
            ("support.function", C::Function),
            ("support.macro", C::Function),
            ("support.constant", C::Constant),
            ("support.type.property-name", C::Tag),
            ("support", C::Type),
            ("variable.function", C::Function),
            ("variable.annotation", C::Attribute),
            ("variable.language", C::Constant),
            ("meta.annotation", C::Attribute),
            ("meta.mapping.key", C::Tag),
            ("meta.interpolation", C::Plain),
            ("markup.heading", C::Keyword),
            ("markup.inserted", C::String),
            ("markup.deleted", C::Keyword),
            ("source", C::Plain),
        ];
        Self(
            TABLE
                .iter()
                .filter_map(|(name, class)| Some((Scope::new(name).ok()?, *class)))
                .collect(),
        )
    }

    fn of(&self, stack: &ScopeStack) -> HighlightClass {
        let scopes = stack.as_slice();
        for (depth, scope) in scopes.iter().enumerate().rev() {
            let known = self.0.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope));
            if let Some((_, class)) = known {
                // The keys of JSON are strings to its grammar.
                let in_key = *class == HighlightClass::String
                    && scopes[..depth].iter().rev().take(2).any(|below| {
                        self.0.iter().any(|(prefix, class)| {
                            *class == HighlightClass::Tag && prefix.is_prefix_of(*below)
                        })
                    });
                return if in_key { HighlightClass::Tag } else { *class };
            }
        }
        HighlightClass::Plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(language: &str, code: &str) -> Vec<(HighlightClass, String)> {
        let lines: Vec<CodeLine> = code.lines().map(plain_line).collect();
        let lit = highlight(language, &lines).unwrap();
        let text: Vec<String> = lit
            .iter()
            .map(|line| line.iter().map(|s| s.text.as_str()).collect())
            .collect();
        assert_eq!(text.join("\n"), code, "no character is lost");
        lit.into_iter()
            .flatten()
            .map(|s| (s.class, s.text.trim().to_owned()))
            .collect()
    }

    #[test]
    fn the_usual_languages_get_their_classes() {
        use HighlightClass as C;
        let rust = classes("rust", "fn main() { let x = 1; // hi\n  call(\"s\"); }");
        for expected in [
            (C::Keyword, "fn"),
            (C::Function, "main"),
            (C::Number, "1"),
            (C::Comment, "// hi"),
            (C::String, "\"s\""),
        ] {
            assert!(rust.contains(&(expected.0, expected.1.to_owned())), "{expected:?} in {rust:?}");
        }
        for language in [
            "python", "js", "ts", "tsx", "bash", "json", "yaml", "toml", "html", "css", "sql",
            "go", "java", "c", "cpp", "csharp", "ruby", "php", "swift", "kotlin", "dockerfile",
            "xml", "markdown", "diff", "lua", "r", "haskell", "scala", "svelte",
            "vue", "zig", "nix", "graphql", "ini", "makefile",
        ] {
            assert!(find(syntaxes(), language).is_some(), "{language}");
        }
        assert!(classes("json", "{\"key\": \"value\"}").contains(&(C::Tag, "\"key\"".into())));
    }

    #[test]
    fn what_is_too_big_or_unknown_stays_plain() {
        let many: Vec<CodeLine> = (0..=MAX_LINES).map(|_| plain_line("x")).collect();
        assert_eq!(highlight("rust", &many), None);
        assert_eq!(highlight("no-such-language", &[plain_line("x")]), None);
        assert_eq!(highlight("text", &[plain_line("x")]), None);
        let long = plain_line(&"(".repeat(MAX_LINE + 1));
        assert_eq!(highlight("rust", std::slice::from_ref(&long)), Some(vec![long]));
    }
}
