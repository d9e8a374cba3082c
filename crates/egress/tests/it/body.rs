use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use fluxchat_egress::{
    Call, Ctx, Door, EgressError, Endpoint, InProcess, Ledger, Payload, Reply, Target,
};
use fluxchat_model::Outcome;
use futures_util::{StreamExt, stream};
use http_body::Frame;
use http_body_util::{Full, StreamBody};

use crate::support::*;

type Piece = Result<Frame<Bytes>, std::io::Error>;

fn piece(bytes: &'static [u8]) -> Piece {
    Ok(Frame::data(Bytes::from_static(bytes)))
}

fn inside() -> Endpoint {
    Endpoint::new(Call::ChatCompletions, Target::in_process())
}

#[tokio::test]
async fn a_dropped_answer_is_cancelled_once() {
    let server = Server::start(vec![Script::SayAndHold(
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_vec(),
    )])
    .await;
    let ledger = Arc::new(MemoryLedger::default());
    let mut response = door(&ledger)
        .send(chat(), server.chat(), payload("{}"))
        .await
        .unwrap();
    assert_eq!(response.body.chunk().await.unwrap().unwrap(), "half");
    drop(response);
    let row = ledger.only();
    assert_eq!((row.outcome, row.finishes), (Outcome::Cancelled, 1));
    assert_eq!(row.finish.unwrap().status, Some(200));
}

#[tokio::test]
async fn an_answer_that_ends_itself_was_sent() {
    let ledger = Arc::new(MemoryLedger::default());
    let door = door_with(&ledger, |_| async {
        let pieces = stream::iter([piece(b"data: [DONE]\n\n")]).chain(stream::pending());
        http::Response::new(StreamBody::new(pieces))
    });
    let mut response = door.send(chat(), inside(), payload("{}")).await.unwrap();
    response.body.chunk().await.unwrap();
    response.body.settle();
    assert_eq!(response.body.chunk().await, Ok(None));
    drop(response);
    let row = ledger.only();
    assert_eq!((row.outcome, row.finishes), (Outcome::Sent, 1));
}

#[tokio::test(start_paused = true)]
async fn silence_ends_but_a_trickle_does_not() {
    let ledger = Arc::new(MemoryLedger::default());
    let door = door_with(&ledger, |_| async {
        let drops = stream::unfold(0, |count| async move {
            let wait = if count < 20 { 500 } else { 100_000 };
            tokio::time::sleep(Duration::from_secs(wait)).await;
            Some((piece(b": ping\n"), count + 1))
        });
        http::Response::new(StreamBody::new(drops))
    });
    let mut response = door.send(chat(), inside(), payload("{}")).await.unwrap();
    for _ in 0..20 {
        assert!(response.body.chunk().await.unwrap().is_some());
    }
    let before = tokio::time::Instant::now();
    let error = response.body.chunk().await.unwrap_err();
    assert_eq!(error.code(), "remote_timeout");
    assert_eq!(before.elapsed().as_secs(), 600);
    assert_eq!(ledger.only().outcome, Outcome::Failed);
}

#[tokio::test(start_paused = true)]
async fn who_asks_may_say_how_long_silence_is() {
    for seconds in [90, 3_600] {
        let ledger = Arc::new(MemoryLedger::default());
        let door = door_with(&ledger, |_| async {
            let pieces = stream::iter([piece(b": ping\n")]).chain(stream::pending());
            http::Response::new(StreamBody::new(pieces))
        });
        let ctx = Ctx {
            silence: Some(Duration::from_secs(seconds)),
            ..chat()
        };
        let mut response = door.send(ctx, inside(), payload("{}")).await.unwrap();
        response.body.chunk().await.unwrap();
        let before = tokio::time::Instant::now();
        let error = response.body.chunk().await.unwrap_err();
        assert_eq!(error.code(), "remote_timeout");
        assert_eq!(before.elapsed().as_secs(), seconds);
    }
}

#[tokio::test(start_paused = true)]
async fn headers_that_never_come_are_not_waited_for_ever() {
    let ledger = Arc::new(MemoryLedger::default());
    let door = door_with(&ledger, |_| async {
        std::future::pending::<()>().await;
        http::Response::new(Full::new(Bytes::new()))
    });
    let error = door
        .send(chat(), inside(), payload("{}"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "remote_timeout");
    let row = ledger.only();
    assert_eq!((row.outcome, row.finishes), (Outcome::Failed, 1));
}

#[tokio::test]
async fn an_endless_answer_ends() {
    let chunk: &'static [u8] = Box::leak(vec![b'x'; 1 << 20].into_boxed_slice());
    for (reply, limit) in [(Reply::Document, 16_u64 << 20), (Reply::Stream, 256 << 20)] {
        let ledger = Arc::new(MemoryLedger::default());
        let door = door_with(&ledger, move |_| async move {
            http::Response::new(StreamBody::new(stream::repeat_with(move || piece(chunk))))
        });
        let ctx = Ctx { reply, ..chat() };
        let mut response = door.send(ctx, inside(), payload("{}")).await.unwrap();
        let error = loop {
            match response.body.chunk().await {
                Ok(chunk) => assert!(chunk.is_some()),
                Err(error) => break error,
            }
        };
        assert_eq!(error, EgressError::TooLarge { limit });
        assert_eq!(ledger.only().outcome, Outcome::Failed);
    }
}

#[tokio::test]
async fn a_break_in_the_middle_keeps_what_came() {
    let ledger = Arc::new(MemoryLedger::default());
    let door = door_with(&ledger, |_| async {
        let broken = Err(std::io::Error::other("reset"));
        http::Response::new(StreamBody::new(stream::iter([piece(b"half"), broken])))
    });
    let mut response = door.send(chat(), inside(), payload("{}")).await.unwrap();
    assert_eq!(response.body.chunk().await.unwrap().unwrap(), "half");
    assert_eq!(response.body.chunk().await, Err(EgressError::Interrupted));
    assert_eq!(response.body.chunk().await, Ok(None));
    let row = ledger.only();
    assert_eq!(
        (row.outcome, row.finish.unwrap().status),
        (Outcome::Failed, Some(200))
    );
}

#[tokio::test(start_paused = true)]
async fn waits_between_tries_follow_the_rule_and_can_be_stopped() {
    let ledger = Arc::new(MemoryLedger::default());
    let door = door_with(&ledger, |_| async {
        http::Response::builder()
            .status(503)
            .header("retry-after", "7")
            .body(String::new())
            .unwrap()
    });
    let before = tokio::time::Instant::now();
    let endpoint = Endpoint::new(Call::ModelsList, Target::in_process());
    let response = door
        .send(models(), endpoint.clone(), Payload::Empty)
        .await
        .unwrap();
    assert_eq!(response.status, 503);
    drop(response);
    assert_eq!(before.elapsed().as_secs(), 14);
    assert_eq!(ledger.rows().len(), 3);

    let ctx = models();
    let cancel = ctx.cancel.clone();
    let sending = tokio::spawn({
        let door = door.clone();
        async move { door.send(ctx, endpoint, Payload::Empty).await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    cancel.cancel();
    assert_eq!(sending.await.unwrap().unwrap_err(), EgressError::Cancelled);
    assert_eq!(ledger.rows().len(), 4);
    assert!(ledger.rows().iter().all(|row| row.finishes == 1));
}

/// What the sandbox is: a `Router`, mounted without a socket, whose events arrive one by one.
#[tokio::test(start_paused = true)]
async fn a_router_streams_event_by_event() {
    use axum::response::sse::{Event, Sse};
    use axum::routing::post;
    let router = axum::Router::new().route(
        "/v1/chat/completions",
        post(|| async {
            Sse::new(stream::unfold(0_u32, |count| async move {
                tokio::time::sleep(Duration::from_secs(1)).await;
                let event = Event::default().data(count.to_string());
                (count < 3).then_some((Ok::<_, std::io::Error>(event), count + 1))
            }))
        }),
    );
    let ledger = Arc::new(MemoryLedger::default());
    let door = Door::new(
        Arc::clone(&ledger) as Arc<dyn Ledger>,
        Arc::new(FixedClock),
        Some(InProcess::new(router)),
    );
    let before = tokio::time::Instant::now();
    let mut response = door.send(chat(), inside(), payload("{}")).await.unwrap();
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    for second in 1..=3 {
        let event = response.body.chunk().await.unwrap().unwrap();
        assert_eq!(event, format!("data: {}\n\n", second - 1));
        assert_eq!(
            before.elapsed().as_secs(),
            second,
            "as it happens, not at the end"
        );
    }
    assert_eq!(response.body.chunk().await, Ok(None));
    assert_eq!(ledger.only().outcome, Outcome::Sent);
}
