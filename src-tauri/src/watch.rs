//! What the computer is about to do that the app lock follows: sleep, and lock its screen.
//!
//! On Linux this is told over D-Bus. On the other systems it is not asked for yet, and the page
//! of the lock says so.

#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
pub use linux::{Buses, Watch};

use crate::Core;

/// Locks the app as its settings say, for as long as the app runs.
pub fn start(core: Core) {
    #[cfg(target_os = "linux")]
    tauri::async_runtime::spawn(async move {
        let app = core.ready().await;
        let watch = Watch::begin(&Buses::default()).await;
        app.set_hears(watch.hears());
        watch.run(|occasion| app.lock_on(occasion)).await;
        app.set_hears(fluxchat_core::Hears::default());
    });
    #[cfg(not(target_os = "linux"))]
    drop(core);
}
