use std::collections::VecDeque;
use std::time::Duration;

use fluxchat_egress::{Credential, Response};
use futures_util::stream;
use tokio::time::Instant;

use super::{Reading, Step, Wire};
use crate::{ChatEvent, ChatStream, Notice};

/// After the last word a source may still tell the usage; longer than this nobody waits for it.
const GRACE: Duration = Duration::from_secs(10);
/// Signs of life keep the connection, but not for ever: a source that goes on for this long without
/// a word is left. Servers on small computers take their time to read a long question.
const WORDLESS: Duration = Duration::from_secs(1_800);

struct Streaming {
    response: Response,
    reading: Reading,
    notices: VecDeque<Notice>,
    /// When the last word came.
    heard: Instant,
}

/// The events of an answer with a good status, as its bytes arrive.
pub(super) fn read(
    wire: &dyn Wire,
    response: Response,
    notices: Vec<Notice>,
    credential: Option<Credential>,
) -> ChatStream {
    let mut reading = Reading::new(wire, response.header("content-type"), credential);
    if let Some(echo) = response.header(fluxchat_egress::TRAINING_HEADER) {
        reading.echo(echo == "true");
    }
    let streaming = Streaming {
        response,
        reading,
        notices: notices.into(),
        heard: Instant::now(),
    };
    Box::pin(stream::unfold(streaming, |mut it| async move {
        if let Some(notice) = it.notices.pop_front() {
            return Some((Ok(ChatEvent::Notice(notice)), it));
        }
        loop {
            match it.reading.next_step() {
                Some(Step::Event(event)) => {
                    it.heard = Instant::now();
                    return Some((Ok(event), it));
                }
                Some(Step::Error(error)) => return Some((Err(error), it)),
                None => {}
            }
            if it.reading.is_over() {
                return None;
            }
            it.advance().await;
        }
    }))
}

impl Streaming {
    async fn advance(&mut self) {
        let body = &mut self.response.body;
        let next = if self.reading.has_finish_reason() {
            tokio::time::timeout(GRACE, body.chunk())
                .await
                .unwrap_or(Ok(None))
        } else {
            tokio::time::timeout_at(self.heard + WORDLESS, body.chunk())
                .await
                .unwrap_or_else(|_| Err(body.timed_out()))
        };
        match next {
            Ok(Some(bytes)) => self.reading.push(&bytes),
            Ok(None) => self.reading.finish(),
            Err(error) => self.reading.break_off(error.into()),
        }
        if self.reading.is_over() {
            if self.reading.has_failed() {
                body.fail();
            } else {
                body.settle();
            }
        }
    }
}
