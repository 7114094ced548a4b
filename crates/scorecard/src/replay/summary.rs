//! What a replay amounts to: how often each band and stage was entered, and how many alerts a week sales would have had.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use leadcal_lift::events::{DAY, day};

use super::Kind;
use super::alerts::AlertRule;
use super::line::name;
use super::table::{Course, LeadMove, Replayed};
use crate::config::{Model, ScoringConfig};

/// Days of a week.
const WEEK: i64 = 7;
/// 1970-01-01 was a Thursday, three days after a Monday.
const DAYS_SINCE_MONDAY: i64 = 3;

/// The moments counted, both included, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub from: i64,
    /// The last.
    pub to: i64,
}

impl Span {
    /// Its length in weeks.
    pub fn weeks(self) -> f64 {
        (self.to - self.from).max(0) as f64 / (WEEK * DAY) as f64
    }

    /// Whether a moment is in it.
    pub fn holds(self, time: i64) -> bool {
        (self.from..=self.to).contains(&time)
    }
}

/// How often something happened, by week.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Weekly {
    /// How often in all.
    pub total: u64,
    weeks: BTreeMap<i64, u64>,
}

impl Weekly {
    pub(super) fn add(&mut self, time: i64) {
        self.total += 1;
        *self.weeks.entry((day(time) + DAYS_SINCE_MONDAY).div_euclid(WEEK)).or_default() += 1;
    }

    /// How often a week; `None` where the span is shorter than one.
    pub fn per_week(&self, span: Span) -> Option<f64> {
        Some(span.weeks()).filter(|weeks| *weeks >= 1.0).map(|weeks| self.total as f64 / weeks)
    }

    /// The week, from Monday to Sunday, in which it happened most often, the first of equals: its Monday at 00:00 UTC in microseconds since
    /// 1970-01-01T00:00:00Z, and how often.
    pub fn busiest(&self) -> Option<(i64, u64)> {
        let most = self.weeks.iter().max_by_key(|&(week, times)| (times, Reverse(week)));
        most.map(|(week, times)| ((week * WEEK - DAYS_SINCE_MONDAY) * DAY, *times))
    }
}

/// What happened to one band or stage, over the models of all products that have one of this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Band or stage.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Entries from below, and of leads that begin in it.
    pub entered: Weekly,
    /// The leads that did.
    pub leads: u64,
    /// Entries of leads that cool down into it.
    pub cooled_into: u64,
    /// Exits.
    pub left: u64,
    /// Leads in it at the last moment.
    pub at_the_end: u64,
}

/// What a replay amounts to.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The moments counted.
    pub span: Span,
    /// Leads that were played.
    pub leads: u64,
    /// Bands, then stages, lowest first.
    pub levels: Vec<Level>,
    /// Moves that are alerts.
    pub alerts: Weekly,
    /// Entries and exits: the lines written.
    pub lines: u64,
}

/// Counts what happened within a span.
pub fn summarise(replayed: &Replayed<'_>, span: Span, rules: &[AlertRule]) -> Summary {
    let config = replayed.scorer.config();
    let mut levels: Vec<Level> = names(config)
        .into_iter()
        .map(|(kind, name)| Level {
            kind,
            name: name.to_owned(),
            entered: Weekly::default(),
            leads: 0,
            cooled_into: 0,
            left: 0,
            at_the_end: 0,
        })
        .collect();
    // The place in `levels` of each model's bands and stages.
    let places: Vec<[Vec<usize>; 2]> = config
        .models
        .iter()
        .map(|model| {
            let place = |kind, name: &str| levels.iter().position(|level| level.kind == kind && level.name == name);
            let bands = model.bands.iter().filter_map(|band| place(Kind::Band, &band.name));
            let stages = model.stages.iter().filter_map(|stage| place(Kind::Stage, &stage.name));
            [bands.collect(), stages.collect()]
        })
        .collect();
    let place = |of: &LeadMove, at: usize| places[of.model][usize::from(of.moved.kind == Kind::Stage)][at];
    let (mut alerts, mut lines) = (Weekly::default(), 0);
    let mut entered: HashSet<(usize, usize)> = HashSet::new();
    for of in &replayed.moves {
        let moved = &of.moved;
        if let Some(from) = moved.from {
            levels[place(of, from)].at_the_end -= 1;
        }
        if let Some(to) = moved.to {
            levels[place(of, to)].at_the_end += 1;
        }
        if !span.holds(moved.time) {
            continue;
        }
        lines += u64::from(moved.from.is_some()) + u64::from(moved.to.is_some());
        if let Some(from) = moved.from {
            levels[place(of, from)].left += 1;
        }
        match moved.to {
            Some(to) if moved.from < moved.to => {
                let level = &mut levels[place(of, to)];
                level.entered.add(moved.time);
                level.leads += u64::from(entered.insert((place(of, to), of.lead)));
            }
            Some(to) => levels[place(of, to)].cooled_into += 1,
            None => {}
        }
        if is_alert(replayed, rules, of) {
            alerts.add(moved.time);
        }
    }
    let leads = replayed.leads.iter().filter(|lead| matches!(lead.course, Course::From(_))).count();
    Summary { span, leads: leads as u64, levels, alerts, lines }
}

/// Whether one of the rules makes a move an alert.
pub fn is_alert(replayed: &Replayed<'_>, rules: &[AlertRule], of: &LeadMove) -> bool {
    let model = &replayed.scorer.config().models[of.model];
    rules.iter().any(|rule| rule.holds(model, &of.moved))
}

/// The names of a config's bands, then of its stages, each once, in the order of the model that has most, then of the others.
pub fn names(config: &ScoringConfig) -> Vec<(Kind, &str)> {
    let mut names: Vec<(Kind, &str)> = Vec::new();
    for kind in [Kind::Band, Kind::Stage] {
        let count = |model: &Model| match kind {
            Kind::Band => model.bands.len(),
            Kind::Stage => model.stages.len(),
        };
        let mut models: Vec<&Model> = config.models.iter().collect();
        models.sort_by_key(|model| Reverse(count(model)));
        for model in models {
            for level in (0..count(model)).map(|place| (kind, name(model, kind, place))) {
                if !names.contains(&level) {
                    names.push(level);
                }
            }
        }
    }
    names
}

#[cfg(test)]
mod tests;
