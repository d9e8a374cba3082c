//! A server that names several places to sign in: they are taken in its order, the next one where
//! one does not answer, and none is asked that was not named to the person.

use super::*;

/// A place where nobody is.
async fn nobody() -> String {
    Guard::start(hour()).await.url()
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_answers_the_next_place_is_named_and_then_asked() {
    let it = Guarded::start(hour()).await;
    let gone = nobody().await;
    let knows_nothing = ToolHost::start(Manner::Well).await;
    let other = format!("http://{}", knows_nothing.host());
    let good = it.guard.url();
    it.guarded(|it| it.guards = vec![gone.clone(), other, good]);
    let named = it.app().sign_in_find(it.server.id, None).await.unwrap();
    let gone = gone.strip_prefix("http://").unwrap();
    assert_eq!(named.hosts, [gone]);
    let open = async || it.app().sign_in_open(it.server.id).await;
    assert!(
        open().await.unwrap().is_none(),
        "another one has to be named"
    );
    let shown = it.shown().await;
    assert_eq!(shown.hosts, [knows_nothing.host()]);
    assert_eq!(
        (shown.stage, &shown.unanswered[..]),
        (SignInStage::Named, &[gone.to_owned()][..])
    );
    assert!(knows_nothing.seen().is_empty() && it.guard.seen().is_empty());
    assert!(open().await.unwrap().is_none());
    assert_eq!(it.shown().await.hosts, [it.guard.host()]);
    assert!(!knows_nothing.seen().is_empty() && it.guard.seen().is_empty());
    let page = open().await.unwrap().unwrap();
    visit(&sent_to(&page.address).await).await;
    page.finished().await.unwrap();
    assert_eq!(it.transport().await.0.unwrap().host, it.guard.host());
    it.app().test_tool_server(it.server.id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_silence_leads_to_the_next_place() {
    let it = Guarded::start(hour()).await;
    let liar = Guard::start(Habits {
        issuer: Some("https://evil.example".to_owned()),
        ..hour()
    });
    let liar = liar.await;
    let (bad, good) = (liar.url(), it.guard.url());
    it.guarded(|it| it.guards = vec![bad, good.clone()]);
    it.app().sign_in_find(it.server.id, None).await.unwrap();
    let open = async || it.app().sign_in_open(it.server.id).await.err().unwrap();
    assert_eq!(open().await.code(), "sign_in_issuer");
    assert_eq!(it.shown().await.hosts, [liar.host()]);
    assert!(it.guard.seen().is_empty());

    // One that leads astray is none.
    it.guarded(|it| it.guards = vec!["http://evil.example".to_owned(), good.clone()]);
    let named = it.app().sign_in_find(it.server.id, None).await.unwrap();
    assert_eq!(named.hosts, [it.guard.host()]);
    it.guarded(|it| it.guards = vec!["http://evil.example".to_owned()]);
    let error = it.app().sign_in_find(it.server.id, None).await.unwrap_err();
    assert_eq!(error.code(), "sign_in_elsewhere");

    // Nobody anywhere; and offline nobody is taken for silent.
    let (one, two) = (nobody().await, nobody().await);
    it.guarded(|it| it.guards = vec![one, two]);
    let named = it.app().sign_in_find(it.server.id, None).await.unwrap();
    it.app().set_offline(true).await.unwrap();
    assert_eq!(open().await.code(), "offline");
    assert_eq!(it.shown().await.hosts, named.hosts);
    it.app().set_offline(false).await.unwrap();
    assert!(it.app().sign_in_open(it.server.id).await.unwrap().is_none());
    assert_eq!(open().await.code(), "remote_unreachable");
    assert!(it.guard.seen().is_empty());
}
