use std::process::ExitCode;

use fluxchat_core::{App, NewPreset};
use fluxchat_model::{Parameters, SavedPrompt};
use serde_json::{Value, json};

use super::{Done, tools};
use crate::args::{ParameterArgs, Preset, PresetArgs, Prompt};
use crate::output::{Failure, Out, plain};

pub async fn preset(app: &App, preset: Preset, out: &Out) -> Done {
    match preset {
        Preset::List => {
            let presets = app.presets().await?;
            out.answer(&presets, |presets| {
                let line = |preset: &fluxchat_model::Preset| {
                    let begins = preset.system.lines().next().unwrap_or_default();
                    let begins: String = begins.chars().take(60).collect();
                    format!("{:<24} {}\n", plain(&preset.name), plain(&begins))
                };
                presets.iter().map(line).collect()
            });
        }
        Preset::Add { name, like, preset } => {
            let from = match like {
                Some(like) => as_typed(app.preset_named(&like).await?),
                None => NewPreset::default(),
            };
            let new = changed(app, NewPreset { name, ..from }, preset).await?;
            let added = app.add_preset(new).await?;
            out.answer(&added, |it| format!("{} was kept.\n", plain(&it.name)));
        }
        Preset::Show { preset } => {
            let found = app.preset_named(&preset).await?;
            let source = match found.source_id {
                Some(id) => app.source(id).await.ok().map(|source| source.name),
                None => None,
            };
            let mut document = as_written(&found);
            document["source"] = json!(source);
            out.answer(&document, |_| {
                let mut text = format!("# {}\n", plain(&found.name));
                if let Some(source) = &source {
                    let model = found.model.as_deref().unwrap_or_default();
                    text.push_str(&format!("{} {}\n", plain(source), plain(model)));
                }
                for (name, value) in settings(&found.parameters) {
                    text.push_str(&format!("{name}: {}\n", plain(&value)));
                }
                if !found.system.is_empty() {
                    text.push_str(&format!("\n{}\n", plain(&found.system)));
                }
                text
            });
        }
        Preset::Edit {
            preset,
            name,
            defaults,
            changes,
        } => {
            if name.is_none() && !defaults && changes == PresetArgs::default() {
                return Err(Failure::usage("Say what to change, such as --system TEXT"));
            }
            let before = app.preset_named(&preset).await?;
            let id = before.id;
            let mut new = as_typed(before);
            new.name = name.unwrap_or(new.name);
            if defaults {
                new.parameters = Parameters::default();
            }
            let new = changed(app, new, changes).await?;
            let kept = app.change_preset(id, new).await?;
            out.answer(&kept, |it| format!("{} was changed.\n", plain(&it.name)));
        }
        Preset::Default { preset, none } => {
            if none {
                app.set_default_preset(None).await?;
            } else if let Some(name) = preset {
                let found = app.preset_named(&name).await?;
                app.set_default_preset(Some(found.id)).await?;
            }
            let begins = app.default_preset().await?.map(|it| it.name);
            out.answer(&json!({ "begin_with": begins }), |_| match &begins {
                Some(name) => format!("New conversations begin with {}.\n", plain(name)),
                None => "New conversations begin without a preset.\n".to_owned(),
            });
        }
        Preset::Delete { preset } => {
            let found = app.preset_named(&preset).await?;
            app.remove_preset(found.id).await?;
            out.answer(&json!({ "deleted": found.id }), |_| {
                "The preset was deleted. Conversations keep their copies of it.\n".to_owned()
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn prompt(app: &App, prompt: Prompt, out: &Out) -> Done {
    match prompt {
        Prompt::List => {
            let rows: Vec<Value> = app.saved_prompts().await?.iter().map(document).collect();
            out.answer(&rows, |rows| {
                let line = |row: &Value| {
                    let text = row["text"].as_str().unwrap_or_default();
                    let begins: String = text
                        .lines()
                        .next()
                        .unwrap_or_default()
                        .chars()
                        .take(60)
                        .collect();
                    let name = plain(row["name"].as_str().unwrap_or_default());
                    format!("/{name:<23} {}\n", plain(&begins))
                };
                rows.iter().map(line).collect()
            });
        }
        Prompt::Add { name, text } => {
            let added = app.add_saved_prompt(&name, &text).await?;
            out.answer(&document(&added), |_| {
                format!("/{} was kept.\n", plain(&added.name))
            });
        }
        Prompt::Show { prompt } => {
            let found = app.saved_prompt_named(&prompt).await?;
            out.answer(&document(&found), |_| format!("{}\n", plain(&found.text)));
        }
        Prompt::Edit { prompt, name, text } => {
            let found = app.saved_prompt_named(&prompt).await?;
            let name = name.unwrap_or(found.name);
            let text = text.unwrap_or(found.text);
            let kept = app.change_saved_prompt(found.id, &name, &text).await?;
            out.answer(&document(&kept), |_| {
                format!("/{} was changed.\n", plain(&kept.name))
            });
        }
        Prompt::Fill { prompt, values } => {
            let found = app.saved_prompt_named(&prompt).await?;
            let values = values
                .iter()
                .map(|value| value.split_once('='))
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| Failure::usage("A field is filled in as FIELD=WORDS."))?;
            let fields = found.fields();
            if let Some((odd, _)) = values
                .iter()
                .find(|(name, _)| fields.iter().all(|field| field.as_str() != *name))
            {
                return Err(Failure::usage(&match fields.is_empty() {
                    true => "This prompt has no fields".to_owned(),
                    false => format!(
                        "This prompt has no field “{}”; it has {}",
                        plain(odd),
                        plain(&fields.join(", "))
                    ),
                }));
            }
            let text = found.filled(|name| {
                let given = values.iter().find(|(field, _)| *field == name);
                given.map(|(_, words)| (*words).to_owned())
            });
            out.answer(&json!({ "text": text }), |_| format!("{}\n", plain(&text)));
        }
        Prompt::Delete { prompt } => {
            let found = app.saved_prompt_named(&prompt).await?;
            app.remove_saved_prompt(found.id).await?;
            out.answer(&json!({ "deleted": found.id }), |_| {
                "The prompt was deleted.\n".to_owned()
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The settings that were typed over those there are.
pub(super) fn settled(mut before: Parameters, typed: ParameterArgs) -> Parameters {
    before.temperature = typed.temperature.or(before.temperature);
    before.top_p = typed.top_p.or(before.top_p);
    before.max_tokens = typed.max_tokens.or(before.max_tokens);
    before.seed = typed.seed.or(before.seed);
    before.reasoning_effort = typed.reasoning_effort.or(before.reasoning_effort);
    before.top_k = typed.top_k.or(before.top_k);
    before.min_p = typed.min_p.or(before.min_p);
    before.frequency_penalty = typed.frequency_penalty.or(before.frequency_penalty);
    before.presence_penalty = typed.presence_penalty.or(before.presence_penalty);
    before.repeat_penalty = typed.repeat_penalty.or(before.repeat_penalty);
    before.response_format = typed.response_format.or(before.response_format);
    before.extra = typed.extra.or(before.extra);
    before.web_search |= typed.web_search;
    before.context = typed.context.or(before.context);
    if !typed.stop.is_empty() {
        before.stop = typed.stop;
    }
    before
}

fn as_typed(preset: fluxchat_model::Preset) -> NewPreset {
    NewPreset {
        name: preset.name,
        system: preset.system,
        parameters: preset.parameters,
        source_id: preset.source_id,
        model: preset.model,
    }
}

async fn changed(app: &App, mut new: NewPreset, typed: PresetArgs) -> Result<NewPreset, Failure> {
    new.system = typed.system.unwrap_or(new.system);
    new.parameters = settled(new.parameters, typed.parameters);
    if typed.no_tools {
        new.parameters.tools.clear();
    } else if !typed.tools.is_empty() {
        new.parameters.tools = tools::chosen(app, &typed.tools).await?;
    }
    if let Some(source) = typed.source {
        new.source_id = Some(app.source_named(&source).await?.id);
        new.model = typed.model;
    }
    Ok(new)
}

fn document(prompt: &SavedPrompt) -> Value {
    let mut document = json!(prompt);
    document["fields"] = json!(prompt.fields());
    document
}

/// As JSON by way of its text: a number stays as short as it was typed.
pub(super) fn as_written<T: serde::Serialize>(value: &T) -> Value {
    let text = serde_json::to_string(value).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// What is not the source's own default.
fn settings(parameters: &Parameters) -> Vec<(String, String)> {
    let all = as_written(parameters);
    let all = all.as_object().into_iter().flatten();
    all.filter(|(_, value)| !value.is_null() && value.as_array().is_none_or(|it| !it.is_empty()))
        .map(|(name, value)| (name.clone(), value.to_string()))
        .collect()
}
