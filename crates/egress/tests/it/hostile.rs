use std::sync::Arc;

use fluxchat_egress::{Credential, EgressError, HeaderKind};
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
