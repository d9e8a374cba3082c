//! Opening a conversation of 5,000 messages by a click, and one of its last 20 alone.

use fluxchat_model::{Conversation, ConversationId, MessageId};
use fluxchat_store::{ConversationPatch, PathAnchor};
use fluxchat_testkit::large::{LONG, SHORT};
use fluxchat_testkit::webdriver::Window;

use crate::Outcome;
use crate::line::{Budget, Row};
use crate::measure::Samples;
use crate::window::{Desk, Processes, program, watch, watched};
use crate::world::{World, Worlds};

const TURNS: usize = 9;
/// Long enough for everything an opening sets in motion.
const AFTER: std::time::Duration = std::time::Duration::from_millis(900);
const SHOWN: &str = "return document.querySelector(`[data-conversation-id='${arguments[0]}'][aria-current='page']`) !== null\
    && document.querySelectorAll(\"[data-testid='message-row']\").length > 0";

pub fn measure(worlds: &mut Worlds<'_>) -> Outcome {
    let app = program("FLUXCHAT_APP_AUTOMATION")?;
    let world = worlds.copy_of(&worlds.big, "window")?;
    let long = *world.marks.long.first().ok_or("there is no long one")?;
    let short = end_of(&world, long)?;
    pin(&world, &[long, short])?;
    let desk = Desk::open();
    desk.trust(&world)?;
    worlds.runtime.block_on(async {
        let profile = world.profile.display().to_string();
        let window = desk.drive(&app, &["--profile", &profile], &[]).await;
        window.wait("conversation-row").await;
        let processes = Processes::running(&app)?;
        let mut cpu = (Samples::default(), Samples::default());
        let mut held = (Samples::default(), Samples::default());
        for turn in 0..=TURNS {
            for beats in [false, true] {
                let ours = open(&window, &processes, long, beats).await?;
                let floor = open(&window, &processes, short, beats).await?;
                if turn == 0 {
                    continue;
                }
                let of = if beats { &mut held } else { &mut cpu };
                of.0.add(ours, ours);
                of.1.add(floor, floor);
            }
        }
        let note = format!("{LONG} messages");
        Row::new(
            "window",
            "open a long conversation, main thread of the page",
            "opening its last 20 messages alone",
            Budget::Ratio(1.2),
        )
        .note(&note)
        .print(&cpu.0, Some(&cpu.1));
        Row::new(
            "window",
            "longest time the page answers nobody meanwhile",
            "opening its last 20 messages alone",
            Budget::WallMs(held.1.p95() + 50.0),
        )
        .note(&note)
        .print(&held.0, Some(&held.1));
        processes.stop()?;
        window.close().await;
        Ok(())
    })
}

/// Begins a conversation of what another says at its end: the floor draws the very same rows.
fn end_of(world: &World, long: ConversationId) -> Outcome<ConversationId> {
    let store = world.store()?;
    let page = store.read(|tx| tx.path_page(long, PathAnchor::End, SHORT as u32))?;
    let newest = page.items.last().ok_or("the long one is empty")?;
    let at = newest.message.created_at;
    let id = ConversationId::new(at, [0; 10]);
    store.write(|tx| {
        tx.conversation_insert(&Conversation::new(id, "The end alone".to_owned(), at))?;
        let mut parent = None;
        for (item, n) in page.items.iter().zip(1_u8..) {
            let mut message = item.message.clone();
            message.id = MessageId::new(message.created_at, [n; 10]);
            message.conversation_id = id;
            message.parent_id = parent.replace(message.id);
            tx.message_insert(&message)?;
        }
        Ok(())
    })?;
    store.close();
    Ok(id)
}

fn pin(world: &World, conversations: &[ConversationId]) -> Outcome {
    let store = world.store()?;
    store.write(|tx| {
        for id in conversations {
            let patch = ConversationPatch {
                pinned: Some(true),
                ..ConversationPatch::default()
            };
            tx.conversation_update(*id, &patch)?;
        }
        Ok(())
    })?;
    store.close();
    Ok(())
}

/// What the click cost the page, or how long it held everything up, in milliseconds.
async fn open(
    window: &Window,
    processes: &Processes,
    id: ConversationId,
    beats: bool,
) -> Outcome<f64> {
    let id = id.to_string();
    let click = "document.querySelector(`[data-conversation-id='${arguments[0]}']`).click()";
    if beats {
        watch(window, true).await;
    }
    let before = processes.page_ms()?;
    window.run(click, vec![id.clone().into()]).await;
    tokio::time::sleep(AFTER).await;
    let used = processes.page_ms()? - before;
    let held = match beats {
        true => watched(window).await?.held,
        false => 0.0,
    };
    window
        .wait_true(SHOWN, vec![id.into()], "the conversation is shown")
        .await;
    Ok(if beats { held } else { used })
}
