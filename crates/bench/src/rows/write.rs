//! Appending, durably. The two sides take turns in blocks: another connection that writes empties
//! the page cache of the first.

use fluxchat_model::{
    EgressRecord, Initiator, Message, MessageId, MessageStatus, Outcome as Became, Part, Purpose,
    RequestId, Role, Timestamp,
};
use fluxchat_testkit::large::{NOW, Numbers};
use rusqlite::params;

use crate::Outcome;
use crate::floor;
use crate::line::{Budget, Row};
use crate::measure::{Of, Samples, time};
use crate::world::Worlds;

const BLOCKS: u64 = 10;
const BLOCK: u64 = 30;
const TEXT: &str = "Plan three days in Lisbon without a car, with one long walk along the river, \
    one museum for a rainy morning and a place to sit in the evening where nobody is in a hurry. \
    We like to eat early, and we would rather see two things well than ten in passing. Tell us \
    which trams are worth it and what is closed on Mondays, and leave room for doing nothing.";

pub fn measure(worlds: &mut Worlds<'_>) -> Outcome {
    messages(worlds)?;
    ledger(worlds)
}

fn messages(worlds: &mut Worlds<'_>) -> Outcome {
    let world = worlds.changed()?;
    let conversation = *world.marks.long.first().ok_or("no long conversation")?;
    let store = world.store()?;
    let raw = floor::writer(world)?;
    let mut numbers = Numbers::new(11);
    let mut parent = store
        .read(|tx| tx.conversation(conversation))?
        .and_then(|it| it.head_id);
    let (mut ours, mut floor) = (Samples::default(), Samples::default());
    let mut at = NOW;
    for _ in 0..BLOCKS {
        for _ in 0..BLOCK {
            at = at.plus_ms(Timestamp::SECOND);
            let message = message(&mut numbers, conversation, parent, at);
            parent = Some(message.id);
            time(Of::Thread, &mut ours, || {
                Ok(store.write(|tx| tx.message_insert(&message))?)
            })?;
        }
        for _ in 0..BLOCK {
            at = at.plus_ms(Timestamp::SECOND);
            let message = message(&mut numbers, conversation, parent, at);
            let seq = at.0 / 1_000 * 32;
            time(Of::Thread, &mut floor, || {
                raw.execute_batch("BEGIN IMMEDIATE")?;
                raw.prepare_cached(
                    "INSERT INTO message (seq, id, conversation_id, parent_id, depth, role, status,
                       created_at, finished_at, parts, text)
                     VALUES (?1, ?2, ?3, ?4, 5000, 'user', 'complete', ?5, ?5, '', ?6)",
                )?
                .execute(params![
                    seq,
                    message.id.0,
                    conversation.0,
                    parent.map(|it| it.0),
                    at.0,
                    TEXT
                ])?;
                raw.prepare_cached(
                    "UPDATE conversation SET updated_at = ?2, head_id = ?3 WHERE id = ?1",
                )?
                .execute(params![conversation.0, at.0, parent.map(|it| it.0)])?;
                Ok(raw.execute_batch("COMMIT")?)
            })?;
        }
    }
    store.close();
    Row::new(
        "write",
        "append a message, durably",
        "one transaction of raw SQL on the same schema",
        Budget::Ratio(2.0),
    )
    .print(&ours, Some(&floor));
    Ok(())
}

fn message(
    numbers: &mut Numbers,
    conversation: fluxchat_model::ConversationId,
    parent: Option<MessageId>,
    at: Timestamp,
) -> Message {
    Message {
        id: MessageId::new(at, random(numbers)),
        conversation_id: conversation,
        parent_id: parent,
        role: Role::User,
        status: MessageStatus::Complete,
        model: None,
        source_name: None,
        parts: vec![Part::Text {
            text: TEXT.to_owned(),
        }],
        usage: None,
        error: None,
        created_at: at,
        finished_at: Some(at),
    }
}

fn random(numbers: &mut Numbers) -> [u8; 10] {
    std::array::from_fn(|_| u8::try_from(numbers.below(256)).unwrap_or(0))
}

fn ledger(worlds: &mut Worlds<'_>) -> Outcome {
    let world = worlds.changed()?;
    let conversation = *world.marks.long.first().ok_or("no long conversation")?;
    let store = world.store()?;
    let raw = floor::writer(world)?;
    let mut numbers = Numbers::new(13);
    let (mut ours, mut floor) = (Samples::default(), Samples::default());
    let mut at = NOW;
    for _ in 0..BLOCKS {
        for _ in 0..BLOCK {
            at = at.plus_ms(Timestamp::SECOND);
            let record = EgressRecord {
                request_id: RequestId::new(at, random(&mut numbers)),
                at,
                purpose: Purpose::Chat,
                basis: Purpose::Chat.basis(),
                consent_event_id: None,
                policy_version: Some("2026-11-01".to_owned()),
                endpoint: "chat.completions".to_owned(),
                method: "POST".to_owned(),
                host: "api.openai.com:443".to_owned(),
                categories: Purpose::Chat.categories().to_vec(),
                initiator: Initiator::User,
                conversation_id: Some(conversation),
                training_allowed: false,
            };
            time(Of::Thread, &mut ours, || {
                let seq = store.write(|tx| tx.ledger_begin(&record))?;
                Ok(store.write(|tx| tx.ledger_finish(seq, Became::Sent, Some(200), 900, 4_000))?)
            })?;
        }
        let first: i64 =
            raw.query_row("SELECT max(seq) FROM egress_record", [], |row| row.get(0))?;
        for seq in first + 1..=first + i64::try_from(BLOCK)? {
            at = at.plus_ms(Timestamp::SECOND);
            let id = RequestId::new(at, random(&mut numbers));
            time(Of::Thread, &mut floor, || {
                raw.prepare_cached(
                    "INSERT INTO egress_record (seq, request_id, at, purpose, basis, policy_version,
                       endpoint, method, host, categories, initiator, training_allowed, hash,
                       conversation_id, outcome, bytes_out, bytes_in)
                     VALUES (?1, ?2, ?3, 'svc.chat', 'eu-gdpr:A6-1-b', '2026-11-01', 'chat.completions',
                       'POST', 'api.openai.com:443', 'content parameters credential', 'user', 0,
                       zeroblob(32), ?4, 'pending', 0, 0)",
                )?
                .execute(params![seq, id.0, at.0, conversation.0])?;
                raw.prepare_cached(
                    "UPDATE egress_record SET outcome = 'sent', status = 200, bytes_out = 900, bytes_in = 4000
                     WHERE seq = ?1 AND outcome = 'pending'",
                )?
                .execute([seq])?;
                Ok(())
            })?;
        }
    }
    store.close();
    Row::new(
        "write",
        "append a row of the ledger and its outcome, durably",
        "two transactions of raw SQL on the same schema",
        Budget::Ratio(2.0),
    )
    .print(&ours, Some(&floor));
    Ok(())
}
