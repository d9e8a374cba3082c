use std::sync::{Arc, Mutex, mpsc};

use bytes::Bytes;
use fluxchat_egress::{
    Call, CancellationToken, Ctx, Door, EgressError, Endpoint, Finish, Ledger, LedgerSeq, Payload,
    Refusal, Target,
};
use fluxchat_model::{EgressRecord, Outcome, Purpose};
use http_body_util::Full;

use crate::support::*;

const OPEN_STREAM: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {}\n\n";

#[tokio::test]
async fn a_closed_door_lets_nothing_out_but_the_sandbox_goes_on() {
    let server = Server::start(vec![json("200 OK", "", "{}")]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let door = door_with(&ledger, |_| async {
        http::Response::new(Full::new(Bytes::from_static(b"inside")))
    });
    door.set_offline(true);
    let error = door
        .send(chat(), server.chat(), payload("{}"))
        .await
        .unwrap_err();
    assert_eq!(error, EgressError::Blocked(Refusal::Offline));
    assert_eq!(error.code(), "offline");
    assert_eq!(ledger.only().outcome, Outcome::Blocked);
    assert_eq!(ledger.only().refusal, Some(Refusal::Offline));
    assert_eq!(server.connections(), 0);
    let shown = door.watch().borrow().clone();
    assert!(shown.offline);
    assert_eq!(
        shown.last_blocked.unwrap().host,
        format!("127.0.0.1:{}", server.port)
    );

    let inside = Endpoint::new(Call::ModelsList, Target::in_process());
    let mut response = door.send(models(), inside, Payload::Empty).await.unwrap();
    assert_eq!(response.body.collect(99).await.unwrap(), "inside");
    assert_eq!(ledger.rows()[1].outcome, Outcome::Sent);

    door.set_offline(false);
    door.send(chat(), server.chat(), payload("{}"))
        .await
        .unwrap();
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn closing_the_door_stops_what_is_under_way() {
    let server = Server::start(vec![Script::SayAndHold(OPEN_STREAM.into())]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let door = door(&ledger);
    let mut light = door.watch();
    let mut response = door
        .send(chat(), server.chat(), payload("{}"))
        .await
        .unwrap();
    assert!(response.body.chunk().await.unwrap().is_some());
    let shown = light.borrow_and_update().clone();
    assert!(shown.is_leaving());
    assert_eq!(shown.in_flight[0].purpose, Purpose::Chat);

    let reading = tokio::spawn(async move {
        let error = response.body.chunk().await.unwrap_err();
        (error, response.body.chunk().await)
    });
    door.set_offline(true);
    let (error, after) = reading.await.unwrap();
    assert_eq!(error, EgressError::Closed(Refusal::Offline));
    assert_eq!(after, Ok(None));
    let row = ledger.only();
    assert_eq!((row.outcome, row.finishes), (Outcome::Cancelled, 1));
    assert!(
        light.borrow_and_update().in_flight.is_empty(),
        "the light is out"
    );
}

#[tokio::test]
async fn closing_the_door_stops_a_wait_for_headers() {
    let server = Server::start(vec![Script::SayAndHold(Vec::new())]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let door = door(&ledger);
    let other = door.clone();
    let endpoint = server.chat();
    let sending = tokio::spawn(async move { other.send(chat(), endpoint, payload("{}")).await });
    while server.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    door.set_offline(true);
    assert_eq!(
        sending.await.unwrap().unwrap_err(),
        EgressError::Closed(Refusal::Offline)
    );
    let row = ledger.only();
    assert_eq!((row.outcome, row.finishes), (Outcome::Cancelled, 1));
    assert!(row.finish.unwrap().bytes_out > 0);
}

#[tokio::test]
async fn a_withdrawal_stops_its_purpose_and_no_other() {
    let server = Server::start(vec![Script::SayAndHold(OPEN_STREAM.into())]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let door = door(&ledger);
    let mut chatting = door
        .send(chat(), server.chat(), payload("{}"))
        .await
        .unwrap();
    let titling = Ctx {
        purpose: Purpose::Title,
        ..chat()
    };
    let mut title = door
        .send(titling, server.chat(), payload("{}"))
        .await
        .unwrap();
    assert!(title.body.chunk().await.unwrap().is_some());
    door.cancel_purpose(Purpose::Title);
    assert_eq!(
        title.body.chunk().await.unwrap_err(),
        EgressError::Closed(Refusal::NoConsent)
    );
    assert!(chatting.body.chunk().await.unwrap().is_some());
    assert_eq!(ledger.rows()[0].outcome, Outcome::Pending);
    assert_eq!(ledger.rows()[1].outcome, Outcome::Cancelled);
}

#[tokio::test]
async fn the_person_stops_a_request() {
    let server = Server::start(vec![Script::SayAndHold(OPEN_STREAM.into())]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let cancel = CancellationToken::new();
    let ctx = Ctx {
        cancel: cancel.clone(),
        ..chat()
    };
    let mut response = door(&ledger)
        .send(ctx, server.chat(), payload("{}"))
        .await
        .unwrap();
    assert!(response.body.chunk().await.unwrap().is_some());
    cancel.cancel();
    assert_eq!(response.body.chunk().await, Err(EgressError::Cancelled));
    assert_eq!(ledger.only().outcome, Outcome::Cancelled);
}

#[tokio::test]
async fn a_request_cancelled_before_it_began_sends_nothing() {
    let server = Server::start(vec![json("200 OK", "", "{}")]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let ctx = chat();
    ctx.cancel.cancel();
    let error = door(&ledger)
        .send(ctx, server.chat(), payload("{}"))
        .await
        .unwrap_err();
    assert_eq!(error, EgressError::Cancelled);
    assert_eq!(ledger.only().finish.unwrap().bytes_out, 0);
    assert_eq!(server.connections(), 0);
}

/// Waits in `begin` until it is told to go on.
struct SlowLedger {
    inner: MemoryLedger,
    begun: Mutex<mpsc::Sender<()>>,
    go_on: Mutex<mpsc::Receiver<()>>,
}

impl Ledger for SlowLedger {
    fn begin(&self, intent: &EgressRecord) -> Result<LedgerSeq, Refusal> {
        let row = self.inner.begin(intent);
        self.begun.lock().unwrap().send(()).unwrap();
        self.go_on.lock().unwrap().recv().unwrap();
        row
    }
    fn block(&self, intent: &EgressRecord, why: Refusal) {
        self.inner.block(intent, why);
    }
    fn finish(&self, seq: LedgerSeq, finish: Finish) {
        self.inner.finish(seq, finish);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_dropped_while_its_row_is_written_is_completed_all_the_same() {
    let server = Server::start(vec![json("200 OK", "", "{}")]).await;
    let (begun_tx, begun) = mpsc::channel();
    let (go_on, go_on_rx) = mpsc::channel();
    let ledger = Arc::new(SlowLedger {
        inner: MemoryLedger::default(),
        begun: Mutex::new(begun_tx),
        go_on: Mutex::new(go_on_rx),
    });
    let door = Door::new(
        Arc::clone(&ledger) as Arc<dyn Ledger>,
        Arc::new(FixedClock),
        None,
    );
    let (other, endpoint) = (door.clone(), server.chat());
    let sending = tokio::spawn(async move { other.send(chat(), endpoint, payload("{}")).await });
    tokio::task::block_in_place(|| begun.recv().unwrap());
    sending.abort();
    assert!(sending.await.unwrap_err().is_cancelled());
    go_on.send(()).unwrap();
    let mut light = door.watch();
    light
        .wait_for(|shown| shown.in_flight.is_empty())
        .await
        .unwrap();
    let row = ledger.inner.only();
    assert_eq!((row.outcome, row.finishes), (Outcome::Cancelled, 1));
    assert_eq!(server.connections(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_door_closed_while_the_row_is_written_lets_nothing_out() {
    let server = Server::start(vec![json("200 OK", "", "{}")]).await;
    let (begun_tx, begun) = mpsc::channel();
    let (go_on, go_on_rx) = mpsc::channel();
    let ledger = Arc::new(SlowLedger {
        inner: MemoryLedger::default(),
        begun: Mutex::new(begun_tx),
        go_on: Mutex::new(go_on_rx),
    });
    let door = Door::new(
        Arc::clone(&ledger) as Arc<dyn Ledger>,
        Arc::new(FixedClock),
        None,
    );
    let (other, endpoint) = (door.clone(), server.chat());
    let sending = tokio::spawn(async move { other.send(chat(), endpoint, payload("{}")).await });
    tokio::task::block_in_place(|| begun.recv().unwrap());
    door.set_offline(true);
    go_on.send(()).unwrap();
    assert_eq!(
        sending.await.unwrap().unwrap_err(),
        EgressError::Closed(Refusal::Offline)
    );
    let finish = ledger.inner.only().finish.unwrap();
    assert_eq!((finish.outcome, finish.bytes_out), (Outcome::Cancelled, 0));
    assert_eq!(server.connections(), 0);
}
