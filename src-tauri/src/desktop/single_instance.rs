//! One window per profile. A second start asks the first to come to the front and ends.
//!
//! The archive has its own lock; this one only decides who shows a window. What travels
//! between the two is one fixed word, so a foreign process can do no more than raise a window.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use interprocess::local_socket::{ListenerOptions, Name, Stream, prelude::*};

const LOCK: &str = "window.lock";
const WORD: &[u8] = b"focus";
/// The first instance may still be starting when the second asks: 40 × 50 ms.
const ATTEMPTS: u32 = 40;
const PAUSE: Duration = Duration::from_millis(50);

/// Who shows the window of a profile.
pub enum Instance {
    /// This process. Holds the lock as long as it lives.
    First(First),
    /// Another one, which has been asked to come to the front.
    AlreadyRunning,
    /// Another one, which does not answer.
    Stuck,
}

/// The right to show the window.
pub struct First {
    profile: PathBuf,
    // A folder that cannot be written has no lock; the archive then says what is wrong.
    lock: Option<File>,
}

impl Drop for First {
    fn drop(&mut self) {
        // Closing alone would leave the lock with a child that was just being started.
        if let Some(lock) = &self.lock {
            let _ = lock.unlock();
        }
    }
}

/// Decides who shows the window.
#[must_use]
pub fn claim(profile: &Path) -> Instance {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(profile.join(LOCK));
    let Ok(file) = file else {
        return Instance::First(First {
            profile: profile.to_owned(),
            lock: None,
        });
    };
    if !matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
        return Instance::First(First {
            profile: profile.to_owned(),
            lock: Some(file),
        });
    }
    for _ in 0..ATTEMPTS {
        if addresses(profile)
            .into_iter()
            .any(|address| ask(address).is_ok())
        {
            return Instance::AlreadyRunning;
        }
        thread::sleep(PAUSE);
    }
    Instance::Stuck
}

fn ask(address: Address) -> io::Result<()> {
    let mut stream = Stream::connect(address.name()?)?;
    stream.write_all(WORD)?;
    let mut answer = [0; WORD.len()];
    stream.read_exact(&mut answer)
}

impl First {
    /// Calls `focus` on a thread of its own whenever another start asks for the window.
    pub fn listen(&self, focus: impl Fn() + Send + 'static) {
        for address in addresses(&self.profile) {
            address.clear();
            let Ok(name) = address.name() else { continue };
            let Ok(listener) = ListenerOptions::new().name(name).create_sync() else {
                continue;
            };
            thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    if answer(stream).is_ok() {
                        focus();
                    }
                }
            });
            return;
        }
        tracing::warn!(name: "shell.focus_not_offered", "");
    }

    /// Leaves nothing behind. Nobody can reach the window any more.
    pub fn leave(&self) {
        for address in addresses(&self.profile) {
            address.clear();
        }
    }
}

fn answer(mut stream: Stream) -> io::Result<()> {
    let mut word = [0; WORD.len()];
    stream.read_exact(&mut word)?;
    if word != WORD {
        return Err(io::ErrorKind::InvalidData.into());
    }
    stream.write_all(WORD)
}

/// A place to meet: a socket file, or the name of a pipe.
enum Address {
    #[cfg(unix)]
    File(PathBuf),
    #[cfg(not(unix))]
    Pipe(String),
}

impl Address {
    fn name(&self) -> io::Result<Name<'static>> {
        match self {
            #[cfg(unix)]
            Self::File(path) => path
                .clone()
                .to_fs_name::<interprocess::local_socket::GenericFilePath>(),
            #[cfg(not(unix))]
            Self::Pipe(name) => name
                .clone()
                .to_ns_name::<interprocess::local_socket::GenericNamespaced>(),
        }
    }

    /// Removes what a killed process left behind. Only the holder of the lock may call it.
    fn clear(&self) {
        #[cfg(unix)]
        {
            let Self::File(path) = self;
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(unix)]
fn addresses(profile: &Path) -> Vec<Address> {
    // The runtime folder is private to the user and local; a profile may lie on a disk without
    // sockets or so deep that its path does not fit into an address.
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let shared = runtime
        .filter(|folder| folder.is_absolute() && folder.is_dir())
        .map(|folder| {
            let own = fs::canonicalize(profile).unwrap_or_else(|_| profile.to_owned());
            let key = blake3::hash(own.as_os_str().as_encoded_bytes()).to_hex();
            folder.join(format!("fluxchat-{}.sock", &key[..16]))
        });
    let beside = profile.join("window.sock");
    shared
        .into_iter()
        .chain([beside])
        .map(Address::File)
        .collect()
}

#[cfg(not(unix))]
fn addresses(profile: &Path) -> Vec<Address> {
    let own = fs::canonicalize(profile).unwrap_or_else(|_| profile.to_owned());
    let key = blake3::hash(own.as_os_str().as_encoded_bytes()).to_hex();
    vec![Address::Pipe(format!("fluxchat-{}", &key[..16]))]
}

#[cfg(test)]
mod tests {
    use super::{Instance, claim};
    use std::sync::mpsc;

    #[test]
    fn a_second_start_raises_the_first_window() {
        let folder = tempfile::tempdir().unwrap();
        let Instance::First(first) = claim(folder.path()) else {
            panic!("nobody else is there")
        };
        let (raised, seen) = mpsc::channel();
        first.listen(move || raised.send(()).unwrap());
        let second = claim(folder.path());
        assert!(
            matches!(second, Instance::AlreadyRunning),
            "the second does not open a window"
        );
        seen.recv().unwrap();
        drop(first);
        assert!(
            matches!(claim(folder.path()), Instance::First(_)),
            "afterwards the way is free"
        );
    }
}
