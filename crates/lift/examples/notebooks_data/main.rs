//! Writes the example data of `notebooks-data`: `cargo run -p leadcal-lift --example notebooks_data -- notebooks-data`.
//!
//! Start reading at `dataset/mod.rs`; what makes a lead convert is in `dataset/truth.rs`.

mod dataset;
mod write;

use std::path::PathBuf;

fn main() -> Result<(), write::Failure> {
    let usage = "give the folder to write to: notebooks_data FOLDER";
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or(usage)?);
    let seed = std::env::args().nth(2).map_or(Ok(dataset::SEED), |seed| seed.parse())?;
    std::fs::create_dir_all(&folder)?;
    for (name, bytes) in write::files(&dataset::generate(seed))? {
        let part = folder.join(format!("{name}.part"));
        std::fs::write(&part, bytes)?;
        std::fs::rename(part, folder.join(name))?;
    }
    Ok(())
}
