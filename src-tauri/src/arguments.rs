//! The command line of the window: `fluxchat [--profile DIR]`.

use std::ffi::OsString;
use std::path::PathBuf;

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// The profile's folder; `None` means the usual one.
    pub profile: Option<PathBuf>,
}

/// The line cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsageError {
    /// An option without its value.
    #[error("--profile needs a folder")]
    MissingProfile,
    /// Anything else. It is not repeated: what stands there may be private.
    #[error("usage: fluxchat [--profile DIR]")]
    Unknown,
}

/// Reads the line.
///
/// # Errors
/// [`UsageError`] for anything but `--profile DIR` and `--profile=DIR`.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Arguments, UsageError> {
    let mut parsed = Arguments::default();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let profile = if argument == "--profile" {
            arguments.next()
        } else {
            let text = argument.to_str().ok_or(UsageError::Unknown)?;
            // macOS adds this one when an app is opened from the Finder.
            if text.starts_with("-psn_") {
                continue;
            }
            Some(
                text.strip_prefix("--profile=")
                    .ok_or(UsageError::Unknown)?
                    .into(),
            )
        };
        let folder = profile
            .filter(|p| !p.is_empty())
            .ok_or(UsageError::MissingProfile)?;
        parsed.profile = Some(folder.into());
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use super::{Arguments, UsageError, parse};

    fn check(line: &[&str], expected: Result<Option<&str>, UsageError>) {
        let expected = expected.map(|profile| Arguments {
            profile: profile.map(Into::into),
        });
        assert_eq!(parse(line.iter().map(Into::into)), expected, "for {line:?}");
    }

    #[test]
    fn a_line_is_understood_or_refused() {
        check(&[], Ok(None));
        check(&["--profile", "/a b"], Ok(Some("/a b")));
        check(&["--profile=x"], Ok(Some("x")));
        check(&["-psn_0_123"], Ok(None));
        check(&["--profile"], Err(UsageError::MissingProfile));
        check(&["--profile="], Err(UsageError::MissingProfile));
        check(&["fluxchat://open"], Err(UsageError::Unknown));
        check(&["--inspect"], Err(UsageError::Unknown));
    }
}
