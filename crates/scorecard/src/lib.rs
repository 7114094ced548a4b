//! The scoring config and its runtime scorer.

pub mod config;
pub mod runtime;
#[cfg(feature = "calibrate")]
pub mod output;
#[cfg(feature = "calibrate")]
pub mod schema;
#[cfg(feature = "calibrate")]
pub mod spec;
