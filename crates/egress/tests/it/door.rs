use std::sync::Arc;

use fluxchat_egress::{
    Call, Credential, Ctx, Door, EgressError, Endpoint, ForgetfulLedger, HeaderKind, Ledger,
    Payload, Refusal, Target,
};
use fluxchat_model::{DataCategory, Dialect, LegalBasis, Origin, Outcome, Purpose, Secret};
use tokio::io::AsyncWriteExt;

use crate::support::*;

#[tokio::test]
async fn without_a_row_no_byte_leaves() {
    let server = Server::start(vec![json("200 OK", "", "{}")]).await;
    for refusal in [
        Refusal::LedgerUnavailable,
        Refusal::NoConsent,
        Refusal::ControlsRestricted,
    ] {
        let ledger = Arc::new(MemoryLedger::default());
        ledger.refuse.lock().unwrap().insert(Purpose::Chat, refusal);
        let error = door(&ledger)
            .send(chat(), server.chat(), payload("canary"))
            .await
            .unwrap_err();
        assert_eq!(error.code(), refusal.code());
    }
    assert_eq!(server.connections(), 0, "not even a connection was opened");
}

#[tokio::test]
async fn the_row_says_what_leaves_and_the_wire_carries_its_id() {
    let server = Server::start(vec![json("200 OK", "", "{\"ok\":1}")]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let mut response = door(&ledger)
        .send(chat(), server.chat(), payload("{\"a\":1}"))
        .await
        .unwrap();
    assert_eq!(
        ledger.only().outcome,
        Outcome::Pending,
        "the answer is still arriving"
    );
    assert_eq!(
        &response.body.collect(100).await.unwrap()[..],
        b"{\"ok\":1}"
    );

    let (row, seen) = (ledger.only(), server.seen());
    assert_eq!(row.record.host, format!("127.0.0.1:{}", server.port));
    assert_eq!(row.record.endpoint, "chat.completions");
    assert_eq!(row.record.method, "POST");
    assert_eq!(row.record.basis, LegalBasis::Contract);
    assert_eq!(
        row.record.categories,
        [DataCategory::Content, DataCategory::Parameters]
    );
    let finish = row.finish.unwrap();
    assert_eq!(
        (finish.outcome, finish.status, row.finishes),
        (Outcome::Sent, Some(200), 1)
    );
    let head = seen[0].head.len() as u64;
    assert!(
        finish.bytes_out > 7 && finish.bytes_out <= head + 4 + 7,
        "{finish:?}"
    );
    assert!(finish.bytes_in > 8, "{finish:?}");
    assert_eq!(server.request_ids(), ledger.request_ids());
    assert_eq!(
        seen[0].head.lines().next().unwrap(),
        "POST /v1/chat/completions HTTP/1.1"
    );
    assert_eq!(seen[0].body, b"{\"a\":1}");
}

#[tokio::test]
async fn a_request_tells_as_little_as_possible() {
    let cookie = json("200 OK", "set-cookie: id=canary\r\netag: canary\r\n", "{}");
    let server = Server::start(vec![cookie]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let door = door(&ledger);
    for _ in 0..2 {
        let mut response = door
            .send(models(), server.models(), Payload::Empty)
            .await
            .unwrap();
        response.body.collect(100).await.unwrap();
    }
    for seen in server.seen() {
        assert_eq!(seen.header("user-agent"), Some("Fluxchat"));
        let mut names: Vec<_> = seen
            .head
            .lines()
            .skip(1)
            .map(|line| line.split(':').next().unwrap().to_ascii_lowercase())
            .collect();
        names.sort();
        assert_eq!(names, ["accept", "host", "user-agent", "x-request-id"]);
    }
}

#[tokio::test]
async fn each_try_is_a_row_and_a_request_of_its_own() {
    let wait = "retry-after-ms: 1\r\n";
    let busy = json(
        "429 Too Many Requests",
        wait,
        "{\"error\":{\"message\":\"slow down\"}}",
    );
    let server = Server::start(vec![busy.clone(), busy, json("200 OK", "", "{}")]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let response = door(&ledger)
        .send(chat(), server.chat(), payload("{}"))
        .await
        .unwrap();
    assert_eq!(response.status, 200);
    drop(response);
    let rows = ledger.rows();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.finishes == 1));
    let ids = ledger.request_ids();
    assert_eq!(ids, server.request_ids(), "wire = ledger");
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "no id twice");
}

#[tokio::test]
async fn a_used_up_credit_is_not_asked_again_and_its_answer_is_kept() {
    let body = "{\"error\":{\"message\":\"m\",\"code\":\"insufficient_quota\"}}";
    let spent = json("429 Too Many Requests", "retry-after-ms: 1\r\n", body);
    let server = Server::start(vec![spent]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let mut response = door(&ledger)
        .send(chat(), server.chat(), payload("{}"))
        .await
        .unwrap();
    assert_eq!(response.body.collect(999).await.unwrap(), body);
    assert_eq!(response.retry_after.unwrap().as_millis(), 1);
    assert_eq!(ledger.only().outcome, Outcome::Sent);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn what_the_body_asks_for_counts_where_no_header_does() {
    let busy = |delay: &str| {
        let body = format!(
            r#"[{{"error":{{"code":429,"details":[{{"@type":"x/google.rpc.RetryInfo","retryDelay":"{delay}"}}]}}}}]"#
        );
        json("429 Too Many Requests", "", &body)
    };
    for (delay, asked) in [("3600s", 3600), ("31s", 31)] {
        let server = Server::start(vec![busy(delay)]).await;
        let ledger = Arc::new(MemoryLedger::default());
        let response = door(&ledger)
            .send(chat(), server.chat(), payload("{}"))
            .await
            .unwrap();
        assert_eq!(response.status, 429);
        assert_eq!(response.retry_after.unwrap().as_secs(), asked);
        assert_eq!(server.connections(), 1, "nobody waits so long");
    }
    let server = Server::start(vec![busy("0.001s"), json("200 OK", "", "{}")]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let response = door(&ledger)
        .send(chat(), server.chat(), payload("{}"))
        .await
        .unwrap();
    assert_eq!((response.status.as_u16(), server.connections()), (200, 2));
}

#[tokio::test]
async fn a_patient_server_ends_the_patience() {
    let busy = json("429 Too Many Requests", "retry-after: 3600\r\n", "{}");
    let server = Server::start(vec![busy]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let response = door(&ledger)
        .send(chat(), server.chat(), payload("{}"))
        .await
        .unwrap();
    assert_eq!(response.status, 429);
    assert_eq!(response.retry_after.unwrap().as_secs(), 3600);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_key_goes_to_its_origin_and_nowhere_else() {
    let server = Server::start(vec![json("200 OK", "", "{}")]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let door = door(&ledger);
    let key = |scheme: &str, host: &str, port: u16, kind| {
        let origin = Origin::new(scheme, host, port).unwrap();
        Some(Credential::new(
            origin,
            kind,
            Secret::new("sk-canary".to_owned()),
        ))
    };
    for (kind, header, value) in [
        (HeaderKind::Bearer, "authorization", "Bearer sk-canary"),
        (HeaderKind::XApiKey, "x-api-key", "sk-canary"),
        (HeaderKind::ApiKey, "api-key", "sk-canary"),
        (HeaderKind::XGoogApiKey, "x-goog-api-key", "sk-canary"),
    ] {
        let endpoint = server
            .chat()
            .with_credential(key("http", "127.0.0.1", server.port, kind));
        door.send(chat(), endpoint, payload("{}")).await.unwrap();
        assert_eq!(server.seen().last().unwrap().header(header), Some(value));
        let row = ledger.rows().pop().unwrap();
        assert!(row.record.categories.contains(&DataCategory::Credential));
    }
    let before = server.connections();
    for wrong in [
        key("https", "127.0.0.1", server.port, HeaderKind::Bearer),
        key("http", "localhost", server.port, HeaderKind::Bearer),
        key("http", "127.0.0.1", server.port ^ 1, HeaderKind::Bearer),
    ] {
        let endpoint = server.chat().with_credential(wrong);
        let error = door
            .send(chat(), endpoint, payload("{}"))
            .await
            .unwrap_err();
        assert_eq!(error, EgressError::Blocked(Refusal::CredentialOrigin));
        assert_eq!(ledger.rows().pop().unwrap().outcome, Outcome::Blocked);
    }
    assert_eq!(server.connections(), before);
    let shown = format!("{:?}", key("http", "x", 1, HeaderKind::Bearer));
    assert!(!shown.contains("canary"), "{shown}");
}

#[tokio::test]
async fn a_purpose_covers_what_it_covers() {
    let server = Server::start(vec![json("200 OK", "", "{}")]).await;
    let ledger = Arc::new(MemoryLedger::default());
    let door = door(&ledger);
    let too_much = Ctx::new(Purpose::Models, &[DataCategory::Content]);
    let error = door
        .send(too_much, server.models(), Payload::Empty)
        .await
        .unwrap_err();
    assert_eq!(error, EgressError::Blocked(Refusal::CategoryNotAllowed));
    let elsewhere = Ctx::new(Purpose::UsageAnalytics, &[DataCategory::Diagnostics]);
    let error = door
        .send(elsewhere, server.chat(), payload("{}"))
        .await
        .unwrap_err();
    assert_eq!(error, EgressError::Blocked(Refusal::PurposeNotAllowed));
    let fluxchat = Target::remote(server.origin(), "/v1", Dialect::Fluxchat);
    let at_home = Endpoint::new(Call::ChatCompletions, fluxchat);
    let error = door.send(chat(), at_home, payload("{}")).await.unwrap_err();
    assert_eq!(error, EgressError::Blocked(Refusal::InsecureOrigin));
    assert_eq!(server.connections(), 0);
    assert!(
        ledger
            .rows()
            .iter()
            .all(|row| row.outcome == Outcome::Blocked)
    );
    assert_eq!(ledger.rows().len(), 3);
}

#[tokio::test]
async fn the_sandbox_is_told_about_training_and_nobody_else() {
    let ledger = Arc::new(MemoryLedger::default());
    let door = door_with(&ledger, |request| async move {
        let echo = request.headers()[fluxchat_egress::TRAINING_HEADER].clone();
        assert!(request.headers().contains_key("x-request-id"));
        assert_eq!(request.uri(), "/v1/chat/completions");
        http::Response::builder()
            .header("echo", echo)
            .body(String::new())
            .unwrap()
    });
    for (allowed, want) in [(false, "false"), (true, "true")] {
        let ctx = Ctx {
            training_allowed: allowed,
            ..chat()
        };
        let endpoint = Endpoint::new(Call::ChatCompletions, Target::in_process());
        let response = door.send(ctx, endpoint, payload("{}")).await.unwrap();
        assert_eq!(response.header("echo"), Some(want));
        assert_eq!(
            ledger.rows().pop().unwrap().record.training_allowed,
            allowed
        );
        assert_eq!(ledger.rows().pop().unwrap().record.host, "in-process");
    }
    let server = Server::start(vec![json("200 OK", "", "{}")]).await;
    door.send(chat(), server.chat(), payload("{}"))
        .await
        .unwrap();
    assert_eq!(
        server.seen()[0].header(fluxchat_egress::TRAINING_HEADER),
        None
    );
}

#[tokio::test]
async fn what_is_not_there_is_told_apart() {
    let ledger = Arc::new(MemoryLedger::default());
    let door = door(&ledger);
    let silent = Listener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    drop(silent);
    let at = |scheme: &str, port| {
        let origin = Origin::new(scheme, "127.0.0.1", port).unwrap();
        Endpoint::new(
            Call::ModelsList,
            Target::remote(origin, "", Dialect::Openai),
        )
    };
    let error = door
        .send(models(), at("http", port), Payload::Empty)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "remote_unreachable");
    let finish = ledger.only().finish.unwrap();
    assert_eq!((finish.outcome, finish.bytes_out), (Outcome::Failed, 0));

    let plain = Listener::bind("127.0.0.1:0").await.unwrap();
    let port = plain.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = plain.accept().await {
            stream
                .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                .await
                .unwrap();
        }
    });
    let error = door
        .send(models(), at("https", port), Payload::Empty)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "remote_not_encrypted");

    let nothing = Endpoint::new(Call::ModelsList, Target::in_process());
    let error = door
        .send(models(), nothing, Payload::Empty)
        .await
        .unwrap_err();
    assert_eq!(error, EgressError::NoService);
}

#[tokio::test]
async fn control_arm_the_proof_fails_with_a_ledger_that_forgets() {
    let server = Server::start(vec![json("200 OK", "", "{}")]).await;
    let ledger = Arc::new(ForgetfulLedger::new(MemoryLedger::default()));
    let door = Door::new(
        Arc::clone(&ledger) as Arc<dyn Ledger>,
        Arc::new(FixedClock),
        None,
    );
    door.send(chat(), server.chat(), payload("{}"))
        .await
        .unwrap();
    assert_ne!(server.request_ids(), ledger.real().request_ids());
}
