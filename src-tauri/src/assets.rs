//! Serves the core's encrypted files over the media protocol.

use fluxchat_core::App;
use fluxchat_model::AssetId;
use tauri::http::{Request, Response, StatusCode};
use tauri::{Manager as _, Runtime, UriSchemeContext, UriSchemeResponder};

use crate::core::Core;
use crate::desktop::window;
use crate::media::{self, AssetInfo, Assets};

const PAGE: &str = if cfg!(windows) {
    "http://tauri.localhost"
} else {
    "tauri://localhost"
};

/// Answers a request of the page, away from the thread of the windows.
pub fn serve<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    if context.webview_label() != window::LABEL {
        let mut refusal = Response::new(Vec::new());
        *refusal.status_mut() = StatusCode::FORBIDDEN;
        responder.respond(refusal);
        return;
    }
    let core = context.app_handle().state::<Core>().inner().clone();
    tauri::async_runtime::spawn(async move {
        let stored = Stored(core.ready().await);
        responder.respond(media::answer(&stored, &request, PAGE).await);
    });
}

struct Stored<'a>(&'a App);

impl Assets for Stored<'_> {
    async fn info(&self, id: AssetId) -> Option<AssetInfo> {
        let none = self.0.asset_range(id, 0, 0).await.ok()?;
        Some(AssetInfo {
            media_type: none.media_type,
            size: none.length,
        })
    }

    async fn read(&self, id: AssetId, start: u64, len: u64) -> Option<Vec<u8>> {
        let part = self.0.asset_range(id, start, len).await.ok()?;
        (part.bytes.len() as u64 == len).then_some(part.bytes)
    }
}
