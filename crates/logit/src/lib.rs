//! Covariate patterns to a logistic model.
