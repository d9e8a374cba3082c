//! The one channel over which a window hears what happened.

use fluxchat_ipc::dto::event::WindowEvent;
use tauri::ipc::Channel;

/// A listener for the core's events that ends with the window: `false` means nobody is there.
///
/// A channel hands over what is short as a line of a script. As an object that line would be read as
/// a program, in which every name and value is an instruction; the page reads JSON in a string three
/// times as fast.
pub fn listener(channel: Channel<String>) -> impl Fn(WindowEvent) -> bool + Send {
    move |event| match serde_json::to_string(&event) {
        Ok(json) => channel.send(json).is_ok(),
        Err(error) => {
            tracing::error!(name: "shell.event_not_told", error = %error, "");
            true
        }
    }
}
