//! Leads to covariate patterns, patterns to lift, lift to points.

pub mod attribute;
#[cfg(feature = "calibrate")]
pub mod columns;
pub mod patterns;
