//! What was typed to what the libraries take: a spec file with the flags set over it, or the flags alone.

use std::path::Path;

use leadcal_scorecard::spec::{Outcome, Spec};

use crate::args::{CalibrateArgs, DataArgs, FitArgs, LiftPointsArgs, ModelArgs, PointsArgs};
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

impl DataArgs {
    /// The spec file, where one was named.
    pub(crate) fn spec_file(&self) -> Option<&Path> {
        let path = Path::new(&self.input);
        path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml")).then_some(path)
    }

    fn spec(&self) -> Result<Spec, CommandError> {
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
