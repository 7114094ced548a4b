//! `leadcal init`: looks at past leads, and at what they did, and writes a commented spec.
//!
//! Whatever is proposed can be calibrated as it stands. What the data cannot carry, and what may leak the outcome, is written
//! as a comment with the reason.

mod attributes;
mod behaviours;
mod data;
mod event_log;
mod product;
mod signals;
mod snapshot;
mod text;

use std::path::{Path, PathBuf};

use leadcal_lift::leads::LeadFiles;
use leadcal_lift::patterns::Counts;
use leadcal_lift::profile::{ColumnProfile, profile};
use leadcal_lift::snapshots::{DatedLeads, SnapshotColumns};
use leadcal_scorecard::history::{self, History};
use leadcal_scorecard::leakage::Suspect;
use leadcal_scorecard::readiness::enough;
use leadcal_scorecard::spec::{Outcome, Spec};

use self::behaviours::Candidates;
use self::data::Dates;
use self::event_log::Log;
pub(super) use self::signals::contacts;
use self::snapshot::Proposal;
use self::text::{as_comments, comment};
use super::summary::grouped;
use crate::args::InitArgs;
use crate::error::{CommandError, printable, warn};
use crate::output::{keep_inputs, write};
use crate::progress::Progress;

/// At most so many distinct values are choices; with more a column is typed in, or a property is no kind of event.
const FEW: usize = 50;

/// What was found in the leads.
struct Found<'a> {
    history: &'a History,
    profiles: &'a [ColumnProfile],
    suspects: &'a [Suspect],
    dates: &'a Dates,
    /// Columns that say who a lead is.
    identifying: &'a [String],
    id: Option<String>,
}

pub(crate) fn run(args: &InitArgs) -> Result<(), CommandError> {
    if args.output.exists() && !args.force {
        let error = CommandError::bad_input("the spec is there already").in_file(&args.output);
        return Err(error.with_help("write another with --output, or replace it with --force"));
    }
    let outcome = Outcome { column: args.outcome.clone(), positive: args.positive.clone() };
    let mut spec = Spec::with_leads(&args.leads, outcome);
    spec.data.id.clone_from(&args.id);
    spec.data.exclude.clone_from(&args.exclude);
    if let Some(conflict) = spec.conflict() {
        return Err(conflict.into());
    }
    let progress = Progress::start("looking at the columns");
    let leads = LeadFiles::open(&args.leads)?;
    leads.require(&args.outcome)?;
    let profiles = profile(&leads, leads.columns(), &spec.data.missing)?;
    let used: Vec<&str> = [Some(&args.outcome), args.id.as_ref()].into_iter().flatten().map(String::as_str).collect();
    let signals = signals::Candidates::of(&profiles, &used);
    spec.signals = probes(&signals)?;
    let identifying = signals.identifying.iter().filter(|column| !args.exclude.contains(column));
    spec.data.exclude.extend(identifying.cloned());
    let history = history::read(&spec)?;
    let dates = Dates::of(&history, &profiles);
    let suspects = data::suspects(&leads, &history, &dates, &profiles)?;
    let mut ids = args.id.iter().cloned().collect::<Vec<_>>();
    if ids.is_empty() {
        ids = data::ids(&history);
        // Events may name leads by their address.
        ids.extend(signals.identifying.iter().cloned());
    }
    progress.next("looking at the events");
    let log = args.events.as_deref().map(|pattern| event_log::find(pattern, &leads, &ids)).transpose()?;
    let id = log.as_ref().map(|log| log.id.clone()).or_else(|| ids.into_iter().find(|id| named_or_given(id, args)));
    let found = Found {
        history: &history,
        profiles: &profiles,
        suspects: &suspects,
        dates: &dates,
        identifying: &signals.identifying,
        id,
    };
    let mut text = head(args, &history);
    text += &data::text(args, &found);
    text += &attributes::text(&found);
    text += &signals.text(&history.patterns, &suspects, spec.points.min_leads);
    text += &activity(args, &found, &leads, log.as_ref(), &spec)?;
    text += TAIL;
    drop(progress);
    Spec::parse(&text, &args.output)?;
    let files = leads.files().iter().chain(log.iter().flat_map(|log| log.file.files()));
    keep_inputs(&args.output, files.map(PathBuf::as_path))?;
    write(&args.output, text.as_bytes())?;
    if args.output == Path::new("-") {
        return Ok(());
    }
    warn(&format!("written to {}; look it over, then: leadcal calibrate {0}", args.output.display()));
    Ok(())
}

/// The proposed signals as a spec has them, so that what is looked at is what will be calibrated.
fn probes(
    signals: &signals::Candidates,
) -> Result<Vec<(String, leadcal_scorecard::spec::SignalOptions)>, CommandError> {
    let text = format!("[data]\nleads = \"leads.csv\"\noutcome = \"outcome\"\n[signals]\n{}", signals.probes());
    Ok(Spec::parse(&text, Path::new("the proposed signals"))?.signals)
}

fn named_or_given(id: &str, args: &InitArgs) -> bool {
    data::called_id(id) || args.id.as_deref() == Some(id)
}

fn head(args: &InitArgs, history: &History) -> String {
    let counts: &Counts = history.patterns.counts();
    let (n, c) = (counts.total_leads(), counts.total_conversions());
    let spec = if args.output == Path::new("-") { "SPEC".into() } else { args.output.to_string_lossy() };
    format!(
        "# Spec of a calibration, written by leadcal init. Every key: docs/spec.md.\n\
         # {} leads, {} converted ({:.1} %). Look it over, then: leadcal calibrate {}\n",
        grouped(n),
        grouped(c),
        100.0 * c as f64 / n as f64,
        printable(&spec),
    )
}

/// What leads do and when they are looked at: as comments, with the reason, where they cannot be.
fn activity(
    args: &InitArgs,
    found: &Found<'_>,
    leads: &LeadFiles,
    log: Option<&Log>,
    spec: &Spec,
) -> Result<String, CommandError> {
    let min_leads = spec.points.min_leads;
    let dated = dated_leads(found, leads, log, &spec.data.missing)?;
    let proposal = Proposal::of(dated.as_ref());
    let Some(log) = log else {
        if dated.is_none() {
            return Ok(String::new());
        }
        let why = "Without events (leadcal init --events FILE) leads are taken as they stand. With this section each is \
                   looked at at one age, and all have the same time to convert:";
        return Ok(format!("\n{}{}", comment(why), as_comments(proposal.text(None).trim_start())));
    };
    let candidates = Candidates::of(log, min_leads);
    let mut taken: Vec<String> = found.profiles.iter().map(|profile| profile.name.clone()).collect();
    taken.extend(found.history.patterns.attributes().iter().map(|attribute| attribute.name.clone()));
    taken.extend(["inactivity".to_owned(), "contact fields filled".to_owned()]);
    let Some(dated) = dated else {
        let text = [log.text(&args.output), proposal.text(None), candidates.text_of_events(&mut taken)].concat();
        return Ok(not_yet(&missing_dates(found.dates), &text));
    };
    let filters: Vec<_> = candidates.of.iter().map(behaviours::Candidate::filter).collect();
    let reach = dated.reach(&proposal.options, &log.file, &filters)?;
    let counts = &reach.counts;
    let text = [
        log.text(&args.output),
        proposal.text(Some(counts)),
        candidates.text(&reach.rows, counts.rows, min_leads, &mut taken),
        INACTIVITY.to_owned(),
    ]
    .concat();
    Ok(match enough(counts.rows, counts.conversions) {
        Ok(()) => text,
        Err(too_few) => not_yet(&format!("looked at with these days, {too_few}"), &text),
    })
}

/// Sections that cannot be used, as comments, with the reason.
fn not_yet(reason: &str, sections: &str) -> String {
    warn(&format!("{reason}: [events] and [snapshot] are comments"));
    let reason = comment(&format!("The sections below are comments: {reason}. Once that is mended, uncomment them."));
    format!("\n{reason}\n{}", as_comments(sections.trim_start()))
}

/// The dates of the leads, with their ids for a log's sake; `None` where the columns are not known.
fn dated_leads(
    found: &Found<'_>,
    leads: &LeadFiles,
    log: Option<&Log>,
    missing: &[String],
) -> Result<Option<DatedLeads>, CommandError> {
    let Some((created_at, converted_at)) = found.dates.created_at.clone().zip(found.dates.converted_at.clone()) else {
        return Ok(None);
    };
    let columns =
        SnapshotColumns { id: log.map(|log| log.id.clone()), created_at, converted_at, missing: missing.to_vec() };
    Ok(Some(DatedLeads::read(leads, &columns, &found.history.outcome)?))
}

/// Which of the dates that snapshots need are not there.
fn missing_dates(dates: &Dates) -> String {
    let keys = [("created_at", &dates.created_at), ("converted_at", &dates.converted_at)];
    let missing: Vec<&str> = keys.into_iter().filter(|(_, column)| column.is_none()).map(|(key, _)| key).collect();
    format!(
        "events need to know when leads came and converted, and no column of dates is called so: name {} in [data]",
        missing.join(" and ")
    )
}

/// A name that is not taken yet, which then is.
fn unique(name: &str, taken: &mut Vec<String>) -> String {
    let numbered = (2_u64..).map(|n| format!("{name} ({n})"));
    let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken.contains(name));
    let free = free.expect("there are more numbers than names");
    taken.push(free.clone());
    free
}

impl Found<'_> {
    /// Whether a column most likely leaks the outcome.
    fn leaks(&self, column: &str) -> bool {
        self.suspects.iter().any(|suspect| suspect.column == column && suspect.reason.strong())
    }

    /// The suspects that are columns.
    fn column_suspects(&self) -> impl Iterator<Item = &Suspect> {
        self.suspects.iter().filter(|suspect| self.profiles.iter().any(|profile| profile.name == suspect.column))
    }
}

const INACTIVITY: &str = "
# Silence: what it costs not to have done anything for so many days.
# [inactivity]
# steps = [30, 60, 90]   # [] turns it off
";

const TAIL: &str = "
[points]
method = \"rate-difference\"   # lift-ratio, log-odds, fitted
scale = 1.0                  # points for each percentage point; or \"0-100\"

[model]
l2 = 1.0
folds = 5
seed = 0

# Groups: fit is what a lead is, engagement what it does. Limits and tiers are derived from the data; or give them:
# [groups.fit]
# min = -20
# max = 60
# tiers = { A = 40, B = 20, C = -20 }

# Bands, one of the four; without any: warm from the overall rate, hot from twice that (from a rate of one third on,
# half way to 1).
# [bands]
# target_rates = { warm = 0.15, hot = 0.4 }
# cut_offs = { cold = 0, warm = 41, hot = 61 }
# capacity_per_week = { warm = 100, hot = 20 }    # leads to call from this band on upwards; needs created_at
# value_and_cost = { warm = { value = 900, cost = 15 }, hot = { value = 900, cost = 120 } }

# Stages, in the same four ways; without any: none.
# [stages]
# cut_offs = { MQL = 50, SQL = 75 }
";
