//! The list of conversations, and opening one.

use fluxchat_core::{ConversationCursor, ConversationShelf, PathAnchor};
use fluxchat_testkit::large::SHORT;

use crate::Outcome;
use crate::floor;
use crate::line::{Budget, Row};
use crate::measure::{Of, both};
use crate::world::Worlds;

const PAGE: u32 = 20;
const PAGE_1000: usize = 999;
const TURNS: usize = 300;

pub fn measure(worlds: &mut Worlds<'_>) -> Outcome {
    let store = worlds.big.store()?;
    let raw = floor::reader(&worlds.big)?;
    let page = |after| -> Outcome<_> {
        Ok(store.read(|tx| tx.conversations_page(ConversationShelf::Recent, after, PAGE))?)
    };
    let mut far = None;
    let mut pages = 0;
    while pages < PAGE_1000
        && let Some(last) = page(far)?.last()
    {
        far = Some(ConversationCursor::after(last));
        pages += 1;
    }
    // The last full page of a smaller archive stands for page 1000.
    let (ours, floor) = both(
        Of::Thread,
        TURNS,
        || page(None),
        || {
            floor::read_all(
                &raw,
                "SELECT * FROM conversation WHERE archived = 0 AND pinned = 0 AND erasure_id IS NULL
                 ORDER BY updated_at DESC, id DESC LIMIT 20",
                [],
            )
        },
    )?;
    Row::new(
        "list",
        "first 20 conversations",
        "raw SQL",
        Budget::Ratio(3.0),
    )
    .print(&ours, Some(&floor));
    let (ours, floor) = both(Of::Thread, TURNS, || page(far), || page(None))?;
    Row::new("list", "page 1000", "the first page", Budget::Ratio(1.2)).print(&ours, Some(&floor));

    let open = |id, anchor| -> Outcome<_> {
        Ok(store.read(|tx| {
            let conversation = tx.conversation(id)?;
            let page = tx.path_page(id, anchor, SHORT as u32)?;
            Ok((conversation, page))
        })?)
    };
    let marks = &worlds.big.marks;
    let long = *marks.long.first().ok_or("no long conversation")?;
    let (ours, floor) = both(
        Of::Thread,
        TURNS,
        || open(long, PathAnchor::End),
        || open(marks.short, PathAnchor::End),
    )?;
    Row::new(
        "conversation",
        "open one of 5,000 messages at its end",
        "opening one of 20",
        Budget::Ratio(1.2),
    )
    .print(&ours, Some(&floor));
    let first = open(long, PathAnchor::Start)?.1;
    let middle = first.items.last().ok_or("no message")?.message.id;
    let (ours, floor) = both(
        Of::Thread,
        TURNS,
        || open(long, PathAnchor::Around(middle)),
        || open(marks.short, PathAnchor::End),
    )?;
    Row::new(
        "conversation",
        "open it around a message near its start",
        "opening one of 20",
        Budget::Ratio(1.2),
    )
    .print(&ours, Some(&floor));
    store.close();
    Ok(())
}
