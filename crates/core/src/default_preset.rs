//! The preset that new conversations begin with: none, until a person chooses one.

use fluxchat_model::{Preset, PresetId};
use fluxchat_store::{StoreError, WriteTx};

use crate::{App, Error, Event};

const BEGIN_WITH: &str = "begin_with_preset";

impl App {
    /// The preset that new conversations begin with.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn default_preset(&self) -> Result<Option<Preset>, Error> {
        self.read(|tx| match tx.setting(BEGIN_WITH)? {
            Some(id) => tx.preset(id),
            None => Ok(None),
        })
        .await
    }

    /// Says which preset new conversations begin with; `None` for none.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn set_default_preset(&self, id: Option<PresetId>) -> Result<(), Error> {
        if let Some(id) = id {
            self.preset(id).await?;
        }
        self.write(move |tx| match id {
            Some(id) => tx.setting_set(BEGIN_WITH, &id),
            None => tx.setting_remove(BEGIN_WITH).map(|_| ()),
        })
        .await?;
        self.tell(Event::PresetsChanged);
        Ok(())
    }
}

/// A preset goes: nothing begins with it any more.
pub(crate) fn forget(tx: &WriteTx<'_>, id: PresetId) -> Result<(), StoreError> {
    if tx.setting::<PresetId>(BEGIN_WITH)? == Some(id) {
        tx.setting_remove(BEGIN_WITH)?;
    }
    Ok(())
}
