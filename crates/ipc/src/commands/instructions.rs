//! How conversations are asked: instructions, presets, saved prompts.

use fluxchat_core::{App, NewPreset};
use fluxchat_model::{Instructions, Preset, SavedPrompt};

use crate::ApiError;
use crate::dto::chat::{ConversationReq, Draft};
use crate::dto::instructions::*;
use crate::dto::{Done, Empty};

type Answer<T> = Result<T, ApiError>;

/// How a conversation is asked.
///
/// # Errors
/// When it does not exist.
pub async fn instructions_get(app: &App, req: ConversationReq) -> Answer<Instructions> {
    Ok(app.instructions(req.id).await?)
}

/// Says how a conversation is asked from the next question on.
///
/// # Errors
/// When it does not exist; `invalid_parameter`.
pub async fn instructions_set(app: &App, req: InstructionsSetReq) -> Answer<Instructions> {
    Ok(app.set_instructions(req.id, req.instructions).await?)
}

/// How a conversation that does not exist yet would be asked, tidied.
///
/// # Errors
/// `invalid_parameter`, `extra_protected`, `extra_not_object`, `extra_too_long`.
pub async fn instructions_check(app: &App, req: InstructionsCheckReq) -> Answer<Instructions> {
    Ok(app.check_instructions(req.instructions).await?)
}

/// All presets.
///
/// # Errors
/// When the archive is not open.
pub async fn preset_list(app: &App, _: Empty) -> Answer<PresetList> {
    Ok(PresetList {
        rows: app.presets().await?,
        default_id: app.default_preset().await?.map(|preset| preset.id),
    })
}

/// Says which preset new conversations begin with.
///
/// # Errors
/// When it does not exist.
pub async fn preset_default(app: &App, req: PresetDefaultReq) -> Answer<Done> {
    app.set_default_preset(req.id).await?;
    Ok(Done {})
}

/// Keeps a preset, or changes one. Conversations stay as they are.
///
/// # Errors
/// `invalid_name`, `name_taken`, `invalid_parameter`.
pub async fn preset_save(app: &App, req: PresetSaveReq) -> Answer<Preset> {
    let new = NewPreset {
        name: req.name,
        system: req.system,
        parameters: req.parameters,
        source_id: req.source_id,
        model: req.model,
    };
    Ok(match req.id {
        Some(id) => app.change_preset(id, new).await?,
        None => app.add_preset(new).await?,
    })
}

/// Removes a preset. Conversations stay as they are.
///
/// # Errors
/// When it does not exist.
pub async fn preset_remove(app: &App, req: PresetReq) -> Answer<Done> {
    app.remove_preset(req.id).await?;
    Ok(Done {})
}

/// All saved prompts.
///
/// # Errors
/// When the archive is not open.
pub async fn prompt_list(app: &App, _: Empty) -> Answer<PromptList> {
    let rows = app.saved_prompts().await?.into_iter();
    Ok(PromptList {
        rows: rows.map(row).collect(),
    })
}

/// Keeps a prompt, or changes one.
///
/// # Errors
/// `invalid_name`, `name_taken`, `empty_message`.
pub async fn prompt_save(app: &App, req: PromptSaveReq) -> Answer<PromptRow> {
    Ok(row(match req.id {
        Some(id) => app.change_saved_prompt(id, &req.name, &req.text).await?,
        None => app.add_saved_prompt(&req.name, &req.text).await?,
    }))
}

/// Removes a saved prompt.
///
/// # Errors
/// When it does not exist.
pub async fn prompt_remove(app: &App, req: PromptReq) -> Answer<Done> {
    app.remove_saved_prompt(req.id).await?;
    Ok(Done {})
}

/// The words of a saved prompt with its fields filled in.
///
/// # Errors
/// When it does not exist.
pub async fn prompt_fill(app: &App, req: PromptFillReq) -> Answer<Draft> {
    let prompt = app.saved_prompt_named(&req.id.to_string()).await?;
    let value_of = |name: &str| {
        let given = req.values.iter().find(|field| field.name == name);
        given.map(|field| field.value.clone())
    };
    Ok(Draft {
        text: prompt.filled(value_of),
    })
}

fn row(prompt: SavedPrompt) -> PromptRow {
    PromptRow {
        fields: prompt.fields(),
        id: prompt.id,
        name: prompt.name,
        text: prompt.text,
        created_at: prompt.created_at,
    }
}
