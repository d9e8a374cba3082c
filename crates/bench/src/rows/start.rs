//! Opening.

use fluxchat_core::{App, ConversationShelf};
use fluxchat_store::Store;

use crate::Outcome;
use crate::line::{Budget, Row};
use crate::measure::{Of, both};
use crate::world::{World, Worlds};

pub fn measure(worlds: &mut Worlds<'_>) -> Outcome {
    let empty = worlds.empty()?;
    let (ours, floor) = both(Of::Process, 41, || open(&worlds.big), || open(&empty))?;
    Row::new(
        "start",
        "open the archive, first page of the list",
        "the same of an empty archive",
        Budget::Ratio(1.25),
    )
    .print(&ours, Some(&floor));
    let runtime = worlds.runtime;
    let (ours, floor) = both(
        Of::Process,
        21,
        || runtime.block_on(start(&worlds.big)),
        || runtime.block_on(start(&empty)),
    )?;
    Row::new(
        "start",
        "start of the core to the first page",
        "the same of an empty archive",
        Budget::Ratio(1.25),
    )
    .print(&ours, Some(&floor));
    Ok(())
}

fn open(world: &World) -> Outcome {
    let store: Store = world.store()?;
    store.read(|tx| {
        tx.conversations_page(ConversationShelf::Pinned, None, 20)?;
        tx.conversations_page(ConversationShelf::Recent, None, 20)?;
        tx.conversation_latest()
    })?;
    store.close();
    Ok(())
}

async fn start(world: &World) -> Outcome {
    let app: App = world.app().await?;
    let _ = app.status();
    app.conversations(ConversationShelf::Recent, None, 50)
        .await?;
    app.shutdown().await;
    Ok(())
}
