//! Leads to covariate patterns, patterns to lift, lift to points.

pub mod attribute;
pub mod patterns;
