//! How a conversation is asked, and the presets and prompts a person keeps. A conversation has a
//! copy of what it was begun with: changing a preset changes no conversation.

use fluxchat_model::{
    ContextRule, ConversationId, Instructions, Parameters, Preset, PresetId, PromptId, SavedPrompt,
    SourceId,
};
use fluxchat_providers::extra_fields;
use fluxchat_store::{ReadTx, StoreError, WriteTx};

use crate::filing::{checked as checked_name, taken};
use crate::{App, Error, Event, default_preset};

/// What a person can still look through.
const MOST: usize = 1_000;
/// As long as a question may be.
const LONGEST: usize = 1 << 20;
const LONGEST_STOP: usize = 200;
const MOST_STOPS: usize = 4;
const MOST_TOOLS: usize = 50;
/// An id, or a name of ours.
const LONGEST_TOOL: usize = 40;
/// From here on nothing is left out any more.
const MOST_LIKELY: u32 = 1_000;
const EFFORTS: &[&str] = &["none", "minimal", "low", "medium", "high", "xhigh"];

/// A preset as it is typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewPreset {
    /// What it is called.
    pub name: String,
    /// The system prompt; may be empty.
    pub system: String,
    /// How answers are made.
    pub parameters: Parameters,
    /// Where answers come from.
    pub source_id: Option<SourceId>,
    /// Which model answers.
    pub model: Option<String>,
}

impl App {
    /// How a conversation is asked.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn instructions(&self, id: ConversationId) -> Result<Instructions, Error> {
        self.conversation(id).await?;
        let home = self.open()?.home(id);
        self.read_at(&home, move |tx| tx.instructions(id)).await
    }

    /// How a conversation that does not exist yet would be asked, tidied.
    ///
    /// # Errors
    /// `invalid_parameter`, `extra_protected`, `extra_not_object`, `message_too_long`, `supervised`.
    pub async fn check_instructions(
        &self,
        instructions: Instructions,
    ) -> Result<Instructions, Error> {
        // Nothing answers while it is locked.
        self.open()?;
        let instructions = checked(instructions)?;
        self.may_switch_on(&instructions.parameters, &Parameters::default())
            .await?;
        Ok(instructions)
    }

    /// Says how a conversation is asked from the next question on.
    ///
    /// # Errors
    /// When it does not exist; `invalid_parameter`, `message_too_long`.
    pub async fn set_instructions(
        &self,
        id: ConversationId,
        instructions: Instructions,
    ) -> Result<Instructions, Error> {
        let instructions = checked(instructions)?;
        self.conversation(id).await?;
        let home = self.open()?.home(id);
        let before = self.read_at(&home, move |tx| tx.instructions(id)).await?;
        self.may_switch_on(&instructions.parameters, &before.parameters)
            .await?;
        let row = instructions.clone();
        self.write_at(&home, move |tx| tx.instructions_set(id, &row))
            .await?;
        if !home.is_temporary {
            self.forget_names().await?;
        }
        self.tell(Event::ConversationChanged(id));
        Ok(instructions)
    }

    /// All presets by name.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn presets(&self) -> Result<Vec<Preset>, Error> {
        let mut presets = self.read(|tx| tx.presets()).await?;
        presets.sort_by_cached_key(|preset| preset.name.to_lowercase());
        Ok(presets)
    }

    /// A preset.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn preset(&self, id: PresetId) -> Result<Preset, Error> {
        self.read(move |tx| tx.preset(id))
            .await?
            .ok_or(Error::NotFound("preset"))
    }

    /// The preset of this name, however it is written, or of this id.
    ///
    /// # Errors
    /// When there is none.
    pub async fn preset_named(&self, name: &str) -> Result<Preset, Error> {
        let wanted = name.trim().to_lowercase();
        let found = self.read(|tx| tx.presets()).await?;
        found
            .into_iter()
            .find(|it| it.name.to_lowercase() == wanted || it.id.to_string() == wanted)
            .ok_or(Error::NotFound("preset"))
    }

    /// Keeps a preset.
    ///
    /// # Errors
    /// `invalid_name`, `name_taken`, `invalid_parameter`, `message_too_long`; when its source does
    /// not exist.
    pub async fn add_preset(&self, new: NewPreset) -> Result<Preset, Error> {
        let preset = self.checked_preset(new, self.fresh(PresetId::new)?).await?;
        let row = preset.clone();
        self.keep(move |tx| {
            if !free(&preset_names(tx)?, &row.name, None) {
                return Ok(Err(taken()));
            }
            tx.preset_insert(&row).map(Ok)
        })
        .await?;
        Ok(preset)
    }

    /// Changes a preset. Conversations that were begun with it stay as they are.
    ///
    /// # Errors
    /// The same; when it does not exist.
    pub async fn change_preset(&self, id: PresetId, new: NewPreset) -> Result<Preset, Error> {
        let preset = Preset {
            created_at: self.preset(id).await?.created_at,
            ..self.checked_preset(new, id).await?
        };
        let row = preset.clone();
        self.keep(move |tx| {
            if !free(&preset_names(tx)?, &row.name, Some(id)) {
                return Ok(Err(taken()));
            }
            tx.preset_update(&row).map(Ok)
        })
        .await?;
        self.forget_names().await?;
        Ok(preset)
    }

    /// Removes a preset. Conversations that were begun with it stay as they are.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn remove_preset(&self, id: PresetId) -> Result<(), Error> {
        self.keep(move |tx| {
            default_preset::forget(tx, id)?;
            tx.preset_remove(id).map(Ok)
        })
        .await?;
        self.forget_names().await
    }

    /// All saved prompts by name.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn saved_prompts(&self) -> Result<Vec<SavedPrompt>, Error> {
        let mut prompts = self.read(|tx| tx.saved_prompts()).await?;
        prompts.sort_by_cached_key(|prompt| prompt.name.to_lowercase());
        Ok(prompts)
    }

    /// The saved prompt of this name, however it is written, or of this id.
    ///
    /// # Errors
    /// When there is none.
    pub async fn saved_prompt_named(&self, name: &str) -> Result<SavedPrompt, Error> {
        let wanted = name.trim().trim_start_matches('/').to_lowercase();
        let found = self.read(|tx| tx.saved_prompts()).await?;
        found
            .into_iter()
            .find(|it| it.name.to_lowercase() == wanted || it.id.to_string() == wanted)
            .ok_or(Error::NotFound("prompt"))
    }

    /// Keeps a prompt.
    ///
    /// # Errors
    /// `invalid_name`, `name_taken`, `empty_message`, `message_too_long`.
    pub async fn add_saved_prompt(&self, name: &str, text: &str) -> Result<SavedPrompt, Error> {
        let prompt = SavedPrompt {
            id: self.fresh(PromptId::new)?,
            name: short_name(name)?,
            text: prompt_text(text)?,
            created_at: self.now(),
        };
        let row = prompt.clone();
        self.keep(move |tx| {
            if !free(&prompt_names(tx)?, &row.name, None) {
                return Ok(Err(taken()));
            }
            tx.saved_prompt_insert(&row).map(Ok)
        })
        .await?;
        Ok(prompt)
    }

    /// Changes a saved prompt.
    ///
    /// # Errors
    /// The same; when it does not exist.
    pub async fn change_saved_prompt(
        &self,
        id: PromptId,
        name: &str,
        text: &str,
    ) -> Result<SavedPrompt, Error> {
        let prompt = SavedPrompt {
            name: short_name(name)?,
            text: prompt_text(text)?,
            ..self.saved_prompt_named(&id.to_string()).await?
        };
        let row = prompt.clone();
        self.keep(move |tx| {
            if !free(&prompt_names(tx)?, &row.name, Some(id)) {
                return Ok(Err(taken()));
            }
            tx.saved_prompt_update(&row).map(Ok)
        })
        .await?;
        self.forget_names().await?;
        Ok(prompt)
    }

    /// Removes a saved prompt.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn remove_saved_prompt(&self, id: PromptId) -> Result<(), Error> {
        self.keep(move |tx| tx.saved_prompt_remove(id).map(Ok))
            .await?;
        self.forget_names().await
    }

    async fn checked_preset(&self, new: NewPreset, id: PresetId) -> Result<Preset, Error> {
        if let Some(source) = new.source_id {
            self.source(source).await?;
        }
        let name = checked_name(&new.name)?;
        let Instructions {
            system, parameters, ..
        } = checked(Instructions {
            preset: None,
            system: new.system,
            parameters: new.parameters,
        })?;
        Ok(Preset {
            id,
            name,
            system,
            parameters,
            source_id: new.source_id,
            model: new.model.filter(|_| new.source_id.is_some()),
            created_at: self.now(),
        })
    }

    async fn keep(
        &self,
        write: impl FnOnce(&WriteTx<'_>) -> Result<Result<(), Error>, StoreError> + Send + 'static,
    ) -> Result<(), Error> {
        self.write(write).await??;
        self.tell(Event::PresetsChanged);
        Ok(())
    }
}

/// Tidied, or why it cannot be used.
pub(crate) fn checked(mut instructions: Instructions) -> Result<Instructions, Error> {
    instructions.system = instructions.system.trim().to_owned();
    if instructions.system.len() > LONGEST {
        return Err(too_long());
    }
    if let Some(preset) = &instructions.preset {
        instructions.preset = Some(checked_name(preset)?);
    }
    let parameters = &mut instructions.parameters;
    parameters.stop.retain(|stop| !stop.is_empty());
    parameters.tools.sort();
    parameters.tools.dedup();
    let between = |value: Option<f32>, least: f32, most: f32| {
        value.is_none_or(|value| value.is_finite() && (least..=most).contains(&value))
    };
    let within = |value, most| between(value, 0.0, most);
    // None is what nothing means, too: one form for both.
    parameters.context = parameters.context.filter(|rule| *rule != ContextRule::All);
    let extra = parameters.extra.take().map(|text| text.trim().to_owned());
    parameters.extra = extra.filter(|text| !text.is_empty());
    if let Some(text) = &parameters.extra {
        let fields = extra_fields(text)?;
        if fields.is_empty() {
            parameters.extra = None;
        }
    }
    let effort = parameters.reasoning_effort.as_deref();
    let tools = &parameters.tools;
    let stops = &parameters.stop;
    let wrong = [
        (
            within(parameters.temperature, 2.0),
            "The temperature is a number from 0 to 2.",
        ),
        (
            within(parameters.top_p, 1.0),
            "Nucleus sampling, top p, is a number from 0 to 1.",
        ),
        (
            parameters
                .top_k
                .is_none_or(|it| (1..=MOST_LIKELY).contains(&it)),
            "Top k is a whole number from 1 to 1,000.",
        ),
        (
            within(parameters.min_p, 1.0),
            "Min p is a number from 0 to 1.",
        ),
        (
            between(parameters.frequency_penalty, -2.0, 2.0),
            "The frequency penalty is a number from -2 to 2.",
        ),
        (
            between(parameters.presence_penalty, -2.0, 2.0),
            "The presence penalty is a number from -2 to 2.",
        ),
        (
            within(parameters.repeat_penalty, 2.0) && parameters.repeat_penalty != Some(0.0),
            "The repeat penalty is a number above 0 and up to 2.",
        ),
        (
            parameters.max_tokens != Some(0),
            "The longest answer has at least one token.",
        ),
        (
            stops.len() <= MOST_STOPS && stops.iter().all(|it| it.len() <= LONGEST_STOP),
            "There are at most four places to stop, of 200 characters each.",
        ),
        (
            tools.len() <= MOST_TOOLS && tools.iter().all(|it| it.len() <= LONGEST_TOOL),
            "A conversation has at most fifty tools and servers of tools.",
        ),
        (
            effort.is_none_or(|effort| EFFORTS.contains(&effort)),
            "This is no effort to think with that there is.",
        ),
    ]
    .into_iter()
    .find(|(holds, _)| !holds);
    match wrong {
        None => Ok(instructions),
        Some((_, why)) => Err(Error::invalid("invalid_parameter", why)),
    }
}

fn too_long() -> Error {
    Error::invalid(
        "message_too_long",
        "The text is longer than one million characters.",
    )
}

/// A name that can be typed after `/`: without spaces.
fn short_name(name: &str) -> Result<String, Error> {
    let name = name.trim().trim_start_matches('/');
    let name = name.split_whitespace().collect::<Vec<_>>().join("-");
    checked_name(&name)
}

fn prompt_text(text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid(
            "empty_message",
            "There is nothing to keep yet.",
        ));
    }
    if text.len() > LONGEST {
        return Err(too_long());
    }
    Ok(text.to_owned())
}

type Names<Id> = Vec<(Id, String)>;

fn preset_names(tx: &ReadTx<'_>) -> Result<Names<PresetId>, StoreError> {
    let presets = tx.presets()?.into_iter();
    Ok(presets.map(|preset| (preset.id, preset.name)).collect())
}

fn prompt_names(tx: &ReadTx<'_>) -> Result<Names<PromptId>, StoreError> {
    let prompts = tx.saved_prompts()?.into_iter();
    Ok(prompts.map(|prompt| (prompt.id, prompt.name)).collect())
}

fn free<Id: PartialEq>(names: &[(Id, String)], wanted: &str, of: Option<Id>) -> bool {
    let room = names.len() < MOST || of.is_some();
    room && crate::filing::free_among(names, wanted, of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(change: impl FnOnce(&mut Parameters)) -> Result<Instructions, Error> {
        let mut instructions = Instructions::default();
        change(&mut instructions.parameters);
        checked(instructions)
    }

    #[test]
    fn a_setting_is_taken_within_its_bounds_alone() {
        assert!(with(|it| it.temperature = Some(2.0)).is_ok());
        assert!(with(|it| it.temperature = Some(2.1)).is_err());
        assert!(with(|it| it.temperature = Some(f32::NAN)).is_err());
        assert!(with(|it| it.top_p = Some(-0.1)).is_err());
        assert!(with(|it| it.max_tokens = Some(0)).is_err());
        assert!(with(|it| it.stop = vec!["x".into(); 5]).is_err());
        assert!(with(|it| it.reasoning_effort = Some("low".into())).is_ok());
        assert!(with(|it| it.reasoning_effort = Some("much".into())).is_err());
        let tidied = with(|it| it.stop = vec![String::new(), "END".into()]).unwrap();
        assert_eq!(tidied.parameters.stop, ["END"]);
    }

    #[test]
    fn a_short_name_has_no_spaces() {
        assert_eq!(short_name("/to  German ").unwrap(), "to-German");
        assert!(short_name(" / ").is_err());
    }
}
