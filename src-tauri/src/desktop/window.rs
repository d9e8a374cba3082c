//! The main window. It is built here and not in the configuration because the product keeps
//! nothing of a session in the web view, and only Rust can refuse where it may go.

use std::path::{Path, PathBuf};

use tauri::webview::{NewWindowResponse, PermissionResponse};
use tauri::{AppHandle, Manager, Runtime, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

use super::geometry::{self, Geometry};

/// The label capabilities speak of.
pub const LABEL: &str = "main";
/// The product keeps nothing of a session. WebDriver cannot drive such a window.
pub const INCOGNITO: bool = !cfg!(feature = "automation");
/// Whether developer tools can be opened.
pub const DEVTOOLS: bool = false;
/// Never a title of a conversation: window titles end up in task lists and screen recordings.
const TITLE: &str = "Fluxchat";
#[cfg(windows)]
const BROWSER_ARGUMENTS: &str = "--disable-features=msWebOOUI,msPdfOOUI,msSmartScreenProtection \
     --force-webrtc-ip-handling-policy=disable_non_proxied_udp --disable-background-networking";

/// Builds and shows the window.
///
/// # Errors
/// When the system has no web view or no display.
pub fn open<R: Runtime>(app: &AppHandle<R>, profile: &Path) -> tauri::Result<WebviewWindow<R>> {
    let geometry = Geometry::load(profile);
    let builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title(TITLE)
        .inner_size(geometry.width, geometry.height)
        .min_inner_size(geometry::SMALLEST.0, geometry::SMALLEST.1)
        .prevent_overflow()
        .maximized(geometry.maximized)
        .incognito(INCOGNITO)
        .data_directory(web_view_data(profile))
        .devtools(DEVTOOLS)
        .zoom_hotkeys_enabled(false)
        .general_autofill_enabled(false)
        .browser_extensions_enabled(false)
        // Files reach the page as bytes of the drop event, never as paths. Where its web view gives
        // it none, `files` takes them from the drop.
        .disable_drag_drop_handler()
        .on_navigation(is_app_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .on_permission_request(|_, _| PermissionResponse::Deny);
    #[cfg(windows)]
    let builder = builder.additional_browser_args(BROWSER_ARGUMENTS);
    let builder = match geometry.place {
        Some((x, y)) => builder.position(x, y),
        None => builder.center(),
    };
    let window = builder.build()?;
    geometry::follow(&window, profile.to_owned(), geometry);
    #[cfg(target_os = "linux")]
    super::files::follow(&window)?;
    Ok(window)
}

/// Brings the window to the front, from wherever it was.
pub fn bring_to_front<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let shown = window.unminimize().and_then(|()| window.show());
        if shown.and_then(|()| window.set_focus()).is_err() {
            tracing::warn!(name: "shell.window_not_focused", "");
        }
    }
}

/// Closes the window as its button would, so that everything a quit has to do is done.
pub fn close<R: Runtime>(app: &AppHandle<R>) {
    match app.get_webview_window(LABEL) {
        Some(window) if window.close().is_ok() => {}
        _ => app.exit(0),
    }
}

/// Whether the page may navigate there: only to itself.
#[must_use]
pub fn is_app_page(url: &Url) -> bool {
    match (url.scheme(), url.host_str(), url.port()) {
        ("tauri", Some("localhost"), None) | ("http", Some("tauri.localhost"), None) => true,
        // The development server of `tauri dev`; see `devUrl` in the configuration.
        ("http", Some("127.0.0.1"), Some(5173)) => tauri::is_dev(),
        _ => false,
    }
}

/// The product is incognito and leaves this folder empty where the platform allows it. A driven
/// window cannot be incognito, so it gets a fresh folder each time, and tests read all of it.
fn web_view_data(profile: &Path) -> PathBuf {
    if !cfg!(feature = "automation") {
        return profile.join("webview");
    }
    match std::env::var_os("FLUXCHAT_AUTOMATION_DATA") {
        Some(folder) => folder.into(),
        None => std::env::temp_dir().join(format!("fluxchat-webview-{}", std::process::id())),
    }
}

#[cfg(test)]
mod tests {
    use super::is_app_page;

    #[test]
    fn the_page_goes_nowhere_else() {
        for own in [
            "tauri://localhost/",
            "tauri://localhost/index.html#/chat",
            "http://tauri.localhost/",
        ] {
            assert!(
                is_app_page(&own.parse().unwrap()),
                "{own} is the app itself"
            );
        }
        let foreign = [
            "https://example.org/",
            "http://tauri.localhost.evil.example/",
            "http://tauri.evil.example/",
            "http://tauri.localhost:8080/",
            "https://tauri.localhost/",
            "tauri://evil.example/",
            "file:///etc/passwd",
            "data:text/html,hello",
            "about:blank",
            "javascript:alert(1)",
            "fluxblob://localhost/0190b5a4-3c1e-7c3a-9d1e-2f6a1b7c8d9e",
        ];
        for url in foreign {
            assert!(!is_app_page(&url.parse().unwrap()), "{url} is not the app");
        }
    }
}
