//! What one request carries of the files of a conversation: those of the question, and of earlier
//! ones as many as fit. What stays behind is named.

use base64::Engine as _;
use fluxchat_core::Ask;
use fluxchat_model::{AnswerNotice, Dialect, DraftKey};

use super::cited::Room;
use crate::support::app::ended;

/// Sound of so many megabytes, which differs from others by its number.
pub fn sound(number: u8, megabytes: usize) -> Vec<u8> {
    let mut bytes = b"ID3\x04\0\0\0\0\0\0\xFF\xFB\x90\0".to_vec();
    bytes.resize(megabytes << 20, number);
    bytes
}

/// How some of it looks on the wire.
pub fn on_the_wire(number: u8) -> String {
    base64::engine::general_purpose::STANDARD.encode([number; 30])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_conversation_leaves_earlier_files_behind_and_says_so() {
    let room = Room::new(Dialect::Gemini).await;
    let key = DraftKey::NewConversation;
    let first = room.attach_bytes(key, "first.mp3", sound(1, 8)).await;
    let small = room.attach_bytes(key, "small.mp3", sound(2, 1)).await;
    let id = room.ask(None, vec![first, small]).await;
    let wire = room.wire();
    assert!(
        wire.contains(&on_the_wire(1)) && wire.contains(&on_the_wire(2)),
        "the control arm"
    );
    assert!(room.last(id).await.notices.is_empty());
    let key = DraftKey::Conversation(id);
    let next = room.attach_bytes(key, "next.mp3", sound(3, 8)).await;
    room.ask(Some(id), vec![next]).await;
    let wire = room.wire();
    assert!(
        !wire.contains(&on_the_wire(1)),
        "no room beside the new one"
    );
    assert!(wire.contains("The file first.mp3 was attached here"));
    assert!(wire.contains(&on_the_wire(2)) && wire.contains(&on_the_wire(3)));
    let name = "first.mp3".to_owned();
    assert_eq!(
        room.last(id).await.notices,
        [AnswerNotice::FileLeftOut { name }]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_with_too_much_is_refused_and_that_is_said_before() {
    let room = Room::new(Dialect::Gemini).await;
    let key = DraftKey::NewConversation;
    let mut files = Vec::new();
    for number in 1..=2 {
        let name = format!("{number}.mp3");
        files.push(room.attach_bytes(key, &name, sound(number, 8)).await);
    }
    let source = Some(room.source);
    let model = Some("m".to_owned());
    let plans = room
        .app()
        .attachment_plans(key, source, model.clone())
        .await
        .unwrap();
    let barred: Vec<(bool, bool)> = plans
        .iter()
        .map(|plan| (plan.way.is_none(), plan.no_room))
        .collect();
    assert_eq!(barred, [(false, false), (true, true)]);
    let ask = |attachments| Ask {
        text: "which?".to_owned(),
        source,
        model: model.clone(),
        attachments,
        ..Ask::default()
    };
    let error = room.app().ask(ask(files.clone())).await.unwrap_err();
    assert_eq!(error.code(), "files_too_large");
    assert_eq!(room.wire(), "", "nothing was sent");
    // The control arm: one of them goes.
    room.ask(None, vec![files[0]]).await;
    assert!(room.wire().contains(&on_the_wire(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_asked_again_without_a_file_or_with_files_alone() {
    let room = Room::new(Dialect::Gemini).await;
    let key = DraftKey::NewConversation;
    let heavy = room.attach_bytes(key, "heavy.mp3", sound(1, 1)).await;
    let light = room.attach_bytes(key, "light.mp3", sound(2, 1)).await;
    let id = room.ask(None, vec![heavy, light]).await;
    let answer = room.last(id).await.id;
    let question = room.app().message_by_id(answer).await.unwrap();
    let question = question.parent_id.unwrap();

    let shown = fluxchat_core::Asking::Differently(question, String::new(), vec![heavy]);
    let body = room.app().preview(shown).await.unwrap().wire.body;
    let body = String::from_utf8(body.to_vec()).unwrap();
    assert!(!body.contains(&on_the_wire(1)) && body.contains(&on_the_wire(2)));

    let sent = room.app().edit(question, "", &[heavy]).await.unwrap();
    ended(room.app(), sent.answer_id).await;
    let wire = room.wire();
    assert!(!wire.contains(&on_the_wire(1)) && wire.contains(&on_the_wire(2)));
    // The control arm: all of them go where none is named.
    let sent = room.app().edit(question, "again", &[]).await.unwrap();
    ended(room.app(), sent.answer_id).await;
    assert!(room.wire().contains(&on_the_wire(1)));
    let nothing = room.app().edit(question, " ", &[heavy, light]).await;
    assert_eq!(nothing.unwrap_err().code(), "empty_message");
}
