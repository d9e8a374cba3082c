//! Asks where to save, from Rust, so that no path ever crosses to the page.

use std::path::PathBuf;

use rfd::AsyncFileDialog;
use tauri::{Runtime, WebviewWindow};

/// Shows the system's dialog. `None` if the person changed their mind.
///
/// # Errors
/// When the window is gone.
pub async fn ask<R: Runtime>(
    window: &WebviewWindow<R>,
    file_name: &str,
    kind: &str,
    extension: &str,
) -> tauri::Result<Option<PathBuf>> {
    show(
        window,
        dialog(window, file_name).add_filter(kind, &[extension]),
    )
    .await
}

/// The same for a file that has a name, and with it a kind, already.
///
/// # Errors
/// When the window is gone.
pub async fn ask_named<R: Runtime>(
    window: &WebviewWindow<R>,
    file_name: &str,
) -> tauri::Result<Option<PathBuf>> {
    match file_name.rsplit_once('.') {
        Some((_, extension)) => ask(window, file_name, extension, extension).await,
        None => show(window, dialog(window, file_name)).await,
    }
}

fn dialog<R: Runtime>(window: &WebviewWindow<R>, file_name: &str) -> AsyncFileDialog {
    AsyncFileDialog::new()
        .set_parent(window)
        .set_file_name(file_name)
}

async fn show<R: Runtime>(
    window: &WebviewWindow<R>,
    dialog: AsyncFileDialog,
) -> tauri::Result<Option<PathBuf>> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    // Dialogs belong to the thread that owns the windows; on macOS they exist nowhere else.
    window.run_on_main_thread(move || {
        let answer = dialog.save_file();
        tauri::async_runtime::spawn(async move {
            let path = answer.await.map(|file| file.path().to_owned());
            let _ = sender.send(path);
        });
    })?;
    Ok(receiver.await.unwrap_or_default())
}
