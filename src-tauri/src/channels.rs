//! The one channel over which a window hears what happened.

use fluxchat_ipc::dto::event::WindowEvent;
use tauri::ipc::Channel;

/// A listener for the core's events that ends with the window: `false` means nobody is there.
pub fn listener(channel: Channel<WindowEvent>) -> impl Fn(WindowEvent) -> bool + Send {
    move |event| channel.send(event).is_ok()
}
