//! A permit goes to its own server alone. Where it goes, it is deleted here first, and then given
//! back to who gave it; no deletion waits for that.

use std::sync::Arc;

use fluxchat_core::clock::SystemClock;
use fluxchat_core::{Confirmation, NewToolServer};
use fluxchat_model::{ErasureScope, Secret};
use fluxchat_testkit::canary;
use fluxchat_vault::MemoryKeychain;

use super::*;
use crate::support::app;

#[tokio::test(flavor = "multi_thread")]
async fn a_permit_goes_nowhere_else_and_is_gone_with_its_server() {
    let it = Guarded::start(hour()).await;
    it.sign_in().await.unwrap();
    let other = ToolHost::start(Manner::Well).await;
    let change = |url: &str| it.app().change_tool_server(it.server.id, at(url));
    change(&other.url()).await.unwrap();
    it.app().test_tool_server(it.server.id).await.unwrap();
    assert!(!other.seen().is_empty());
    for seen in other.seen() {
        assert_eq!(seen.header("authorization"), None);
    }
    it.guard.asked("/revoke").await;
    change(&it.host.url()).await.unwrap();
    let gone = it.app().test_tool_server(it.server.id).await.unwrap_err();
    assert_eq!(gone.code(), "tool_key_wanted", "nor has it back here");

    for (habit, told) in [(true, SignedOut::Failed), (false, SignedOut::NoPlace)] {
        let it = Guarded::start(hour()).await;
        it.guard.behave(|habits| {
            habits.fails_to_revoke = habit;
            habits.keeps_all = !habit;
        });
        it.sign_in().await.unwrap();
        let removed = it.app().remove_tool_server(it.server.id).await.unwrap();
        assert_eq!(removed, Some(told));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_deletion_waits_for_who_gave_a_permit() {
    let it = Guarded::start(hour()).await;
    it.sign_in().await.unwrap();
    it.guard.behave(|habits| habits.hangs_on_revoke = true);
    let (app, id) = (it.app().clone(), it.server.id);
    let removing = tokio::spawn(async move { app.remove_tool_server(id).await });
    it.guard.asked("/revoke").await;
    assert!(
        it.app().tools().await.unwrap().servers.is_empty(),
        "it is gone"
    );
    assert!(!removing.is_finished(), "the control arm: nobody answered");
    removing.abort();

    let it = Guarded::start(hour()).await;
    it.sign_in().await.unwrap();
    it.guard.behave(|habits| habits.hangs_on_revoke = true);
    delete_everything(it.app()).await;
    it.guard.asked("/revoke").await;
    assert!(it.app().tools().await.unwrap().servers.is_empty());
}

/// As the window and the command line do it.
async fn delete_everything(app: &App) {
    let found = app
        .preview_deletion(ErasureScope::Everything)
        .await
        .unwrap();
    let confirmation = Confirmation {
        token: found.token,
        word: "delete".to_owned(),
    };
    let id = app.begin_deletion(ErasureScope::Everything, confirmation);
    app.purge_now(id.await.unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_everything_goes_what_only_servers_may_know_and_permits_are_given_back() {
    let home = tempfile::tempdir().unwrap();
    let keychain = Arc::new(MemoryKeychain::new());
    let app = App::start(app::options(home.path(), &keychain, Arc::new(SystemClock))).await;
    app::set_up(&app).await;
    let before = keychain.items().len();
    let mut guarded = Guarded::start(hour()).await;
    guarded.world.app = app.clone();
    guarded.server = app.add_tool_server(at(&guarded.host.url())).await.unwrap();
    guarded.sign_in().await.unwrap();
    let key = NewToolServer {
        name: "Keyed".to_owned(),
        key: Some(Secret::new(canary())),
        ..at("https://tools.example/mcp")
    };
    app.add_tool_server(key).await.unwrap();
    let mut program = crate::tools::shell_server("echo '[]'", "echo x");
    let value = Some(Secret::new(canary()));
    program.environment.push(("TOKEN".to_owned(), value));
    app.add_tool_server(program).await.unwrap();
    assert_eq!(keychain.items().len(), before + 3, "the control arm");
    delete_everything(&app).await;
    assert_eq!(keychain.items().len(), before);
    assert!(app.tools().await.unwrap().servers.is_empty());
    guarded.guard.asked("/revoke").await;
    let given = guarded.guard.fields("/revoke");
    assert_eq!((given.len(), &given[0]["token"]), (1, &refresh(1)));
    // Its row is written before it leaves.
    let rows = guarded.rows().await;
    let told = rows
        .iter()
        .filter(|row| row.record.endpoint == "tools.sign_in.revoke");
    assert_eq!(told.count(), 1);

    // Offline nobody is told, and everything goes all the same.
    let it = Guarded::start(hour()).await;
    it.sign_in().await.unwrap();
    it.app().set_offline(true).await.unwrap();
    delete_everything(it.app()).await;
    assert!(it.app().tools().await.unwrap().servers.is_empty());
    it.app().shutdown().await;
    assert!(it.guard.fields("/revoke").is_empty());
}
