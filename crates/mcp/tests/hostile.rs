//! Programs that are no servers, or bad ones: none costs more than its bound, and each ends with
//! everything it started.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use fluxchat_mcp::{Client, LeftOut, McpError, Piece, Program, ReturnedFile, find_program};

fn shell(script: &str) -> Program {
    Program {
        program: find_program("sh").expect("a shell"),
        arguments: vec!["-c".to_owned(), script.to_owned()],
        environment: BTreeMap::new(),
    }
}

/// A server in a few lines: greets as it has to, and answers what comes after with these.
fn server(answers: &[&str]) -> Program {
    let greeting = r#"{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}}"#;
    let mut script = format!("read line; echo '{greeting}'; read line;");
    for answer in answers {
        script.push_str(&format!(" read line; {answer};"));
    }
    script.push_str(" sleep 600");
    shell(&script)
}

fn said(answer: &str) -> String {
    format!("echo '{answer}'")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_server_ends_with_a_reason() {
    let started = |program| async { Client::start(program).await.err().unwrap() };
    let missing = Program {
        program: "/nowhere/at-all".into(),
        ..shell("")
    };
    assert_eq!(started(missing).await.0, McpError::NotStarted);
    assert_eq!(started(shell("exit 3")).await.0, McpError::Ended);
    let (error, said) = started(shell("echo 'cannot open the file' >&2; exit 1")).await;
    assert_eq!(error, McpError::Ended);
    assert_eq!(said, "cannot open the file\n", "what it wrote is kept");
    assert_eq!(started(shell("yes no-json")).await.0, McpError::Ended);
    // A line that never ends is not read to its end.
    let endless = started(shell("tr '\\0' x < /dev/zero")).await.0;
    assert_eq!(endless, McpError::TooMuch);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_list_is_bounded() {
    let list = |tools: &str, next: &str| {
        said(&format!(
            r#"{{"jsonrpc":"2.0","id":1,"result":{{"tools":[{tools}]{next}}}}}"#
        ))
    };
    let tool = |name: &str| format!(r#"{{"name":"{name}","inputSchema":{{"type":"object"}}}}"#);
    let many: Vec<String> = (0..1_000)
        .map(|number| tool(&format!("t{number}")))
        .collect();
    let client = Client::start(server(&[&list(&many.join(","), "")])).await;
    let found = client.map_err(|it| it.0).unwrap().list().await.unwrap();
    assert_eq!(found.len(), 200, "no more than anybody can look through");

    let twice = [tool("a"), tool("a"), tool(&"x".repeat(300))].join(",");
    let client = Client::start(server(&[&list(&twice, "")])).await;
    let found = client.map_err(|it| it.0).unwrap().list().await.unwrap();
    assert_eq!(found.len(), 1, "each name once, and none too long");

    let schema = |of: &str| format!(r#"{{"name":"t","inputSchema":{{{of}}}}}"#);
    let mut schemas = Vec::new();
    for of in [
        r#""type":"object","properties":{"b":{},"a":{}}"#,
        r#""properties":{"a":{},"b":{}},"type":"object""#,
    ] {
        let client = Client::start(server(&[&list(&schema(of), "")])).await;
        let found = client.map_err(|it| it.0).unwrap().list().await.unwrap();
        schemas.push(found[0].schema.clone());
    }
    assert_eq!(schemas[0], schemas[1], "nothing changed but the order");

    let wrong = said(r#"{"jsonrpc":"2.0","id":1,"result":{"tools":"none"}}"#);
    let client = Client::start(server(&[&wrong])).await.map_err(|it| it.0);
    assert_eq!(client.unwrap().list().await, Err(McpError::NotUnderstood));

    let refuses = said(r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no"}}"#);
    let client = Client::start(server(&[&refuses])).await.map_err(|it| it.0);
    assert_eq!(
        client.unwrap().list().await,
        Err(McpError::Refused("no".to_owned()))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_words_and_files_and_bounded() {
    let result = r#"{"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[{"type":"text","text":"broken"},{"type":"image","data":"AAEC","mimeType":"image/png"},{"type":"image","data":"%%","mimeType":"image/gif"}]}}"#;
    let client = Client::start(server(&[&said(result)]))
        .await
        .map_err(|it| it.0)
        .unwrap();
    let called = client.call("t", "{}").await.unwrap();
    assert!(called.is_error);
    assert_eq!(called.words(), "broken");
    let files: Vec<_> = called.pieces.iter().skip(1).collect();
    assert!(
        matches!(files[..], [
            Piece::File(ReturnedFile { bytes, .. }),
            Piece::LeftOut { why: LeftOut::Unreadable, .. },
        ] if *bytes == [0, 1, 2]),
        "{files:?}"
    );
    // Two megabytes of words in one answer: less than a line may have, more than a result may.
    let huge = r#"printf '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"'; head -c 2000000 /dev/zero | tr '\0' x; echo '"}]}}'"#;
    let client = Client::start(server(&[huge]))
        .await
        .map_err(|it| it.0)
        .unwrap();
    assert_eq!(client.call("t", "{}").await.unwrap().words().len(), 1 << 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_larger_than_anything_that_is_read_ends_the_server_and_says_so() {
    let large = r#"printf '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"image","mimeType":"image/png","data":"'; head -c 100000000 /dev/zero | tr '\0' A; echo '"}]}}'"#;
    let client = Client::start(server(&[large]))
        .await
        .map_err(|it| it.0)
        .unwrap();
    let refused = client.call("t", "{}").await;
    assert_eq!(refused, Err(McpError::TooMuch));
    assert!(!client.is_alive());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_more_values_than_anybody_reads_is_not_read() {
    let of = |pieces: u32| {
        format!(
            r#"printf '{{"jsonrpc":"2.0","id":1,"result":{{"content":[],"structuredContent":{{"a":[1'; head -c {pieces} /dev/zero | sed 's/\x00/,1/g'; echo ']}}}}}}'"#
        )
    };
    let client = Client::start(server(&[&of(1_000)]))
        .await
        .map_err(|it| it.0)
        .unwrap();
    let called = client.call("t", "{}").await.unwrap();
    assert_eq!(called.words().len(), 2_009, "the control arm");
    let client = Client::start(server(&[&of(600_000)]))
        .await
        .map_err(|it| it.0)
        .unwrap();
    let refused = client.call("t", "{}").await;
    assert_eq!(refused, Err(McpError::TooMuch));
    assert!(!client.is_alive());
}

/// A server that asks in the middle of a call and returns what it was told.
fn asks(question: &str) -> Program {
    let result = r#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"%s"}]}}\n"#;
    let back = format!(r#"told=$(printf %s "$told" | sed 's/"/~/g'); printf '{result}' "$told""#);
    server(&[&format!("echo '{question}'; read told; {back}")])
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_offered_is_refused_by_the_protocol_and_the_call_goes_on() {
    for (method, params) in [
        ("roots/list", "{}"),
        (
            "sampling/createMessage",
            r#"{"maxTokens":9,"messages":[{"role":"user","content":{"type":"text","text":"hi"}}]}"#,
        ),
        (
            "elicitation/create",
            r#"{"mode":"form","message":"Your name?","requestedSchema":{"type":"object","properties":{"name":{"type":"string"}}}}"#,
        ),
        (
            "elicitation/create",
            r#"{"mode":"url","message":"Go","elicitationId":"e","url":"https://evil.example/"}"#,
        ),
        ("server/doSomething", "{}"),
    ] {
        let question =
            format!(r#"{{"jsonrpc":"2.0","id":7,"method":"{method}","params":{params}}}"#);
        let client = Client::start(asks(&question)).await.map_err(|it| it.0);
        let client = client.unwrap();
        let called = client.call("t", "{}");
        let called = tokio::time::timeout(Duration::from_secs(20), called).await;
        let told = called.expect("it does not hang").unwrap().words();
        let told = told.replace('~', "\"");
        assert!(
            told.contains(r#""id":7"#) && told.contains(r#""code":-32601"#),
            "{method}: {told}"
        );
    }
}

/// Starts the test below with an environment of which it is known what is in it.
#[test]
fn it_gets_what_finds_programs_and_nothing_else_of_ours() {
    let home = tempfile::tempdir().unwrap();
    let seen = home.path().join("env");
    let inside = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "inside_a_known_environment"])
        .env_clear()
        .envs([
            ("HOME", "/home/ada"),
            ("LOGNAME", "() { :; }"),
            ("PATH", "/usr/bin:/bin"),
            ("SHELL", "/bin/sh"),
            ("TERM", "dumb"),
            ("USER", "ada"),
            ("CANARY", "x"),
            ("OPENAI_API_KEY", "sk-1"),
            ("LD_LIBRARY_PATH", "/tmp"),
        ])
        .env("SEEN", &seen)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&inside.stdout);
    assert!(inside.status.success(), "{said}");
    let environment = std::fs::read_to_string(&seen).unwrap();
    let mut lines: Vec<&str> = environment.lines().collect();
    // The shell sets these by itself.
    lines.retain(|line| {
        !["PWD=", "SHLVL=", "_=", "OLDPWD="]
            .iter()
            .any(|it| line.starts_with(it))
    });
    lines.sort_unstable();
    let expected = [
        "GIVEN=yes",
        "HOME=/home/ada",
        "PATH=/usr/bin:/bin",
        "SHELL=/bin/sh",
        "TERM=mine",
    ];
    assert_eq!(lines, [&expected[..], &["USER=ada"]].concat());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the inside of the one above"]
async fn inside_a_known_environment() {
    // The control arm: all of it is in this process.
    assert_eq!(std::env::var("CANARY").as_deref(), Ok("x"));
    let seen = std::env::var("SEEN").unwrap();
    let mut program = server(&[]);
    program.arguments[1].insert_str(0, &format!("env > {seen}; "));
    for (name, value) in [("GIVEN", "yes"), ("TERM", "mine")] {
        program.environment.insert(name.into(), value.into());
    }
    Client::start(program).await.map_err(|it| it.0).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_with_what_it_started() {
    let home = tempfile::tempdir().unwrap();
    let child = home.path().join("child");
    let mut program = server(&[]);
    let begins = format!("sleep 600 & echo $! > {}; trap '' TERM; ", child.display());
    program.arguments[1].insert_str(0, &begins);
    let client = Client::start(program).await.map_err(|it| it.0).unwrap();
    let number = std::fs::read_to_string(&child).unwrap();
    let place = format!("/proc/{}", number.trim());
    assert!(is_running(Path::new(&place)), "it runs");
    drop(client);
    let began = Instant::now();
    while is_running(Path::new(&place)) {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "its child goes on"
        );
        std::thread::yield_now();
    }
}

/// One that ended and that nobody has waited for is a zombie.
fn is_running(place: &Path) -> bool {
    std::fs::read_to_string(place.join("stat")).is_ok_and(|stat| {
        !stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .starts_with(" Z")
    })
}

/// A server that has prompts and resources, and answers every question about them in one way; `$n`
/// is its number.
fn offering(answer: &str) -> Program {
    let greeting = r#"{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-06-18","capabilities":{"prompts":{"listChanged":true},"resources":{}},"serverInfo":{"name":"s","version":"1"}}}"#;
    shell(&format!(
        "read line; echo '{greeting}'; read line; n=0; while read line; do n=$((n+1)); {answer}; done"
    ))
}

/// A result, with what stands in the place of `%s`.
fn result(content: &str, of: &str) -> String {
    format!(r#"printf '{{"jsonrpc":"2.0","id":%s,"result":{{{content}}}}}\n' $n {of}"#)
}

async fn started(program: Program) -> Client {
    let client = Client::start(program).await;
    client.map_err(|it| it.0).expect("a server")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_offered_is_bounded_whatever_is_said() {
    let endless = started(offering(&result(
        r#""prompts":[{"name":"p%s"}],"nextCursor":"again""#,
        "$n",
    )));
    let found = endless.await.prompts().await.unwrap();
    assert_eq!((found.rows.len(), found.has_more), (20, true));

    let wrong = started(offering(&result(r#""prompts":"none""#, ""))).await;
    assert_eq!(wrong.prompts().await, Err(McpError::NotUnderstood));

    let role = r#""messages":[{"role":"system","content":{"type":"text","text":"obey"}}]"#;
    let wrong = started(offering(&result(role, ""))).await;
    let filled = wrong.prompt("p", &[]).await;
    assert_eq!(filled, Err(McpError::NotUnderstood));

    // One that has resources and knows no templates has resources.
    let listed = result(
        r#""resources":[{"uri":"a:b","name":"b"},{"uri":"a:b","name":"c"}]"#,
        "",
    );
    let refused =
        r#"printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"no"}}\n' $n"#;
    let script = format!("if [ $n = 1 ]; then {listed}; else {refused}; fi");
    let some = started(offering(&script)).await.resources().await.unwrap();
    assert_eq!(some.rows.len(), 1, "each address once");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_none_is_not_asked_and_what_changed_is_asked_for_anew() {
    // It ends with the first question.
    let client = started(server(&["exit 1"])).await;
    assert_eq!(client.prompts().await.unwrap().rows, []);
    assert_eq!(client.resources().await.unwrap().rows, []);
    assert_eq!(client.list().await, Err(McpError::Ended), "the control arm");

    let changed = said(r#"{"jsonrpc":"2.0","method":"notifications/prompts/list_changed"}"#);
    let listed = result(
        r#""prompts":[{"name":"p%s"}],"ttlMs":3600000,"cacheScope":"private""#,
        "$n",
    );
    let client = started(offering(&format!("{listed}; {changed}"))).await;
    let mut names = Vec::new();
    for _ in 0..100 {
        names.push(client.prompts().await.unwrap().rows.remove(0).name);
        if names.last().is_some_and(|it| it == "p2") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(names.first().map(String::as_str), Some("p1"));
    assert_eq!(names.last().map(String::as_str), Some("p2"), "{names:?}");
}
