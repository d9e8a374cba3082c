use std::sync::Arc;
use std::time::Duration;

use fluxchat_egress::{Credential, Ctx, EgressError, HeaderKind, Payload, Reply};
use fluxchat_model::{Outcome, Secret};

use crate::support::*;

#[tokio::test]
async fn a_redirect_is_an_error_and_nothing_arrives_elsewhere() {
    let elsewhere = Server::start_at("127.0.0.2:0", vec![json("200 OK", "", "{}")]).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("location: http://127.0.0.2:{}/canary\r\n", elsewhere.port);
        let server = Server::start(vec![json(&format!("{status} Moved"), &location, "")]).await;
        let ledger = Arc::new(MemoryLedger::default());
        let key = Secret::new("sk-canary".to_owned());
        let key = Credential::new(server.origin(), HeaderKind::XApiKey, key);
        let error = door(&ledger)
            .send(
                chat(),
                server.chat().with_credential(Some(key)),
                payload("canary"),
            )
            .await
            .unwrap_err();
        let host = Some("127.0.0.2".to_owned());
        assert_eq!(error, EgressError::Redirect { host });
        assert!(!error.to_string().contains("canary"));
        let finish = ledger.only().finish.unwrap();
        assert_eq!(
            (finish.outcome, finish.status),
            (Outcome::Sent, Some(status))
        );
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn an_encoding_nobody_asked_for_is_refused_unread() {
    for encoding in ["gzip", "br", "zstd", "deflate, gzip"] {
        let header = format!("content-encoding: {encoding}\r\n");
        let server = Server::start(vec![json("200 OK", &header, "\u{1f}bomb")]).await;
        let ledger = Arc::new(MemoryLedger::default());
        let error = door(&ledger)
            .send(chat(), server.chat(), payload("{}"))
            .await
            .unwrap_err();
        assert_eq!(error, EgressError::Encoding, "{encoding}");
        assert_eq!(ledger.only().outcome, Outcome::Failed);
    }
}

#[tokio::test]
async fn headers_without_end_are_cut_off() {
    let many = Script::Flood(b"HTTP/1.1 200 OK\r\n".to_vec(), b"x-a: b\r\n".to_vec());
    let long = Script::Flood(b"HTTP/1.1 200 OK\r\nx-a: ".to_vec(), vec![b'a'; 65536]);
    let none = Script::Flood(Vec::new(), vec![b'a'; 65536]);
    for script in [many, long, none] {
        let server = Server::start(vec![script]).await;
        let ledger = Arc::new(MemoryLedger::default());
        let error = door(&ledger)
            .send(chat(), server.chat(), payload("{}"))
            .await
            .unwrap_err();
        assert_eq!(error.code(), "remote_interrupted");
        let row = ledger.only();
        assert_eq!((row.outcome, row.finishes), (Outcome::Failed, 1));
    }
}

#[tokio::test]
async fn a_length_that_lies_is_noticed() {
    let head = "HTTP/1.1 200 OK\ncontent-type: application/json\n";
    let more = say(&format!("{head}content-length: 100\n\n{{}}"));
    let chunked = say(&format!("{head}transfer-encoding: chunked\n\nzz\n{{}}\n"));
    let cut = say(&format!("{head}transfer-encoding: chunked\n\n5\n{{}}"));
    for script in [more, chunked, cut] {
        let server = Server::start(vec![script]).await;
        let ledger = Arc::new(MemoryLedger::default());
        let mut response = door(&ledger)
            .send(chat(), server.chat(), payload("{}"))
            .await
            .unwrap();
        let error = response.body.collect(1000).await.unwrap_err();
        assert_eq!(error, EgressError::Interrupted);
        assert_eq!(ledger.only().outcome, Outcome::Failed);
    }
    for bad in [
        "content-length: -1\n\n",
        "content-length: 1\ncontent-length: 2\n\nab",
    ] {
        let server = Server::start(vec![say(&format!("{head}{bad}"))]).await;
        let ledger = Arc::new(MemoryLedger::default());
        let result = door(&ledger)
            .send(chat(), server.chat(), payload("{}"))
            .await;
        assert_eq!(result.unwrap_err().code(), "remote_interrupted");
    }
    let less = say(&format!("{head}content-length: 2\n\n{{}}garbage"));
    let server = Server::start(vec![less]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let mut response = door(&ledger)
        .send(chat(), server.chat(), payload("{}"))
        .await
        .unwrap();
    assert_eq!(response.body.collect(1000).await.unwrap(), "{}");
}

#[tokio::test]
async fn what_is_no_http_is_no_answer() {
    for bytes in [
        "SSH-2.0-OpenSSH_9.2\r\n",
        "",
        "\0\0\0",
        "ICY 200 OK\r\n\r\n",
    ] {
        let server = Server::start(vec![Script::Say(bytes.into())]).await;
        let ledger = Arc::new(MemoryLedger::default());
        let error = door(&ledger)
            .send(chat(), server.chat(), payload("{}"))
            .await
            .unwrap_err();
        assert_eq!(error.code(), "remote_interrupted", "{bytes:?}");
        assert_eq!(ledger.only().finishes, 1);
    }
}

/// More than the buffers of two sockets on loopback, far less than any limit.
const BUFFERED: u64 = 16 << 20;

/// A few kilobytes that unpack to gigabytes are never unpacked, and what follows is not read.
#[tokio::test]
async fn a_bomb_is_neither_unpacked_nor_read() {
    // The beginning of a gzip member whose deflate blocks repeat zeros for ever.
    let bomb = [&[31, 139, 8, 0, 0, 0, 0, 0, 2, 3][..], &[0; 32]].concat();
    let head =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n\r\n";
    let first = [&head[..], &bomb].concat();
    let server = Server::start(vec![Script::Flood(first, vec![0; 65_536])]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let error = door(&ledger)
        .send(models(), server.models(), Payload::Empty)
        .await
        .unwrap_err();
    assert_eq!(error, EgressError::Encoding);
    let row = ledger.only();
    assert_eq!((row.outcome, row.finishes), (Outcome::Failed, 1));
    assert!(row.finish.unwrap().bytes_in < 1_000, "{row:?}");
    let poured = server.poured().await;
    assert!(poured < BUFFERED, "the server got rid of {poured} bytes");
}

#[tokio::test]
async fn an_answer_without_end_is_read_to_its_limit() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    for (what, kind) in [
        ("without a length", "\r\n"),
        (
            "with a length beyond all measure",
            "content-length: 1000000000000\r\n\r\n",
        ),
    ] {
        let flood = Script::Flood(format!("{head}{kind}").into_bytes(), vec![b' '; 65_536]);
        let server = Server::start(vec![flood]).await;
        let ledger = Arc::new(MemoryLedger::default());
        let mut response = door(&ledger)
            .send(models(), server.models(), Payload::Empty)
            .await
            .unwrap();
        let limit = 16 << 20;
        let error = response.body.collect(usize::MAX).await.unwrap_err();
        assert_eq!(error, EgressError::TooLarge { limit }, "{what}");
        let finish = ledger.only().finish.unwrap();
        assert_eq!(finish.outcome, Outcome::Failed, "{what}");
        assert!(finish.bytes_in < limit + (1 << 20), "{what}: {finish:?}");
        let poured = server.poured().await;
        assert!(poured < limit + BUFFERED, "{what}: {poured} bytes");
    }
}

/// One byte at a time, for ever: nobody who waits for a document is kept by it, and no head.
#[tokio::test(start_paused = true)]
async fn a_trickle_keeps_nobody() {
    let drip = |first: &str, again: &str| {
        let pause = Duration::from_secs(20);
        Script::Drip(first.as_bytes().to_vec(), again.as_bytes().to_vec(), pause)
    };
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    for (what, script) in [
        ("within a header", drip(head, "x")),
        ("header by header", drip(head, "x: y\r\n")),
        ("before the first line", drip("", "\r\n")),
        ("in the body", drip(&format!("{head}\r\n"), " ")),
    ] {
        let server = Server::start(vec![script]).await;
        let ledger = Arc::new(MemoryLedger::default());
        let ctx = Ctx {
            reply: Reply::Document,
            ..models()
        };
        let before = tokio::time::Instant::now();
        let door = door(&ledger);
        let sent = door.send(ctx, server.models(), Payload::Empty);
        let error = match sent.await {
            Err(error) => error,
            Ok(mut response) => response.body.collect(usize::MAX).await.unwrap_err(),
        };
        assert_eq!(error.code(), "remote_timeout", "{what}");
        assert_eq!(before.elapsed().as_secs(), 600, "{what}");
        let row = ledger.only();
        assert_eq!((row.outcome, row.finishes), (Outcome::Failed, 1), "{what}");
    }
}
