//! What servers of tools offer besides tools: prompts and resources. Naming one is asking for it.

use std::process::ExitCode;

use fluxchat_core::{
    App, Brought, Error, OfferAsking, OfferField, OfferValues, Offers, PromptInfo, ResourceInfo,
};
use fluxchat_model::{AssetId, DraftKey, ToolServer, ToolServerId};
use serde_json::{Value, json};

use super::tools::first_line;
use super::{Done, attach};
use crate::args;
use crate::output::{Failure, Out, count, document, plain};

/// The prompts there are: of one server, or of all that are switched on.
pub(super) async fn prompts(app: &App, named: Option<&str>, out: &Out) -> Done {
    let ask = async |id| {
        app.server_prompts(asking(id, DraftKey::NewConversation))
            .await
    };
    let found = each(app, named, ask, out).await?;
    list(named, &found, "prompts", prompt_row, prompt_line, out)
}

/// The same of resources.
pub(super) async fn resources(app: &App, named: Option<&str>, out: &Out) -> Done {
    let ask = async |id| {
        app.server_resources(asking(id, DraftKey::NewConversation))
            .await
    };
    let found = each(app, named, ask, out).await?;
    list(named, &found, "resources", resource_row, resource_line, out)
}

/// Nobody stops it but who ends the program.
fn asking(server: ToolServerId, key: DraftKey) -> OfferAsking {
    OfferAsking {
        server,
        key,
        id: None,
    }
}

type Found<T> = Result<Offers<T>, Error>;

async fn each<T>(
    app: &App,
    named: Option<&str>,
    ask: impl AsyncFn(ToolServerId) -> Found<T>,
    out: &Out,
) -> Result<Vec<(ToolServer, Found<T>)>, Failure> {
    let mut found = Vec::new();
    for server in servers(app, named).await? {
        is_asked(&server, out);
        let offers = ask(server.id).await;
        found.push((server, offers));
    }
    Ok(found)
}

/// Puts the words of the prompt before those of the question, and resources beside them. What was
/// attached is in `attached` even where something fails.
pub(super) async fn bring(
    app: &App,
    key: DraftKey,
    ask: &args::Ask,
    attached: &mut Vec<AssetId>,
    out: &Out,
) -> Result<String, Failure> {
    let typed = ask.text.clone().unwrap_or_default();
    let mut words = Vec::new();
    if let Some(named) = &ask.prompt {
        let values = values(&ask.arguments)?;
        let (server, name) = of_server(app, named).await?;
        is_asked(&server, out);
        let filled = app
            .fill_server_prompt(asking(server.id, key), name, values)
            .await?;
        words.push(taken(filled, attached, out));
    }
    for named in &ask.resources {
        let (server, uri) = of_server(app, named).await?;
        is_asked(&server, out);
        let read = app.attach_resource(asking(server.id, key), uri, None, Vec::new());
        taken(read.await?, attached, out);
    }
    words.push(typed);
    words.retain(|it| !it.trim().is_empty());
    Ok(words.join("\n\n"))
}

fn taken(brought: Brought, attached: &mut Vec<AssetId>, out: &Out) -> String {
    for file in &brought.files {
        attach::changed(file, out);
        attached.push(file.asset_id);
    }
    for it in &brought.left_out {
        let (name, why) = (plain(&it.name), &it.problem.message);
        out.note(&format!("{name} was left out: {why}"));
    }
    brought.text
}

async fn servers(app: &App, named: Option<&str>) -> Result<Vec<ToolServer>, Failure> {
    if let Some(name) = named {
        return Ok(vec![app.tool_server_named(name).await?]);
    }
    let mut servers = Vec::new();
    for server in app.tools().await?.servers {
        if server.enabled {
            servers.push(app.tool_server_named(&server.id.to_string()).await?);
        }
    }
    Ok(servers)
}

/// A server and what of it is named, as `SERVER/NAME`. A name may contain a slash: the first server
/// that there is counts.
async fn of_server<'n>(app: &App, named: &'n str) -> Result<(ToolServer, &'n str), Failure> {
    for (at, _) in named.match_indices('/') {
        match app.tool_server_named(&named[..at]).await {
            Ok(server) => return Ok((server, &named[at + 1..])),
            Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if named.contains('/') {
        return Err(Error::NotFound("server of tools").into());
    }
    Err(Failure::usage(
        "Write what is meant as `tool prompts` and `tool resources` list it: SERVER/NAME, SERVER/URI",
    ))
}

fn values(given: &[String]) -> Result<OfferValues, Failure> {
    let pair = |text: &String| {
        let (name, value) = text.split_once('=')?;
        Some((name.trim().to_owned(), value.to_owned()))
    };
    let pairs: Option<OfferValues> = given.iter().map(pair).collect();
    pairs.ok_or_else(|| Failure::usage("Write an argument as KEY=VALUE"))
}

/// Who is asked hears of it, and of what it is asked for.
fn is_asked(server: &ToolServer, out: &Out) {
    let name = plain(&server.name);
    match server.transport.host() {
        Some(host) => out.note(&format!("{name} is asked, at {}.", plain(&host))),
        None => out.note(&format!("{name} is asked: a program on this computer.")),
    }
}

fn list<T>(
    named: Option<&str>,
    found: &[(ToolServer, Found<T>)],
    kind: &str,
    row: fn(&T) -> Value,
    line: fn(&str, &T) -> String,
    out: &Out,
) -> Done {
    // What went wrong with one is what the command ends with.
    let problem = |it: &Found<T>| it.as_ref().err().map(Error::visible);
    let worst = found.iter().find_map(|(_, it)| problem(it));
    if let (Some(_), Some(error)) = (named, &worst) {
        return Err(Failure::new(error.clone()));
    }
    let servers = found.iter().map(|(server, offers)| {
        let error = problem(offers).as_ref().map(document);
        let (rows, has_more) = match offers {
            Ok(offers) => (offers.rows.iter().map(row).collect(), offers.has_more),
            Err(_) => (Vec::new(), false),
        };
        json!({
            "id": server.id,
            "name": server.name,
            "host": server.transport.host(),
            kind: rows,
            "more": has_more,
            "error": error,
        })
    });
    let servers: Vec<Value> = servers.collect();
    out.answer(&json!({ "servers": servers }), |_| {
        let mut text = String::new();
        for (server, offers) in found {
            let Ok(Offers { rows, has_more }) = offers else {
                continue;
            };
            let name = plain(&server.name);
            for it in rows {
                text.push_str(&line(&name, it));
            }
            if *has_more {
                let shown = count(rows.len() as u64, "is listed", "are listed");
                text.push_str(&format!("{name} has more: {shown}.\n"));
            }
        }
        text
    });
    for (server, offers) in found {
        if let Some(error) = problem(offers) {
            out.note(&format!("{}:", plain(&server.name)));
            out.explain(&error);
        }
    }
    Ok(match worst {
        Some(error) => ExitCode::from(Failure::new(error).exit_code()),
        None => ExitCode::SUCCESS,
    })
}

fn field_row(it: &OfferField) -> Value {
    json!({
        "name": it.name,
        "label": it.label,
        "description": it.description,
        "required": it.required,
    })
}

fn prompt_row(it: &PromptInfo) -> Value {
    json!({
        "name": it.name,
        "label": it.label,
        "description": it.description,
        "arguments": it.fields.iter().map(field_row).collect::<Vec<_>>(),
    })
}

fn prompt_line(server: &str, it: &PromptInfo) -> String {
    let name = format!("{server}/{}", plain(&it.name));
    let mut line = format!("{name:<40} {}\n", first_line(&it.description));
    for field in &it.fields {
        let name = format!("--argument {}=…", plain(&field.name));
        let needed = if field.required {
            ""
        } else {
            " (may be left out)"
        };
        let says = first_line(&field.description);
        line.push_str(format!("    {name:<36} {says}{needed}").trim_end());
        line.push('\n');
    }
    line
}

fn resource_row(it: &ResourceInfo) -> Value {
    json!({
        "uri": it.uri,
        "label": it.label,
        "description": it.description,
        "media_type": it.media_type,
        "bytes": it.size,
        "fields": it.fields.iter().map(|it| &it.name).collect::<Vec<_>>(),
    })
}

fn resource_line(server: &str, it: &ResourceInfo) -> String {
    let name = format!("{server}/{}", plain(&it.address));
    let size = it.size.map(|it| count(it, "byte", "bytes"));
    let kind = Some(it.media_type.clone()).filter(|it| !it.is_empty());
    let about: Vec<String> = [Some(plain(&it.label)), kind, size]
        .into_iter()
        .flatten()
        .collect();
    format!("{name:<40} {}\n", first_line(&about.join(", ")))
}
