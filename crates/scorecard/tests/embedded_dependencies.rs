//! A service that embeds the scorer with `default-features = false` gets none of the heavy dependencies.

use std::process::Command;

#[test]
fn without_calibrate_there_is_no_polars_linfa_or_clap() {
    let cargo = std::env::var_os("CARGO").expect("cargo test sets CARGO");
    let arguments = ["tree", "-p", "leadcal-scorecard", "--no-default-features", "-e", "normal", "--prefix", "none"];
    let output = Command::new(cargo)
        .args(arguments)
        .args(["--offline", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo tree failed: {}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("UTF-8");
    let packages: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(packages.contains(&"leadcal-lift") && packages.contains(&"serde_json"), "not the expected tree:\n{tree}");
    for heavy in ["polars", "linfa", "clap", "ndarray", "rayon", "schemars", "ureq", "rustls"] {
        let found = packages.iter().find(|package| **package == heavy || package.starts_with(&format!("{heavy}-")));
        assert_eq!(found, None, "{tree}");
    }
}
