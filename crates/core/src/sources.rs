//! Sources: where answers come from, and their credentials.

use fluxchat_egress::{Credential, Ctx, Warning, parse_base_url};
use fluxchat_model::{
    Conversation, ConversationId, DataPractices, Dialect, Model, Purpose, Secret, Source, SourceId,
};
use fluxchat_store::{ConversationPatch, Store, StoreError};
use tokio_util::sync::CancellationToken;

use crate::temporary::Home;
use crate::{App, Error, Event, clock};

const DEFAULT_SOURCE: &str = "default_source";
const LONGEST_NAME: usize = 80;

/// What a person enters for a new source.
#[derive(Clone, Debug)]
pub struct NewSource {
    /// Unique.
    pub name: String,
    /// The base URL.
    pub url: String,
    /// How it speaks.
    pub dialect: Dialect,
    /// Goes to the keychain.
    pub key: Option<Secret<String>>,
}

/// A source that was added, and what it said when it was asked for its models.
#[derive(Debug)]
pub struct Added {
    /// The new source.
    pub source: Source,
    /// What it offers, or why it could not be asked.
    pub models: Result<Vec<Model>, Error>,
    /// What should be known about the address.
    pub warning: Option<Warning>,
}

/// The embedded source exists in every archive.
pub(crate) fn ensure_sandbox(app: &App, store: &Store) -> Result<(), StoreError> {
    if store
        .read(|tx| tx.source_by_name(Source::SANDBOX))?
        .is_some()
    {
        return Ok(());
    }
    let random = clock::random10().map_err(|_| StoreError::CannotOpen)?;
    let source = Source {
        id: SourceId::new(app.now(), random),
        name: Source::SANDBOX.to_owned(),
        dialect: Dialect::Fluxchat,
        origin: None,
        base_path: "/v1".to_owned(),
        has_credential: false,
        default_model: Some(fluxchat_service::GUIDE_MODEL.to_owned()),
        practices: DataPractices::default(),
        redact: false,
        created_at: app.now(),
    };
    store.write(|tx| tx.source_insert(&source))
}

impl App {
    /// All sources, the sandbox first, and the one new conversations start with.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn sources(&self) -> Result<(Vec<Source>, Option<SourceId>), Error> {
        self.read(|tx| {
            let mut sources = tx.sources()?;
            sources.sort_by(|a, b| {
                (!a.is_in_process(), a.name.to_lowercase())
                    .cmp(&(!b.is_in_process(), b.name.to_lowercase()))
            });
            let chosen = tx.setting::<SourceId>(DEFAULT_SOURCE)?;
            let default = chosen
                .filter(|id| sources.iter().any(|source| source.id == *id))
                .or_else(|| sources.first().map(|source| source.id));
            Ok((sources, default))
        })
        .await
    }

    /// A source by its name.
    ///
    /// # Errors
    /// When there is none.
    pub async fn source_named(&self, name: &str) -> Result<Source, Error> {
        let name = name.to_owned();
        self.read(move |tx| tx.source_by_name(&name))
            .await?
            .ok_or(Error::NotFound("source"))
    }

    /// A source by its id.
    ///
    /// # Errors
    /// When there is none.
    pub async fn source(&self, id: SourceId) -> Result<Source, Error> {
        self.read(move |tx| tx.source(id))
            .await?
            .ok_or(Error::NotFound("source"))
    }

    /// Adds a source, stores its key in the keychain and asks for its models at once. A source
    /// that cannot be asked is kept: its server may just not be running yet.
    ///
    /// # Errors
    /// When name or address cannot be used, or nothing can be stored.
    pub async fn add_source(&self, new: NewSource) -> Result<Added, Error> {
        self.guarded().await?;
        let name = checked_name(&new.name)?;
        let base = parse_base_url(&new.url)
            .map_err(|error| Error::invalid(error.code(), error.to_string()))?;
        let host = base.origin.host();
        let base_path = fluxchat_providers::base_path(new.dialect, host, &base.base_path);
        let warning = base
            .warning
            .filter(|it| *it != Warning::NoPath || base_path.is_empty());
        let mut source = Source {
            id: self.fresh(SourceId::new)?,
            name,
            dialect: new.dialect,
            origin: Some(base.origin),
            base_path,
            has_credential: false,
            default_model: None,
            practices: DataPractices::default(),
            redact: false,
            created_at: self.now(),
        };
        let row = source.clone();
        self.write(move |tx| tx.source_insert(&row))
            .await
            .map_err(name_taken)?;
        if let Some(key) = new.key.filter(|key| !key.expose().trim().is_empty())
            && let Err(error) = self.store_credential(&mut source, Some(key)).await
        {
            // A source without the key that was given would fail in a way nobody understands.
            let id = source.id;
            self.write(move |tx| tx.source_remove(id)).await?;
            return Err(error);
        }
        let models = self.models(&source).await;
        if let Ok(models) = &models
            && let Some(first) = first_for_chat(models)
        {
            source.default_model = Some(first.id.clone());
            let row = source.clone();
            self.write(move |tx| tx.source_update(&row)).await?;
        }
        self.make_default(source.id).await?;
        self.tell(Event::SourcesChanged);
        Ok(Added {
            source,
            models,
            warning,
        })
    }

    /// Changes a source. `key`: `Some("")` removes it.
    ///
    /// # Errors
    /// When it does not exist or the name is taken.
    pub async fn update_source(
        &self,
        id: SourceId,
        name: Option<String>,
        key: Option<Secret<String>>,
        default_model: Option<String>,
    ) -> Result<Source, Error> {
        let mut source = self.source(id).await?;
        if !source.is_in_process() {
            self.guarded().await?;
        }
        if let Some(name) = name.filter(|name| *name != source.name) {
            if source.is_in_process() {
                return Err(Error::invalid(
                    "sandbox_fixed",
                    "The sandbox keeps its name.",
                ));
            }
            source.name = checked_name(&name)?;
        }
        if let Some(model) = default_model {
            source.default_model = Some(model).filter(|model| !model.is_empty());
        }
        let row = source.clone();
        self.write(move |tx| tx.source_update(&row))
            .await
            .map_err(name_taken)?;
        if let Some(key) = key {
            let key = Some(key).filter(|key| !key.expose().trim().is_empty());
            self.store_credential(&mut source, key).await?;
        }
        self.tell(Event::SourcesChanged);
        Ok(source)
    }

    /// Removes a source and its key. Conversations stay.
    ///
    /// # Errors
    /// When it does not exist or is the sandbox.
    pub async fn remove_source(&self, id: SourceId) -> Result<(), Error> {
        let source = self.source(id).await?;
        if source.is_in_process() {
            return Err(Error::invalid(
                "sandbox_fixed",
                "The sandbox is part of the app and stays.",
            ));
        }
        self.guarded().await?;
        self.off_thread(move |app| Ok(app.vault().credential_delete(id)?))
            .await?;
        self.write(move |tx| tx.source_remove(id)).await?;
        self.off_thread(move |app| Ok(app.open()?.temporaries_without(id)?))
            .await?;
        self.tell(Event::SourcesChanged);
        Ok(())
    }

    /// Makes new conversations start with this source.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn make_default(&self, id: SourceId) -> Result<(), Error> {
        self.write(move |tx| tx.setting_set(DEFAULT_SOURCE, &id))
            .await
    }

    /// What a source offers, asked live.
    ///
    /// # Errors
    /// When it could not be asked.
    pub async fn models(&self, source: &Source) -> Result<Vec<Model>, Error> {
        self.models_until(source, CancellationToken::new()).await
    }

    pub(crate) async fn models_until(
        &self,
        source: &Source,
        cancel: CancellationToken,
    ) -> Result<Vec<Model>, Error> {
        let open = self.open()?;
        let credential = self.credential(source).await?;
        let ctx = Ctx {
            policy_version: Some(self.policy_in_force().0),
            cancel,
            ..Ctx::new(Purpose::Models, &[])
        };
        let mut models =
            fluxchat_providers::models(&open.door, source, credential, ctx, &open.models).await?;
        self.remember_told(source.id, models.clone()).await;
        fluxchat_providers::publish(source, &mut models);
        Ok(models)
    }

    pub(crate) async fn credential(&self, source: &Source) -> Result<Option<Credential>, Error> {
        let (true, Some(origin)) = (source.has_credential, source.origin.clone()) else {
            return Ok(None);
        };
        let id = source.id;
        let kind = fluxchat_providers::key_header(source);
        self.off_thread(move |app| {
            let secret = app.vault().credential(id, &origin)?;
            Ok(secret.map(|secret| Credential::new(origin, kind, secret)))
        })
        .await
    }

    pub(crate) async fn source_for(
        &self,
        conversation: Option<&Conversation>,
        chosen: Option<SourceId>,
    ) -> Result<Source, Error> {
        let asked = conversation.cloned();
        self.read(move |tx| crate::restriction::check(tx, asked.as_ref()))
            .await??;
        if let Some(id) = chosen.or(conversation.and_then(|it| it.source_id)) {
            let source = self.source(id).await?;
            if let Some(conversation) = conversation {
                crate::only_here::check(conversation, &source)?;
            }
            return Ok(source);
        }
        if conversation.is_some() {
            return Err(Error::invalid(
                "no_source",
                "The conversation has no source to answer it.",
            ));
        }
        let (sources, default) = self.sources().await?;
        sources
            .into_iter()
            .find(|source| Some(source.id) == default)
            .ok_or_else(|| Error::invalid("no_source", "There is no source to answer."))
    }

    /// Asks a source that was never asked what it offers, and remembers its first model: for the
    /// conversation, and for the source unless the conversation is temporary.
    pub(crate) async fn first_model(
        &self,
        source: &Source,
        home: &Home,
        conversation: ConversationId,
        cancel: CancellationToken,
    ) -> Result<String, Error> {
        let models = self.models_until(source, cancel).await?;
        let Some(first) = first_for_chat(&models).map(|model| model.id.clone()) else {
            return Err(Error::invalid("no_model", "The source offers no model."));
        };
        let (id, model) = (source.id, first.clone());
        self.write_at(home, move |tx| {
            if let Some(mut source) = tx.source(id)?
                && source.default_model.is_none()
            {
                source.default_model = Some(model.clone());
                tx.source_update(&source)?;
            }
            let patch = ConversationPatch {
                model: Some(Some(model)),
                ..ConversationPatch::default()
            };
            tx.conversation_update(conversation, &patch)
        })
        .await?;
        self.tell(Event::SourcesChanged);
        Ok(first)
    }

    async fn store_credential(
        &self,
        source: &mut Source,
        key: Option<Secret<String>>,
    ) -> Result<(), Error> {
        let Some(origin) = source.origin.clone() else {
            return Err(Error::invalid("sandbox_fixed", "The sandbox needs no key."));
        };
        let (id, has) = (source.id, key.is_some());
        self.off_thread(move |app| {
            match key {
                Some(key) => app.vault().credential_set(id, &origin, &key)?,
                None => app.vault().credential_delete(id)?,
            }
            Ok(())
        })
        .await?;
        source.has_credential = has;
        let row = source.clone();
        self.write(move |tx| tx.source_update(&row)).await
    }
}

/// The first model that answers in a conversation, as far as the source tells.
fn first_for_chat(models: &[Model]) -> Option<&Model> {
    let chats = |model: &&Model| model.abilities.chat != Some(false);
    models.iter().find(chats).or(models.first())
}

fn checked_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control)
    {
        return Err(Error::invalid(
            "source_name",
            "A source needs a name of 1 to 80 characters.",
        ));
    }
    Ok(name.to_owned())
}

fn name_taken(error: Error) -> Error {
    match error {
        Error::Store(StoreError::Conflict(_)) => Error::invalid(
            "source_name_taken",
            "There is already a source with this name.",
        ),
        other => other,
    }
}
