//! Past leads to lead-scoring points: what an attribute is worth, by the conversion rate of the leads that have it.
//!
//! **Lift** sets the conversion rate r of the leads at one level of an attribute against the overall rate p. Leads that
//! asked for a demo convert at 40 % where 15 % do overall: a lift of 2.67, or 25 percentage points, and 25 points is what
//! the level earns. A level below the overall rate earns negative points. Few leads prove little, so rates are drawn to
//! the overall rate first ([`shrinkage`]), and a level whose interval holds "no lift" earns nothing.
//!
//! The way of the data: [`leads`] are read in bounded memory; a first pass makes a [`profile`] of each column, from which
//! [`binning`] makes an [`attribute`] with levels; a second pass counts the distinct combinations of levels, the
//! covariate [`patterns`]. Everything after is a function of that small table: [`lift`], [`evidence`], [`points`].
//!
//! What this crate does not know: the logistic model (`leadcal-logit`), the scoring config and the command
//! (`leadcal-scorecard`). It never prints. Without its default feature `calibrate` only [`attribute`], [`events`],
//! [`patterns`] and [`signals`] are there, without polars: what a runtime scorer needs.
//!
//! Invariants: results do not depend on the order of rows, the number of threads or hash seeds; a row that cannot be
//! understood is a [`DataError`](error::DataError) that names file, column and row, never a guess.
//!
//! ```
//! # #[cfg(feature = "calibrate")] {
//! use leadcal_lift::attribute::{Attribute, FieldType, Input, Level, Scalar, When};
//! use leadcal_lift::lift::LiftTable;
//! use leadcal_lift::patterns::{Counts, CovariatePatterns};
//! use leadcal_lift::points::{PointsOptions, assign};
//! use leadcal_lift::shrinkage::Shrinkage;
//!
//! let level = |text: &str| Level { name: text.into(), when: When::In(vec![Scalar::Text(text.into())]) };
//! let demo = Attribute {
//!     name: "demo request".into(),
//!     input: Input { field: "demo".into(), kind: FieldType::Text, missing: vec![] },
//!     levels: vec![level("no"), level("yes")],
//! };
//! // 400 leads, 60 conversions: 15 %. Of the 100 that asked for a demo, 40 converted.
//! let counts = Counts { leads: vec![300, 100], conversions: vec![20, 40] };
//! let patterns = CovariatePatterns::new(vec![demo], vec![0, 1], counts);
//!
//! let lift = LiftTable::from_patterns(&patterns, &Shrinkage::Strength(0.0));
//! let points = assign(&patterns, &lift, &PointsOptions::default(), None)?;
//! assert_eq!(points.attributes[0].levels[1].points, 25);
//! assert_eq!(points.attributes[0].levels[0].points, -8);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod attribute;
#[cfg(feature = "calibrate")]
pub mod beta;
#[cfg(feature = "calibrate")]
pub mod binning;
#[cfg(feature = "calibrate")]
pub mod columns;
#[cfg(feature = "calibrate")]
pub mod dated_columns;
#[cfg(feature = "calibrate")]
pub mod error;
pub mod events;
#[cfg(feature = "calibrate")]
pub mod evidence;
#[cfg(feature = "calibrate")]
pub mod leads;
#[cfg(feature = "calibrate")]
pub mod lift;
#[cfg(feature = "calibrate")]
pub mod outcome;
#[cfg(feature = "calibrate")]
pub mod outcomes;
pub mod patterns;
#[cfg(feature = "calibrate")]
pub mod points;
#[cfg(feature = "calibrate")]
pub mod profile;
#[cfg(feature = "calibrate")]
pub mod shrinkage;
pub mod signals;
#[cfg(feature = "calibrate")]
pub mod slope;
#[cfg(feature = "calibrate")]
pub mod snapshots;
