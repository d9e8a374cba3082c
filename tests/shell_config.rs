//! What the window may do is written in a few files. These tests read them as Tauri does and
//! fail on every change that nobody meant: see section 4 of `docs/SECURITY.md`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{WebviewWindow, WebviewWindowBuilder};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn json(path: &str) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

macro_rules! names {
    ($($group:ident $name:ident($req:ident) -> $res:ident;)+) => { vec![$(stringify!($name)),+] };
}

fn commands() -> BTreeSet<&'static str> {
    let mut all = fluxchat_ipc::for_each_command!(names);
    all.extend(fluxchat_ipc::for_each_desktop_command!(names));
    let count = all.len();
    let unique: BTreeSet<_> = all.into_iter().collect();
    assert_eq!(
        unique.len(),
        count,
        "no command stands twice in the registry"
    );
    unique
}

#[test]
fn the_page_has_no_network_and_no_scripts_but_its_own() {
    let style = tauri::utils::pattern::isolation::IFRAME_STYLE;
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style));
    let expected = json!({
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": format!("'self' 'sha256-{hash}'"),
        "font-src": "'self'",
        "img-src": "'self' fluxblob: http://fluxblob.localhost",
        "media-src": "fluxblob: http://fluxblob.localhost blob:",
        "connect-src": "ipc: http://ipc.localhost fluxblob: http://fluxblob.localhost",
        "base-uri": "'none'",
        "form-action": "'none'",
        "object-src": "'none'",
    });
    let csp = &json("tauri.conf.json")["app"]["security"]["csp"];
    assert_eq!(csp, &expected, "the policy is exactly this one");
    let text = csp.to_string();
    for banned in ["unsafe-", "data:", "https:", "wss:", "*"] {
        assert!(
            !text.contains(banned),
            "{banned} opens what the policy closes"
        );
    }
}

#[test]
fn the_window_is_configured_as_the_proofs_assume() {
    let config = json("tauri.conf.json");
    let app = &config["app"];
    assert_eq!(
        app["windows"],
        json!([]),
        "the window is built in Rust, incognito and guarded"
    );
    assert_eq!(
        app["withGlobalTauri"], false,
        "the page gets no global handle on Tauri"
    );
    let security = &app["security"];
    assert_eq!(
        security["freezePrototype"], true,
        "prototypes cannot be replaced"
    );
    assert_eq!(
        security["assetProtocol"],
        json!({ "enable": false }),
        "no file is served by path"
    );
    assert_eq!(
        security["capabilities"],
        json!(["main"]),
        "there is one capability"
    );
    let isolation = json!({ "use": "isolation", "options": { "dir": "ui/isolation" } });
    assert_eq!(
        security["pattern"], isolation,
        "calls pass the isolation frame"
    );
    assert_eq!(
        security["headers"]["X-Content-Type-Options"], "nosniff",
        "types are not guessed"
    );
    for unset in ["dangerousDisableAssetCspModification", "devCsp"] {
        assert!(security.get(unset).is_none(), "{unset} weakens the policy");
    }
    for hook in ["beforeDevCommand", "beforeBuildCommand"] {
        assert_eq!(
            config["build"][hook]["cwd"], "ui",
            "{hook} runs where its package.json is"
        );
    }
    assert!(
        config.get("plugins").is_none(),
        "no plugin is configured, because there is none"
    );
}

#[test]
fn the_capability_is_the_registry_and_nothing_else() {
    let files: Vec<_> = std::fs::read_dir(root().join("src-tauri/capabilities"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(files, ["main.json"], "one window kind, one file");
    let capability = json("src-tauri/capabilities/main.json");
    assert_eq!(capability["local"], true, "the app's own page may call");
    assert!(capability.get("remote").is_none(), "no other page may");
    assert_eq!(capability["windows"], json!(["main"]), "one window may");
    let granted = capability["permissions"].as_array().unwrap();
    let expected: BTreeSet<_> = commands()
        .iter()
        .map(|name| format!("allow-{}", name.replace('_', "-")))
        .collect();
    let unique: BTreeSet<_> = granted
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        unique, expected,
        "each command is granted, and no command of Tauri's"
    );
    assert_eq!(granted.len(), expected.len(), "each once");
}

#[test]
fn every_command_is_in_exactly_one_permission() {
    let text = read("src-tauri/permissions/app.toml");
    for name in commands() {
        let line = format!("commands.allow = [\"{name}\"]");
        assert_eq!(
            text.matches(&line).count(),
            1,
            "{name} stands in one permission"
        );
    }
    let permissions = text.matches("[[permission]]").count();
    assert_eq!(
        permissions,
        commands().len(),
        "there is no permission without a command"
    );
    assert!(
        !text.contains("[default]") && !text.contains("[[set]]"),
        "nothing is bundled"
    );
}

#[test]
fn tauri_is_built_without_what_could_open_it() {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--features",
            "custom-protocol",
        ])
        .args(["--manifest-path"])
        .arg(root().join("Cargo.toml"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let tauri = nodes
        .iter()
        .find(|node| node["id"].as_str().is_some_and(|id| id.contains("#tauri@")))
        .expect("tauri is in the graph");
    for banned in [
        "devtools",
        "dynamic-acl",
        "default",
        "protocol-asset",
        "webview-data-url",
        "unstable",
    ] {
        let features = tauri["features"].as_array().unwrap();
        assert!(
            !features.contains(&json!(banned)),
            "tauri must not have the feature {banned}"
        );
    }
    let plugins: Vec<_> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|package| package["name"].as_str())
        .filter(|name| name.starts_with("tauri-plugin-"))
        .collect();
    assert!(
        plugins.is_empty(),
        "plugins bring commands the page could call: {plugins:?}"
    );
}

/// The app with the real configuration on a runtime without a display; `label` is the window's.
fn window(label: &str) -> (tauri::App<MockRuntime>, WebviewWindow<MockRuntime>) {
    let builder = fluxchat_lib::equip(mock_builder(), fluxchat_lib::Core::default());
    let app = builder
        .build(tauri::generate_context!("tauri.conf.json", test = true))
        .unwrap();
    let window = WebviewWindowBuilder::new(&app, label, Default::default())
        .build()
        .unwrap();
    (app, window)
}

/// What a call from `page` is answered with; none of these calls succeeds.
fn refusal(window: &WebviewWindow<MockRuntime>, page: &str, command: &str) -> String {
    let request = InvokeRequest {
        cmd: command.into(),
        callback: tauri::ipc::CallbackFn(0),
        error: tauri::ipc::CallbackFn(1),
        url: page.parse().unwrap(),
        body: json!({}).into(),
        headers: Default::default(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    match get_ipc_response(window, request) {
        Ok(_) => panic!("{command} from {page} was carried out"),
        Err(answer) => answer.to_string(),
    }
}

/// The app's page, as the system at hand spells it.
const PAGE: &str = if cfg!(windows) {
    "http://tauri.localhost"
} else {
    "tauri://localhost"
};

#[test]
fn the_page_may_call_our_commands() {
    let (_app, window) = window("main");
    for command in commands() {
        let answer = refusal(&window, PAGE, command);
        assert!(
            answer.contains("invalid args") && answer.contains(command),
            "{command} is reached and only misses its argument: {answer}"
        );
    }
}

#[test]
fn the_page_may_call_nothing_else() {
    let (_app, window) = window("main");
    for command in [
        "plugin:event|listen",
        "plugin:webview|internal_toggle_devtools",
        "plugin:webview|create_webview_window",
        "plugin:window|set_title",
        "plugin:path|resolve_directory",
        "plugin:app|version",
        "plugin:resources|close",
        "plugin:shell|execute",
        "archive_key",
        "Session_Get",
    ] {
        let answer = refusal(&window, PAGE, command);
        assert!(
            answer.contains("not allowed") || answer.contains("not found"),
            "{command}: {answer}"
        );
        assert!(
            !answer.contains("invalid args"),
            "{command} must not even be reached: {answer}"
        );
    }
}

#[test]
fn another_page_or_window_may_call_nothing() {
    let (_app, main) = window("main");
    for page in [
        "https://evil.example",
        "http://tauri.evil.example",
        "http://127.0.0.1:5173",
    ] {
        let answer = refusal(&main, page, "session_get");
        assert!(
            answer.contains("not allowed"),
            "{page} is refused: {answer}"
        );
    }
    let (_other_app, other) = window("preview");
    let answer = refusal(&other, PAGE, "session_get");
    assert!(
        answer.contains("not allowed"),
        "a window without a capability is refused: {answer}"
    );
}
