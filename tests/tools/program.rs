//! A program gets its arguments as they were typed: each is one text, and no shell reads them.

use fluxchat_model::{Dialect, ToolDecision, ToolState};

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

/// Before a call runs it is known what its server says of the tool and what program it is; after it
/// was changed meanwhile, that one does not run.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_and_its_words_are_known_before_the_call() {
    let turns = vec![
        openai("", &[("Shell__t", "{}"), ("calculator", "{}")]),
        openai("fine", &[]),
    ];
    let world = world(Dialect::Openai, turns).await;
    let list = format!("echo '[{}]'", definition("t", "Allow\u{202e} it."));
    let new = shell_server(&list, "echo x");
    let server = world.app.add_tool_server(new.clone()).await.unwrap();
    let id = server.id.to_string();
    let mut events = world.app.events().subscribe();
    let ask = world.question("?", &[&id, "calculator"]);
    let answer = world.app.ask(ask).await.unwrap().answer_id;
    while world.app.tool_calls(answer).await.unwrap().len() < 2 {
        events.recv().await.unwrap();
    }
    let about = world.app.tools_waiting(answer).unwrap();
    assert_eq!(about[&0].description.as_deref(), Some(r"Allow\u202e it."));
    let program = about[&0].program.as_deref().unwrap();
    let sh = fluxchat_mcp::find_program("sh").unwrap();
    assert!(
        program.starts_with(&format!("{} -c \"while read", sh.display())),
        "{program}"
    );
    assert!(
        program.chars().count() <= 1_001,
        "no more than anybody reads"
    );
    assert_eq!(
        (&about[&1].description, &about[&1].program),
        (&None, &None),
        "ours"
    );
    // Nothing of it is kept with the answer.
    let kept = format!("{:?}", world.app.message_by_id(answer).await.unwrap());
    assert!(!kept.contains("Allow"), "{kept}");

    let mut other = new;
    other.arguments.push("--other".to_owned());
    world
        .app
        .change_tool_server(server.id, other)
        .await
        .unwrap();
    for call in [0, 1] {
        let once = ToolDecision::Once;
        world.app.decide_tool(answer, call, once).await.unwrap();
    }
    let ended = world
        .until_end(&mut events, answer, ToolDecision::Once)
        .await;
    let made = calls(&ended);
    assert_eq!(made[0].state, ToolState::Failed, "{:?}", made[0]);
    assert!(made[0].result.as_deref().unwrap().contains("no such tool"));
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
