//! What is done before anything else, so that neither the environment nor a crash can carry
//! the person's words out of the process.

use std::ffi::{OsStr, OsString};

/// Variables that make a web view listen on a port or take orders from a driver. Some of them
/// work in release builds too, so only a build made for tests leaves them alone.
pub const FORBIDDEN_VARIABLES: [&str; 4] = [
    "WEBKIT_INSPECTOR_SERVER",
    "WEBKIT_INSPECTOR_HTTP_SERVER",
    "TAURI_AUTOMATION",
    "TAURI_WEBVIEW_AUTOMATION",
];

/// How the options of WebKitGTK's script engine begin: some of them write files about a page.
const ENGINE_PREFIX: &str = "JSC_";

/// The page's scripts are read, never made into machine code: what misleads a compiler has none to
/// mislead and no memory to write code to, and a start does not compile what runs once. The option
/// is one of JavaScriptCore's `OptionsList.h`; other web views do not look at it.
const ENGINE: (&str, &str) = ("JSC_useJIT", "0");

/// Removes [`FORBIDDEN_VARIABLES`] and says how the page's scripts are run. Call it as the first
/// line of `main`.
pub fn clean_environment() {
    if !cfg!(feature = "automation") {
        let engine = std::env::vars_os().map(|(name, _)| name).filter(|name| {
            name.as_encoded_bytes()
                .starts_with(ENGINE_PREFIX.as_bytes())
        });
        for name in engine.chain(FORBIDDEN_VARIABLES.map(OsString::from)) {
            remove(&name);
        }
    }
    if std::env::var_os(ENGINE.0).is_none() {
        set(ENGINE);
    }
}

#[allow(unsafe_code)]
fn remove(name: &OsStr) {
    // SAFETY: called from the first line of `main`, before any other thread exists.
    unsafe { std::env::remove_var(name) }
}

#[allow(unsafe_code)]
fn set((name, value): (&str, &str)) {
    // SAFETY: as above.
    unsafe { std::env::set_var(name, value) }
}

/// Threads share two heaps: glibc would give each its own, which keeps what it needed once
/// (`mallopt(3)`), and most threads here wait.
pub fn share_heaps() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        const HEAPS: libc::c_int = 2;
        // SAFETY: sets a number of the allocator, which takes its own lock.
        #[allow(unsafe_code)]
        let set = unsafe { libc::mallopt(libc::M_ARENA_MAX, HEAPS) };
        if set == 0 {
            tracing::warn!(name: "shell.heaps_not_shared", "");
        }
    }
}

/// No core file and no reading of our memory by other processes of the same user.
pub fn forbid_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        if setrlimit(Resource::Core, none).is_err() {
            tracing::warn!(name: "shell.core_limit_not_set", "");
        }
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        if set_dumpable_behavior(DumpableBehavior::NotDumpable).is_err() {
            tracing::warn!(name: "shell.dumpable_not_cleared", "");
        }
    }
}

/// A panic is recorded by its place alone: its message may quote what the person wrote.
pub fn hush_panics() {
    std::panic::set_hook(Box::new(|info| {
        let Some(place) = info.location() else { return };
        let file = std::path::Path::new(place.file());
        let kind = file
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or("unknown");
        tracing::error!(name: "shell.panic", kind, line = place.line(), "");
    }));
}

#[cfg(all(test, not(feature = "automation")))]
mod tests {
    use super::{ENGINE, FORBIDDEN_VARIABLES, clean_environment};
    use std::process::Command;

    /// An option of the engine that writes what it saw of a page to a folder.
    const WRITES_FILES: &str = "JSC_samplingProfilerPath";

    /// Runs itself once more as a child, because an environment belongs to a whole process.
    #[test]
    fn nobody_can_ask_for_a_listening_port() {
        if std::env::var_os("FLUXCHAT_HYGIENE_CHILD").is_some() {
            clean_environment();
            for name in FORBIDDEN_VARIABLES {
                assert!(std::env::var_os(name).is_none(), "{name} is gone");
            }
            assert_eq!(std::env::var(ENGINE.0).as_deref(), Ok(ENGINE.1));
            assert!(std::env::var_os(WRITES_FILES).is_none());
            assert!(std::env::var_os("PATH").is_some(), "everything else stays");
            return;
        }
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args([
            "--exact",
            "hygiene::tests::nobody_can_ask_for_a_listening_port",
        ]);
        child.env("FLUXCHAT_HYGIENE_CHILD", "1");
        for name in FORBIDDEN_VARIABLES {
            child.env(name, "127.0.0.1:9555");
        }
        child.env(ENGINE.0, "1").env(WRITES_FILES, ".");
        let output = child.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "the child agrees: {said}"
        );
    }
}
