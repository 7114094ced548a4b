//! The scoring config and its runtime scorer.

#[cfg(feature = "calibrate")]
pub mod output;
#[cfg(feature = "calibrate")]
pub mod spec;
