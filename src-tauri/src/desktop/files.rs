//! Files that are dropped on the window or pasted into it, where its web view gives the page none.
//! What is on the clipboard is looked at when a person pastes, and at no other time.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use fluxchat_core::Error;
use gtk::gdk::keys::constants as key;
use gtk::gdk::{EventKey, ModifierType, SELECTION_CLIPBOARD};
use gtk::prelude::{DragContextExtManual as _, WidgetExt as _};
use gtk::{Clipboard, glib};
use tauri::{Manager as _, Runtime, WebviewWindow};

use crate::Core;

/// Hands what is dropped and pasted to the core, for as long as the window is there. What is dragged
/// within the window is nobody's file: its page alone says what it is, and could name any.
///
/// # Errors
/// When the window is gone.
pub fn follow<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    let core = window.state::<Core>().inner().clone();
    window.with_webview(move |view| {
        let view = view.inner();
        let pasted = core.clone();
        view.connect_key_press_event(move |_, event| {
            if pastes(event) {
                paste(pasted.clone());
            }
            glib::Propagation::Proceed
        });
        let held: Rc<RefCell<Vec<PathBuf>>> = Rc::default();
        let (over, left) = (Rc::clone(&held), Rc::clone(&held));
        view.connect_drag_data_received(move |_, context, _, _, data, _, _| {
            let uris = data.uris();
            if context.drag_get_source_widget().is_none() && !uris.is_empty() {
                over.replace(paths(&uris));
            }
        });
        view.connect_drag_leave(move |_, _, _| {
            // It leaves before it is dropped, too, and is dropped at once then.
            let left = Rc::clone(&left);
            glib::idle_add_local_once(move || left.borrow_mut().clear());
        });
        view.connect_drag_drop(move |_, context, _, _, time| {
            let paths = held.take();
            if paths.is_empty() {
                return false;
            }
            context.drop_finish(true, time);
            hand_over(core.clone(), paths);
            true
        });
    })
}

/// Links are no files.
fn paths(uris: &[glib::GString]) -> Vec<PathBuf> {
    let paths = uris
        .iter()
        .filter_map(|uri| glib::filename_from_uri(uri).ok());
    paths.map(|(path, _)| path).collect()
}

fn pastes(event: &EventKey) -> bool {
    let held = event.state();
    match event.keyval() {
        key::v => held.contains(ModifierType::CONTROL_MASK),
        key::Insert => held.contains(ModifierType::SHIFT_MASK),
        _ => false,
    }
}

/// Files, or a picture that comes without words: cells and formatted words bring one of themselves.
fn paste(core: Core) {
    Clipboard::get(&SELECTION_CLIPBOARD).request_uris(move |clipboard, uris| {
        let paths = paths(uris);
        if !paths.is_empty() {
            return hand_over(core, paths);
        }
        clipboard.request_text(move |clipboard, text| {
            if text.is_some_and(|text| !text.is_empty()) {
                return;
            }
            clipboard.request_image(move |_, picture| {
                let png = picture.map(|it| it.save_to_bufferv("png", &[]));
                if let Some(Ok(png)) = png {
                    tell(async move { core.ready().await.paste_picture(png) });
                }
            });
        });
    });
}

fn hand_over(core: Core, paths: Vec<PathBuf>) {
    tell(async move { core.ready().await.drop_files(paths).await });
}

fn tell(done: impl Future<Output = Result<(), Error>> + Send + 'static) {
    tauri::async_runtime::spawn(async move {
        if done.await.is_err() {
            tracing::info!(name: "shell.files_refused", "");
        }
    });
}
