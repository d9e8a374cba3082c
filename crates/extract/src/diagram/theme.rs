//! The colours of diagrams: those of the window, as its tokens have them.

use fluxchat_model::DiagramTheme;
use merman::svg::{HostTheme, HostThemeAppearance, PresentationError, ThemeRole};

/// Paper and ink.
#[derive(Clone, Copy)]
pub(super) struct Paper {
    pub paper: u32,
    pub ink: u32,
    /// Ink where the paper is of another colour.
    pub other_ink: u32,
}

pub(super) const fn paper(theme: DiagramTheme) -> Paper {
    match theme {
        DiagramTheme::Light => Paper {
            paper: 0xf9_f9_f8_ff,
            ink: 0x21_20_1c_ff,
            other_ink: 0xff_ff_ff_ff,
        },
        DiagramTheme::Dark => Paper {
            paper: 0x19_19_18_ff,
            ink: 0xee_ee_ec_ff,
            other_ink: 0x11_11_10_ff,
        },
    }
}

/// What has no role of its own is made of these by the library.
const LIGHT: &[(ThemeRole, &str)] = &[
    (ThemeRole::Canvas, "#f9f9f8"),
    (ThemeRole::Surface, "#f0f1fe"),
    (ThemeRole::SurfaceAlt, "#f1f0ef"),
    (ThemeRole::SurfaceMuted, "#e2e1de"),
    (ThemeRole::Text, "#21201c"),
    (ThemeRole::SubtleText, "#63635e"),
    (ThemeRole::Border, "#5b5bd6"),
    (ThemeRole::Line, "#63635e"),
    (ThemeRole::EdgeLabelBackground, "#f9f9f8"),
    (ThemeRole::ClusterBackground, "#f1f0ef"),
    (ThemeRole::ClusterBorder, "#bcbbb5"),
    (ThemeRole::NoteBackground, "#fff7c2"),
    (ThemeRole::NoteBorder, "#e2a336"),
    (ThemeRole::NoteText, "#21201c"),
    (ThemeRole::Error, "#ce2c31"),
    (ThemeRole::Warning, "#ab6400"),
    (ThemeRole::Success, "#2a7e3b"),
];

const DARK: &[(ThemeRole, &str)] = &[
    (ThemeRole::Canvas, "#191918"),
    (ThemeRole::Surface, "#202248"),
    (ThemeRole::SurfaceAlt, "#2a2a28"),
    (ThemeRole::SurfaceMuted, "#3b3a37"),
    (ThemeRole::Text, "#eeeeec"),
    (ThemeRole::SubtleText, "#b5b3ad"),
    (ThemeRole::Border, "#6e6ade"),
    (ThemeRole::Line, "#b5b3ad"),
    (ThemeRole::EdgeLabelBackground, "#191918"),
    (ThemeRole::ClusterBackground, "#222221"),
    (ThemeRole::ClusterBorder, "#62605b"),
    (ThemeRole::NoteBackground, "#302008"),
    (ThemeRole::NoteBorder, "#8f6424"),
    (ThemeRole::NoteText, "#eeeeec"),
    (ThemeRole::Error, "#ff9592"),
    (ThemeRole::Warning, "#ffca16"),
    (ThemeRole::Success, "#71d083"),
];

/// One after the other, for slices, branches and sections; beyond the last they begin again.
const SERIES: [&str; 12] = [
    "#8e8cf0", "#ffc53d", "#65ba74", "#e5734c", "#5eb1ef", "#d3a5e5", "#b5b35c", "#f3aeaf",
    "#53b9ab", "#c2a792", "#aab4e8", "#b0aea7",
];

pub(super) fn host(theme: DiagramTheme) -> Result<HostTheme, PresentationError> {
    let (roles, appearance) = match theme {
        DiagramTheme::Light => (LIGHT, HostThemeAppearance::Light),
        DiagramTheme::Dark => (DARK, HostThemeAppearance::Dark),
    };
    let mut host = HostTheme::new()
        .with_appearance(appearance)
        .try_with_font_family("sans-serif")?
        .try_with_font_size("16px")?
        .try_with_series_palette(SERIES)?;
    for (role, colour) in roles {
        host = host.try_with_role(*role, *colour)?;
    }
    Ok(host)
}
