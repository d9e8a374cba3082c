//! A log-out or a terminal ends the app as its close button does.

use tauri::{AppHandle, Runtime};

/// Closes the window on SIGTERM, SIGINT and SIGHUP. Elsewhere the system closes windows itself.
#[cfg(unix)]
pub fn close_politely<R: Runtime>(app: &AppHandle<R>) {
    use tokio::signal::unix::{SignalKind, signal};

    let kinds = [
        SignalKind::terminate(),
        SignalKind::interrupt(),
        SignalKind::hangup(),
    ];
    for kind in kinds {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            let Ok(mut stream) = signal(kind) else { return };
            while stream.recv().await.is_some() {
                super::window::close(&app);
            }
        });
    }
}

/// Closes the window on a polite request of the system; nothing to do here.
#[cfg(not(unix))]
pub fn close_politely<R: Runtime>(_: &AppHandle<R>) {}
