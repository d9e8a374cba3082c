use std::io::{BufRead as _, IsTerminal as _};
use std::process::ExitCode;

use fluxchat_core::{App, Error, NewToolServer, SignedOut, ToolInfo, ToolServerInfo, shown_json};
use fluxchat_model::{
    AnswerNotice, Message, MessageId, Part, Secret, ToolCallPart, ToolDecision, ToolPolicy,
    ToolState, ToolTransport,
};
use serde_json::{Value, json};

use super::{Done, word};
use crate::args::{PolicyArg, Tool, ToolArgs};
use crate::input;
use crate::output::{Failure, Out, count, plain};

/// Of a description in a list.
const LONGEST_LINE: usize = 80;

pub async fn run(app: &App, command: Tool, out: &Out) -> Done {
    match command {
        Tool::List => list(app, out).await?,
        Tool::Add {
            name,
            url,
            url_fd,
            key_fd,
            key_header,
            headers_fd,
            env_fd,
            command,
        } => {
            let headers = headers_fd.map(environment).transpose()?.unwrap_or_default();
            let environment = env_fd.map(environment).transpose()?.unwrap_or_default();
            let mut command = command.into_iter();
            let key = key_fd.map(input::secret_from).transpose()?;
            let secret_url = url_fd.map(input::secret_from).transpose()?;
            let hide_path = secret_url.is_some();
            let secret_url = secret_url.map(|it| it.expose().trim().to_owned());
            let added = app
                .add_tool_server(NewToolServer {
                    name,
                    url: url.or(secret_url).unwrap_or_default(),
                    hide_path,
                    key_header: key_header.unwrap_or_default(),
                    key,
                    headers,
                    program: command.next().unwrap_or_default(),
                    arguments: command.collect(),
                    environment,
                    enabled: true,
                })
                .await?;
            let host = added.transport.host();
            match &host {
                Some(host) => out.note(&format!(
                    "What models call its tools with is sent to {}. It declares nothing about what it does with that.",
                    plain(host)
                )),
                None => out.note(
                    "It is a program with your rights: what it sends over the network is in no ledger.",
                ),
            }
            out.answer(
                &json!({ "id": added.id, "name": added.name, "host": host }),
                |_| format!("{} was added.\n", plain(&added.name)),
            );
        }
        Tool::Test { name } => {
            let server = app.tool_server_named(&name).await?;
            let tools = match app.test_tool_server(server.id).await {
                Ok(tools) => tools,
                Err(error) => {
                    let servers = app.tools().await?.servers;
                    let said = servers.iter().find(|it| it.id == server.id);
                    if let Some(said) = said.filter(|it| !it.said.is_empty()) {
                        out.note(&plain(&said.said));
                    }
                    return Err(error.into());
                }
            };
            let rows: Vec<Value> = tools
                .iter()
                .map(|tool| json!({ "name": tool.name, "description": tool.description }))
                .collect();
            out.answer(&rows, |_| {
                let line = |tool: &fluxchat_model::ToolDefinition| {
                    format!(
                        "{:<24} {}\n",
                        plain(&tool.name),
                        first_line(&tool.description)
                    )
                };
                tools.iter().map(line).collect()
            });
        }
        Tool::Switch { name, state } => {
            let server = app.tool_server_named(&name).await?;
            app.enable_tool_server(server.id, state == "on").await?;
            out.answer(
                &json!({ "id": server.id, "enabled": state == "on" }),
                |_| format!("{} is {state}.\n", plain(&server.name)),
            );
        }
        Tool::Remove { name } => {
            let server = app.tool_server_named(&name).await?;
            let told = app.remove_tool_server(server.id).await?;
            if let Some(told) = told {
                out.note(given_back(told));
            }
            out.answer(&json!({ "id": server.id, "removed": true }), |_| {
                format!("{} was removed.\n", plain(&server.name))
            });
        }
        Tool::Login {
            name,
            no_browser,
            client_id,
            client_secret_fd,
        } => {
            let secret = client_secret_fd.map(input::secret_from).transpose()?;
            login(
                app,
                &name,
                no_browser,
                client_id.map(|id| (id, secret)),
                out,
            )
            .await?;
        }
        Tool::Logout { name } => {
            let server = app.tool_server_named(&name).await?;
            let told = app.sign_out(server.id).await?;
            let word = told.map(|told| match told {
                SignedOut::Revoked => "revoked",
                SignedOut::NoPlace => "no_place",
                SignedOut::Failed => "failed",
            });
            out.answer(&json!({ "id": server.id, "given_back": word }), |_| {
                let words = told.map_or("Nobody was signed in.", given_back);
                format!("{words}\n")
            });
        }
        Tool::Policy { tool, policy } => {
            let policy = match policy {
                PolicyArg::Ask => ToolPolicy::Ask,
                PolicyArg::Always => ToolPolicy::Always,
                PolicyArg::Never => ToolPolicy::Never,
            };
            let key = key_of(app, &tool).await?;
            app.set_tool_policy(&key, policy).await?;
            out.answer(&json!({ "tool": tool, "policy": policy }), |_| {
                format!("{}: {}.\n", plain(&tool), word(&policy))
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What became of a permit.
fn given_back(told: SignedOut) -> &'static str {
    match told {
        SignedOut::Revoked => "Signed out: the permit was taken back and is deleted.",
        SignedOut::NoPlace => {
            "Signed out: the permit is deleted here. Who gave it has no way to take it back."
        }
        SignedOut::Failed => {
            "Signed out: the permit is deleted here. Who gave it could not be told, so it may be good until its time is over."
        }
    }
}

/// What the place to sign in knows this app by.
type Client = (String, Option<Secret<String>>);

async fn login(
    app: &App,
    name: &str,
    no_browser: bool,
    client: Option<Client>,
    out: &Out,
) -> Result<(), Failure> {
    let server = app.tool_server_named(name).await?;
    let mut named = app.sign_in_find(server.id, client).await?;
    let page = loop {
        if !named.unanswered.is_empty() {
            let silent = plain(&named.unanswered.join(", "));
            out.note(&format!("{silent} did not answer."));
        }
        out.note(&format!(
            "You sign in at {}.",
            plain(&named.hosts.join(", "))
        ));
        if !named.scopes.is_empty() {
            let scopes = plain(&named.scopes.join(", "));
            out.note(&format!("It is asked to allow: {scopes}."));
        }
        if std::io::stdin().is_terminal() {
            out.note("Go on? [y]es, anything else ends it");
            if !is_yes(&typed().await?) {
                app.sign_in_cancel(server.id)?;
                return Err(Failure::not_confirmed(
                    "The sign-in was not begun.",
                    "Run it again, if you want to sign in.",
                ));
            }
        }
        match app.sign_in_open(server.id).await? {
            Some(page) => break page,
            None => {
                let servers = app.tools().await?.servers;
                let found = servers.into_iter().find(|it| it.id == server.id);
                named = found
                    .and_then(|it| it.sign_in)
                    .ok_or(Error::NotFound("sign-in"))?;
            }
        }
    };
    out.note(&format!("Open this address:\n{}", plain(&page.address)));
    if !no_browser && open::that_detached(&page.address).is_err() {
        out.note("No browser could be opened.");
    }
    page.finished().await?;
    out.answer(&json!({ "id": server.id, "signed_in": true }), |_| {
        format!("Signed in to {}.\n", plain(&server.name))
    });
    Ok(())
}

async fn typed() -> Result<String, Failure> {
    let typed = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    Ok(typed.await.map_err(Error::from)?.map_err(Error::from)?)
}

fn is_yes(typed: &str) -> bool {
    matches!(typed.trim(), "y" | "yes")
}

async fn list(app: &App, out: &Out) -> Result<(), Failure> {
    let found = app.tools().await?;
    let document = json!({
        "supervised": found.supervised,
        "local": found.local.iter().map(tool_row).collect::<Vec<_>>(),
        "servers": found.servers.iter().map(server_row).collect::<Vec<_>>(),
    });
    out.answer(&document, |_| {
        let mut text = String::new();
        for tool in &found.local {
            text.push_str(&tool_line("", tool));
        }
        for server in &found.servers {
            let state = if server.enabled { "on" } else { "off" };
            text.push_str(&format!(
                "\n{} ({state}): {}\n",
                plain(&server.name),
                plain(&place(&server.transport))
            ));
            let prefix = format!("{}/", plain(&server.name));
            for tool in &server.tools {
                text.push_str(&tool_line(&prefix, tool));
            }
        }
        text
    });
    if found.supervised {
        out.note("A guardian supervises this profile: there are no tools.");
    }
    Ok(())
}

fn place(transport: &ToolTransport) -> String {
    match transport {
        ToolTransport::Stdio {
            program, arguments, ..
        } => format!("{program} {}", arguments.join(" ")),
        ToolTransport::Http {
            origin,
            path,
            has_key,
            hides_path,
            has_query,
            signed_in,
            ..
        } => {
            let path = if *hides_path { "/…" } else { path };
            let query = if *has_query { "?…" } else { "" };
            let key = match signed_in {
                Some(by) => format!(", signed in at {}", by.host),
                None if *has_key => ", with a key".to_owned(),
                None => String::new(),
            };
            format!(
                "{}://{}{path}{query}{key}",
                origin.scheme(),
                origin.authority()
            )
        }
    }
}

fn tool_line(prefix: &str, tool: &ToolInfo) -> String {
    let name = format!("{prefix}{}", plain(&tool.name));
    let changed = if tool.changed { " (changed)" } else { "" };
    format!(
        "{name:<32} {:<7}{changed} {}\n",
        word(&tool.policy),
        first_line(&tool.description)
    )
}

fn first_line(text: &str) -> String {
    let line = plain(text.lines().next().unwrap_or_default());
    if line.chars().count() <= LONGEST_LINE {
        return line;
    }
    line.chars().take(LONGEST_LINE).chain(['…']).collect()
}

fn tool_row(tool: &ToolInfo) -> Value {
    json!({
        "name": tool.name,
        "description": tool.description,
        "policy": tool.policy,
        "changed": tool.changed,
        "unusable": tool.unusable,
    })
}

fn server_row(server: &ToolServerInfo) -> Value {
    json!({
        "id": server.id,
        "name": server.name,
        "transport": server.transport,
        "host": server.transport.host(),
        "enabled": server.enabled,
        "wants_sign_in": server.wants_sign_in,
        "wants_more": server.wants_more,
        "tools": server.tools.iter().map(tool_row).collect::<Vec<_>>(),
    })
}

async fn key_of(app: &App, tool: &str) -> Result<String, Failure> {
    let found = app.tools().await?;
    let local = found.local.iter().find(|it| it.name == tool);
    if let Some(local) = local {
        return Ok(local.key.clone());
    }
    let missing = || Failure::from(Error::NotFound("tool"));
    let (server, name) = tool.split_once('/').ok_or_else(missing)?;
    let wanted = server.to_lowercase();
    found
        .servers
        .iter()
        .filter(|it| it.name.to_lowercase() == wanted)
        .flat_map(|it| &it.tools)
        .find(|it| it.name == name)
        .map(|it| it.key.clone())
        .ok_or_else(missing)
}

/// Names and values of an environment.
type Values = Vec<(String, Option<Secret<String>>)>;

fn environment(descriptor: i32) -> Result<Values, Failure> {
    let text = input::secret_from(descriptor)?;
    let pairs = text.expose().lines().filter(|line| !line.trim().is_empty());
    pairs
        .map(|line| match line.split_once('=') {
            Some((name, value)) => {
                Ok((name.trim().to_owned(), Some(Secret::new(value.to_owned()))))
            }
            None => Err(Failure::usage(
                "Write the environment as NAME=VALUE, one on each line",
            )),
        })
        .collect()
}

/// What the conversation is to have switched on.
pub async fn chosen(app: &App, args: &ToolArgs) -> Result<Vec<String>, Failure> {
    let mut chosen = Vec::new();
    for name in &args.tools {
        chosen.push(app.tool_named(name).await?);
    }
    Ok(chosen)
}

/// Decides about the calls that wait, once each: as the command says, or as the person at the
/// terminal does. Without either, nothing runs.
pub async fn decide(
    app: &App,
    answer: MessageId,
    args: &ToolArgs,
    decided: &mut Vec<u32>,
    out: &Out,
) -> Result<(), Failure> {
    for call in app.tool_calls(answer).await? {
        if call.state != ToolState::Waiting || decided.contains(&call.number) {
            continue;
        }
        let number = call.number;
        let decision = if args.allow_tools {
            ToolDecision::Once
        } else {
            asked(call, app.status().offline, out).await?
        };
        decided.push(number);
        match app.decide_tool(answer, number, decision).await {
            // Stopped meanwhile.
            Err(Error::NotFound(_)) => {}
            other => other?,
        }
    }
    Ok(())
}

async fn asked(call: ToolCallPart, offline: bool, out: &Out) -> Result<ToolDecision, Failure> {
    let place = call.server.as_deref().unwrap_or("in this app");
    let goes = match &call.host {
        Some(host) => format!(", goes to {}", plain(host)),
        None => String::new(),
    };
    out.note(&format!(
        "\nThe model asks for {} ({}{goes}) with\n{}",
        plain(&call.tool),
        plain(place),
        plain(&shown_json(&call.arguments))
    ));
    if offline && call.server.is_some() && call.host.is_none() {
        out.note(
            "Fluxchat is offline. This is a program of its own: it can still use the network.",
        );
    }
    if call.changed {
        out.note("This tool is described differently than when it was allowed.");
    }
    if !std::io::stdin().is_terminal() {
        out.note("Refused: there is nobody to ask. --allow-tools lets it run.");
        return Ok(ToolDecision::Refuse);
    }
    out.note("Run it? [y]es, [a]lways in this conversation, anything else refuses");
    let typed = typed().await?;
    Ok(match typed.trim() {
        _ if is_yes(&typed) => ToolDecision::Once,
        "a" | "always" => ToolDecision::Conversation,
        _ => ToolDecision::Refuse,
    })
}

/// The calls of an answer in its document.
pub fn calls(answer: &Message) -> Vec<Value> {
    let calls = answer.parts.iter().filter_map(|part| match part {
        Part::ToolCall(call) => Some(json!({
            "tool": call.tool,
            "server": call.server,
            "host": call.host,
            "arguments": call.arguments,
            "state": call.state,
            "result": call.result,
        })),
        _ => None,
    });
    calls.collect()
}

/// What to know about an answer.
pub fn notices(answer: &Message) -> Vec<&AnswerNotice> {
    let notices = answer.parts.iter().filter_map(|part| match part {
        Part::Notice { notice } => Some(notice),
        _ => None,
    });
    notices.collect()
}

/// The same in words.
pub fn in_words(notice: &AnswerNotice) -> String {
    match notice {
        AnswerNotice::ParameterDropped { name } => {
            format!(
                "The source does not know the setting {}; it was left out.",
                plain(name)
            )
        }
        AnswerNotice::PartLeftOut { name } => {
            format!(
                "{} was not sent: the source has no form for it.",
                plain(name)
            )
        }
        AnswerNotice::FramesSkipped { count: parts } => {
            let parts = count(u64::from(*parts), "part", "parts");
            format!("{parts} of the answer could not be read.")
        }
        AnswerNotice::ToolsMissing { name } => {
            format!(
                "{} could not be reached; the answer was made without its tools.",
                plain(name)
            )
        }
        AnswerNotice::ToolsOffline { name } => {
            format!(
                "{} was not asked: Fluxchat is offline. The answer was made without its tools.",
                plain(name)
            )
        }
        AnswerNotice::ToolsElsewhere { name } => {
            format!(
                "{} was not asked: it is elsewhere, and this conversation is kept to this computer.",
                plain(name)
            )
        }
        AnswerNotice::ToolsKey { name } => {
            format!(
                "{} wants a key, or does not take the one it has; the answer was made without its tools.",
                plain(name)
            )
        }
        AnswerNotice::ToolsSignIn { name } => {
            format!(
                "You have to sign in to {} again; the answer was made without its tools.",
                plain(name)
            )
        }
        AnswerNotice::ToolsMore { name, scopes } if scopes.is_empty() => {
            format!(
                "{} wants to be allowed more than you allowed when you signed in. Sign in again to see what.",
                plain(name)
            )
        }
        AnswerNotice::ToolsMore { name, scopes } => {
            format!(
                "{} wants to be allowed more than you allowed when you signed in: {}. Sign in again to allow it.",
                plain(name),
                plain(&scopes.join(", "))
            )
        }
        AnswerNotice::RoundsSpent { count: rounds } => {
            format!("The model asked for tools {rounds} times and was stopped.")
        }
        AnswerNotice::Rewritten => {
            "You changed these words; the model's own are in the branch beside.".to_owned()
        }
    }
}
