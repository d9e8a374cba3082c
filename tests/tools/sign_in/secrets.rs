//! What else only the server at an address may know: further headers, its query and its path.

use fluxchat_core::NewToolServer;
use fluxchat_testkit::canary;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn further_headers_and_a_query_are_secrets_of_the_address() {
    use fluxchat_model::Secret;
    let it = Guarded::start(hour()).await;
    it.host.behave(Manner::Well);
    let new = NewToolServer {
        headers: vec![
            (
                "X-Team".to_owned(),
                Some(Secret::new("canary-team".to_owned())),
            ),
            (
                "X-Key".to_owned(),
                Some(Secret::new("canary-key".to_owned())),
            ),
        ],
        ..at(&format!("{}?token=canary-query", it.host.url()))
    };
    let app = it.app();
    app.change_tool_server(it.server.id, new).await.unwrap();
    app.test_tool_server(it.server.id).await.unwrap();
    let with = |seen: &fluxchat_testkit::recorder::Recorded| {
        (
            seen.path == "/mcp?token=canary-query",
            seen.header("x-team") == Some("canary-team"),
            seen.header("x-key") == Some("canary-key"),
        )
    };
    assert!(
        it.host
            .seen()
            .iter()
            .all(|seen| with(seen) == (true, true, true))
    );
    let told = format!("{:?}", app.tools().await.unwrap());
    assert!(!told.contains("canary"), "{told}");
    for row in it.rows().await {
        assert!(!format!("{row:?}").contains("canary"));
    }
    // Saved as it is shown, it keeps what nobody sees.
    let kept = NewToolServer {
        headers: vec![("X-Team".to_owned(), None)],
        ..at(&format!("{}?…", it.host.url()))
    };
    app.change_tool_server(it.server.id, kept).await.unwrap();
    app.test_tool_server(it.server.id).await.unwrap();
    let last = it.host.seen().pop().unwrap();
    assert_eq!(with(&last), (true, true, false));
    app.change_tool_server(it.server.id, at(&it.host.url()))
        .await
        .unwrap();
    app.test_tool_server(it.server.id).await.unwrap();
    let last = it.host.seen().pop().unwrap();
    assert_eq!(last.path, "/mcp");
    assert_eq!(with(&last), (false, false, false));
    let taken = NewToolServer {
        headers: vec![("Host".to_owned(), None)],
        ..at(&it.host.url())
    };
    let error = app
        .change_tool_server(it.server.id, taken)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "key_header");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_is_a_secret_is_with_the_keys_and_nowhere_else() {
    let world = crate::deletion::world::World::start(false).await;
    let app = &world.app;
    let host = ToolHost::start(Manner::Well).await;
    let key = canary();
    let whole = at(&format!("http://{}/{key}/mcp", host.host()));
    let server = app.add_tool_server(whole.clone()).await.unwrap();
    app.test_tool_server(server.id).await.unwrap();
    world.assert_there(&[&key]);
    let hidden = NewToolServer {
        hide_path: true,
        ..whole
    };
    app.change_tool_server(server.id, hidden).await.unwrap();
    world.assert_gone(&[&key]);
    let now = app.tools().await.unwrap();
    assert_eq!(now.servers[0].tools.len(), 1, "it is where it was");
    assert!(!format!("{now:?}").contains(&key), "{now:?}");

    let arrives = async || {
        app.test_tool_server(server.id).await.unwrap();
        host.seen().pop().unwrap().path
    };
    assert_eq!(arrives().await, format!("/{key}/mcp"));
    // Saved as it is shown, it keeps what nobody sees; and it goes to its own origin alone.
    let shown = at(&format!("http://{}/…", host.host()));
    app.change_tool_server(server.id, shown).await.unwrap();
    assert_eq!(arrives().await, format!("/{key}/mcp"));
    let error = app.change_tool_server(server.id, at("https://x.example/…"));
    assert_eq!(error.await.unwrap_err().code(), "url_invalid");
    let error = app.add_tool_server(NewToolServer {
        name: "Other".to_owned(),
        ..at("https://x.example/…")
    });
    assert_eq!(error.await.unwrap_err().code(), "url_invalid");
    for row in app
        .ledger_page(LedgerFilter::default(), 1_000)
        .await
        .unwrap()
    {
        assert!(!format!("{row:?}").contains(&key), "{row:?}");
    }
    world.assert_gone(&[&key]);
    app.change_tool_server(server.id, at(&host.url()))
        .await
        .unwrap();
    assert_eq!(arrives().await, "/mcp");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guards_a_server_does_not_hear_of_a_path_that_is_a_secret() {
    for hide_path in [false, true] {
        let it = Guarded::start(hour()).await;
        let key = canary();
        let whole = NewToolServer {
            hide_path,
            ..at(&format!("http://{}/{key}/mcp", it.host.host()))
        };
        let app = it.app();
        app.change_tool_server(it.server.id, whole).await.unwrap();
        let page = it.page().await;
        assert_eq!(page.address.contains(&key), !hide_path, "the control arm");
        visit(&sent_to(&page.address).await).await;
        page.finished().await.unwrap();
        app.test_tool_server(it.server.id).await.unwrap();
        let heard = format!("{:?}", it.guard.seen());
        assert_eq!(heard.contains(&key), !hide_path, "{heard}");
        it.assert_apart();
    }
}
