//! The archives that are measured: made once, kept for the next run, copied where they are changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fluxchat_core::{Access, App, Audience, Options, Setup, profile::ARCHIVE_FILE};
use fluxchat_model::{ArchiveKey, SessionState};
use fluxchat_store::{LATEST_SCHEMA, OpenOptions, Store};
use fluxchat_testkit::ManualClock;
use fluxchat_testkit::large::{self, Landmarks, Size};
use fluxchat_vault::{Keychain, MemoryKeychain, OsKeychain, Patience, Probe, Vault};
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;

use crate::Outcome;
use crate::arguments::Arguments;

const NOTES: &str = "world.json";
const KEYS: &str = "keys.json";

/// A profile with an archive of a size.
pub struct World {
    pub profile: PathBuf,
    pub marks: Landmarks,
    pub size: Size,
    keychain: Arc<MemoryKeychain>,
    key: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct Notes {
    marks: Landmarks,
}

/// All of them.
pub struct Worlds<'r> {
    pub runtime: &'r Runtime,
    /// Of the size that was asked for. Only read.
    pub big: World,
    /// A hundredth of it. Only read.
    pub small: World,
    folder: PathBuf,
    changed: Option<World>,
}

impl<'r> Worlds<'r> {
    pub fn prepare(runtime: &'r Runtime, arguments: &Arguments) -> Outcome<Self> {
        let folder = &arguments.folder;
        fs::create_dir_all(folder)?;
        Ok(Self {
            runtime,
            big: World::of(runtime, folder, arguments.size)?,
            small: World::of(runtime, folder, arguments.size.hundredth())?,
            folder: folder.clone(),
            changed: None,
        })
    }

    /// Another size, kept like the others.
    pub fn of(&self, size: Size) -> Outcome<World> {
        World::of(self.runtime, &self.folder, size)
    }

    /// An archive with nothing in it.
    pub fn empty(&self) -> Outcome<World> {
        self.of(Size {
            messages: 0,
            conversations: 0,
            ledger: 0,
        })
    }

    /// A copy of the big one that may be changed; the same one for all who ask.
    pub fn changed(&mut self) -> Outcome<&World> {
        if self.changed.is_none() {
            self.changed = Some(self.big.copy(&self.folder.join("changed"))?);
        }
        self.changed.as_ref().ok_or_else(|| "no copy".into())
    }

    /// A fresh copy of a world.
    pub fn copy_of(&self, world: &World, name: &str) -> Outcome<World> {
        world.copy(&self.folder.join(name))
    }

    /// A place for a file of a row.
    pub fn place(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl World {
    fn of(runtime: &Runtime, folder: &Path, size: Size) -> Outcome<Self> {
        let name = format!(
            "{}-{}-{}-schema{LATEST_SCHEMA}-v{}",
            size.messages,
            size.conversations,
            size.ledger,
            large::VERSION
        );
        let profile = folder.join(name);
        if !profile.join(NOTES).exists() {
            if profile.exists() {
                fs::remove_dir_all(&profile)?;
            }
            runtime.block_on(make(&profile))?;
            if size.messages > 0 {
                let store = Self::read(&profile, size, None)?.store()?;
                let marks = large::fill(&store, size, |what, done, all| {
                    eprint!("\r  {done} of {all} {what}        ");
                });
                store.close();
                eprintln!();
                let notes = Notes { marks: marks? };
                fs::write(profile.join(NOTES), serde_json::to_string(&notes)?)?;
            }
        }
        Self::read(&profile, size, None)
    }

    fn read(profile: &Path, size: Size, marks: Option<Landmarks>) -> Outcome<Self> {
        let keychain = keychain();
        for (item, value) in keys_of(profile)? {
            keychain.plant(&item, &value);
        }
        let vault = Vault::new(profile, Arc::clone(&keychain) as Arc<dyn Keychain>);
        let key = match vault.probe(Patience::Probe)? {
            Probe::Key(key, _) => *vault.archive_key(key)?.expose(),
            _ => return Err("the profile has no key".into()),
        };
        let marks = match (marks, fs::read_to_string(profile.join(NOTES))) {
            (Some(marks), _) => marks,
            (None, Ok(notes)) => serde_json::from_str::<Notes>(&notes)?.marks,
            (None, Err(_)) => Landmarks::nowhere(),
        };
        Ok(Self {
            profile: profile.to_owned(),
            marks,
            size,
            keychain,
            key,
        })
    }

    fn copy(&self, to: &Path) -> Outcome<Self> {
        if to.exists() {
            fs::remove_dir_all(to)?;
        }
        copy_folder(&self.profile, to)?;
        Self::read(to, self.size, Some(self.marks.clone()))
    }

    pub fn options(&self) -> OpenOptions {
        OpenOptions::existing(self.profile.join(ARCHIVE_FILE), ArchiveKey::new(self.key))
    }

    pub fn store(&self) -> Outcome<Store> {
        Ok(Store::open(self.options())?)
    }

    pub fn archive_bytes(&self) -> Outcome<u64> {
        Ok(fs::metadata(self.profile.join(ARCHIVE_FILE))?.len())
    }

    /// The app on this profile.
    pub async fn app(&self) -> Outcome<App> {
        let app = App::start(options(&self.profile, &self.keychain)).await;
        match app.state() {
            SessionState::Ready => Ok(app),
            state => Err(format!("the archive does not open: {state:?}").into()),
        }
    }
}

fn options(profile: &Path, keychain: &Arc<MemoryKeychain>) -> Options {
    Options {
        profile: profile.to_owned(),
        access: Access::Owner,
        keychain: Arc::clone(keychain) as Arc<dyn Keychain>,
        clock: Arc::new(ManualClock::at(large::NOW.0)),
        passphrase: None,
        offline: false,
        surface: "window",
        version: "0.0.0",
        sandbox_pace: Some(std::time::Duration::ZERO),
        settle_deletions: false,
        ledger_layer: None,
    }
}

/// One that calls itself like the system's, so that the same profile opens with either.
fn keychain() -> Arc<MemoryKeychain> {
    let backend = OsKeychain::new();
    Arc::new(MemoryKeychain::of_backend(backend.backend()))
}

/// The items a profile has in its keychain.
pub fn keys_of(profile: &Path) -> Outcome<Vec<(String, String)>> {
    let keys = fs::read_to_string(profile.join(KEYS))?;
    Ok(serde_json::from_str(&keys)?)
}

/// A new profile after its first run. Its key is a toy and lies beside it.
async fn make(profile: &Path) -> Outcome {
    let keychain = keychain();
    let app = App::start(options(profile, &keychain)).await;
    let policy = app.policy(None, "en")?;
    app.setup(Setup {
        audience: Audience::Adult,
        policy_version: policy.version.0.clone(),
        language: policy.language,
        consents: Vec::new(),
    })
    .await?;
    app.shutdown().await;
    let mut keys = Vec::new();
    for item in keychain.items() {
        if let Some(value) = keychain
            .get(&item, Patience::Probe)
            .map_err(|_| "keychain")?
        {
            keys.push((item, value.expose().clone()));
        }
    }
    fs::write(profile.join(KEYS), serde_json::to_string(&keys)?)?;
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to)?;
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
