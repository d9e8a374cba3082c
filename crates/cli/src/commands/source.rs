use std::process::ExitCode;

use fluxchat_core::{
    App, Error, FoundServer, NewSource, Service, as_source, dialect_at, dollars, opt_outs,
    practices_of, services,
};
use fluxchat_model::{Dialect, Model, Origin, Price, Source as Row};
use serde_json::{Value, json};

use super::{Done, spend, word};
use crate::args::{DialectArg, Source};
use crate::input;
use crate::output::{Failure, Out, count, plain};

pub async fn run(app: &App, source: Source, out: &Out) -> Done {
    match source {
        Source::Add {
            name,
            url,
            service,
            dialect,
            key_fd,
        } => {
            let service = service.map(|id| named(&id)).transpose()?;
            let url = match (url, service) {
                (Some(url), _) => url,
                (None, Some(service)) if !service.fill_in => service.url.to_owned(),
                _ => return Err(Failure::usage("Give the address with --url")),
            };
            let key = key_fd.map(input::secret_from).transpose()?;
            let new = NewSource {
                name,
                dialect: dialect
                    .map(spoken)
                    .or(service.map(|service| service.dialect))
                    .or_else(|| dialect_at(&url))
                    .unwrap_or(Dialect::Openai),
                url,
                key,
            };
            let added = app.add_source(new).await?;
            if let Some(warning) = added.warning {
                out.note(&warning.to_string());
            }
            let problem = added.models.as_ref().err().map(Error::visible);
            if let Some(problem) = &problem {
                out.note("The source was added, but could not be asked for its models:");
                out.explain(problem);
            }
            let mut document = row(&added.source);
            document["models"] = json!(added.models.unwrap_or_default());
            document["error"] = json!(problem);
            out.answer(&document, |_| {
                format!("{} was added.\n", plain(&added.source.name))
            });
        }
        Source::List => {
            let rows: Vec<Value> = app.sources().await?.0.iter().map(row).collect();
            out.answer(&rows, |rows| {
                let line = |row: &Value| {
                    let text = |key: &str| row[key].as_str().unwrap_or("in this app").to_owned();
                    format!(
                        "{:<20} {:<12} {}\n",
                        plain(&text("name")),
                        text("dialect"),
                        text("host")
                    )
                };
                rows.iter().map(line).collect()
            });
        }
        Source::Models { name } => {
            let source = app.source_named(&name).await?;
            let listed = app.listed(&source).await?;
            if let Some(problem) = &listed.problem {
                out.explain(&problem.visible());
                let day = fluxchat_core::clock::date(listed.at);
                out.note(&format!("This is what it offered on {day}:"));
            }
            let rows: Vec<Value> = listed
                .models
                .iter()
                .map(|model| {
                    let mut row = json!(model);
                    row["listed_at"] = json!(listed.at);
                    row
                })
                .collect();
            out.answer(&rows, |_| {
                let line = |model: &Model| format!("{}{}\n", plain(&model.id), told_of(model));
                listed.models.iter().map(line).collect()
            });
        }
        Source::Facts { name } => {
            let source = app.source_named(&name).await?;
            spend::facts(&app.model_facts(source.id).await?, out);
        }
        Source::Describe {
            name,
            model,
            context,
            input,
            output,
            cached,
        } => {
            let source = app.source_named(&name).await?;
            let price = spend::price(input, output, cached);
            app.set_model_facts(source.id, &model, context, price)
                .await?;
            spend::facts(&app.model_facts(source.id).await?, out);
        }
        Source::Services => {
            let rows: Vec<Value> = services().iter().map(known).collect();
            out.answer(&rows, |rows| rows.iter().map(explained).collect());
        }
        Source::Find => {
            let found = app.find_servers().await?;
            let rows: Vec<Value> = found
                .iter()
                .map(|it| {
                    json!({
                        "service": it.service.id,
                        "name": it.service.name,
                        "url": it.service.url,
                        "dialect": word(&it.service.dialect),
                        "models": it.models,
                        "needs_key": it.needs_key,
                        "source_id": it.source,
                    })
                })
                .collect();
            out.answer(&rows, |_| {
                if found.is_empty() {
                    return "No server answers where one usually listens.\n".to_owned();
                }
                found.iter().map(told).collect()
            });
        }
        Source::Redact { name, state } => {
            let source = app.source_named(&name).await?;
            let on = state == "on";
            app.set_redact(source.id, on).await?;
            out.answer(&json!({ "id": source.id, "redact": on }), |_| {
                format!(
                    "{}: private details are {}.\n",
                    plain(&name),
                    if on {
                        "replaced by placeholders before anything leaves"
                    } else {
                        "sent as they are written"
                    }
                )
            });
        }
        Source::Remove { name } => {
            let source = app.source_named(&name).await?;
            app.remove_source(source.id).await?;
            out.answer(&json!({ "id": source.id, "removed": true }), |_| {
                format!("{} and its key were removed.\n", plain(&name))
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is told of a model, behind its name.
fn told_of(model: &Model) -> String {
    let of = |millionths: u64| dollars(millionths.saturating_mul(1_000));
    let can = [
        (model.abilities.images, "images"),
        (model.abilities.files, "files"),
        (model.abilities.audio, "audio"),
        (model.abilities.tools, "tools"),
        (model.abilities.reasoning, "reasoning"),
    ];
    let published = model.published.as_ref();
    let context = model.context_tokens.or_else(|| published?.context_tokens);
    let mut all: Vec<String> = context
        .iter()
        .map(|tokens| format!("{tokens} tokens"))
        .collect();
    all.extend(
        can.iter()
            .filter(|(can, _)| *can == Some(true))
            .map(|(_, word)| (*word).to_owned()),
    );
    let costs = |price: Price| {
        let (input, output) = (of(price.input), of(price.output));
        format!("{input} in, {output} out for a million tokens")
    };
    all.extend(model.price.map(costs).or_else(|| {
        let published = published?;
        let (costs, from) = (costs(published.price), spend::as_published(published));
        Some(format!("{costs}, {from}"))
    }));
    let told = model.shutdown_date.as_ref();
    let ends = told.or_else(|| published?.shutdown_date.as_ref());
    all.extend(ends.map(|date| format!("until {}", plain(date))));
    if all.is_empty() {
        String::new()
    } else {
        format!("  ({})", all.join(", "))
    }
}

fn spoken(dialect: DialectArg) -> Dialect {
    match dialect {
        DialectArg::Openai => Dialect::Openai,
        DialectArg::Responses => Dialect::Responses,
        DialectArg::Anthropic => Dialect::Anthropic,
        DialectArg::Gemini => Dialect::Gemini,
        DialectArg::Interactions => Dialect::Interactions,
        DialectArg::Ollama => Dialect::Ollama,
    }
}

fn named(id: &str) -> Result<&'static Service, Failure> {
    services()
        .iter()
        .find(|service| service.id == id)
        .ok_or_else(|| Failure::usage("There is no service with this name"))
}

fn known(service: &Service) -> Value {
    let source = as_source(service);
    json!({
        "id": service.id,
        "name": service.name,
        "url": service.url,
        "dialect": word(&service.dialect),
        "needs_key": service.needs_key,
        "local": service.local,
        "fill_in": service.fill_in,
        "practices": source.as_ref().map(|it| practices_of(it).0),
        "practices_from": source.as_ref().and_then(|it| practices_of(it).1),
        "opt_outs": source.as_ref().map(|it| opt_outs(it, false)),
    })
}

fn explained(row: &Value) -> String {
    let text = |path: &str| row.pointer(path).and_then(Value::as_str);
    let mut out = format!(
        "{:<20} {:<28} {}\n",
        text("/id").unwrap_or_default(),
        text("/name").unwrap_or_default(),
        text("/url").unwrap_or_default()
    );
    if row["local"] == true {
        return out;
    }
    for (name, path) in [
        ("trains", "/practices/training"),
        ("keeps", "/practices/retention"),
        ("processes", "/practices/region"),
        ("as of", "/practices_from"),
    ] {
        let said = text(path).unwrap_or("not stated");
        out.push_str(&format!("  {name}: {said}\n"));
    }
    for asked in row["opt_outs"].as_array().into_iter().flatten() {
        let field = asked["field"].as_str().unwrap_or_default();
        out.push_str(&format!(
            "  asked with every request: {field}={}\n",
            asked["value"]
        ));
    }
    out
}

fn told(found: &FoundServer) -> String {
    let offers = match (found.needs_key, found.models.len()) {
        (true, _) => "wants a key".to_owned(),
        (false, models) => count(models as u64, "model", "models"),
    };
    let added = match found.source {
        Some(_) => "already added".to_owned(),
        None => format!(
            "add it: fluxchat-cli source add {0} --service {0}",
            found.service.id
        ),
    };
    format!(
        "{} at {}: {offers} ({added})\n",
        found.service.name, found.service.url
    )
}

fn row(source: &Row) -> Value {
    json!({
        "id": source.id,
        "name": source.name,
        "dialect": word(&source.dialect),
        "host": source.origin.as_ref().map(Origin::authority),
        "in_process": source.is_in_process(),
        "has_credential": source.has_credential,
        "default_model": source.default_model,
        "redact": source.redact,
        "practices": practices_of(source).0,
        "opt_outs": opt_outs(source, false),
    })
}
