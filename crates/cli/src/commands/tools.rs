mod answer;
mod change;
mod list;
mod sign_in;

use std::io::BufRead as _;
use std::process::ExitCode;

use fluxchat_core::{App, Error, NewToolServer, SignedOut};
use fluxchat_model::{Secret, ToolPolicy};
use serde_json::{Value, json};

pub use answer::{calls, chosen, decide, in_words, notices, returned};
pub(super) use list::first_line;
use list::list;
use sign_in::{given_back, login};

use super::{Done, offers, word};
use crate::args::{PolicyArg, Tool};
use crate::input;
use crate::output::{Failure, Out, plain};

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
            timeout,
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
                    timeout_s: timeout,
                    enabled: true,
                })
                .await?;
            let host = added.transport.host();
            where_it_goes(host.as_deref(), out);
            out.answer(
                &json!({ "id": added.id, "name": added.name, "host": host }),
                |_| format!("{} was added.\n", plain(&added.name)),
            );
        }
        Tool::Change { server, changes } => change::change(app, &server, changes, out).await?,
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
        Tool::Prompts { server } => return offers::prompts(app, server.as_deref(), out).await,
        Tool::Resources { server } => return offers::resources(app, server.as_deref(), out).await,
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

/// What to know about who runs the tools.
fn where_it_goes(host: Option<&str>, out: &Out) {
    match host {
        Some(host) => out.note(&format!(
            "What models call its tools with is sent to {}. It declares nothing about what it does with that.",
            plain(host)
        )),
        None => out.note(
            "It is a program with your rights: what it sends over the network is in no ledger.",
        ),
    }
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
