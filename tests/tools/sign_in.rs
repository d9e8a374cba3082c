//! Signing in to a server of tools: every request has its row, a permit goes to its own origin
//! alone, nothing leads astray, and what was given is deleted.

#![allow(
    clippy::disallowed_types,
    reason = "a browser of the test's own comes back to the app"
)]

mod given_back;
mod more;
mod renewed;
mod secrets;
mod several;

use fluxchat_core::{App, SignInInfo, SignInStage, SignedOut};
use fluxchat_model::{
    AnswerNotice, Dialect, LedgerEntry, LedgerFilter, Message, Part, Purpose, ToolDecision,
    ToolServer, ToolState, ToolTransport,
};
use fluxchat_testkit::guard::{Guard, Habits, access, refresh};
use fluxchat_testkit::recorder::Answer;
use fluxchat_testkit::tool_host::{Guarding, Manner, ToolHost};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::remote::{at, turns};
use super::{World, calls, openai, world};

struct Guarded {
    world: World,
    host: ToolHost,
    guard: Guard,
    server: ToolServer,
}

fn hour() -> Habits {
    Habits {
        lasts: 3_600,
        ..Habits::default()
    }
}

/// What a browser does with an address: the head of the answer.
pub(super) async fn visit(address: &str) -> String {
    let rest = address.strip_prefix("http://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap();
    let mut stream = tokio::net::TcpStream::connect(authority).await.unwrap();
    let ask = format!("GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// The address a person is sent back to.
pub(super) async fn sent_to(page: &str) -> String {
    let answer = visit(page).await;
    let line = answer.lines().find_map(|it| it.strip_prefix("location: "));
    line.unwrap().to_owned()
}

impl Guarded {
    async fn start(habits: Habits) -> Self {
        let world = world(Dialect::Openai, vec![]).await;
        let guard = Guard::start(habits).await;
        let host = ToolHost::start(Manner::Well).await;
        let server = world.app.add_tool_server(at(&host.url())).await.unwrap();
        let it = Self {
            world,
            host,
            guard,
            server,
        };
        it.wants(1);
        it
    }

    /// The server takes the permit with this number alone.
    fn wants(&self, number: u32) {
        self.guarded(|it| it.access = access(number));
    }

    /// The server is guarded like this.
    fn guarded(&self, change: impl FnOnce(&mut Guarding)) {
        let mut guarding = Guarding {
            guards: vec![self.guard.url()],
            access: access(1),
            ..Guarding::default()
        };
        change(&mut guarding);
        self.host.behave(Manner::Guarded(guarding));
    }

    fn app(&self) -> &App {
        &self.world.app
    }

    /// Up to the page of the browser: both hosts are named by then.
    async fn page(&self) -> fluxchat_core::SignInPage {
        let named = self.app().sign_in_find(self.server.id, None).await.unwrap();
        assert_eq!(named.hosts, [self.guard.host()]);
        assert!(
            self.guard.seen().is_empty(),
            "it is named before it is asked"
        );
        let page = self.app().sign_in_open(self.server.id).await.unwrap();
        page.unwrap()
    }

    async fn sign_in(&self) -> Result<(), fluxchat_core::Error> {
        let page = self.page().await;
        visit(&sent_to(&page.address).await).await;
        page.finished().await
    }

    /// The sign-in that was begun, as it is shown.
    async fn shown(&self) -> SignInInfo {
        let servers = self.app().tools().await.unwrap().servers;
        servers[0].sign_in.clone().unwrap()
    }

    /// Asks for the tool of the server, and lets it run.
    async fn call(&self) -> Message {
        self.world.server.answer(Answer::Turns(turns()));
        let id = self.server.id.to_string();
        let ask = self.world.question("say hello", &[&id]);
        self.world.asked(ask, ToolDecision::Once).await
    }

    async fn transport(&self) -> (Option<fluxchat_model::SignedIn>, bool) {
        let servers = self.app().tools().await.unwrap().servers;
        let ToolTransport::Http { signed_in, .. } = servers[0].transport.clone() else {
            panic!("it is at an address");
        };
        (signed_in, servers[0].wants_sign_in)
    }

    async fn rows(&self) -> Vec<LedgerEntry> {
        let filter = LedgerFilter {
            purpose: Some(Purpose::Tool),
            ..LedgerFilter::default()
        };
        self.app().ledger_page(filter, 1_000).await.unwrap()
    }

    /// Every request that arrived anywhere has its row, no more and no less.
    async fn assert_accounted(&self) {
        let mut told: Vec<String> = self
            .rows()
            .await
            .iter()
            .map(|row| row.record.request_id.to_string())
            .collect();
        told.sort();
        let mut came = self.host.request_ids();
        let by_browser = |path: &str| path.starts_with("/authorize?");
        let guard = self.guard.seen();
        let guard = guard.iter().filter(|it| !by_browser(&it.path));
        came.extend(guard.map(|it| it.header("x-request-id").unwrap_or("none").to_owned()));
        came.sort();
        assert_eq!(told, came);
    }

    /// No permit came to the guard in a header, and none of what is the guard's to the server.
    fn assert_apart(&self) {
        for seen in self.guard.seen() {
            assert_eq!(seen.header("authorization"), None, "{seen:?}");
            assert!(!seen.body.contains("access-canary"), "{seen:?}");
        }
        for seen in self.host.seen() {
            let text = format!("{seen:?}");
            assert!(!text.contains("refresh-canary"), "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_and_the_server_is_used_with_what_they_got() {
    let it = Guarded::start(hour()).await;
    let without = it.app().test_tool_server(it.server.id).await.unwrap_err();
    assert_eq!(without.code(), "tool_key_wanted");
    assert_eq!(it.transport().await, (None, true), "and it is shown");
    it.sign_in().await.unwrap();
    let (signed_in, wants) = it.transport().await;
    assert_eq!(signed_in.unwrap().host, it.guard.host());
    assert!(!wants);
    assert_eq!(calls(&it.call().await)[0].state, ToolState::Done);

    let token = &it.guard.fields("/token")[0];
    assert_eq!(token["resource"], it.host.url());
    assert!(token["code_verifier"].len() >= 43);
    assert_eq!(token["client_id"], "client-1");
    assert!(token["redirect_uri"].starts_with("http://127.0.0.1:"));
    it.assert_accounted().await;
    it.assert_apart();
    for row in it.rows().await {
        let is_there = [it.host.host(), it.guard.host()].contains(&row.record.host.as_str());
        assert!(is_there, "{row:?}");
        let text = format!("{row:?}");
        assert!(
            !text.contains("canary") && !text.contains("code."),
            "{text}"
        );
    }
    let told = format!("{:?}", it.app().tools().await.unwrap());
    assert!(!told.contains("canary"), "{told}");

    let told = it.app().sign_out(it.server.id).await.unwrap();
    assert_eq!(told, Some(SignedOut::Revoked));
    assert_eq!(it.guard.fields("/revoke")[0]["token"], refresh(1));
    assert_eq!(it.transport().await.0, None);
    let gone = it.app().test_tool_server(it.server.id).await.unwrap_err();
    assert_eq!(gone.code(), "tool_key_wanted", "it is deleted here");
    assert_eq!(it.app().sign_out(it.server.id).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_brings_must_belong_to_the_sign_in() {
    let it = Guarded::start(hour()).await;
    let page = it.page().await;
    let right = sent_to(&page.address).await;
    let state = right.split("state=").nth(1).unwrap();
    let state = state.split('&').next().unwrap();
    let wrong = right.replace(state, "another");
    assert!(visit(&wrong).await.starts_with("HTTP/1.1 400"));
    assert!(
        it.guard.fields("/token").is_empty(),
        "nothing is changed for it"
    );
    assert!(
        visit(&right).await.starts_with("HTTP/1.1 200"),
        "the control arm"
    );
    page.finished().await.unwrap();
    assert_eq!(it.guard.fields("/token").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_come_to_a_sign_in_says_why_and_keeps_nothing() {
    let elsewhere = Guard::start(hour()).await;
    type Change = Box<dyn FnOnce(&mut Habits)>;
    let cases: Vec<(&str, Change)> = vec![
        ("sign_in_denied", Box::new(|it| it.denies = true)),
        (
            "sign_in_issuer",
            Box::new(|it| it.answers_as = Some("https://evil.example".to_owned())),
        ),
    ];
    for (code, change) in cases {
        let it = Guarded::start(hour()).await;
        it.guard.behave(change);
        assert_eq!(it.sign_in().await.unwrap_err().code(), code);
        let shown = it.shown().await;
        assert_eq!(shown.stage, SignInStage::Failed);
        assert_eq!(shown.problem.unwrap().code, code);
        assert!(it.guard.fields("/token").is_empty(), "{code}");
        assert_eq!(it.transport().await.0, None);
        it.assert_accounted().await;
    }
    let cases: Vec<(&str, Change)> = vec![
        (
            "sign_in_issuer",
            Box::new(|it| it.issuer = Some("https://evil.example".to_owned())),
        ),
        ("sign_in_unprotected", Box::new(|it| it.unprotected = true)),
        ("sign_in_client_wanted", Box::new(|it| it.knows_all = true)),
        (
            "sign_in_elsewhere",
            Box::new(|it| it.token_at = Some("http://tokens.example/token".to_owned())),
        ),
    ];
    for (code, change) in cases {
        let it = Guarded::start(hour()).await;
        it.guard.behave(change);
        it.app().sign_in_find(it.server.id, None).await.unwrap();
        let error = it.app().sign_in_open(it.server.id).await.err().unwrap();
        assert_eq!(error.code(), code);
        assert!(it.guard.fields("/register").is_empty(), "{code}");
    }
    // Another host than the one that was named is named before it is asked.
    let it = Guarded::start(hour()).await;
    let token = format!("{}/token", elsewhere.url());
    it.guard.behave(|habits| habits.token_at = Some(token));
    it.app().sign_in_find(it.server.id, None).await.unwrap();
    let page = it.app().sign_in_open(it.server.id).await.unwrap();
    assert!(page.is_none());
    assert_eq!(it.shown().await.hosts, [it.guard.host(), elsewhere.host()]);
    assert!(elsewhere.seen().is_empty() && it.guard.fields("/register").is_empty());
    let page = it.app().sign_in_open(it.server.id).await.unwrap();
    assert!(page.is_some(), "now it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_does_not_let_somebody_else_say_who_guards_it() {
    let it = Guarded::start(hour()).await;
    let other = ToolHost::start(Manner::Well).await;
    let elsewhere = format!("http://{}/x", other.host());
    it.guarded(|it| it.metadata = Some(elsewhere));
    let error = it.app().sign_in_find(it.server.id, None).await.unwrap_err();
    assert_eq!(error.code(), "sign_in_elsewhere");
    assert!(other.seen().is_empty() && it.guard.seen().is_empty());
    let well = it.world.app.add_tool_server(fluxchat_core::NewToolServer {
        name: "Well".to_owned(),
        ..at(&other.url())
    });
    let well = well.await.unwrap();
    let error = it.app().sign_in_find(well.id, None).await.unwrap_err();
    assert_eq!(error.code(), "sign_in_not_wanted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permit_that_is_over_is_renewed_once_or_asked_for_again() {
    let it = Guarded::start(Habits {
        lasts: 1,
        ..Habits::default()
    })
    .await;
    it.sign_in().await.unwrap();
    it.guard.behave(|habits| habits.lasts = 3_600);
    it.wants(2);
    it.app().test_tool_server(it.server.id).await.unwrap();
    it.app().test_tool_server(it.server.id).await.unwrap();
    let renewals = it.guard.fields("/token");
    assert_eq!(renewals.len(), 2, "one for the code, one renewal");
    assert_eq!(renewals[1]["refresh_token"], refresh(1));
    assert_eq!(renewals[1]["resource"], it.host.url());

    // Taken back before its time.
    it.wants(3);
    it.app().test_tool_server(it.server.id).await.unwrap();
    assert_eq!(it.guard.fields("/token").len(), 3);

    it.guard.behave(|habits| habits.renews_nothing = true);
    it.wants(4);
    it.world
        .server
        .answer(Answer::Turns(vec![openai("fine", &[])]));
    let id = it.server.id.to_string();
    let ask = it.world.question("say hello", &[&id]);
    let answer = it.world.asked(ask, ToolDecision::Once).await;
    let notice = answer.parts.iter().find_map(|part| match part {
        Part::Notice { notice } => Some(notice.clone()),
        _ => None,
    });
    assert!(matches!(notice, Some(AnswerNotice::ToolsSignIn { name }) if name == "Afar"));
    assert_eq!(it.transport().await, (None, true));
    assert_eq!(it.guard.fields("/token").len(), 4, "it is tried once");
    it.assert_accounted().await;
    it.assert_apart();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_taken_back_is_not_waited_for() {
    let it = Guarded::start(hour()).await;
    let page = it.page().await;
    let back = sent_to(&page.address).await;
    it.app().sign_in_cancel(it.server.id).unwrap();
    assert_eq!(page.finished().await.unwrap_err().code(), "cancelled");
    let authority = back.strip_prefix("http://").unwrap().split('/').next();
    let refused = tokio::net::TcpStream::connect(authority.unwrap()).await;
    assert!(refused.is_err(), "nobody listens");
    assert!(it.guard.fields("/token").is_empty());
}
