//! A picture of the screen, which the system itself lets a person choose: the app sees nothing of
//! the screen but what was chosen, and nothing at all before (`docs/adr/0007-screenshots.md`).
//!
//! Asking opens the system's own tool in front of everything; without a press there, nothing comes
//! back. So the page can ask, and never take.

#[cfg(target_os = "linux")]
mod portal;
#[cfg(any(target_os = "macos", all(unix, test)))]
mod program;

use std::sync::atomic::{AtomicBool, Ordering};

use fluxchat_core::Error;

/// Somebody is choosing.
static CHOOSING: AtomicBool = AtomicBool::new(false);

/// Where to ask; the bus of the session unless a test says otherwise.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The address of the bus of the session.
    pub bus: Option<String>,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The desktop gives apps none.
    #[error("the desktop gives apps no pictures of the screen")]
    None,
    /// It did not work, or was not allowed.
    #[error("the system gave no picture")]
    Failed,
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::None => Self::said("screenshot_unavailable"),
            Trouble::Failed => Self::said("screenshot_failed"),
        }
    }
}

/// Lets a person choose a picture of the screen. `None` if they changed their mind.
///
/// # Errors
/// `screenshot_unavailable`, `screenshot_failed`; `screenshot_open` while somebody is choosing.
pub async fn choose(asked: &Asked) -> Result<Option<Vec<u8>>, Error> {
    if CHOOSING.swap(true, Ordering::AcqRel) {
        return Err(Error::said("screenshot_open"));
    }
    let _end = End;
    Ok(system(asked).await?)
}

struct End;

impl Drop for End {
    fn drop(&mut self) {
        CHOOSING.store(false, Ordering::Release);
    }
}

#[cfg(target_os = "linux")]
async fn system(asked: &Asked) -> Result<Option<Vec<u8>>, Trouble> {
    portal::ask(asked.bus.as_deref()).await
}

#[cfg(target_os = "macos")]
async fn system(_: &Asked) -> Result<Option<Vec<u8>>, Trouble> {
    let tool = std::path::Path::new("/usr/sbin/screencapture");
    tokio::task::spawn_blocking(|| program::ask(tool, &std::env::temp_dir()))
        .await
        .map_err(|_| Trouble::Failed)?
}

/// Windows hands a picture to the clipboard alone; what to press is said in the error.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
async fn system(_: &Asked) -> Result<Option<Vec<u8>>, Trouble> {
    Err(Trouble::None)
}
