//! Reports hold names and numbers; anything else is refused, and nothing is kept.

use fluxchat_service::{Collection, Page, Storage};
use serde_json::{Value, json};

use crate::service::{post, service};

const PATH: &str = "/v1/telemetry";

fn report() -> Value {
    json!({
        "schema": "fluxchat.diagnostics/1",
        "kind": "crash",
        "app_version": "0.1.0",
        "os": "linux",
        "events": [{ "name": "panic", "count": 2, "place": "crates/core/src/app.rs:120" }],
    })
}

#[tokio::test]
async fn a_report_is_read_and_nothing_of_it_is_kept() {
    let service = service();
    let reply = service.send(post(PATH, report().to_string())).await;
    assert_eq!(reply.status, 202);
    assert_eq!(reply.json(), json!({ "events": 1, "kept": "nothing" }));
    for collection in Collection::ALL {
        let page = Page {
            limit: 10,
            ..Page::default()
        };
        assert_eq!(service.storage.list(collection, &page).unwrap(), []);
    }
}

#[tokio::test]
async fn nothing_rides_along() {
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = report();
        change(&mut body);
        body.to_string()
    };
    for body in [
        with(&|it| it["user"] = "somebody".into()),
        with(&|it| it["schema"] = "another/1".into()),
        with(&|it| it["os"] = "linux 6.1 on jane-laptop".into()),
        with(&|it| it["events"] = json!([])),
        with(&|it| it["events"][0]["name"] = "What I said yesterday".into()),
        with(&|it| it["events"][0]["place"] = "/home/Jane/x.rs".into()),
        with(&|it| it["events"][0]["message"] = "index out of bounds".into()),
        with(&|it| it["app_version"] = "0.1.0 (private build)".into()),
    ] {
        let reply = service().send(post(PATH, body.clone())).await;
        assert_eq!(reply.status, 400, "{body}");
    }
}
