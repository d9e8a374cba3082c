//! Servers on loopback.

use axum::Router;
use tokio::task::JoinHandle;

/// Serves on a free port of a loopback address: where, and until when.
///
/// # Panics
/// When the address has no free port.
#[allow(clippy::disallowed_types, reason = "a test server listens on loopback")]
pub(crate) async fn serve(address: &str, router: Router) -> (String, JoinHandle<()>) {
    let listener = tokio::net::TcpListener::bind((address, 0))
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let task = tokio::spawn(async move {
        let _ = axum::serve(listener, router).await;
    });
    (address, task)
}
