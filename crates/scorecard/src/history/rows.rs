//! Leads at moments of their past as covariate patterns: what a lead was, and what it had done by then.
//!
//! One pass over the leads for their dates, one over the events, one over the leads for their levels. Then everything is a
//! row in memory: the shapes of behaviours are found on rows, and rows become patterns.

use std::path::PathBuf;

use leadcal_lift::attribute::{Attribute, Bound, Encoder, FieldType, Input, Level, Value, When, date_of};
use leadcal_lift::binning::coarsen;
use leadcal_lift::events::{DAY, EventFilter, EventLog, span};
use leadcal_lift::leads::LeadFiles;
use leadcal_lift::patterns::{
    Coarsened, Counts, CovariatePatterns, Feature, LeadAttribute, Repeats, Source, read_codes,
};
use leadcal_lift::snapshots::{DatedLeads, EventCounts, Occurrences, SnapshotCounts, SnapshotOptions, SnapshotRow};
use leadcal_logit::fit::LogitParams;
use leadcal_logit::repeats::{Behaviour, FittedRepeats, HalfLife, Rows, fit_repeats};
use leadcal_logit::validation::Folds;
use sha2::{Digest, Sha256};

use super::attributes::{Candidates, distinct_names};
use super::{HistoryError, NotUsed, given_folds};
use crate::out_of_time::{EARLIER_SHARE, OutOfTime};
use crate::spec::{BehaviourOptions, HalfLifeOption, Spec};

/// The attribute of days without an event; what reasons call it.
const INACTIVITY: &str = "inactivity";
/// Share of the rows whose count a behaviour's greatest number of times is: what happens more often is too rare to learn.
const MOST_SHARE: f64 = 0.99;
/// Greatest number of times looked at.
const MOST_TIMES: usize = 20;
/// A data end so much later than all that was seen is more than a quiet day, in microseconds.
const QUIET: i64 = 7 * DAY;
/// Least penalty that shapes are found with, so that a behaviour nobody who converted showed has a finite slope.
const LEAST_L2: f64 = 1e-3;

/// What was read on the way from leads and events to rows.
#[derive(Debug, Clone)]
pub struct RowsRead {
    /// Files of the event log; none without one.
    pub event_files: Vec<PathBuf>,
    /// What became of the leads.
    pub leads: SnapshotCounts,
    /// What became of the events.
    pub events: Option<EventCounts>,
    /// Microseconds since 1970-01-01T00:00:00Z of the first and last moment that became a row.
    pub moments: [i64; 2],
    /// Whether a lead may be several rows.
    pub repeated: bool,
}

/// Rows, counted.
pub(super) struct Found {
    pub(super) fine: CovariatePatterns,
    pub(super) folds: Folds,
    pub(super) out_of_time: OutOfTime,
    pub(super) rows: RowsRead,
}

/// Attributes of rows: for each the levels, and the level of each row.
struct Columns {
    attributes: Vec<LeadAttribute>,
    /// Levels by lead, or by row.
    codes: Vec<Codes>,
}

enum Codes {
    Lead(Vec<u32>),
    Row(Vec<u32>),
}

/// Reads rows and counts them by pattern.
pub(super) fn read(
    spec: &Spec,
    options: &SnapshotOptions,
    leads: &LeadFiles,
    dated: Option<&DatedLeads>,
    found: &mut Candidates,
    fold: Option<Attribute>,
) -> Result<Found, HistoryError> {
    let dated = dated.expect("a spec with snapshots names the columns of the dates");
    let log = spec.events.as_ref().map(|events| EventLog::open(&events.file, events.columns.clone())).transpose()?;
    let filters: Vec<EventFilter> = spec.behaviours.iter().map(|(_, behaviour)| filter(behaviour)).collect();
    let snapshots = dated.snapshots(options, log.as_ref().map(|log| (log, filters.as_slice())))?;
    let rows = &snapshots.rows;
    let moments = [rows.iter().map(|row| row.as_of).min(), rows.iter().map(|row| row.as_of).max()];
    let [Some(first), Some(last)] = moments else {
        return Err(HistoryError::NoRows { counts: snapshots.counts.to_string().replace('\n', "; ") });
    };
    found.warnings.extend(late_end(options, &snapshots.counts));
    let converted: Vec<bool> = rows.iter().map(|row| row.converted).collect();

    let codes = read_codes(leads, &found.attributes)?;
    let mut columns = Columns {
        attributes: std::mem::take(&mut found.attributes),
        codes: codes.into_iter().map(Codes::Lead).collect(),
    };
    let mut read = RowsRead {
        event_files: log.iter().flat_map(|log| log.files().to_vec()).collect(),
        leads: snapshots.counts.clone(),
        events: None,
        moments: [first, last],
        repeated: snapshots.counts.rows > snapshots.counts.leads_with_rows,
    };
    if let Some(activity) = snapshots.activity {
        found.warnings.extend(activity.warnings);
        read.events = Some(activity.counts);
        if !spec.inactivity.steps.is_empty() {
            let attribute = inactivity(&spec.inactivity.steps);
            let encoder = Encoder::new(&attribute);
            let code = |&days: &i64| encoder.code(Value::Number(days as f64)).ok().flatten().unwrap_or(0);
            let codes = activity.idle_days.iter().map(code).collect();
            columns.push(attribute, Source::Inactivity, spec.inactivity.group.clone(), Codes::Row(codes));
            found.joinings.push(None);
        }
        let window = options.window_days.get();
        let fitted = shapes(spec, &columns, rows, &converted, &activity.behaviours, window, found)?;
        for (((name, behaviour), occurrences), fitted) in spec.behaviours.iter().zip(&activity.behaviours).zip(fitted) {
            let Some(fitted) = fitted else { continue };
            let codes = fitted.shape.codes(occurrences);
            let source = Source::Behaviour(repeats(behaviour, window, &fitted));
            columns.push(fitted.shape.attribute(name), source, behaviour.group.clone(), Codes::Row(codes));
            let feature = &mut columns.attributes.last_mut().expect("just pushed").feature;
            feature.values = Some(fitted.shape.numbers().into());
            found.joinings.push(None);
        }
    }
    distinct_names(&columns.attributes)?;

    let Coarsened { patterns, pattern_of } = columns.table(rows, &converted);
    let folds = match fold {
        Some(fold) => folds_by_column(leads, fold, rows, &converted, patterns.len(), &pattern_of)?,
        None if read.repeated => folds_by_lead(dated, rows, &converted, spec, patterns.len(), &pattern_of),
        None => Folds::stratified(&patterns, spec.model.folds, spec.model.seed)?,
    };
    found.attributes = columns.attributes;
    let out_of_time = out_of_time(rows, options, patterns.len(), &pattern_of);
    Ok(Found { fine: patterns, folds, out_of_time, rows: read })
}

/// Rows that end before later ones begin, and those later ones: a row is calibrated on where its horizon ended by the
/// moment from which others are measured on, as only then its outcome was known.
fn out_of_time(rows: &[SnapshotRow], options: &SnapshotOptions, patterns: usize, pattern_of: &[u32]) -> OutOfTime {
    let mut moments: Vec<i64> = rows.iter().map(|row| row.as_of).collect();
    moments.sort_unstable();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count")]
    let at = (EARLIER_SHARE * moments.len() as f64) as usize;
    let cut = moments[at.min(moments.len() - 1)];
    let horizon = span(options.horizon_days.get());
    let part = |row: &SnapshotRow| match row.as_of {
        as_of if as_of.saturating_add(horizon) <= cut => 0,
        as_of if as_of > cut => 1,
        _ => 2,
    };
    let of_row: Vec<usize> = rows.iter().map(part).collect();
    let converted: Vec<bool> = rows.iter().map(|row| row.converted).collect();
    let mut parts = parts(3, &of_row, &converted, patterns, pattern_of).into_iter();
    let (train, test) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    OutOfTime { cut: day(cut), train, test }
}

/// What to know of a data end that is later than anything seen: moments before it take conversions not yet told for none.
fn late_end(options: &SnapshotOptions, counts: &SnapshotCounts) -> Option<String> {
    options.data_end?;
    let (end, latest) = counts.data_end.zip(counts.latest)?;
    (end > latest.saturating_add(QUIET)).then(|| {
        format!(
            "data_end is {}, but nothing later than {} is seen in the data: if they end then, leads whose conversion would \
             have come later count as not converted",
            day(end),
            day(latest)
        )
    })
}

/// The day of a moment, such as `2024-03-01`.
fn day(moment: i64) -> String {
    let days = moment.div_euclid(DAY);
    date_of(days as f64).to_string()
}

impl RowsRead {
    /// Weeks from the day of the first row to that of the last, both counted.
    pub fn weeks(&self) -> f64 {
        let [first, last] = self.moments.map(|moment| moment.div_euclid(DAY));
        (last - first + 1) as f64 / 7.0
    }
}

impl Columns {
    fn push(&mut self, attribute: Attribute, source: Source, group: Option<String>, codes: Codes) {
        let feature = Feature::new(source);
        let feature = Feature { group: group.unwrap_or(feature.group), ..feature };
        self.attributes.push(LeadAttribute { attribute, feature });
        self.codes.push(codes);
    }

    fn table(&self, rows: &[SnapshotRow], converted: &[bool]) -> Coarsened {
        let attributes = self.attributes.iter().map(|attribute| attribute.attribute.clone()).collect();
        let mut table = CovariatePatterns::from_rows(attributes, converted, |row| {
            self.codes.iter().map(move |codes| match codes {
                Codes::Lead(codes) => codes[rows[row].lead as usize],
                Codes::Row(codes) => codes[row],
            })
        });
        let features = self.attributes.iter().map(|attribute| attribute.feature.clone()).collect();
        table.patterns = table.patterns.with_features(features);
        table
    }
}

fn filter(behaviour: &BehaviourOptions) -> EventFilter {
    EventFilter {
        event: behaviour.event.clone(),
        properties: behaviour.properties.clone(),
        once_a_day: behaviour.once_a_day,
    }
}

fn repeats(behaviour: &BehaviourOptions, window_days: u32, fitted: &FittedRepeats) -> Repeats {
    Repeats {
        event: behaviour.event.clone(),
        properties: behaviour.properties.clone(),
        once_a_day: behaviour.once_a_day,
        window_days,
        max_times: fitted.shape.max_times,
        max_times_interval: fitted.max_times_interval,
        half_life_days: fitted.shape.half_life_days,
        decay: fitted.decay,
        log_odds_each: Some(fitted.log_odds_each),
    }
}

/// Days without an event as an attribute: fewer than the first step, then a level for each.
fn inactivity(steps: &[u32]) -> Attribute {
    let bound = |days: u32| Bound::Number(f64::from(days));
    let mut levels = vec![Level {
        name: format!("< {} days", steps[0]),
        when: When::Range { from: None, below: Some(bound(steps[0])) },
    }];
    for (at, &from) in steps.iter().enumerate() {
        let below = steps.get(at + 1).copied();
        let name = below.map_or_else(|| format!(">= {from} days"), |below| format!("{from} to {} days", below - 1));
        levels.push(Level { name, when: When::Range { from: Some(bound(from)), below: below.map(bound) } });
    }
    let input = Input { field: INACTIVITY.to_owned(), kind: FieldType::Number, missing: Vec::new() };
    Attribute { name: INACTIVITY.to_owned(), input, levels }
}

/// The shape of each behaviour, found beside everything else; `None` for one that never happened, which is left out.
fn shapes(
    spec: &Spec,
    columns: &Columns,
    rows: &[SnapshotRow],
    converted: &[bool],
    occurrences: &[Occurrences],
    window: u32,
    found: &mut Candidates,
) -> Result<Vec<Option<FittedRepeats>>, HistoryError> {
    let fine = columns.table(rows, converted);
    let joined = coarsen(&fine.patterns, &found.joinings);
    let pattern_of = fine.spread(&joined.pattern_of);
    let happened: Vec<bool> = occurrences.iter().map(|occurrences| !occurrences.ages.is_empty()).collect();
    for ((name, _), _) in spec.behaviours.iter().zip(&happened).filter(|(_, happened)| !**happened) {
        found.left_out.push((name.clone(), NotUsed::NeverHappened));
    }
    let behaviours: Vec<Behaviour<'_>> = spec
        .behaviours
        .iter()
        .zip(occurrences)
        .zip(&happened)
        .filter(|(_, happened)| **happened)
        .map(|(((_, options), occurrences), _)| Behaviour {
            occurrences,
            most: most_times(occurrences, spec.points.min_leads),
            max_times: options.max_times,
            half_life: match options.half_life {
                HalfLifeOption::Estimate => HalfLife::Estimate,
                HalfLifeOption::None => HalfLife::None,
                HalfLifeOption::Days(days) => HalfLife::Days(days),
            },
        })
        .collect();
    let params = LogitParams::new().l2(spec.model.l2.max(LEAST_L2)).check()?;
    let rows = Rows { others: &joined.patterns, pattern_of: &pattern_of, converted };
    let mut fitted = fit_repeats(rows, &behaviours, window, &params)?.into_iter();
    Ok(happened.into_iter().map(|happened| if happened { fitted.next() } else { None }).collect())
}

/// The 99th percentile of a behaviour's counts, and no more than at least `min_leads` rows reach; at least 1.
fn most_times(occurrences: &Occurrences, min_leads: u64) -> u32 {
    let rows = occurrences.first.len() - 1;
    let mut reached = [0_u64; MOST_TIMES + 1];
    for row in 0..rows {
        reached[occurrences.count(row).min(MOST_TIMES)] += 1;
    }
    // From the number of rows of a count to that of rows with at least so many.
    for times in (0..MOST_TIMES).rev() {
        reached[times] += reached[times + 1];
    }
    let least = ((1.0 - MOST_SHARE) * rows as f64).max(min_leads as f64);
    let most = reached.iter().rposition(|&rows| rows as f64 >= least).unwrap_or(0);
    u32::try_from(most.max(1)).unwrap_or(1)
}

/// Folds of a column of the leads.
fn folds_by_column(
    leads: &LeadFiles,
    fold: Attribute,
    rows: &[SnapshotRow],
    converted: &[bool],
    patterns: usize,
    pattern_of: &[u32],
) -> Result<Folds, HistoryError> {
    let (column, folds) = (fold.name.clone(), fold.levels.len());
    let codes = read_codes(leads, &[LeadAttribute::from(fold)])?.remove(0);
    let of_row: Vec<usize> = rows.iter().map(|row| codes[row.lead as usize] as usize).collect();
    given_folds(&column, parts(folds, &of_row, converted, patterns, pattern_of), "rows")
}

/// Folds that hold all rows of a lead together, for they resemble each other. Leads are dealt in the order of a digest of
/// seed and id, those that converted apart from the others: the order of the leads does not matter where they have ids.
fn folds_by_lead(
    dated: &DatedLeads,
    rows: &[SnapshotRow],
    converted: &[bool],
    spec: &Spec,
    patterns: usize,
    pattern_of: &[u32],
) -> Folds {
    let ids = dated.ids();
    let mut leads: Vec<(bool, Vec<u8>, u32)> = rows
        .chunk_by(|a, b| a.lead == b.lead)
        .map(|rows| {
            let lead = rows[0].lead;
            let mut digest = Sha256::new();
            digest.update(spec.model.seed.to_le_bytes());
            match ids[lead as usize] {
                Some(id) => digest.update(id.as_bytes()),
                None => digest.update(lead.to_le_bytes()),
            }
            (rows.iter().any(|row| row.converted), digest.finalize().to_vec(), lead)
        })
        .collect();
    leads.sort_unstable();
    let mut of_lead = vec![0; dated.len()];
    for (at, (_, _, lead)) in leads.iter().enumerate() {
        of_lead[*lead as usize] = at % spec.model.folds;
    }
    let of_row: Vec<usize> = rows.iter().map(|row| of_lead[row.lead as usize]).collect();
    Folds::given(parts(spec.model.folds, &of_row, converted, patterns, pattern_of))
}

/// Counts over the patterns of the rows in each part.
fn parts(count: usize, of_row: &[usize], converted: &[bool], patterns: usize, pattern_of: &[u32]) -> Vec<Counts> {
    let mut parts = vec![Counts { leads: vec![0; patterns], conversions: vec![0; patterns] }; count];
    for ((&part, &converted), &pattern) in of_row.iter().zip(converted).zip(pattern_of) {
        parts[part].leads[pattern as usize] += 1;
        parts[part].conversions[pattern as usize] += u64::from(converted);
    }
    parts
}
