//! A server that takes a permit but wants more to be allowed: the person is told what, and asked;
//! nothing is renewed or sent again in silence.

use super::*;

fn writes(it: &Guarded) {
    it.guarded(|it| it.to_call = Some((access(2), "files:write".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_more_a_server_wants_is_named_and_asked_of_the_person() {
    let it = Guarded::start(hour()).await;
    writes(&it);
    it.sign_in().await.unwrap();
    let answer = it.call().await;
    let call = &calls(&answer)[0];
    assert_eq!(call.state, ToolState::Failed);
    assert!(
        call.result.as_ref().unwrap().contains("files:write"),
        "{call:?}"
    );
    let notice = answer.parts.iter().find_map(|part| match part {
        Part::Notice { notice } => Some(notice.clone()),
        _ => None,
    });
    let want = AnswerNotice::ToolsMore {
        name: "Afar".to_owned(),
        scopes: vec!["files:write".to_owned()],
    };
    assert_eq!(notice, Some(want), "beside the answer");
    let wants = async || {
        it.app().tools().await.unwrap().servers[0]
            .wants_more
            .clone()
    };
    assert_eq!(
        wants().await.unwrap(),
        ["files:write"],
        "and in the settings"
    );
    let times = it
        .host
        .asked()
        .iter()
        .filter(|it| *it == "tools/call")
        .count();
    assert_eq!(times, 1, "nothing is sent again by itself");
    assert_eq!(it.guard.fields("/token").len(), 1, "nor anything renewed");

    let heard = it.guard.seen().len();
    let named = it.app().sign_in_find(it.server.id, None).await.unwrap();
    assert_eq!(
        named.scopes,
        ["tools", "files:write"],
        "what it has, and what is new"
    );
    assert_eq!(
        it.guard.seen().len(),
        heard,
        "it is named before it is asked"
    );
    let page = it.app().sign_in_open(it.server.id).await.unwrap().unwrap();
    visit(&sent_to(&page.address).await).await;
    let asked = it.guard.queries("/authorize").pop().unwrap();
    assert_eq!(asked["scope"], "tools files:write");
    page.finished().await.unwrap();
    assert_eq!(wants().await, None);
    assert_eq!(
        calls(&it.call().await)[0].state,
        ToolState::Done,
        "the control arm"
    );
    // What it could do less with is given back.
    it.guard.asked("/revoke").await;
    assert_eq!(it.guard.fields("/revoke")[0]["token"], refresh(1));
    it.assert_accounted().await;
    it.assert_apart();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_denies_more_keeps_what_there_was() {
    let it = Guarded::start(hour()).await;
    it.guard
        .behave(|habits| habits.allows = Some("tools:read".to_owned()));
    writes(&it);
    it.sign_in().await.unwrap();
    it.call().await;
    it.guard.behave(|habits| habits.denies = true);
    let named = it.app().sign_in_find(it.server.id, None).await.unwrap();
    assert_eq!(
        named.scopes,
        ["tools:read", "files:write"],
        "what was really allowed"
    );
    let page = it.app().sign_in_open(it.server.id).await.unwrap().unwrap();
    visit(&sent_to(&page.address).await).await;
    assert_eq!(page.finished().await.unwrap_err().code(), "sign_in_denied");
    assert!(it.transport().await.0.is_some(), "still signed in");
    it.app().test_tool_server(it.server.id).await.unwrap();
    assert!(it.guard.fields("/revoke").is_empty());
    // Who signs out is asked for no more.
    it.app().sign_out(it.server.id).await.unwrap();
    assert_eq!(it.app().tools().await.unwrap().servers[0].wants_more, None);
}
