//! Where the window stood: four numbers and a flag in the profile, nothing about what it showed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tauri::{PhysicalPosition, PhysicalSize, Runtime, WebviewWindow, WindowEvent};

const FILE: &str = "window.json";
/// Nothing smaller is restored: below it the page itself has no layout. Logical pixels.
pub const SMALLEST: (f64, f64) = (420.0, 480.0);

/// Size and place in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Geometry {
    /// Inner width.
    pub width: f64,
    /// Inner height.
    pub height: f64,
    /// Left and top of the frame, where the system tells (Wayland does not).
    pub place: Option<(f64, f64)>,
    /// Whether it filled the screen; the other numbers are those it had before.
    pub maximized: bool,
}

impl Default for Geometry {
    fn default() -> Self {
        Self {
            width: 1280.0,
            height: 800.0,
            place: None,
            maximized: false,
        }
    }
}

impl Geometry {
    /// What was saved, or the default if nothing sensible was.
    #[must_use]
    pub fn load(profile: &Path) -> Self {
        let saved = fs::read(profile.join(FILE)).ok();
        let parsed = saved.and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        parsed.map(Self::tamed).unwrap_or_default()
    }

    fn tamed(self) -> Self {
        let within = |value: f64, low: f64| {
            if value.is_finite() {
                value.clamp(low, 16_384.0)
            } else {
                low
            }
        };
        let place = self
            .place
            .filter(|(x, y)| x.abs() < 65_536.0 && y.abs() < 65_536.0);
        Self {
            width: within(self.width, SMALLEST.0),
            height: within(self.height, SMALLEST.1),
            place,
            maximized: self.maximized,
        }
    }

    fn save(&self, profile: &Path) -> io::Result<()> {
        let text = serde_json::to_vec(self)?;
        // Written aside and renamed: a crash leaves the old numbers, not half of the new ones.
        let aside = profile.join("window.json.new");
        fs::write(&aside, text)?;
        fs::rename(&aside, profile.join(FILE))
    }
}

/// Follows the window and saves its geometry when it closes.
pub fn follow<R: Runtime>(window: &WebviewWindow<R>, profile: PathBuf, start: Geometry) {
    let last = Mutex::new(start);
    let follower = window.clone();
    window.on_window_event(move |event| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            WindowEvent::Resized(_) | WindowEvent::Moved(_) => update(&mut last, &follower),
            WindowEvent::CloseRequested { .. } => {
                update(&mut last, &follower);
                if last.save(&profile).is_err() {
                    tracing::warn!(name: "shell.geometry_not_saved", "");
                }
            }
            _ => {}
        }
    });
}

fn update<R: Runtime>(last: &mut Geometry, window: &WebviewWindow<R>) {
    last.maximized = window.is_maximized().unwrap_or(false);
    let special = last.maximized
        || window.is_minimized().unwrap_or(false)
        || window.is_fullscreen().unwrap_or(false);
    let (Ok(scale), false) = (window.scale_factor(), special) else {
        return;
    };
    if let Ok(PhysicalSize { width, height }) = window.inner_size() {
        last.width = f64::from(width) / scale;
        last.height = f64::from(height) / scale;
    }
    if let Ok(PhysicalPosition { x, y }) = window.outer_position() {
        last.place = Some((f64::from(x) / scale, f64::from(y) / scale));
    }
}

#[cfg(test)]
mod tests {
    use super::{Geometry, SMALLEST};

    fn load(text: &str) -> Geometry {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("window.json"), text).unwrap();
        Geometry::load(folder.path())
    }

    #[test]
    fn what_was_saved_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let saved = Geometry {
            width: 900.0,
            height: 700.0,
            place: Some((10.0, -20.0)),
            maximized: true,
        };
        saved.save(folder.path()).unwrap();
        assert_eq!(Geometry::load(folder.path()), saved, "every number is kept");
    }

    #[test]
    fn nonsense_is_not_restored() {
        assert_eq!(
            load("{"),
            Geometry::default(),
            "a broken file counts as none"
        );
        assert_eq!(
            load(r#"{"width":1,"unknown":2}"#),
            Geometry::default(),
            "so does a foreign one"
        );
        let tiny = load(r#"{"width":1,"height":1,"place":[1e9,0],"maximized":false}"#);
        assert_eq!(
            (tiny.width, tiny.height),
            SMALLEST,
            "a window can be found and used"
        );
        assert_eq!(
            tiny.place, None,
            "it does not open far outside of every screen"
        );
    }
}
