//! Leads to covariate patterns, patterns to lift, lift to points.

pub mod attribute;
#[cfg(feature = "calibrate")]
pub mod columns;
pub mod patterns;
pub mod signals;
#[cfg(feature = "calibrate")]
pub mod binning;
#[cfg(feature = "calibrate")]
pub mod error;
#[cfg(feature = "calibrate")]
pub mod leads;
#[cfg(feature = "calibrate")]
pub mod outcome;
#[cfg(feature = "calibrate")]
pub mod profile;
#[cfg(feature = "calibrate")]
pub mod beta;
#[cfg(feature = "calibrate")]
pub mod evidence;
#[cfg(feature = "calibrate")]
pub mod lift;
#[cfg(feature = "calibrate")]
pub mod points;
#[cfg(feature = "calibrate")]
pub mod shrinkage;
