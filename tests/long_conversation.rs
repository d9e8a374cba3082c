//! A conversation of five thousand messages in the real window: it opens at its end, is read up to
//! its start, found in, branched far up and asked on, and only what is on the screen is drawn.

use std::time::Duration;

use fluxchat_model::{
    ArchiveKey, Conversation, ConversationId, Message, MessageId, MessageStatus, Part, Role,
    SourceId, Timestamp,
};
use fluxchat_store::{OpenOptions, Store};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::session::Keyring;
use fluxchat_testkit::webdriver::Window;
use serde_json::{Value, json};

use crate::accessibility::axe_is_content;
use crate::desktop::{Desk, end_find, find, record_violations};
use crate::support::{PASSPHRASE, Profile, copy_folder, runtime};

/// How many messages stand on the branch that is shown.
const MESSAGES: u32 = 5_000;
/// More rows than a screen and what is drawn around it have.
const DRAWN: u64 = 60;
/// The question whose answer was given twice.
const FORKED: u32 = 1_000;

fn words(place: u32) -> String {
    match place % 2 {
        0 => format!("Question {place}: what about lighthouses?"),
        _ if place == 3_001 => format!("Answer {place}: the zephyrine lamp turns once a minute."),
        _ => format!(
            "Answer {place}: it warns ships of rocks.\n\nIt is seen from afar, and `lamp {place}` turns."
        ),
    }
}

/// Writes the conversation as asking five thousand times would, a second after another.
fn plant(store: &Store, source: SourceId) {
    let at = |place: u32| Timestamp(1_750_000_000_000 + i64::from(place) * 1_000);
    let name = |place: u32, turn: u8| {
        let [a, b, c, d] = place.to_be_bytes();
        MessageId::new(at(place), [a, b, c, d, turn, 0, 0, 0, 0, 0])
    };
    let conversation = ConversationId::new(at(0), [7; 10]);
    let message = |place: u32, turn: u8, parent: Option<MessageId>, text: String| Message {
        id: name(place, turn),
        conversation_id: conversation,
        parent_id: parent,
        role: if place % 2 == 1 {
            Role::Assistant
        } else {
            Role::User
        },
        status: MessageStatus::Complete,
        model: (place % 2 == 1).then(|| "recorder-1".to_owned()),
        source_name: (place % 2 == 1).then(|| "rec".to_owned()),
        parts: vec![Part::Text { text }],
        usage: None,
        error: None,
        created_at: at(place),
        finished_at: Some(at(place)),
    };
    store
        .write(|tx| {
            let mut row = Conversation::new(conversation, "Lighthouses".to_owned(), at(0));
            row.source_id = Some(source);
            tx.conversation_insert(&row)?;
            let mut parent = None;
            for place in 0..MESSAGES {
                if place == FORKED + 1 {
                    tx.message_insert(&message(place, 0, parent, "Another answer.".to_owned()))?;
                }
                tx.message_insert(&message(place, 1, parent, words(place)))?;
                parent = Some(name(place, 1));
            }
            Ok(())
        })
        .unwrap();
}

/// Rows in the page, and the words of the first and the last of them that can be seen.
async fn seen(window: &Window) -> (u64, String, String) {
    let script = "const rows = [...document.querySelectorAll('[data-testid=message-row]')];
      const box = document.querySelector('[data-testid=message-list]').getBoundingClientRect();
      const shown = rows.filter((row) => {
        const at = row.getBoundingClientRect();
        return at.bottom > box.top + 8 && at.top < box.bottom - 8;
      });
      return [rows.length, shown[0]?.innerText ?? '', shown.at(-1)?.innerText ?? ''];";
    let found = window.run(script, vec![]).await;
    let text = |at: usize| found[at].as_str().unwrap_or_default().to_owned();
    (found[0].as_u64().unwrap_or(u64::MAX), text(1), text(2))
}

/// Waits until a row with these words is in sight, and few are drawn.
async fn in_sight(window: &Window, text: &str) {
    let script =
        "const box = document.querySelector('[data-testid=message-list]').getBoundingClientRect();
      return [...document.querySelectorAll('[data-testid=message-row]')].some((row) => {
        const at = row.getBoundingClientRect();
        return row.innerText.includes(arguments[0]) && at.bottom > box.top && at.top < box.bottom;
      });";
    let what = format!("“{text}” is in sight");
    window.wait_true(script, vec![json!(text)], &what).await;
    let (rows, first, last) = seen(window).await;
    assert!(
        rows <= DRAWN,
        "{rows} rows are drawn, from {first:?} to {last:?}"
    );
}

/// Scrolls up a long way until the first question is drawn. Tells the most rows that were drawn.
async fn up_to_the_start(window: &Window) -> u64 {
    let script = "let box = document.querySelector('[data-testid=message-row]');
      if (!box) return [0, false];
      while (box && (box.scrollHeight <= box.clientHeight || getComputedStyle(box).overflowY === 'visible')) box = box.parentElement;
      if (box) box.scrollTop = 0;
      const rows = [...document.querySelectorAll('[data-testid=message-row]')];
      return [rows.length, rows.some((row) => row.innerText.includes('Question 0:'))];";
    let mut most = 0;
    for _ in 0..4_000 {
        let found = window.run(script, vec![]).await;
        most = most.max(found[0].as_u64().unwrap_or(0));
        if found[1] == json!(true) {
            return most;
        }
    }
    panic!(
        "the start was never reached; the page says:\n{}",
        window.text().await
    );
}

/// How far the first row that can be seen is from the top of the list, and which it is.
async fn place(window: &Window) -> Value {
    let script =
        "const box = document.querySelector('[data-testid=message-list]').getBoundingClientRect();
      const row = [...document.querySelectorAll('[data-testid=message-row]')]
        .find((row) => row.getBoundingClientRect().bottom > box.top + 8);
      return [row.innerText.slice(0, 20), Math.round(row.getBoundingClientRect().top - box.top)];";
    window.run(script, vec![]).await
}

#[test]
fn five_thousand_messages_are_read_found_branched_and_asked_on() {
    runtime().block_on(async {
        let server = Recorder::start(Answer::Drip(Duration::from_millis(40))).await;
        let planted = Profile::with_cheap_passphrase().set_up();
        let source = planted.json(&["source", "add", "rec", "--url", &server.base_url()]);
        let source: SourceId = source["id"].as_str().unwrap().parse().unwrap();
        let options = OpenOptions::existing(
            planted.dir.join("archive.db"),
            ArchiveKey::new(planted.archive_key()),
        );
        let store = Store::open(options).unwrap();
        plant(&store, source);
        store.close();

        let home = tempfile::tempdir().unwrap();
        let desk = Desk::at(home.path(), Keyring::NoBus);
        copy_folder(&planted.dir, &desk.profile);
        let window = desk.open().await;
        record_violations(&window).await;
        window.type_into_label("Passphrase", PASSPHRASE).await;
        window.click_exactly("Unlock").await;
        window.click("conversation-row").await;

        // It opens at its end.
        in_sight(&window, "Answer 4999:").await;
        desk.picture("long-end");
        axe_is_content(&window, "the end of a long conversation").await;

        // Finding jumps to what was never drawn before.
        find(&window, "zephyrine").await;
        in_sight(&window, "Answer 3001: the zephyrine lamp").await;
        window.wait_text("1 of 1").await;
        desk.picture("long-found");
        axe_is_content(&window, "found in a long conversation").await;
        end_find(&window).await;

        // Far up another answer of the same question leads to a branch of its own, and back.
        find(&window, &format!("Question {FORKED}")).await;
        in_sight(&window, &format!("Question {FORKED}:")).await;
        end_find(&window).await;
        window.wait_text("2 / 2").await;
        window.click("branch-prev").await;
        in_sight(&window, "Another answer.").await;
        window.wait_text("1 / 2").await;
        let below = format!("Question {}:", FORKED + 2);
        assert!(!window.text().await.contains(&below), "nothing was asked after it");
        desk.picture("long-branch");
        window.click("branch-next").await;
        in_sight(&window, &format!("Answer {}:", FORKED + 1)).await;
        window.wait_text("2 / 2").await;

        // Up to the first question, with no more drawn than before.
        let most = up_to_the_start(&window).await;
        in_sight(&window, "Question 0:").await;
        assert!(most <= DRAWN, "{most} rows were drawn on the way");
        desk.picture("long-start");

        // What is asked stands at the end; reading above it, the answer arrives unseen.
        window.click("new-below").await;
        in_sight(&window, "Answer 4999:").await;
        window.type_into("composer-input", "One more?").await;
        window.click("send").await;
        in_sight(&window, "One more?").await;
        in_sight(&window, "w3 ").await;
        find(&window, "Answer 4321:").await;
        in_sight(&window, "Answer 4321:").await;
        end_find(&window).await;
        let before = place(&window).await;
        // Each asking tells what was sent since the one before.
        let mut sent = 0;
        drop(server.dripped());
        while sent < 25 {
            window.run("return true", vec![]).await;
            sent += server.dripped().len();
        }
        assert_eq!(place(&window).await, before, "what is read stays where it is");
        let pill = "return document.querySelector('[data-testid=new-below]')?.innerText.includes('New below')";
        window.wait_true(pill, vec![], "that something is new below is said").await;
        desk.picture("long-unseen");
        // It is stopped from up there, and found as it was left.
        window.click("stop").await;
        window.wait("send").await;
        assert_eq!(place(&window).await, before, "stopping moves nobody");
        window.click("new-below").await;
        in_sight(&window, "w20 ").await;
        window.wait("message-interrupted").await;
        axe_is_content(&window, "a stopped answer at the end").await;
        desk.quit(window).await;
    });
}
