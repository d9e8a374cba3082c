//! A proxy is configured by the environment, which is read once per process: so a child sends.

use std::process::Command;
use std::sync::Arc;

use fluxchat_egress::{Call, Credential, Endpoint, HeaderKind, Target};
use fluxchat_model::{Dialect, Origin, Secret};

use crate::support::*;

const ORIGIN: &str = "FLUXCHAT_TEST_ORIGIN";

/// Does nothing unless it is the child.
#[tokio::test]
async fn child() {
    let Ok(origin) = std::env::var(ORIGIN) else {
        return;
    };
    let origin: Origin = origin.parse().unwrap();
    let key = Secret::new("sk-canary".to_owned());
    let key = Credential::new(origin.clone(), HeaderKind::Bearer, key);
    let target = Target::remote(origin, "/v1", Dialect::Openai);
    let endpoint = Endpoint::new(Call::ChatCompletions, target).with_credential(Some(key));
    let ledger = Arc::new(MemoryLedger::default());
    let ctx = chat();
    let cancel = ctx.cancel.clone();
    let door = door(&ledger);
    let sending = door.send(ctx, endpoint, payload("canary"));
    tokio::pin!(sending);
    // One try is enough: the row of the first is finished before the second is waited for.
    loop {
        tokio::select! {
            _ = &mut sending => break,
            () = tokio::task::yield_now() => {
                if ledger.rows().iter().any(|row| row.finishes == 1) {
                    cancel.cancel();
                }
            }
        }
    }
}

fn send_through(proxy: &Server, origin: &str) {
    let address = format!("http://127.0.0.1:{}", proxy.port);
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "proxy::child"]).env(ORIGIN, origin);
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        child.env(name, &address).env(name.to_uppercase(), &address);
    }
    for name in ["NO_PROXY", "no_proxy", "REQUEST_METHOD"] {
        child.env_remove(name);
    }
    let done = tokio::task::block_in_place(|| child.output()).unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stdout)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unencrypted_request_meets_no_proxy() {
    let proxy = Server::start(vec![json("502 Bad Gateway", "", "")]).await;
    let server = Server::start(vec![json("200 OK", "", "{}")]).await;
    send_through(&proxy, &server.origin().to_string());
    assert_eq!(server.connections(), 1);
    assert_eq!(proxy.connections(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_encrypted_request_uses_the_proxy_and_tells_it_the_host_only() {
    let proxy = Server::start(vec![json("502 Bad Gateway", "", "")]).await;
    send_through(&proxy, "https://api.fluxchat.example:443");
    let seen = proxy.seen();
    assert!(!seen.is_empty());
    for seen in seen {
        assert!(
            seen.head.starts_with("CONNECT api.fluxchat.example:443 "),
            "{}",
            seen.head
        );
        assert!(
            !seen.head.contains("canary") && seen.body.is_empty(),
            "{}",
            seen.head
        );
        assert_eq!(seen.header("x-request-id"), None);
        assert_eq!(seen.header("authorization"), None);
    }
}
