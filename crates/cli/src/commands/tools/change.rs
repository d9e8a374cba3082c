//! Changing a server of tools: what is not named stays as it is.

use fluxchat_core::{App, NewToolServer};
use fluxchat_model::Secret;
use serde_json::json;

use super::{Values, environment, where_it_goes};
use crate::args::ToolChanges;
use crate::input;
use crate::output::{Failure, Out, plain};

pub(super) async fn change(
    app: &App,
    name: &str,
    changes: ToolChanges,
    out: &Out,
) -> Result<(), Failure> {
    if changes == ToolChanges::default() {
        return Err(Failure::usage("Say what to change, such as --timeout 120"));
    }
    let before = app.tool_server_named(name).await?;
    let new = changed(NewToolServer::of(&before), changes)?;
    let after = app.change_tool_server(before.id, new).await?;
    let host = after.transport.host();
    if after.transport != before.transport {
        where_it_goes(host.as_deref(), out);
    }
    let is_another = after.tools != before.tools;
    if is_another {
        out.note("It is another server now: what it offered and what you decided about that is forgotten.");
    }
    out.answer(
        &json!({
            "id": after.id,
            "name": after.name,
            "host": host,
            "timeout": after.timeout_s,
            "forgotten": is_another,
        }),
        |_| format!("{} was changed.\n", plain(&after.name)),
    );
    Ok(())
}

fn changed(from: NewToolServer, changes: ToolChanges) -> Result<NewToolServer, Failure> {
    let mut new = from;
    new.name = changes.name.unwrap_or(new.name);
    new.timeout_s = changes.timeout;
    if let Some(url) = changes.url {
        new.url = url;
        new.hide_path = false;
    }
    if let Some(descriptor) = changes.url_fd {
        new.url = input::secret_from(descriptor)?.expose().trim().to_owned();
        new.hide_path = true;
    }
    let mut command = changes.command.into_iter();
    if let Some(program) = command.next() {
        new.url.clear();
        new.program = program;
        new.arguments = command.collect();
    }
    let is_program = new.url.is_empty();
    let of_address = changes.key_fd.is_some()
        || changes.no_key
        || changes.key_header.is_some()
        || changes.headers_fd.is_some()
        || !changes.no_header.is_empty();
    if is_program && of_address {
        return Err(Failure::usage("A program has no key and no headers"));
    }
    let of_program = changes.env_fd.is_some() || !changes.no_env.is_empty();
    if !is_program && of_program {
        return Err(Failure::usage("A server at an address has no environment"));
    }
    new.key = changes.key_fd.map(input::secret_from).transpose()?;
    if changes.no_key {
        new.key = Some(Secret::new(String::new()));
    }
    new.key_header = changes.key_header.unwrap_or(new.key_header);
    let headers = changes.headers_fd.map(environment).transpose()?;
    // Names of headers have no case.
    let is_header = str::eq_ignore_ascii_case;
    new.headers = merged(new.headers, headers, &changes.no_header, is_header)?;
    let values = changes.env_fd.map(environment).transpose()?;
    let is_name = |one: &str, other: &str| one == other;
    new.environment = merged(new.environment, values, &changes.no_env, is_name)?;
    Ok(new)
}

/// Values with these in their places or added, and without those.
fn merged(
    mut kept: Values,
    given: Option<Values>,
    gone: &[String],
    same: impl Fn(&str, &str) -> bool,
) -> Result<Values, Failure> {
    for name in gone {
        let before = kept.len();
        kept.retain(|(known, _)| !same(known, name));
        if kept.len() == before {
            return Err(Failure::usage(&format!(
                "There is no {} to take out",
                plain(name)
            )));
        }
    }
    for (name, value) in given.unwrap_or_default() {
        match kept.iter_mut().find(|(known, _)| same(known, &name)) {
            Some(known) => known.1 = value,
            None => kept.push((name, value)),
        }
    }
    Ok(kept)
}
