//! The core as the window's commands meet it.

use std::path::Path;
use std::sync::Arc;

use fluxchat_core::clock::SystemClock;
use fluxchat_core::{Access, App, Options, OsKeychain};
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
        let options = Options {
            profile: profile.to_owned(),
            access: Access::Owner,
            keychain: Arc::new(OsKeychain::new()),
            clock: Arc::new(SystemClock),
            passphrase: None,
            offline: false,
            surface: "window",
            version: env!("CARGO_PKG_VERSION"),
            sandbox_pace: None,
            settle_deletions: true,
            ledger_layer: None,
        };
        tauri::async_runtime::spawn(async move {
            let app = App::start(options).await;
            app.use_sound(Arc::new(fluxchat_voice::Devices));
            let _ = started.0.set(app);
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
