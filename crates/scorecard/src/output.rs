//! Files written whole or not at all: a temporary file in the same folder, flushed to disk, then renamed.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

/// A file or folder that could not be written. Nothing was left behind.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {}", path.display(), cause)]
pub struct OutputError {
    /// What could not be written.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub cause: io::Error,
}

impl OutputError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self.cause.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "free some space, or write to another disk with --output"
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                "name a place you may write to with --output"
            }
            io::ErrorKind::NotFound => "make the folder first, or name another with --output",
            io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
                "a part of that path is a file, not a folder: name another with --output"
            }
            io::ErrorKind::IsADirectory => "that is a folder: name a file with --output",
            _ => "name another place with --output",
        }
    }
}

/// Writes a file whole or not at all. What stood there before stays until the new content is on disk. A symbolic link
/// stays, its target is replaced. A device or pipe is written to as it is.
///
/// # Errors
/// [`OutputError`] where the folder does not exist or cannot be written, the disk is full, or the path is a folder.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let written = if is_stream(path) {
        File::options().write(true).open(path).and_then(|mut stream| stream.write_all(bytes))
    } else {
        Pending::write(path, bytes).and_then(Pending::keep)
    };
    written.map_err(|cause| OutputError { path: path.to_owned(), cause })
}

/// Writes several files of a folder, made where it is missing: all are on disk before the first takes its name.
///
/// # Errors
/// [`OutputError`] as [`write_whole`]; no file of the folder has changed then, unless taking a name fails half-way,
/// which needs the folder to change under our hands.
pub fn write_folder(folder: &Path, files: &[(&str, &[u8])]) -> Result<(), OutputError> {
    let error = |path: &Path, cause| OutputError { path: path.to_owned(), cause };
    let made = make_folder(folder).map_err(|cause| error(folder, cause))?;
    let written: Result<Vec<Pending>, OutputError> = files
        .iter()
        .map(|(name, bytes)| {
            let path = folder.join(name);
            Pending::write(&path, bytes).map_err(|cause| error(&path, cause))
        })
        .collect();
    let written = match written {
        Ok(written) => written,
        Err(failed) => {
            for folder in made {
                // It is empty again; where it is not, somebody else put something there, and it stays.
                _ = fs::remove_dir(folder);
            }
            return Err(failed);
        }
    };
    written.into_iter().try_for_each(|file| {
        let path = file.path.clone();
        file.keep().map_err(|cause| error(&path, cause))
    })
}

/// Makes a folder and those above it; returns the ones made, innermost first.
fn make_folder(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let missing = folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
    let missing = missing.map(Path::to_owned).collect();
    fs::create_dir_all(folder)?;
    Ok(missing)
}

/// A file that is on disk under a temporary name.
struct Pending {
    temporary: TempPath,
    path: PathBuf,
}

impl Pending {
    fn write(path: &Path, bytes: &[u8]) -> io::Result<Self> {
        let path = link_target(path);
        let before = fs::metadata(&path).ok();
        if before.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".leadcal-").suffix(".tmp");
        if let Some(permissions) = permissions_of_a_new_file() {
            builder.permissions(permissions);
        }
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(bytes)?;
        if let Some(before) = before {
            file.as_file().set_permissions(before.permissions())?;
        }
        file.as_file().sync_all()?;
        Ok(Self { temporary: NamedTempFile::into_temp_path(file), path })
    }

    fn keep(self) -> io::Result<()> {
        self.temporary.persist(&self.path).map_err(|failed| failed.error)
    }
}

/// Temporary files are private; ours becomes the user's, so the umask alone decides.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
fn permissions_of_a_new_file() -> Option<Permissions> {
    Some(std::os::unix::fs::PermissionsExt::from_mode(0o666))
}

#[cfg(not(unix))]
fn permissions_of_a_new_file() -> Option<Permissions> {
    None
}

/// The file a chain of symbolic links ends at, there or not; any other path as it is.
fn link_target(path: &Path) -> PathBuf {
    const LONGEST_CHAIN: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..LONGEST_CHAIN {
        let Ok(target) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    path
}

fn is_stream(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

#[cfg(test)]
mod tests;
