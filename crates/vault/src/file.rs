//! Small files that are either the old or the new version, whatever happens in between.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

/// Sidecars are small; anything larger is not one.
const MAX_SIDECAR_BYTES: u64 = 4 << 20;

/// Opens a new file only its owner may read. Fails when it exists.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Creates a folder only its owner may enter; one that exists is left as it is.
pub(crate) fn create_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Writes `dir/name` so that a crash leaves the old or the new content, never a part.
pub(crate) fn write_atomically(dir: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    #[cfg(test)]
    fuse::step()?;
    let target = dir.join(name);
    let temp = dir.join(format!(".{name}.new"));
    // Left by a crash; it never became the file.
    remove_if_there(&temp)?;
    let written = (|| {
        let mut file = create_private(&temp)?;
        file.write_all(content)?;
        file.sync_all()?;
        drop(file);
        std::fs::rename(&temp, &target)
    })();
    if let Err(error) = written {
        let _ = std::fs::remove_file(&temp);
        return Err(error);
    }
    sync_dir(dir)
}

/// Makes renames and removals in a folder durable.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(dir)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = dir;
    Ok(())
}

/// The content of a small file, `None` when there is no such file.
pub(crate) fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut content = Vec::new();
    file.take(MAX_SIDECAR_BYTES).read_to_end(&mut content)?;
    Ok(Some(content))
}

/// Overwrites a file with zeros and removes it. On flash storage the old blocks may survive,
/// which is why only wrapped keys and ciphertext are ever in such a file.
pub(crate) fn wipe(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    fuse::step()?;
    let mut file = match OpenOptions::new().write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let length = file.metadata()?.len().min(MAX_SIDECAR_BYTES);
    let zeros = [0u8; 4096];
    let mut left = length;
    while left > 0 {
        let step = left.min(4096);
        let step_bytes = usize::try_from(step).unwrap_or(zeros.len());
        file.write_all(&zeros[..step_bytes])?;
        left -= step;
    }
    file.sync_all()?;
    drop(file);
    remove_if_there(path)
}

pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    fuse::step()?;
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Cuts a change off between two of its steps: from the chosen one on, none is taken any more.
#[cfg(test)]
pub(crate) mod fuse {
    use std::cell::Cell;
    use std::io;

    thread_local! {
        static LEFT: Cell<Option<u32>> = const { Cell::new(None) };
        static BLOWN: Cell<bool> = const { Cell::new(false) };
    }

    pub(crate) fn set(steps: Option<u32>) {
        LEFT.set(steps);
        BLOWN.set(false);
    }

    pub(crate) fn is_blown() -> bool {
        BLOWN.get()
    }

    pub(crate) fn step() -> io::Result<()> {
        match LEFT.get() {
            None => Ok(()),
            Some(0) => {
                BLOWN.set(true);
                Err(io::Error::other("cut off"))
            }
            Some(left) => {
                LEFT.set(Some(left - 1));
                Ok(())
            }
        }
    }
}
