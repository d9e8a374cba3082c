//! A permit that is being renewed while a person decides otherwise, or waits no more.

use std::sync::Arc;

use fluxchat_core::OfferAsking;
use fluxchat_model::{DraftKey, OfferAskingId, Timestamp};
use fluxchat_testkit::guard::{Habits, refresh};
use tokio::sync::Notify;

use super::Guarded;

/// Signed in with a permit that is over, at somebody whose next one does not arrive yet.
async fn over() -> (Guarded, Arc<Notify>) {
    let it = Guarded::start(Habits {
        lasts: 1,
        ..Habits::default()
    })
    .await;
    it.sign_in().await.unwrap();
    it.wants(2);
    let arrives = Arc::new(Notify::new());
    it.guard.behave(|habits| {
        habits.lasts = 3_600;
        habits.holds_permits = Some(Arc::clone(&arrives));
    });
    (it, arrives)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signed_out_meanwhile_stays_out_and_the_new_one_is_given_back() {
    let (it, arrives) = over().await;
    let tests = it.app().test_tool_server(it.server.id);
    let meanwhile = async {
        it.guard.asked_times("/token", 2).await;
        it.app().sign_out(it.server.id).await.unwrap();
        arrives.notify_one();
    };
    let (tested, ()) = tokio::join!(tests, meanwhile);
    assert_eq!(tested.unwrap_err().code(), "sign_in_over");
    assert_eq!(it.transport().await, (None, true));
    it.guard.asked_times("/revoke", 2).await;
    let back = it.guard.fields("/revoke");
    let back: Vec<_> = back.iter().map(|it| it["token"].clone()).collect();
    assert_eq!(back, [refresh(1), refresh(2)]);
    let again = it.app().test_tool_server(it.server.id).await;
    assert_eq!(again.unwrap_err().code(), "tool_key_wanted");
    assert_eq!(
        it.guard.fields("/token").len(),
        2,
        "there is nothing to renew"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_costs_no_permit() {
    let (it, arrives) = over().await;
    let id = OfferAskingId::new(Timestamp(0), [1; 10]);
    let asking = OfferAsking {
        server: it.server.id,
        key: DraftKey::NewConversation,
        id: Some(id),
    };
    let asks = it.app().server_prompts(asking);
    let stops = async {
        it.guard.asked_times("/token", 2).await;
        it.app().stop_asking(id).unwrap();
    };
    let (asked, ()) = tokio::join!(asks, stops);
    assert_eq!(asked.unwrap_err().code(), "cancelled");
    arrives.notify_one();
    it.app().test_tool_server(it.server.id).await.unwrap();
    assert_eq!(it.guard.fields("/token").len(), 2, "what arrived was kept");
}
