use std::process::ExitCode;

use fluxchat_core::{App, Error, NewSource};
use fluxchat_model::{Dialect, Model, Origin, Source as Row};
use serde_json::{Value, json};

use super::{Done, word};
use crate::args::{DialectArg, Source};
use crate::input;
use crate::output::{Out, plain};

pub async fn run(app: &App, source: Source, out: &Out) -> Done {
    match source {
        Source::Add {
            name,
            url,
            dialect,
            key_fd,
        } => {
            let key = key_fd.map(input::secret_from).transpose()?;
            let new = NewSource {
                name,
                url,
                dialect: spoken(dialect),
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
            let models = app.models(&source).await?;
            out.answer(&models, |models| {
                let line = |model: &Model| format!("{}\n", plain(&model.id));
                models.iter().map(line).collect()
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
        "practices": fluxchat_core::practices_of(source).0,
        "opt_outs": fluxchat_core::opt_outs(source, false),
    })
}
