//! A server of tools as a person types it, and as it is typed to stay what it is.

use fluxchat_model::{Secret, ToolServer, ToolTransport};

use super::remote;
use crate::Error;

const MOST_VALUES: usize = 64;
const LONGEST: usize = 16 << 10;
/// Of the texts of a program.
const MOST_ARGUMENTS: usize = 100;

/// A server as it is typed.
#[derive(Clone, Debug, Default)]
pub struct NewToolServer {
    /// What it is called.
    pub name: String,
    /// Its address; empty for a program.
    pub url: String,
    /// Whether its path is kept with the keys and shown to nobody.
    pub hide_path: bool,
    /// The header its key goes in; empty for the usual one.
    pub key_header: String,
    /// A new key for its address; empty removes it, `None` keeps what it had.
    pub key: Option<Secret<String>>,
    /// All further headers for its address. `None` for a value keeps what it had.
    pub headers: Vec<(String, Option<Secret<String>>)>,
    /// The program: a path, or a name that is looked for now.
    pub program: String,
    /// What it is started with; nothing of it is read by a shell.
    pub arguments: Vec<String>,
    /// What is added to the little of our environment it is given. `None` for a value keeps what it
    /// had.
    pub environment: Vec<(String, Option<Secret<String>>)>,
    /// How long a call of its tools may take, in seconds; `None` keeps what it had.
    pub timeout_s: Option<u32>,
    /// Whether it may be used.
    pub enabled: bool,
}

impl NewToolServer {
    /// A server as it would be typed to stay what it is.
    #[must_use]
    pub fn of(server: &ToolServer) -> Self {
        let kept = |names: &[String]| names.iter().map(|name| (name.clone(), None)).collect();
        let mut same = Self {
            name: server.name.clone(),
            enabled: server.enabled,
            ..Self::default()
        };
        match &server.transport {
            ToolTransport::Stdio {
                program,
                arguments,
                environment,
            } => {
                same.program.clone_from(program);
                same.arguments.clone_from(arguments);
                same.environment = kept(environment);
            }
            ToolTransport::Http {
                hides_path,
                header,
                headers,
                ..
            } => {
                same.url = remote::address(&server.transport).unwrap_or_default();
                same.hide_path = *hides_path;
                same.key_header = header.clone().unwrap_or_default();
                same.headers = kept(headers);
            }
        }
        same
    }
}

/// A program and what it is started with, in one line that no other one has.
pub(super) fn command(transport: &ToolTransport) -> Option<String> {
    let ToolTransport::Stdio {
        program, arguments, ..
    } = transport
    else {
        return None;
    };
    let quoted = |text: &String| {
        if text.is_empty() || text.contains(|c: char| c == '"' || c.is_whitespace()) {
            serde_json::Value::from(text.as_str()).to_string()
        } else {
            text.clone()
        }
    };
    let words: Vec<String> = std::iter::once(program)
        .chain(arguments)
        .map(quoted)
        .collect();
    Some(words.join(" "))
}

/// How long a call may take, as it is typed.
pub(super) fn timeout(new: &NewToolServer, otherwise: u32) -> Result<u32, Error> {
    let seconds = new.timeout_s.unwrap_or(otherwise);
    if ToolServer::TIMEOUTS_S.contains(&seconds) {
        Ok(seconds)
    } else {
        Err(Error::said("tool_timeout"))
    }
}

/// How a server is reached, as it is typed.
pub(super) fn transport(
    new: &NewToolServer,
    before: Option<&ToolTransport>,
) -> Result<ToolTransport, Error> {
    if !new.url.trim().is_empty() {
        return remote::transport(new, before);
    }
    let invalid = || {
        Error::invalid(
            "invalid_parameter",
            "The program, its arguments or its environment cannot be used like this.",
        )
    };
    let texts = || {
        let names = new.environment.iter().map(|(name, _)| name);
        new.arguments.iter().chain(names)
    };
    let is_name = |name: &String| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    let holds = new.arguments.len() <= MOST_ARGUMENTS
        && new.environment.len() <= MOST_VALUES
        && new.environment.iter().all(|(name, _)| is_name(name))
        && texts().all(|text| text.len() <= LONGEST && !text.contains('\0'));
    if !holds {
        return Err(invalid());
    }
    let program = fluxchat_mcp::find_program(new.program.trim())?;
    Ok(ToolTransport::Stdio {
        program: program
            .into_os_string()
            .into_string()
            .map_err(|_| invalid())?,
        arguments: new.arguments.clone(),
        environment: new
            .environment
            .iter()
            .map(|(name, _)| name.clone())
            .collect(),
    })
}
