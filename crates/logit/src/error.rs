//! What can go wrong between covariate patterns and a validated model.

use std::fmt;

use crate::fit::Solver;

/// Why a model could not be fitted, measured, written or read. Errors of the calculation name the attribute and level
/// to blame and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogitError {
    /// A parameter outside its range.
    #[error("{name} must be {expected}, found {found}")]
    Parameter {
        /// The parameter.
        name: &'static str,
        /// Its range.
        expected: &'static str,
        /// The value.
        found: String,
    },
    /// The L-BFGS solver was asked for in a build without it.
    #[error("the lbfgs solver is not part of this build (feature `calibrate`); use newton")]
    SolverNotBuilt,
    /// An empty table.
    #[error("there are no leads to learn from")]
    NoLeads,
    /// Every lead has the same outcome.
    #[error("all {leads} leads have the same outcome ({conversions} conversions): there is nothing to tell apart")]
    OneOutcome {
        /// All leads.
        leads: u64,
        /// 0 or `leads`.
        conversions: u64,
    },
    /// One attribute tells the outcome of every lead.
    #[error(
        "attribute \"{attribute}\" alone separates the outcomes: every level is all conversions or none \
         ({converting_levels} and {other_levels} levels), which usually means that it was recorded after the outcome; \
         leave the attribute out"
    )]
    SeparatingAttribute {
        /// The attribute.
        attribute: String,
        /// Levels whose leads all converted.
        converting_levels: usize,
        /// Levels none of whose leads converted.
        other_levels: usize,
    },
    /// Without a penalty: a level whose coefficient would be infinite.
    #[error(
        "level \"{level}\" of attribute \"{attribute}\" has {conversions} conversions of {leads} leads, so its \
         coefficient without a penalty is infinite; pool the level with another, leave the attribute out, or use l2 > 0"
    )]
    SeparatedLevel {
        /// The attribute.
        attribute: String,
        /// The level.
        level: String,
        /// Leads in the level.
        leads: u64,
        /// 0 or `leads`.
        conversions: u64,
    },
    /// Without a penalty: levels of several attributes together separate some leads, so coefficients grow for ever.
    #[error(
        "attributes together separate the outcomes of some leads, so coefficients without a penalty are infinite; \
         the largest so far is {coefficient:.1} for {column}; {}leave the attribute out, or use l2 > 0",
        if column.level.is_some() { "pool the level with another, " } else { "" }
    )]
    Diverged {
        /// The column of the largest coefficient.
        column: ColumnName,
        /// Where the coefficient stood when the solver gave up.
        coefficient: f64,
    },
    /// The design is not of full rank.
    #[error(
        "{column} is told exactly by {}: the coefficients are not determined; \
         leave one of the attributes out, or use {}",
        list(others), if *penalised { "a larger l2" } else { "l2 > 0" }
    )]
    Collinear {
        /// The column that is a combination of others.
        column: ColumnName,
        /// The attributes those others belong to.
        others: Vec<String>,
        /// Whether l2 was positive already.
        penalised: bool,
    },
    /// More columns than a dense Hessian is meant for.
    #[error(
        "the attributes have {columns} levels together, at most {limit} can be fitted; pool rare levels (attribute \
         \"{attribute}\" alone has {levels})"
    )]
    TooManyColumns {
        /// Columns of the design.
        columns: usize,
        /// The largest number of them.
        limit: usize,
        /// The attribute with most.
        attribute: String,
        /// How many it has.
        levels: usize,
    },
    /// The solver stopped before the gradient was small enough.
    #[error(
        "the {solver} solver did not converge: after {iterations} iterations the gradient's largest entry is \
         {gradient:.3e}, above {limit:.3e}{}; allow more iterations or use a larger l2",
        at(largest.as_ref())
    )]
    NotConverged {
        /// The solver.
        solver: Solver,
        /// The iterations it was allowed.
        iterations: u64,
        /// Maximum norm of the gradient.
        gradient: f64,
        /// What it had to fall below.
        limit: f64,
        /// The column of the largest coefficient and its value, if there is any.
        largest: Option<(ColumnName, f64)>,
    },
    /// A model to fit toward that does not know the table's levels.
    #[error(
        "cannot fit toward the other model at attribute \"{attribute}\": {reason}; calibrate both on the same attributes"
    )]
    OtherModel {
        /// The attribute.
        attribute: String,
        /// What differs.
        reason: String,
    },
    /// linfa-logistic refused.
    #[error("the lbfgs solver failed")]
    Lbfgs(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Scores or probabilities that are not one for each pattern.
    #[error("{found} predictions for {expected} covariate patterns")]
    Length {
        /// Number of patterns.
        expected: usize,
        /// Number of predictions.
        found: usize,
    },
    /// A score that is NaN, or infinite where a finite one is needed.
    #[error("the score of covariate pattern {pattern} is {value}")]
    Score {
        /// Index of the pattern.
        pattern: usize,
        /// The score.
        value: f64,
    },
    /// A probability outside 0..=1.
    #[error("the predicted probability of covariate pattern {pattern} is {value}")]
    Probability {
        /// Index of the pattern.
        pattern: usize,
        /// The probability.
        value: f64,
    },
    /// A number of folds that the leads cannot fill.
    #[error(
        "{folds} folds cannot each hold both outcomes: there are {conversions} conversions and {others} other leads; \
         use fewer folds or more leads"
    )]
    TooFewForFolds {
        /// The folds asked for.
        folds: usize,
        /// All conversions.
        conversions: u64,
        /// All other leads.
        others: u64,
    },
    /// A given fold in which every lead has the same outcome.
    #[error("fold {fold} has {conversions} conversions of {leads} leads; every fold needs both outcomes")]
    FoldOneOutcome {
        /// Index of the fold, from 0.
        fold: usize,
        /// Its leads.
        leads: u64,
        /// Its conversions.
        conversions: u64,
    },
    /// Folds that do not add up to the table.
    #[error("the folds are not a partition of the leads: {reason}")]
    FoldsDoNotFit {
        /// What differs.
        reason: String,
    },
    /// Text that is no model file of this version.
    #[error("{place}: {reason}")]
    Model {
        /// Line and column, or JSON pointer.
        place: String,
        /// What is wrong there.
        reason: String,
    },
}

fn list(attributes: &[String]) -> String {
    let quoted: Vec<_> = attributes.iter().map(|name| format!("\"{name}\"")).collect();
    match quoted.as_slice() {
        [] => "the other columns".to_owned(),
        [one] => format!("attribute {one}"),
        [first @ .., last] => format!("attributes {} and {last}", first.join(", ")),
    }
}

fn at(largest: Option<&(ColumnName, f64)>) -> String {
    largest
        .map_or_else(String::new, |(column, coefficient)| format!(" (largest coefficient {coefficient:.3}, {column})"))
}

/// What a column of the design stands for: a level of an attribute, or the number an attribute's levels stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnName {
    /// The attribute.
    pub attribute: String,
    /// Its level; `None` for the numbers of a linear attribute.
    pub level: Option<String>,
}

impl fmt::Display for ColumnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attribute, level } = self;
        match level {
            Some(level) => write!(f, "level \"{level}\" of attribute \"{attribute}\""),
            None => write!(f, "the number of attribute \"{attribute}\""),
        }
    }
}
