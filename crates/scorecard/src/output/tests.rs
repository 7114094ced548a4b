use std::process::Command;

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a file")
}

#[test]
fn a_file_is_made_and_replaced() {
    let folder = folder();
    let path = folder.path().join("scoring.json");
    write_whole(&path, b"one").expect("written");
    write_whole(&path, b"two").expect("written again");
    assert_eq!(read(&path), "two");
    assert_eq!(names(folder.path()), ["scoring.json"]);
}

#[test]
fn several_files_and_their_folder() {
    let folder = folder();
    let output = folder.path().join("a/b");
    write_folder(&output, &[("points.json", b"1"), ("model.json", b"2")]).expect("written");
    write_folder(&output, &[("points.json", b"3")]).expect("written again");
    assert_eq!(names(&output), ["model.json", "points.json"]);
    assert_eq!(read(&output.join("points.json")), "3");
}

#[test]
fn nothing_is_left_of_a_failure() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "before").expect("written");

    let error = write_whole(&file.join("below"), b"x").expect_err("below a file");
    assert_eq!(error.path, file.join("below"));
    assert!(error.help().contains("not a folder"), "{error} {:?}", error.cause.kind());
    let error = write_folder(&file, &[("x", b"x")]).expect_err("a file is no folder");
    assert!(error.help().contains("not a folder"), "{error} {:?}", error.cause.kind());
    let error = write_whole(folder.path(), b"x").expect_err("a folder is no file");
    assert_eq!(error.help(), "that is a folder: name a file with --output");
    let error = write_whole(&folder.path().join("none/x"), b"x").expect_err("no such folder");
    assert!(error.help().starts_with("make the folder"), "{error}");

    // The last file cannot be written, so the others are not either, and the folders made for them go.
    let output = folder.path().join("new/output");
    write_folder(&output, &[("a", b"1"), ("below/b", b"2"), ("../../file/c", b"3")]).expect_err("below a file");
    assert_eq!(names(folder.path()), ["file"]);
    assert_eq!(read(&file), "before");

    fs::create_dir_all(output.join("b")).expect("made");
    write_folder(&output, &[("a", b"1"), ("b", b"2")]).expect_err("b is a folder");
    assert_eq!(names(&output), ["b"]);
}

#[cfg(unix)]
#[test]
fn links_stay_and_permissions_too() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("file"), "before").expect("written");
    fs::set_permissions(at("file"), Permissions::from_mode(0o640)).expect("set");
    symlink("file", at("link")).expect("linked");
    symlink("link", at("link to link")).expect("linked");
    symlink("not yet", at("dangling")).expect("linked");
    write_whole(&at("link to link"), b"after").expect("written");
    write_whole(&at("dangling"), b"new").expect("written");
    assert_eq!((read(&at("file")).as_str(), read(&at("not yet")).as_str()), ("after", "new"));
    assert!(at("link").is_symlink() && at("link to link").is_symlink() && at("dangling").is_symlink());
    let mode = |name: &str| fs::metadata(at(name)).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode("file"), 0o640);
    fs::write(at("by std"), "").expect("written");
    assert_eq!(mode("not yet"), mode("by std"), "a new file has the permissions any new file has");
    assert_eq!(names(folder.path()).len(), 6);
}

#[cfg(unix)]
#[test]
fn a_device_is_written_to() {
    write_whole(Path::new("/dev/null"), b"x").expect("written");
    if Path::new("/dev/full").exists() {
        let error = write_whole(Path::new("/dev/full"), b"x").expect_err("always full");
        assert!(error.help().starts_with("free some space"), "{error}");
    }
}

/// On a disk of 64 kB.
#[cfg(target_os = "linux")]
#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn a_full_disk() {
    let folder = folder();
    let too_much = vec![0; 100_000];
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "leadcal"]).arg(folder.path()).status();
    if !mounted.is_ok_and(|status| status.success()) {
        eprintln!("skipped: a small disk cannot be mounted here");
        return;
    }
    let disk = folder.path();
    let small = write_whole(&disk.join("small"), b"before");
    let refused = [
        write_whole(&disk.join("small"), &too_much),
        write_whole(&disk.join("big"), &too_much),
        write_folder(&disk.join("output"), &[("a", b"1"), ("b", &too_much)]),
    ];
    let (left, content) = (names(disk), fs::read_to_string(disk.join("small")));
    let unmounted = Command::new("umount").arg(disk).status();

    small.expect("there is room");
    for refused in refused {
        assert!(refused.expect_err("no room").help().starts_with("free some space"));
    }
    assert_eq!(left, ["small"]);
    assert_eq!(content.expect("still there"), "before");
    assert!(unmounted.expect("umount runs").success());
}
