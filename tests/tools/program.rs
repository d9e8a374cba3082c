//! A program gets its arguments as they were typed: each is one text, and no shell reads them.

use fluxchat_model::{Dialect, ToolState};

use super::{calls, definition, openai, shell_server, world};

#[tokio::test(flavor = "multi_thread")]
async fn arguments_are_texts_that_no_shell_reads() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).display().to_string();
    let (got, made) = (place("got"), place("made"));
    let texts = [
        format!("$(touch {made})"),
        format!("`touch {made}`"),
        format!("; touch {made}"),
        format!("a && touch {made} #"),
        "two words".to_owned(),
        "*".to_owned(),
        "~".to_owned(),
        "$PATH".to_owned(),
        "\"half a 'quote".to_owned(),
        String::new(),
    ];
    let list = format!("echo '[{}]'", definition("t", "d"));
    let mut server = shell_server(&list, "echo x");
    server.arguments[1] = format!("printf '%s\\n' \"$@\" > {got}; {}", server.arguments[1]);
    server.arguments.push("name".to_owned());
    server.arguments.extend(texts.iter().cloned());
    let world = world(Dialect::Openai, vec![]).await;
    let server = world.app.add_tool_server(server).await.unwrap();
    world.app.test_tool_server(server.id).await.unwrap();
    let seen = std::fs::read_to_string(&got).unwrap();
    assert_eq!(seen.lines().collect::<Vec<_>>(), texts);
    assert!(!std::path::Path::new(&made).exists());
}

/// What a person decides about is what the program is called with.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_what_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let got = folder.path().join("got");
    let said =
        r#"{"to":"a\u202eb","text":"x","text":"y","n":12345678901234567890,"deep":{"b":[1,2.50]}}"#;
    let list = format!("echo '[{}]'", definition("t", "d"));
    let mut server = shell_server(&list, "echo done");
    // Every line it hears is kept.
    let kept = format!("printf '%s\\n' \"$line\" >> {}; id=", got.display());
    server.arguments[1] = server.arguments[1].replacen("id=", &kept, 1);
    let turns = vec![openai("", &[("Shell__t", said)]), openai("fine", &[])];
    let world = world(Dialect::Openai, turns).await;
    let answer = world.asked_with(server).await;
    let call = &calls(&answer)[0];
    assert_eq!(call.state, ToolState::Done, "{call:?}");
    let shown: serde_json::Value =
        serde_json::from_str(&fluxchat_core::shown_json(&call.arguments)).unwrap();
    let heard = std::fs::read_to_string(&got).unwrap();
    let message = heard.lines().find(|it| it.contains("tools/call")).unwrap();
    let message: serde_json::Value = serde_json::from_str(message).unwrap();
    assert_eq!(message["params"]["arguments"], shown);
    assert_eq!(message["params"]["name"], "t");
}
