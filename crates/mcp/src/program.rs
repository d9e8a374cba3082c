//! What is started: where a program is found, and what it is given of the environment of the app.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// What programs need to find others and the files of their person, as the clients of the protocol's
/// makers hand it on. Nothing else is: keys of other programs stand in environments.
#[cfg(not(windows))]
const INHERITED: &[&str] = &["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"];
#[cfg(windows)]
const INHERITED: &[&str] = &[
    "APPDATA",
    "HOMEDRIVE",
    "HOMEPATH",
    "LOCALAPPDATA",
    "PATH",
    "PATHEXT",
    "PROCESSOR_ARCHITECTURE",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "TEMP",
    "USERNAME",
    "USERPROFILE",
];

/// What Windows can start without another program that reads it.
const STARTS: &[&str] = &[".COM", ".EXE", ".BAT", ".CMD"];

/// What to start.
#[derive(Clone)]
pub struct Program {
    /// The program, by its whole path.
    pub program: PathBuf,
    /// What it is started with.
    pub arguments: Vec<String>,
    /// What a person entered for its environment. It goes before what it is given of ours.
    pub environment: BTreeMap<String, String>,
}

/// Why there is nothing to start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProgramError {
    /// No place has it.
    #[error("{}", missing(looked))]
    Missing {
        /// The folders it was looked for in; none for a whole path.
        looked: Vec<PathBuf>,
    },
    /// It is a file that cannot be started.
    #[error("{} is there, and is no program that may be started.", .0.display())]
    NotExecutable(PathBuf),
    /// It is a path from nowhere.
    #[error("A program is named by its whole path or by its name alone.")]
    Relative,
}

impl ProgramError {
    /// Stable, for machines and translations.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "program_missing",
            Self::NotExecutable(_) => "program_not_executable",
            Self::Relative => "program_relative",
        }
    }

    /// The places the sentence names.
    #[must_use]
    pub fn places(&self) -> Option<String> {
        match self {
            Self::Missing { looked } if looked.is_empty() => None,
            Self::Missing { looked } => Some(listed(looked)),
            Self::NotExecutable(place) => Some(place.display().to_string()),
            Self::Relative => None,
        }
    }
}

fn missing(looked: &[PathBuf]) -> String {
    let begins = "There is no such program on this computer";
    if looked.is_empty() {
        return format!("{begins}.");
    }
    format!("{begins}. Looked in: {}.", listed(looked))
}

fn listed(places: &[PathBuf]) -> String {
    let shown: Vec<String> = places.iter().map(|it| it.display().to_string()).collect();
    shown.join(", ")
}

/// The whole path of a program: of a name, where the system would look for it.
///
/// # Errors
/// When there is none, or none that may be started.
pub fn find_program(name: &str) -> Result<PathBuf, ProgramError> {
    let endings = cfg!(windows).then(|| std::env::var_os("PATHEXT").unwrap_or_default());
    let places = std::env::var_os("PATH").unwrap_or_default();
    find(name, &places, endings.as_deref())
}

fn find(name: &str, places: &OsStr, endings: Option<&OsStr>) -> Result<PathBuf, ProgramError> {
    let path = Path::new(name);
    let mut refused = None;
    let mut start = |place: &Path| {
        let found = named(place, endings).into_iter().find(|it| it.is_file())?;
        if is_executable(&found) {
            return Some(found);
        }
        refused.get_or_insert(found);
        None
    };
    let (found, looked) = if path.is_absolute() {
        (start(path), Vec::new())
    } else if path.components().count() > 1 {
        return Err(ProgramError::Relative);
    } else {
        let mut looked: Vec<PathBuf> = Vec::new();
        for place in std::env::split_paths(places).filter(|it| it.is_absolute()) {
            if !looked.contains(&place) {
                looked.push(place);
            }
        }
        let is_name = !name.is_empty() && name != "." && name != "..";
        let mut wholes = looked.iter().filter(|_| is_name).map(|it| it.join(name));
        (wholes.find_map(|whole| start(&whole)), looked)
    };
    found.ok_or(match refused {
        Some(place) => ProgramError::NotExecutable(place),
        None => ProgramError::Missing { looked },
    })
}

/// The files a path stands for, in the order in which they are looked for. With `endings`, as Windows
/// keeps them, one that starts without another program has one of them: beside `npx.cmd` there is an
/// `npx` for another system.
fn named(path: &Path, endings: Option<&OsStr>) -> Vec<PathBuf> {
    let Some(endings) = endings else {
        return vec![path.to_owned()];
    };
    let listed = endings.to_string_lossy().to_ascii_uppercase();
    let mut ends: Vec<&str> = listed.split(';').filter(|it| STARTS.contains(it)).collect();
    if ends.is_empty() {
        ends = STARTS.to_vec();
    }
    let whole = path.as_os_str();
    let upper = whole.to_string_lossy().to_ascii_uppercase();
    let as_it_is = ends.iter().any(|end| upper.ends_with(end));
    let with_end = ends.iter().map(|end| {
        let mut longer = whole.to_owned();
        longer.push(end.to_ascii_lowercase());
        PathBuf::from(longer)
    });
    let itself = as_it_is.then(|| path.to_owned());
    itself.into_iter().chain(with_end).collect()
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|it| it.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    true
}

/// What a program is given of the environment of the app.
pub(crate) fn inherited() -> impl Iterator<Item = (&'static str, OsString)> {
    chosen(|name| std::env::var_os(name))
}

fn chosen(
    value: impl Fn(&str) -> Option<OsString>,
) -> impl Iterator<Item = (&'static str, OsString)> {
    let values = INHERITED
        .iter()
        .filter_map(move |name| Some((*name, value(name)?)));
    // A function of a shell, which another shell would carry out.
    values.filter(|(_, value)| !value.as_encoded_bytes().starts_with(b"()"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_of_a_shell_are_not_handed_on() {
        let value = |name: &str| match name {
            "PATH" => Some("() { :; }; echo".into()),
            _ => Some(OsString::from(name)),
        };
        let given: Vec<&str> = chosen(value).map(|it| it.0).collect();
        assert_eq!(given.len(), INHERITED.len() - 1);
        assert!(!given.contains(&"PATH") && !given.contains(&"SECRET"));
    }

    #[test]
    fn windows_looks_for_endings_that_start_and_cuts_none() {
        let names = |path: &str, endings: &str| -> Vec<String> {
            let found = named(Path::new(path), Some(OsStr::new(endings)));
            found.iter().map(|it| it.display().to_string()).collect()
        };
        assert_eq!(names("npx", ".JS;.CMD;.EXE"), ["npx.cmd", "npx.exe"]);
        assert_eq!(names("python3.11", ".EXE"), ["python3.11.exe"]);
        assert_eq!(names("a.Exe", ".EXE"), ["a.Exe", "a.Exe.exe"]);
        assert_eq!(names("x", "").len(), STARTS.len());
        assert_eq!(
            named(Path::new("python3.11"), None),
            [Path::new("python3.11")]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_name_is_looked_for_in_every_place_and_what_cannot_start_is_passed_over() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let (first, second) = (home.path().join("a"), home.path().join("b"));
        for (place, mode) in [(&first, 0o600), (&second, 0o700)] {
            std::fs::create_dir(place).unwrap();
            let file = place.join("python3.11");
            std::fs::write(&file, "").unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        let both = std::env::join_paths([&first, &second, &first]).unwrap();
        let found = |name: &str, places: &OsStr| find(name, places, None);
        assert_eq!(found("python3.11", &both), Ok(second.join("python3.11")));
        let whole = first.join("python3.11");
        assert_eq!(
            found("python3.11", first.as_os_str()),
            Err(ProgramError::NotExecutable(whole.clone()))
        );
        let named = whole.to_str().unwrap();
        let error = found(named, OsStr::new("")).unwrap_err();
        assert_eq!(error.code(), "program_not_executable");
        // Both places are named, once each.
        let error = found("python3", &both).unwrap_err();
        let looked = format!("Looked in: {}, {}.", first.display(), second.display());
        assert!(error.to_string().ends_with(&looked), "{error}");
        for name in ["", ".", "..", "a/b", "./b"] {
            assert!(found(name, &both).is_err(), "{name}");
        }
    }
}
