//! The `leadcal` command.
fn main() {}
