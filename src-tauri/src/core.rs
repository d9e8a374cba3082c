//! The core as the window's commands meet it.

use std::path::Path;
use std::sync::Arc;

use fluxchat_core::{App, Options};
use tokio::sync::SetOnce;

/// The core, once it has looked at the profile. The window is drawn meanwhile: asking the
/// keychain can take as long as somebody needs to type a password.
#[derive(Clone, Default)]
pub struct Core(Arc<SetOnce<App>>);

impl Core {
    /// Starts the core on a profile.
    #[must_use]
    pub fn start(profile: &Path) -> Self {
        let core = Self::default();
        let started = core.clone();
        let options = Options::window(profile, env!("CARGO_PKG_VERSION"));
        tauri::async_runtime::spawn(async move {
            let _ = started.0.set(App::start(options).await);
        });
        core
    }

    /// The core, as soon as it is there.
    pub async fn ready(&self) -> &App {
        self.0.wait().await
    }

    /// Ends background work and carries out the deletions whose time to undo has passed.
    pub fn stop(&self) {
        if let Some(app) = self.0.get() {
            tauri::async_runtime::block_on(app.shutdown());
        }
    }
}
