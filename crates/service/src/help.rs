//! The bundled help: pages of Markdown in English and German, cut into sections.
//!
//! A page is named alike in all languages, and so are its sections, so that a citation
//! (`help:<page>#<section>`) can be opened in whichever language the reader has.

use std::sync::LazyLock;

use crate::LANGUAGES;

/// A page of the help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpPage {
    /// Its name, the same in every language: `deleting`.
    pub slug: &'static str,
    /// BCP 47.
    pub language: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// Its sections, in order.
    pub sections: Vec<HelpSection>,
}

/// A section of a page: what a citation points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpSection {
    /// Its name on the page, the same in every language: `undo`.
    pub anchor: &'static str,
    /// Its heading.
    pub heading: &'static str,
    /// Questions it answers, in the words people may use.
    pub questions: Vec<&'static str>,
    /// Its text in Markdown, without the heading.
    pub markdown: &'static str,
}

impl HelpPage {
    /// What a citation of a section points to: `help:deleting#undo`.
    #[must_use]
    pub fn target(&self, section: &HelpSection) -> String {
        format!("help:{}#{}", self.slug, section.anchor)
    }

    /// The whole page in Markdown, for reading.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!("# {}\n", self.title);
        for section in &self.sections {
            text.push_str(&format!(
                "\n## {}\n\n{}\n",
                section.heading, section.markdown
            ));
        }
        text
    }
}

macro_rules! pages {
    ($($slug:literal),+ $(,)?) => {
        &[$((
            $slug,
            [
                include_str!(concat!("../help/en/", $slug, ".md")),
                include_str!(concat!("../help/de/", $slug, ".md")),
            ],
        )),+]
    };
}

/// Sources in the order of [`LANGUAGES`].
const SOURCES: &[(&str, [&str; LANGUAGES.len()])] = pages![
    "getting-started",
    "sources",
    "offline",
    "storage",
    "keychain",
    "deleting",
    "consents",
    "ledger",
    "search",
    "branches",
    "assistants",
    "shortcuts",
    "command-line",
    "problems",
    "what-leaves",
    "training",
];

static PAGES: LazyLock<Vec<HelpPage>> = LazyLock::new(|| {
    SOURCES
        .iter()
        .flat_map(|(slug, sources)| {
            LANGUAGES
                .into_iter()
                .zip(*sources)
                .map(|(language, source)| read_page(slug, language, source))
        })
        .collect()
});

/// Every page in a language (one of [`LANGUAGES`]; anything else gives none), in reading order.
pub fn pages(language: &str) -> impl Iterator<Item = &'static HelpPage> {
    PAGES.iter().filter(move |page| page.language == language)
}

/// One page in a language, or in English where it has no other.
#[must_use]
pub fn page(slug: &str, language: &str) -> Option<&'static HelpPage> {
    let of = |language: &str| {
        PAGES
            .iter()
            .find(|page| page.slug == slug && page.language == language)
    };
    of(language).or_else(|| of(LANGUAGES[0]))
}

/// The head of a text (`name: value` lines between two `---`) and the rest.
pub(crate) fn front_matter(
    source: &'static str,
) -> (
    impl Iterator<Item = (&'static str, &'static str)>,
    &'static str,
) {
    let (head, body) = source
        .strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"))
        .unwrap_or(("", source));
    let fields = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.trim(), value.trim()));
    (fields, body.trim_start_matches('\n'))
}

/// Sections begin with `## Heading {#anchor}`; lines `? …` below it are its questions.
fn read_page(slug: &'static str, language: &'static str, source: &'static str) -> HelpPage {
    let (mut fields, body) = front_matter(source);
    let title = fields
        .find(|(name, _)| *name == "title")
        .map_or(slug, |(_, title)| title);
    let body = body.strip_prefix("## ").unwrap_or(body);
    HelpPage {
        slug,
        language,
        title,
        sections: body.split("\n## ").filter_map(read_section).collect(),
    }
}

fn read_section(source: &'static str) -> Option<HelpSection> {
    let (head, mut rest) = source.split_once('\n')?;
    let (heading, anchor) = head.trim().strip_suffix('}')?.split_once(" {#")?;
    let mut questions = Vec::new();
    loop {
        rest = rest.trim_start_matches('\n');
        let Some(line) = rest.strip_prefix("? ") else {
            break;
        };
        let (question, after) = line.split_once('\n').unwrap_or((line, ""));
        questions.push(question.trim());
        rest = after;
    }
    Some(HelpSection {
        anchor,
        heading,
        questions,
        markdown: rest.trim_end(),
    })
}
