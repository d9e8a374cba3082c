//! How the window was built, for the self-audit.

use std::collections::HashMap;

use fluxchat_core::WindowFacts;
use tauri::utils::config::{CspDirectiveSources, PatternKind};
use tauri::{AppHandle, Runtime};

use super::window;

/// Reads the configuration this program was built with, and what the window was opened with.
pub fn of<R: Runtime>(app: &AppHandle<R>) -> WindowFacts {
    let config = &app.config().app;
    let directives: HashMap<String, CspDirectiveSources> = config
        .security
        .csp
        .clone()
        .map(Into::into)
        .unwrap_or_default();
    let csp: Vec<String> = directives
        .into_iter()
        .map(|(name, sources)| {
            let sources: Vec<String> = sources.into();
            format!("{name} {}", sources.join(" "))
        })
        .collect();
    WindowFacts {
        csp: csp.join("; "),
        isolated: matches!(config.security.pattern, PatternKind::Isolation { .. }),
        incognito: window::INCOGNITO,
        devtools: window::DEVTOOLS,
        frozen: config.security.freeze_prototype && !config.with_global_tauri,
    }
}
