//! Covariate patterns to a logistic model, with inference and validation.
//!
//! Takes the table of covariate patterns of `leadcal-lift` and nothing else: it never sees a lead, a file or a column,
//! knows nothing of points, configs or the command line, never prints and never exits. It owns linfa and ndarray; neither
//! shows in results except as the covariance matrix.
//!
//! Start reading at [`fit`] (parameters to a fitted model), then [`design`] (levels to columns), [`inference`] (what the
//! estimates are worth) and [`validation`] (what the model is worth on leads it has not seen); [`selection`] finds the few
//! attributes that do as well, [`repeats`] what repetitions of a behaviour are worth; [`metrics`] and [`score_curve`] serve
//! any score, not only the model's; [`comparison`] judges one score against another on the same leads; [`toward`] draws a product's model to that of all leads.
//!
//! Invariants:
//! - Same table, same bits: nothing depends on the order of rows, threads or the clock; folds take a seed.
//! - A [`fit::FittedLogit`] is a converged, finite, determined solution; everything else is an error that names the
//!   attribute and level to blame.
//! - Both solvers minimise the same objective and are held to the same gradient limit; none replaces the other.
//!
//! ```
//! use leadcal_lift::attribute::{Attribute, FieldType, Input, Level, Scalar, When};
//! use leadcal_lift::patterns::{Counts, CovariatePatterns};
//! use leadcal_logit::fit::LogitParams;
//! use leadcal_logit::inference::effects;
//!
//! // Of 1 000 leads 150 converted: 40 of the 100 who came to a webinar, 110 of the 900 others.
//! let level = |name: &str, value| Level { name: name.to_owned(), when: When::In(vec![Scalar::Boolean(value)]) };
//! let webinar = Attribute {
//!     name: "webinar".to_owned(),
//!     input: Input { field: "webinar".to_owned(), kind: FieldType::Boolean, missing: Vec::new() },
//!     levels: vec![level("yes", true), level("no", false)],
//! };
//! let counts = Counts { leads: vec![100, 900], conversions: vec![40, 110] };
//! let patterns = CovariatePatterns::new(vec![webinar], vec![0, 1], counts);
//!
//! let fitted = LogitParams::new().l2(0.0).check()?.fit(&patterns)?;
//! // Without a penalty the model reproduces the rates; "no", the larger level, is the reference.
//! assert!((fitted.probability(&[0]) - 0.40).abs() < 1e-12);
//! assert!((fitted.coefficients()[0][0] - ((40.0_f64 / 60.0).ln() - (110.0_f64 / 790.0).ln())).abs() < 1e-12);
//!
//! // Against the average lead, coming to the webinar raises the log-odds.
//! let webinar = effects(&fitted, &patterns).attributes[0][0];
//! assert!(webinar.value > 0.0 && webinar.p_value < 0.001);
//! # Ok::<(), leadcal_logit::error::LogitError>(())
//! ```

#[cfg(feature = "calibrate")]
pub mod comparison;
pub mod design;
pub mod error;
pub mod fit;
pub mod inference;
mod information;
#[cfg(feature = "calibrate")]
mod lbfgs;
mod likelihood;
pub mod metrics;
pub mod model;
mod newton;
#[cfg(feature = "calibrate")]
pub mod repeats;
pub mod score_curve;
pub mod selection;
pub mod separation;
mod summation;
pub mod toward;
pub mod validation;

#[cfg(test)]
mod example;
