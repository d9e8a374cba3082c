//! Encrypted connections: only to whom the certificate belongs, and only while it is valid.
//!
//! The roots are read once per process, so a child sends. It finds the authority of the test where
//! the system's own are kept (`SSL_CERT_FILE`); no other process knows it.

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use fluxchat_egress::{Call, Credential, Endpoint, HeaderKind, Target};
use fluxchat_model::{Dialect, Origin, Outcome, Secret};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::support::*;

const PORT: &str = "FLUXCHAT_TEST_TLS_PORT";
const EXPECTED: &str = "FLUXCHAT_TEST_TLS_EXPECTED";
const ARRIVED: &str = "arrived";

/// Does nothing unless it is the child.
#[tokio::test]
async fn child() {
    let (Ok(port), Ok(expected)) = (std::env::var(PORT), std::env::var(EXPECTED)) else {
        return;
    };
    let origin = Origin::new("https", "127.0.0.1", port.parse().unwrap()).unwrap();
    let key = Secret::new("sk-canary".to_owned());
    let key = Credential::new(origin.clone(), HeaderKind::Bearer, key);
    let target = Target::remote(origin, "/v1", Dialect::Openai);
    let endpoint = Endpoint::new(Call::ChatCompletions, target).with_credential(Some(key));
    let ledger = Arc::new(MemoryLedger::default());
    let door = door(&ledger);
    let sent = door.send(chat(), endpoint, payload("canary"));
    match (sent.await, expected.as_str()) {
        (Ok(mut response), ARRIVED) => {
            assert_eq!(response.body.collect(100).await.unwrap(), "{}");
            assert_eq!(ledger.only().outcome, Outcome::Sent);
        }
        (Err(error), code) => {
            assert_eq!(error.code(), code, "{error}");
            let sentence = error.to_string();
            assert!(
                sentence.starts_with(&format!(
                    "No trusted encrypted connection to 127.0.0.1:{port}: "
                )) && sentence.ends_with('.'),
                "{sentence}"
            );
            let finish = ledger.only().finish.unwrap();
            assert_eq!((finish.outcome, finish.bytes_out), (Outcome::Failed, 0));
        }
        (Ok(_), code) => panic!("a connection that should have been {code} was made"),
    }
}

/// An authority that a child trusts.
struct Authority {
    key: KeyPair,
    params: CertificateParams,
    certificate: Certificate,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self {
            key,
            params,
            certificate,
        }
    }

    /// What a server shows that this authority vouches for.
    fn vouch(&self, params: &CertificateParams) -> Shown {
        let key = KeyPair::generate().unwrap();
        let issuer = Issuer::from_params(&self.params, &self.key);
        let certificate = params.signed_by(&key, &issuer).unwrap();
        Shown::new(vec![certificate.der().clone()], &key)
    }
}

fn names(names: &[&str]) -> CertificateParams {
    CertificateParams::new(names.iter().copied().map(str::to_owned).collect::<Vec<_>>()).unwrap()
}

/// A chain of certificates and the key of the first.
struct Shown {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Shown {
    fn new(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> Self {
        Self {
            chain,
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        }
    }
}

/// What a server with these certificates could read: nothing, unless it was trusted.
async fn serve(shown: Shown) -> (u16, Arc<Mutex<Vec<String>>>) {
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(shown.chain, shown.key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = Listener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let read = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&read);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut bytes = vec![0; 65_536];
            let mut all = String::new();
            while !all.ends_with("canary") {
                match stream.read(&mut bytes).await {
                    Ok(0) | Err(_) => break,
                    Ok(count) => all.push_str(&String::from_utf8_lossy(&bytes[..count])),
                }
            }
            log.lock().unwrap().push(all);
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
    });
    (port, read)
}

/// Sends from a child that trusts this authority alone, and expects it to end so.
fn send_trusting(authority: &Authority, folder: &Path, port: u16, expected: &str, what: &str) {
    let roots = folder.join("roots.pem");
    std::fs::write(&roots, authority.certificate.pem()).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", "tls::child", "--nocapture"])
        .env(PORT, port.to_string())
        .env(EXPECTED, expected)
        .env("SSL_CERT_FILE", &roots)
        .env_remove("SSL_CERT_DIR");
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        child.env_remove(name).env_remove(name.to_uppercase());
    }
    let done = tokio::task::block_in_place(|| child.output()).unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(
        done.status.success() && said.contains("1 passed"),
        "{what}: {said}{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_is_in_order_opens_the_connection() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("Known");
    let (port, read) = serve(authority.vouch(&names(&["127.0.0.1"]))).await;
    send_trusting(&authority, folder.path(), port, ARRIVED, "in order");
    let read = read.lock().unwrap().clone();
    assert_eq!(read.len(), 1, "{read:?}");
    assert!(read[0].starts_with("POST /v1/chat/completions HTTP/1.1\r\n"));
    assert!(read[0].contains("Bearer sk-canary") && read[0].ends_with("canary"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_is_not_is_refused_before_a_byte_of_the_request() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("Known");
    let mut expired = names(&["127.0.0.1"]);
    expired.not_before = date_time_ymd(2020, 1, 1);
    expired.not_after = date_time_ymd(2020, 2, 1);
    let mut early = names(&["127.0.0.1"]);
    early.not_before = date_time_ymd(2999, 1, 1);
    let right = names(&["127.0.0.1"]);
    let own = KeyPair::generate().unwrap();
    let self_signed = right.self_signed(&own).unwrap();
    // Somebody who has a certificate for a name of his own vouches for another one with it.
    let mut reseller = names(&["reseller.example"]);
    reseller
        .distinguished_name
        .push(DnType::CommonName, "reseller.example");
    let reseller_key = KeyPair::generate().unwrap();
    let reseller_certificate = reseller
        .signed_by(
            &reseller_key,
            &Issuer::from_params(&authority.params, &authority.key),
        )
        .unwrap();
    let resold_key = KeyPair::generate().unwrap();
    let resold = right
        .signed_by(&resold_key, &Issuer::from_params(&reseller, &reseller_key))
        .unwrap();
    let chain = vec![resold.der().clone(), reseller_certificate.der().clone()];
    for (what, shown, code) in [
        (
            "expired",
            authority.vouch(&expired),
            "remote_certificate_dates",
        ),
        (
            "not valid yet",
            authority.vouch(&early),
            "remote_certificate_dates",
        ),
        (
            "another host",
            authority.vouch(&names(&["api.example.com", "127.0.0.2"])),
            "remote_certificate_name",
        ),
        (
            "self-signed",
            Shown::new(vec![self_signed.der().clone()], &own),
            "remote_untrusted",
        ),
        (
            "an authority nobody knows",
            Authority::new("Unknown").vouch(&right),
            "remote_untrusted",
        ),
        (
            "an authority of the same name",
            Authority::new("Known").vouch(&right),
            "remote_untrusted",
        ),
        (
            "no authority",
            Shown::new(chain, &resold_key),
            "remote_untrusted",
        ),
    ] {
        let (port, read) = serve(shown).await;
        send_trusting(&authority, folder.path(), port, code, what);
        let read = read.lock().unwrap().clone();
        assert!(read.is_empty(), "{what}: the server read {read:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_encrypt_gets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("Known");
    for (what, answer) in [
        ("plain HTTP", &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..]),
        // The alert of a server whose newest protocol is TLS 1.0.
        ("an old protocol", &[21, 3, 1, 0, 2, 2, 70]),
        ("noise", &[0; 64]),
    ] {
        let listener = Listener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let read = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&read);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = vec![0; 65_536];
                let _ = stream.write_all(answer).await;
                while let Ok(count @ 1..) = stream.read(&mut bytes).await {
                    log.lock().unwrap().extend_from_slice(&bytes[..count]);
                }
            }
        });
        send_trusting(
            &authority,
            folder.path(),
            port,
            "remote_not_encrypted",
            what,
        );
        let read = String::from_utf8_lossy(&read.lock().unwrap()).into_owned();
        assert!(
            !read.contains("canary") && !read.contains("chat/completions"),
            "{what}: {read:?}"
        );
    }
}
