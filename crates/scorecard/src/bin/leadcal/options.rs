//! What was typed to what the libraries take: a spec file with the flags set over it, or the flags alone.

use std::num::NonZeroU32;
use std::path::Path;

use jiff::Timestamp;
use leadcal_lift::snapshots::{SnapshotOptions, SnapshotTimes};
use leadcal_scorecard::backtest::scope::Asked;
use leadcal_scorecard::spec::{MOST_DAYS, Outcome, Spec, ValueAndCost};

use crate::args::{
    BacktestArgs, CalibrateArgs, CallArgs, DataArgs, FitArgs, LabelledArgs, LabelledColumns, LiftPointsArgs, ModelArgs,
    MomentArgs, PeriodArgs, PointsArgs,
};
use crate::error::CommandError;

impl CalibrateArgs {
    /// The spec with the flags set over it.
    pub(crate) fn spec(&self) -> Result<Spec, CommandError> {
        Ok(self.model.over(self.points.over(self.data.spec()?)))
    }
}

impl LiftPointsArgs {
    /// The spec with the flags set over it.
    pub(crate) fn spec(&self) -> Result<Spec, CommandError> {
        Ok(self.model.over(self.points.over(self.data.spec()?)))
    }
}

impl FitArgs {
    /// The spec with the flags set over it.
    pub(crate) fn spec(&self) -> Result<Spec, CommandError> {
        Ok(self.model.over(self.data.spec()?))
    }
}

impl BacktestArgs {
    /// The spec with the flags set over it; of its `[events]` and what is calibrated the command decides.
    pub(crate) fn spec(&self) -> Result<Spec, CommandError> {
        self.moment.spec(self.leads.columns.spec(&self.leads.input)?)
    }
}

impl LabelledArgs {
    /// The spec file, where one was named.
    pub(crate) fn spec_file(&self) -> Option<&Path> {
        spec_file(&self.input)
    }
}

impl LabelledColumns {
    /// Whether any column is named.
    pub(crate) fn named(&self) -> bool {
        let Self { outcome, positive, id, product, created_at, converted_at } = self;
        [outcome, positive, id, product, created_at, converted_at].into_iter().any(Option::is_some)
    }

    /// The spec of that name, or one of the leads of that name, with the flags set over it.
    pub(crate) fn spec(&self, input: &str) -> Result<Spec, CommandError> {
        let data = DataArgs {
            input: input.to_owned(),
            outcome: self.outcome.clone(),
            positive: self.positive.clone(),
            exclude: Vec::new(),
            id: self.id.clone(),
            fold: None,
        };
        let mut spec = data.spec()?;
        let roles = [
            (&self.product, &mut spec.data.product),
            (&self.created_at, &mut spec.data.created_at),
            (&self.converted_at, &mut spec.data.converted_at),
        ];
        for (named, column) in roles {
            if named.is_some() {
                column.clone_from(named);
            }
        }
        Ok(spec)
    }
}

impl MomentArgs {
    /// The spec with the moments set over its own.
    pub(crate) fn spec(&self, mut spec: Spec) -> Result<Spec, CommandError> {
        spec.snapshot = self.over(spec.snapshot.take())?;
        spec.conflict().map_or(Ok(spec), |conflict| Err(conflict.into()))
    }

    /// The moments asked for, else the spec's.
    fn over(&self, spec: Option<SnapshotOptions>) -> Result<Option<SnapshotOptions>, CommandError> {
        let times = match (self.after_days, self.as_of) {
            (Some(days), _) => Some(SnapshotTimes::AfterDays(days)),
            (None, Some(time)) => Some(SnapshotTimes::At(vec![time])),
            (None, None) => None,
        };
        let horizon_days = self.horizon_days.and_then(NonZeroU32::new);
        let mut snapshot = match (spec, times) {
            (None, None) if horizon_days.is_some() => {
                let error =
                    CommandError::bad_input("--horizon-days counts from the moment at which a lead is looked at");
                return Err(error.with_help("name that with --after-days or --as-of, or in [snapshot] of a spec"));
            }
            (None, None) => return Ok(None),
            (None, Some(times)) => whatever_follows(times),
            (Some(spec), times) => SnapshotOptions { times: times.unwrap_or(spec.times.clone()), ..spec },
        };
        if let Some(horizon_days) = horizon_days {
            let data_end = snapshot.data_end.filter(|end| *end != Timestamp::MAX);
            snapshot = SnapshotOptions { horizon_days, data_end, ..snapshot };
        }
        Ok(Some(snapshot))
    }
}

/// Leads at some moments, whatever became of them later: a horizon of a century that is known to have ended. A config brings
/// the windows of its own behaviours, so that of the snapshot says nothing.
fn whatever_follows(times: SnapshotTimes) -> SnapshotOptions {
    let century = NonZeroU32::new(MOST_DAYS).expect("a century has days");
    SnapshotOptions { times, window_days: century, horizon_days: century, data_end: Some(Timestamp::MAX) }
}

impl PeriodArgs {
    /// The leads asked for.
    pub(crate) fn asked(&self) -> Result<Asked, CommandError> {
        match (self.from, self.to) {
            (None, None) => Ok(if self.all { Asked::All } else { Asked::Default }),
            (Some(from), Some(to)) if from > to => {
                Err(CommandError::bad_input(format!("--from {from} is after --to {to}")))
            }
            (from, to) => Ok(Asked::Period(from, to)),
        }
    }
}

impl CallArgs {
    /// What a conversion is worth and a contact costs.
    pub(crate) fn value(&self) -> Option<ValueAndCost> {
        let (value, cost) = self.value_per_conversion.zip(self.cost_per_contact)?;
        Some(ValueAndCost { value, cost })
    }
}

impl DataArgs {
    /// The spec file, where one was named.
    pub(crate) fn spec_file(&self) -> Option<&Path> {
        spec_file(&self.input)
    }

    pub(crate) fn spec(&self) -> Result<Spec, CommandError> {
        let mut spec = if let Some(path) = self.spec_file() {
            Spec::read(path)?
        } else {
            let column = self.outcome.clone().ok_or_else(|| self.needs_outcome())?;
            Spec::with_leads(&self.input, Outcome { column, positive: None })
        };
        let data = &mut spec.data;
        if let Some(column) = &self.outcome {
            // Another column has other values, so the spec's positive one goes with its column.
            data.outcome = Outcome { column: column.clone(), positive: None };
        }
        if let Some(positive) = &self.positive {
            data.outcome.positive = Some(positive.clone());
        }
        if self.id.is_some() {
            data.id.clone_from(&self.id);
        }
        if self.fold.is_some() {
            data.fold.clone_from(&self.fold);
        }
        data.exclude.extend(self.exclude.iter().cloned());
        spec.conflict().map_or(Ok(spec), |conflict| Err(conflict.into()))
    }

    fn needs_outcome(&self) -> CommandError {
        CommandError::bad_input("which column says who converted?")
            .with_help(format!("add --outcome COL: {} is read as leads, as its name does not end in .toml", self.input))
    }
}

/// What is named, where that is a spec: its name ends in `.toml`.
pub(crate) fn spec_file(input: &str) -> Option<&Path> {
    let path = Path::new(input);
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml")).then_some(path)
}

impl PointsArgs {
    fn over(&self, mut spec: Spec) -> Spec {
        let points = &mut spec.points;
        points.method = self.method.unwrap_or(points.method);
        points.scale = self.scale.unwrap_or(points.scale);
        points.keep_inconclusive |= self.keep_inconclusive;
        points.min_leads = self.min_leads.unwrap_or(points.min_leads);
        spec.shrinkage = self.shrinkage.unwrap_or(spec.shrinkage);
        spec
    }
}

impl ModelArgs {
    fn over(&self, mut spec: Spec) -> Spec {
        let model = &mut spec.model;
        model.solver = self.solver.unwrap_or(model.solver);
        model.l2 = self.l2.unwrap_or(model.l2);
        model.folds = self.folds.unwrap_or(model.folds);
        model.seed = self.seed.unwrap_or(model.seed);
        model.top = self.top.or(model.top);
        spec
    }
}

#[cfg(test)]
mod tests;
