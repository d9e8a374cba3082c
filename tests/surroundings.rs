//! What the page finds around itself in the real window: nothing to reach out with, nothing to
//! keep things in, nothing of Tauri but its own commands.

use serde_json::{Value, json};

use crate::desktop::{Desk, first_run, runtime};

#[test]
fn the_page_finds_nothing_to_reach_out_with_or_to_keep_things_in() {
    runtime().block_on(async {
        let desk = Desk::new();
        let window = desk.open().await;
        first_run(&window).await;
        let facts = "const csp = [...document.querySelectorAll('meta[http-equiv]')]
              .filter(m => m.httpEquiv.toLowerCase() === 'content-security-policy').map(m => m.content);
            const frozen = (thing) => Object.isFrozen(thing);
            return {
              origin: location.origin, top: window === window.top, opener: window.opener,
              tauri: typeof window.__TAURI__, csp,
              referrer: document.querySelector('meta[name=referrer]')?.content,
              frozen: frozen(Object.prototype),
              cookie: document.cookie, local: localStorage.length, session: sessionStorage.length,
              workers: navigator.serviceWorker?.controller ?? null,
              scripts: [...document.scripts].map(s => s.src === '' ? 'inline' : new URL(s.src).origin),
              frames: [...document.querySelectorAll('iframe')].map(f => f.id),
              handlers: [...document.querySelectorAll('*')].flatMap(e => [...e.attributes]).filter(a => /^on/.test(a.name)).length };";
        let found = window.run(facts, vec![]).await;
        for (name, expected) in [
            ("origin", json!("tauri://localhost")),
            ("top", json!(true)),
            ("opener", Value::Null),
            ("tauri", json!("undefined")),
            ("referrer", json!("no-referrer")),
            ("frozen", json!(true)),
            ("cookie", json!("")),
            ("local", json!(0)),
            ("session", json!(0)),
            ("workers", Value::Null),
            ("frames", json!(["__tauri_isolation__"])),
            ("handlers", json!(0)),
        ] {
            assert_eq!(found[name], expected, "{name}: {found}");
        }

        // What would run from a text does not, and what would listen or look is refused.
        let attempts = "const done = arguments[arguments.length - 1];
            const all = {};
            const tried = async (name, run) => {
              try { all[name] = String(await Promise.race([run(), new Promise(r => setTimeout(() => r('nothing'), 3000))])); }
              catch (error) { all[name] = 'refused'; }
            };
            (async () => {
              await tried('eval', () => eval('1 + 1'));
              await tried('function', () => new Function('return 2')());
              await tried('timer', () => new Promise(r => { window.__ran = r; setTimeout(\"window.__ran('ran')\", 0); }));
              await tried('script', () => new Promise(r => { window.__ran = r; const s = document.createElement('script');
                s.textContent = \"window.__ran('ran')\"; document.body.append(s); s.remove(); }));
              await tried('camera', () => navigator.mediaDevices.getUserMedia({ video: true, audio: true }));
              await tried('screen', () => navigator.mediaDevices.getDisplayMedia());
              await tried('place', () => new Promise((r, no) => navigator.geolocation.getCurrentPosition(r, no)));
              await tried('notices', () => Notification.requestPermission().then(it => it === 'granted' ? it : Promise.reject()));
              await tried('worker', () => navigator.serviceWorker.register('/sw.js'));
              await tried('blob worker', () => new Promise((r, no) => { const w = new Worker(URL.createObjectURL(new Blob([\"postMessage('ran')\"])));
                w.onmessage = e => r(e.data); w.onerror = no; }));
              await tried('prototype', () => { 'use strict'; Object.prototype.polluted = 1; return ({}).polluted ?? Promise.reject(); });
              done(all);
            })();";
        let tried = window
            .client()
            .execute_async(attempts, vec![])
            .await
            .expect("the attempts end");
        for (name, answer) in tried.as_object().expect("an object") {
            assert!(
                answer == "refused" || answer == "nothing",
                "{name} is possible: {answer}"
            );
        }
        assert_eq!(tried.as_object().map(serde_json::Map::len), Some(11));
        window.run("window.__cspViolations = []", vec![]).await;
        desk.quit(window).await;
    });
}
