//! Search while typing.

use fluxchat_store::{SearchFilter, SearchQuery, SearchScope, query_expression};
use fluxchat_testkit::large::{Language, RARE};
use rusqlite::params;

use crate::Outcome;
use crate::floor;
use crate::line::{Budget, Row};
use crate::measure::{Of, both};
use crate::world::Worlds;

const TURNS: usize = 40;

pub fn measure(worlds: &mut Worlds<'_>) -> Outcome {
    let language = Language::new();
    let (most, second) = (language.word(0), language.word(1));
    let kinds = [
        ("very common word", most.to_owned()),
        ("common word", language.word(40).to_owned()),
        ("uncommon word", language.word(2_000).to_owned()),
        ("rare word", RARE.to_owned()),
        ("two very common words", format!("{most} {second}")),
        (
            "common and uncommon",
            format!("{} {}", language.word(40), language.word(900)),
        ),
        (
            "phrase of two very common words",
            format!("\"{most} {second}\""),
        ),
        ("1 letter", "s".to_owned()),
        ("2 letters", "st".to_owned()),
        ("3 letters", "sta".to_owned()),
        (
            "4 letters of very common words",
            language.common_beginning(4).ok_or("no such beginning")?,
        ),
        (
            "5 letters of very common words",
            language.common_beginning(5).ok_or("no such beginning")?,
        ),
        ("4 letters of a rare word", RARE[..4].to_owned()),
        (
            "a long common word",
            language.common_of_length(6).to_owned(),
        ),
        ("Chinese, in every fiftieth", "人工".to_owned()),
        ("Chinese, one sign", "人".to_owned()),
        ("part of an identifier", "userna".to_owned()),
        ("a word that is nowhere", "zzyzx".to_owned()),
    ];
    let store = worlds.big.store()?;
    let raw = floor::reader(&worlds.big)?;
    for (name, text) in kinds {
        let query = SearchQuery {
            text: text.clone(),
            prefix_last: true,
            scope: SearchScope::All,
            filter: SearchFilter::default(),
            before: None,
            limit: 50,
        };
        let expression = query_expression(&text, true).unwrap_or_default();
        let (ours, floor) = both(
            Of::Thread,
            TURNS,
            || Ok(store.read(|tx| tx.search_page(&query))?),
            || {
                floor::read_all(
                    &raw,
                    "SELECT rowid, snippet(search, -1, '[', ']', '…', 24) FROM search
                     WHERE search MATCH ?1 ORDER BY rowid DESC LIMIT 50",
                    params![expression],
                )
            },
        )?;
        Row::new("search", name, "raw FTS5, newest first", Budget::CpuMs(5.0))
            .print(&ours, Some(&floor));
    }
    store.close();
    Ok(())
}
