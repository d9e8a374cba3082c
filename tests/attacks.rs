//! Hostile words, hostile calls and hostile addresses in the real WebKit window: no script runs,
//! no element outside the list appears, nothing is called that is not ours, nothing is loaded.

use std::path::Path;

use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::webdriver::Window;
use serde_json::{Value, json};

use crate::desktop::{Desk, add_source, first_run, open_settings, record_violations, runtime};
use crate::support::{in_namespace, long};

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a fixture")
}

/// What a payload would do, seen from the page; and what must not be in it, wherever it is.
pub const ALARM: &str = "window.__ran = [];
    window.alert = () => window.__ran.push('alert');
    window.__alive = true;
    window.addEventListener('error', e => window.__errors = [...(window.__errors ?? []), e.message]);";
const HARM: &str = "const found = [...(window.__ran ?? ['the page was replaced'])];
    const allowed = new Set(arguments[0]);
    const own = new Set(document.querySelectorAll('head *'));
    for (const e of document.querySelectorAll('*')) {
      if (own.has(e)) continue;
      const name = e.localName;
      if (e.id === '__tauri_isolation__') continue;
      if (!allowed.has(name)) found.push('<' + name + '>');
      for (const a of e.attributes) {
        if (/^on/i.test(a.name)) found.push(name + ' ' + a.name);
        if (/^(src|href|action|formaction|poster|srcset|background|ping|data|xlink:href)$/i.test(a.name)
            && !/^(#|fluxblob:|\\/assets\\/|$)/.test(a.value)) found.push(name + ' ' + a.name + '=' + a.value);
        if (a.name === 'style' && /url\\(/i.test(a.value)) found.push(name + ' ' + a.value);
      }
    }
    for (const e of document.head.children) {
      if (!['META', 'TITLE', 'LINK', 'SCRIPT', 'STYLE'].includes(e.tagName)) found.push('head ' + e.tagName);
      const address = e.getAttribute('src') ?? e.getAttribute('href') ?? '';
      if (/^(https?:|\\/\\/|data:|javascript:)/i.test(address)) found.push('head ' + address);
    }
    return found;";

/// Every element that the window itself draws with.
const ELEMENTS: &[&str] = &[
    "html",
    "head",
    "body",
    "div",
    "span",
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "main",
    "nav",
    "header",
    "footer",
    "section",
    "article",
    "aside",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "button",
    "input",
    "textarea",
    "label",
    "form",
    "fieldset",
    "legend",
    "select",
    "option",
    "optgroup",
    "details",
    "summary",
    "figure",
    "figcaption",
    "pre",
    "code",
    "kbd",
    "mark",
    "em",
    "strong",
    "del",
    "s",
    "sup",
    "sub",
    "br",
    "hr",
    "blockquote",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "th",
    "td",
    "caption",
    "time",
    "svg",
    "path",
    "circle",
    "rect",
    "line",
    "polyline",
    "polygon",
    "ellipse",
    "g",
    "title",
    "desc",
    "text",
    "tspan",
    "dialog",
    "output",
    "progress",
    "small",
    "b",
    "i",
    "abbr",
    "bdi",
    // MathML, written by our own tree.
    "math",
    "semantics",
    "mrow",
    "mi",
    "mo",
    "mn",
    "ms",
    "mtext",
    "mspace",
    "msup",
    "msub",
    "msubsup",
    "mfrac",
    "msqrt",
    "mroot",
    "mtable",
    "mtr",
    "mtd",
    "munder",
    "mover",
    "munderover",
    "mstyle",
    "merror",
    "mpadded",
    "mphantom",
    "menclose",
    "mmultiscripts",
    "mprescripts",
    "annotation",
];

pub async fn no_harm(window: &Window, evil: &Recorder, place: &str) {
    let found = window.run(HARM, vec![json!(ELEMENTS)]).await;
    assert_eq!(found, json!([]), "{place}: something got through");
    let broken = window
        .run(
            "return window.__cspViolations ?? ['the page was replaced']",
            vec![],
        )
        .await;
    assert_eq!(broken, json!([]), "{place}: something had to be stopped");
    let seen: Vec<String> = evil.seen().into_iter().map(|it| it.path).collect();
    assert!(seen.is_empty(), "{place}: something was loaded: {seen:?}");
}

/// Calls a command as the page could, and answers `["ok", …]`, `["error", …]` or `["silence"]`.
pub async fn call(window: &Window, command: &str, args: Value) -> Value {
    let script = "const done = arguments[arguments.length - 1];
        setTimeout(() => done(['silence']), 20000);
        try { window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1])
          .then(it => done(['ok', it]), it => done(['error', it])); }
        catch (error) { done(['error', { code: 'thrown', message: String(error) }]); }";
    window
        .client()
        .execute_async(script, vec![json!(command), args])
        .await
        .unwrap_or_else(|error| panic!("{command}: {error}"))
}

/// The payloads, with the recorder's host in the place of the evil one.
fn payloads(evil: &Recorder) -> Vec<String> {
    let all: Vec<String> = read("tests/fixtures/xss/payloads.txt")
        .lines()
        .map(|line| line.replace("EVIL", evil.host()))
        .collect();
    assert!(all.len() >= 300, "a corpus: {}", all.len());
    all
}

/// Cuts a text anywhere, 1 to 7 characters at a time.
fn cut(text: &str, seed: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut state = seed;
    let mut chars = text.chars().peekable();
    while chars.peek().is_some() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        pieces.push(chars.by_ref().take(1 + (state >> 33) % 7).collect());
    }
    pieces
}

#[test]
fn hostile_words_stay_words() {
    in_namespace("attacks::hostile_words_stay_words_inside");
}

#[test]
#[ignore = "runs inside the namespace that hostile_words_stay_words makes"]
fn hostile_words_stay_words_inside() {
    runtime().block_on(async {
        let evil = Recorder::start(Answer::Plain(200, "text/plain", "loaded".into())).await;
        let server = Recorder::start(Answer::Words(vec!["x".into()])).await;
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        window.run(ALARM, vec![]).await;
        add_source(&window, "Mock", &server.base_url()).await;

        // Streamed, each cut into pieces.
        let all = payloads(&evil);
        let group = if long() { 1 } else { 14 };
        let mut conversations = 0;
        for (n, some) in all.chunks(group).enumerate() {
            let text = format!("{}\n\nend{n}end\n", some.join("\n\n"));
            server.answer(Answer::Words(cut(&text, n)));
            window.click("new-chat").await;
            window.wait("chat-empty").await;
            window.type_into("composer-input", &format!("ask{n}ask")).await;
            window.click("send").await;
            let arrived = "return document.querySelector(\"[data-testid='message-row'][data-status='complete'][data-role='assistant']\")?.innerText.includes(arguments[0]) ?? false";
            window
                .wait_true(arrived, vec![json!(format!("end{n}end"))], "no answer")
                .await;
            no_harm(&window, &evil, &format!("streamed {some:?}")).await;
            conversations += 1;
        }

        // As questions, titles, names of sources, errors, and in the snippets of the search.
        let list = call(&window, "conversation_list", json!({"req": {"archived": false, "limit": 100}})).await;
        assert_eq!(list[0], "ok", "{list}");
        let rows = list[1]["rows"].as_array().cloned().unwrap_or_default();
        assert!(rows.len() >= conversations.min(100), "{list}");
        for (row, payload) in rows.iter().zip(all.iter().step_by(all.len() / rows.len().max(1))) {
            let changed = call(&window, "conversation_update", json!({"req": {"id": row["id"], "title": payload}})).await;
            assert_eq!(changed[0], "ok", "{changed}");
        }
        no_harm(&window, &evil, "titles").await;
        for payload in all.iter().filter(|it| it.chars().count() <= 60).step_by(12) {
            let name = format!("s {payload}");
            let _ = call(&window, "source_add", json!({"req": {"name": name, "url": server.base_url(), "dialect": "openai"}})).await;
        }
        open_settings(&window, "Sources").await;
        no_harm(&window, &evil, "names of sources").await;
        window.click("rail-chat").await;
        for (n, payload) in all.iter().step_by(if long() { 1 } else { 24 }).enumerate() {
            let body = json!({"error": {"message": format!("{payload} bad{n}bad"), "type": "invalid_request_error"}});
            server.answer(Answer::Plain(400, "application/json", body.to_string()));
            window.click("new-chat").await;
            window.wait("chat-empty").await;
            let typed = "const e = document.querySelector(\"[data-testid='composer-input']\"); e.focus();
                e.value = arguments[0]; e.dispatchEvent(new InputEvent('input', { bubbles: true }))";
            window.run(typed, vec![json!(format!("{payload} hunted{n}"))]).await;
            window.click("send").await;
            window.wait("message-error").await;
            no_harm(&window, &evil, &format!("error and question {payload}")).await;
        }
        window.click("search-open").await;
        window.type_into("search-input", "hunt").await;
        window.wait("search-hit").await;
        no_harm(&window, &evil, "snippets").await;
        desk.quit(window).await;

        // From the archive, as history.
        let window = desk.open().await;
        record_violations(&window).await;
        window.run(ALARM, vec![]).await;
        window.wait("conversation-row").await;
        let list = call(&window, "conversation_list", json!({"req": {"archived": false, "limit": 100}})).await;
        let rows = list[1]["rows"].as_array().cloned().unwrap_or_default();
        for _ in 0..rows.len().min(if long() { 1_000 } else { 40 }) {
            window.chord(&['\u{E00A}', '\u{E015}']).await;
            window.wait("message-row").await;
        }
        no_harm(&window, &evil, "history").await;
        desk.quit(window).await;
    });
}

/// The eyes of the test above see what they look for.
#[test]
fn the_alarm_can_ring() {
    runtime().block_on(async {
        let evil = Recorder::start(Answer::Plain(200, "text/plain", "loaded".into())).await;
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        window.run(ALARM, vec![]).await;
        no_harm(&window, &evil, "before").await;
        let script = "const box = document.createElement('div');
            box.innerHTML = '<img src=\"http://' + arguments[0] + '/x.png\" onerror=\"alert(1)\">';
            document.body.append(box);";
        window.run(script, vec![json!(evil.host())]).await;
        let found = window.run(HARM, vec![json!(ELEMENTS)]).await;
        assert!(
            found.as_array().is_some_and(|it| it.len() >= 3),
            "the element, its handler and its address are seen: {found}"
        );
        window
            .wait_true(
                "return window.__cspViolations.length > 0",
                vec![],
                "the content security policy stops it, and says so",
            )
            .await;
        assert!(evil.seen().is_empty(), "and it is not loaded");
        window.run("window.__cspViolations = []", vec![]).await;
        desk.quit(window).await;
    });
}

#[test]
fn hostile_calls_are_refused_with_a_reason() {
    runtime().block_on(async {
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        let list = read("ui/isolation/commands.js");
        let commands: Vec<&str> = list
            .lines()
            .filter_map(|line| line.trim().strip_prefix('\'')?.strip_suffix("',"))
            .collect();
        assert!(commands.len() > 40);
        let refused = |answer: &Value, what: &str| {
            let typed = answer[1]["code"].is_string()
                || answer[1].as_str().is_some_and(|it| it.contains("invalid args"));
            assert!(answer[0] == "error" && typed, "{what}: {answer}");
        };
        let huge = "x".repeat(200_000);
        for command in &commands {
            // The two that end in the page's own hands are covered by the first run above.
            for (what, req) in [
                ("a number", json!(5)),
                ("nothing", Value::Null),
                ("a list", json!([1, 2])),
                ("a field nobody knows", json!({"__nobody": 1})),
                ("a prototype", json!({"__proto__x": {"polluted": true}, "constructor": 1})),
            ] {
                let args = if *command == "session_open" {
                    json!({"req": req, "events": "__CHANNEL__:4000000000"})
                } else {
                    json!({"req": req})
                };
                let answer = call(&window, command, args).await;
                refused(&answer, &format!("{command} with {what}"));
            }
            let answer = call(&window, command, json!({"req": {}, "path": "/etc/passwd"})).await;
            assert_eq!(answer[1]["code"], "window.refused", "{command}: {answer}");
            let answer = call(&window, command, json!({})).await;
            assert_eq!(answer[1]["code"], "window.refused", "{command}: {answer}");
        }
        for command in ["conversation_get", "search_query", "draft_set", "message_send", "source_add"] {
            let answer = call(&window, command, json!({"req": {"id": huge, "text": huge, "query": huge}})).await;
            refused(&answer, &format!("{command} with hundreds of thousands of characters"));
        }
        for (command, req) in [
            ("conversation_get", json!({"id": "../../etc/passwd"})),
            ("conversation_get", json!({"id": "00000000-0000-0000-0000-000000000000"})),
            ("source_add", json!({"name": "x", "url": "file:///etc/passwd", "dialect": "openai"})),
            ("privacy_delete_all", json!({"confirmation": ""})),
            ("session_start_fresh", json!({"confirmed": true})),
            ("session_start_fresh", json!({"confirmed": false})),
        ] {
            let answer = call(&window, command, json!({"req": req})).await;
            refused(&answer, &format!("{command} {req}"));
        }
        for command in [
            "plugin:event|listen",
            "plugin:event|emit",
            "plugin:window|close",
            "plugin:webview|create_webview_window",
            "plugin:webview|internal_toggle_devtools",
            "plugin:path|resolve_directory",
            "plugin:shell|open",
            "plugin:fs|read_file",
            "file_read",
            "__proto__",
            "constructor",
            "",
            "session_get\u{0}",
            "../session_get",
        ] {
            let answer = call(&window, command, json!({"req": {}})).await;
            assert_eq!(answer[0], "error", "{command:?}: {answer}");
            assert_eq!(answer[1]["code"], "window.refused", "{command:?}: {answer}");
        }

        // Past the isolation frame, and from a frame of its own: no key, no answer.
        let script = "const done = arguments[arguments.length - 1];
            fetch('ipc://localhost/session_get', { method: 'POST', body: '{\"req\":{}}',
              headers: { 'Content-Type': 'application/json', 'Tauri-Callback': '1', 'Tauri-Error': '2',
                         'Tauri-Invoke-Key': 'guessed' } })
              .then(async r => done([r.headers.get('Tauri-Response'), (await r.text()).slice(0, 300)]),
                    e => done(['failed', String(e)]))";
        let around = window.client().execute_async(script, vec![]).await.unwrap();
        assert_ne!(around[0], "ok", "{around}");
        let script = "const f = document.createElement('iframe'); document.body.append(f);
            const inner = f.contentWindow.__TAURI_INTERNALS__;
            const found = inner === undefined ? 'nothing' : typeof inner.invoke;
            f.remove(); return found";
        assert_eq!(window.run(script, vec![]).await, json!("nothing"));

        let alive = call(&window, "session_get", json!({"req": {}})).await;
        assert_eq!((&alive[0], &alive[1]["state"]), (&json!("ok"), &json!("ready")));
        assert_eq!(
            window.run("return ({}).polluted ?? null", vec![]).await,
            Value::Null
        );
        window.run("window.__cspViolations = []", vec![]).await;
        desk.quit(window).await;
    });
}

#[test]
fn the_window_goes_nowhere() {
    in_namespace("attacks::the_window_goes_nowhere_inside");
}

#[test]
#[ignore = "runs inside the namespace that the_window_goes_nowhere makes"]
fn the_window_goes_nowhere_inside() {
    runtime().block_on(async {
        let evil = Recorder::start(Answer::Plain(200, "text/html", "<h1>Elsewhere</h1>".into())).await;
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        window.run(ALARM, vec![]).await;
        let address = format!("http://{}/away", evil.host());
        for (what, script) in [
            ("location", "location.href = arguments[0]"),
            ("location.assign", "location.assign(arguments[0])"),
            ("location.replace", "location.replace(arguments[0])"),
            ("window.open", "window.open(arguments[0])"),
            ("window.open _self", "window.open(arguments[0], '_self')"),
            ("a link", "const a = document.createElement('a'); a.href = arguments[0]; a.textContent = 'x'; document.body.append(a); a.click(); a.remove()"),
            ("a link to a new window", "const a = document.createElement('a'); a.href = arguments[0]; a.target = '_blank'; document.body.append(a); a.click(); a.remove()"),
            ("a middle click", "const a = document.createElement('a'); a.href = arguments[0]; document.body.append(a); a.dispatchEvent(new MouseEvent('auxclick', { button: 1, bubbles: true })); a.dispatchEvent(new MouseEvent('click', { button: 1, ctrlKey: true, bubbles: true })); a.remove()"),
            ("a download", "const a = document.createElement('a'); a.href = arguments[0]; a.download = 'x'; document.body.append(a); a.click(); a.remove()"),
            ("a form", "const f = document.createElement('form'); f.action = arguments[0]; f.method = 'post'; document.body.append(f); f.submit(); f.remove()"),
            ("meta refresh", "const m = document.createElement('meta'); m.httpEquiv = 'refresh'; m.content = '0;url=' + arguments[0]; document.head.append(m)"),
            ("base", "const b = document.createElement('base'); b.href = arguments[0]; document.head.append(b); const a = document.createElement('a'); a.href = 'x'; document.body.append(a); if (a.href.startsWith('http')) window.__ran.push(a.href); a.remove(); b.remove()"),
            ("a frame", "const f = document.createElement('iframe'); f.src = arguments[0]; document.body.append(f); setTimeout(() => f.remove(), 300)"),
            ("javascript:", "location.href = 'javascript:alert(1)'"),
            ("data:", "location.href = 'data:text/html,<h1>Elsewhere</h1>'"),
            ("file:", "location.href = 'file:///etc/passwd'"),
            ("fetch", "fetch(arguments[0]).catch(() => {})"),
            ("a beacon", "navigator.sendBeacon?.(arguments[0], 'x')"),
            ("a socket", "try { new WebSocket(arguments[0].replace('http', 'ws')) } catch {}"),
            ("events", "try { new EventSource(arguments[0]) } catch {}"),
            ("a worker", "try { new Worker(arguments[0]) } catch {}"),
            ("a prefetch", "const l = document.createElement('link'); l.rel = 'prefetch'; l.href = arguments[0]; document.head.append(l)"),
        ] {
            let _ = window.client().execute(script, vec![json!(address)]).await;
            // A navigation that was allowed would have begun before this answers.
            let here = window
                .client()
                .execute_async(
                    "const done = arguments[arguments.length - 1]; setTimeout(() => done([window.__alive === true, location.protocol, window.__ran]), 400)",
                    vec![],
                )
                .await
                .unwrap_or(Value::Null);
            assert_eq!(here, json!([true, "tauri:", []]), "{what} changed the window");
            assert!(evil.seen().is_empty(), "{what} reached the network: {:?}", evil.seen());
            let windows = window.client().windows().await.unwrap();
            assert_eq!(windows.len(), 1, "{what} opened a window");
        }
        window.wait("composer-input").await;
        window.run("window.__cspViolations = []", vec![]).await;
        desk.quit(window).await;
    });
}
