//! Files written whole or not at all: a temporary file in the same folder, flushed to disk, then renamed.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

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

/// Writes a file whole or not at all, as [`WholeFile`] does.
///
/// # Errors
/// [`OutputError`] where the folder does not exist or cannot be written, the disk is full, or the path is a folder.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let mut file = WholeFile::create(path)?;
    file.write_all(bytes).map_err(|cause| OutputError { path: path.to_owned(), cause })?;
    file.keep()
}

/// Writes several files of a folder and of folders in it, made where they are missing: all are on disk before the first
/// takes its name.
///
/// # Errors
/// [`OutputError`] as [`write_whole`]; no file of the folder has changed then, unless taking a name fails half-way,
/// which needs the folder to change under our hands.
pub fn write_folder(folder: &Path, files: &[(&str, &[u8])]) -> Result<(), OutputError> {
    let mut made = Vec::new();
    let written = files.iter().map(|(name, bytes)| write_apart(&folder.join(name), bytes, &mut made));
    let written = match written.collect::<Result<Vec<WholeFile>, OutputError>>() {
        Ok(written) => written,
        Err(failed) => {
            for folder in made.iter().rev() {
                // It is empty again; where it is not, somebody else put something there, and it stays.
                _ = fs::remove_dir(folder);
            }
            return Err(failed);
        }
    };
    written.into_iter().try_for_each(WholeFile::keep)
}

/// Writes a file that has yet to take its name; the folders made for it are added to `made`, outermost first.
fn write_apart(path: &Path, bytes: &[u8], made: &mut Vec<PathBuf>) -> Result<WholeFile, OutputError> {
    let error = |path: &Path, cause| OutputError { path: path.to_owned(), cause };
    let folder = path.parent().expect("a file of a folder has the folder above it");
    made.extend(make_folder(folder).map_err(|cause| error(folder, cause))?);
    let mut file = WholeFile::create(path)?;
    file.write_all(bytes).and_then(|()| file.sync()).map_err(|cause| error(path, cause))?;
    Ok(file)
}

/// Makes a folder and those above it; returns the ones made, outermost first.
fn make_folder(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let missing = folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
    let mut missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
    missing.reverse();
    fs::create_dir_all(folder)?;
    Ok(missing)
}

/// A file in the making under a temporary name in the same folder. What stood at its path stays until
/// [`keep`](Self::keep); dropped before, it leaves nothing. A symbolic link stays, its target is replaced. A device or
/// pipe is written to as it is.
#[derive(Debug)]
pub struct WholeFile {
    asked: PathBuf,
    path: PathBuf,
    to: To,
}

#[derive(Debug)]
enum To {
    Temporary(NamedTempFile),
    Stream(File),
}

impl WholeFile {
    /// Starts a file.
    ///
    /// # Errors
    /// [`OutputError`] where the folder does not exist or cannot be written, or the path is a folder.
    pub fn create(path: &Path) -> Result<Self, OutputError> {
        Self::start(path).map_err(|cause| OutputError { path: path.to_owned(), cause })
    }

    fn start(asked: &Path) -> io::Result<Self> {
        let path = link_target(asked);
        let before = fs::metadata(&path).ok();
        if before.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let asked = asked.to_owned();
        if before.as_ref().is_some_and(|before| !before.is_file()) {
            let to = To::Stream(File::options().write(true).open(&path)?);
            return Ok(Self { asked, path, to });
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".leadcal-").suffix(".tmp");
        if let Some(permissions) = permissions_of_a_new_file() {
            builder.permissions(permissions);
        }
        let file = builder.tempfile_in(folder)?;
        if let Some(before) = before {
            file.as_file().set_permissions(before.permissions())?;
        }
        Ok(Self { asked, path, to: To::Temporary(file) })
    }

    /// Gives the file its name: from now on it is there, whole.
    ///
    /// # Errors
    /// [`OutputError`] where the disk is full or the folder has changed under our hands.
    pub fn keep(self) -> Result<(), OutputError> {
        let kept = self.sync().and_then(|()| match self.to {
            To::Temporary(file) => file.into_temp_path().persist(&self.path).map_err(|failed| failed.error),
            To::Stream(_) => Ok(()),
        });
        kept.map_err(|cause| OutputError { path: self.asked, cause })
    }

    fn sync(&self) -> io::Result<()> {
        match &self.to {
            To::Temporary(file) => file.as_file().sync_all(),
            To::Stream(_) => Ok(()),
        }
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.to {
            To::Temporary(file) => file.write(bytes),
            To::Stream(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.to {
            To::Temporary(file) => file.flush(),
            To::Stream(stream) => stream.flush(),
        }
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

#[cfg(test)]
mod tests;
