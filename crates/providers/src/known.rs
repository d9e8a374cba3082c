//! What servers said of single models, so that each is asked once and not with every list.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use fluxchat_model::{Abilities, Model, Source};

/// More than this is forgotten all at once: nobody has so many.
const MOST: usize = 2_000;

/// Where, which model, and the mark of what it is made of.
type Key = (String, String, String);
type Told = (Abilities, Option<u32>);

/// What servers said of their models. It is known as long as this is there.
#[derive(Debug, Default)]
pub struct KnownModels(Mutex<HashMap<Key, Told>>);

impl KnownModels {
    pub(crate) fn key(source: &Source, model: &Model, mark: &str) -> Key {
        let origin = source.origin.as_ref().map(ToString::to_string);
        let place = format!("{}{}", origin.unwrap_or_default(), source.base_path);
        (place, model.id.clone(), mark.to_owned())
    }

    /// Tells a model what its server said before. False if it said nothing yet.
    pub(crate) fn tell(&self, key: &Key, model: &mut Model) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((abilities, context)) = known.get(key) else {
            return false;
        };
        model.abilities = *abilities;
        model.context_tokens = context.or(model.context_tokens);
        true
    }

    pub(crate) fn learn(&self, key: Key, model: &Model) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, (model.abilities, model.context_tokens));
    }
}
