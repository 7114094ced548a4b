//! `leadcal replay`: plays history forward.

mod delivery;
mod summary;

use std::path::{Path, PathBuf};

use leadcal_lift::error::DataError;
use leadcal_lift::events::{EventLog, microseconds};
use leadcal_lift::leads::LeadFiles;
use leadcal_scorecard::replay::alerts::AlertRule;
use leadcal_scorecard::replay::compare::compare;
use leadcal_scorecard::replay::line::{Change, lines, written};
use leadcal_scorecard::replay::log::ReplayLog;
use leadcal_scorecard::replay::summary::{Span, Summary, is_alert, names, summarise};
use leadcal_scorecard::replay::table::{Course, Replay, Replayed};
use leadcal_scorecard::runtime::{CREATED_AT, PRODUCT, Scorer};
use leadcal_scorecard::webhook::Alert;

use self::delivery::Receiver;
use super::score::{self, Failures};
use super::score_events::{self, LogNotes};
use super::summary::grouped;
use crate::args::ReplayArgs;
use crate::error::{CommandError, say, warn};
use crate::lines::LinesFile;
use crate::output::keep_inputs;
use crate::progress::Progress;

pub(crate) fn run(args: &ReplayArgs) -> Result<(), CommandError> {
    if let Some(file) = &args.delivery.resend {
        return delivery::resend(file, &args.delivery);
    }
    let (Some(config), Some(leads)) = (&args.config, &args.leads) else {
        return Err(CommandError::bad_input("a replay needs a scoring config and leads"));
    };
    let candidate = score::scorer(config)?;
    let baseline = args.baseline.as_deref().map(score::scorer).transpose()?;
    let scorers: Vec<&Scorer> = [&candidate].into_iter().chain(&baseline).collect();
    check_rules(&args.alerts, &scorers)?;
    let source = Source::open(args, leads, &scorers)?;
    let inputs = source.leads.files().iter().chain(source.log.files()).chain([config]).chain(&args.baseline);
    let inputs: Vec<&Path> = inputs.map(PathBuf::as_path).collect();
    keep_inputs(&args.output, inputs.iter().copied())?;
    let receiver = Receiver::open(&args.delivery, &inputs, &args.output)?;
    let mut output = LinesFile::create(&args.output)?;
    let log = source.read(args, &scorers)?;
    let (replayed, failures) = source.play(&log, &scorers)?;
    let span = span(args, &log, &replayed)?;
    let summaries: Vec<Summary> = replayed.iter().map(|of| summarise(of, span, &args.alerts)).collect();
    // Before any line is written: a reader of the lines that stops early ends the command.
    let delivered = receiver.map_or(Ok(()), |mut receiver| receiver.deliver(&alerts(&replayed[0], span, &args.alerts)));
    let told = match &replayed[..] {
        [candidate, baseline] => {
            let comparison = compare(candidate, baseline, span);
            comparison.differences.iter().try_for_each(|difference| output.write(difference))?;
            summary::of_two(&comparison, &summaries, &args.alerts)
        }
        _ => {
            let moves = replayed[0].moves.iter().filter(|of| span.holds(of.moved.time));
            moves.flat_map(|of| lines(&replayed[0], of)).try_for_each(|line| output.write(&line))?;
            summary::of_one(&summaries[0], &args.alerts)
        }
    };
    output.keep()?;
    leads_left_out(&replayed[0], &log);
    say(&told);
    let all_replayed = failures.end(replayed[0].leads.len() as u64 - failures.leads, "replayed", "replay again");
    if let (Err(error), Err(_)) = (&delivered, &all_replayed) {
        error.report();
    }
    all_replayed.and(delivered)
}

/// The lines that are alerts.
fn alerts(replayed: &Replayed<'_>, span: Span, rules: &[AlertRule]) -> Vec<Alert> {
    let moves = replayed.moves.iter().filter(|of| span.holds(of.moved.time) && is_alert(replayed, rules, of));
    let entries = moves.flat_map(|of| lines(replayed, of)).filter(|line| line.change == Change::Enter);
    entries
        .map(|line| {
            let body = serde_json::to_string(&line).expect("a line has text keys and finite numbers");
            Alert { id: line.id, body }
        })
        .collect()
}

/// Where leads and events come from.
struct Source<'a> {
    leads: LeadFiles,
    log: EventLog,
    id: String,
    product: &'a str,
    created_at: &'a str,
}

impl<'a> Source<'a> {
    fn open(args: &'a ReplayArgs, leads: &str, scorers: &[&Scorer]) -> Result<Self, CommandError> {
        let leads = LeadFiles::open(leads)?;
        let id = score::id_column(args.id.as_deref(), &leads)?;
        let product = score::role(args.product.as_deref(), PRODUCT, &leads)?;
        let created_at = score::role(args.created_at.as_deref(), CREATED_AT, &leads)?;
        for scorer in scorers {
            score::require_fields(scorer, &leads)?;
        }
        let log = score_events::open(&args.log, &leads, id.as_deref())?;
        let (log, id) = log.zip(id).ok_or_else(|| {
            CommandError::bad_input("a replay needs to know what the leads did")
                .with_help("name the events with --events")
        })?;
        Ok(Self { leads, log, id, product, created_at })
    }

    /// Reads the events and says what should be known of them.
    fn read(&self, args: &ReplayArgs, scorers: &[&Scorer]) -> Result<ReplayLog, CommandError> {
        let progress = Progress::start("reading events");
        let asking = |error: DataError| score_events::asked(error, scorers);
        let log = ReplayLog::read(scorers, &self.log, &self.leads, &self.id, args.to).map_err(asking)?;
        drop(progress);
        let names = log.names();
        score_events::notes(&LogNotes { counts: log.counts(), stranger: log.stranger(), last: args.to });
        for (place, scorer) in scorers.iter().enumerate() {
            let of = if scorers.len() > 1 { format!(" of the {}", CONFIGS[place]) } else { String::new() };
            score_events::unmatched(&log.unmatched(place), names, &of);
            let models = &scorer.config().models;
            if models.iter().all(|model| model.behaviours.is_empty() && model.inactivity.is_none()) {
                warn(&format!("the config{of} has neither behaviours nor inactivity: leads stay where they begin"));
            }
        }
        Ok(log)
    }

    /// Plays the leads under each config.
    fn play<'b>(
        &'b self,
        log: &'b ReplayLog,
        scorers: &[&'b Scorer],
    ) -> Result<(Vec<Replayed<'b>>, Failures), CommandError> {
        let wanted = score::columns(scorers, &self.leads, self.product, Some(self.created_at), Some(&self.id));
        let roles = [self.product, self.created_at];
        let mut replays: Vec<Replay<'b>> =
            scorers.iter().enumerate().map(|(place, scorer)| Replay::new(scorer, log, place, roles)).collect();
        let mut failures = Failures::default();
        let mut absent: Vec<String> = Vec::new();
        let progress = Progress::start("replaying");
        self.leads.for_each_chunk(&wanted, |chunk| {
            let mut failed: Vec<(usize, String)> = Vec::new();
            for replay in &mut replays {
                let part = replay.add(&chunk.frame)?;
                absent
                    .extend(part.absent_fields.into_iter().filter(|field| !absent.contains(field)).collect::<Vec<_>>());
                for error in part.errors {
                    // A lead that neither config can score is one lead.
                    if !failed.iter().any(|(row, _)| *row == error.row) {
                        failed.push((error.row, error.error.to_string()));
                    }
                }
            }
            failed.sort_by_key(|(row, _)| *row);
            for (row, error) in &failed {
                let row = chunk.first_row + *row as u64;
                failures.add(|| format!("not replayed: {}, row {row}: {error}", chunk.file.display()));
            }
            Ok::<(), CommandError>(())
        })?;
        drop(progress);
        if let Some(at) = absent.iter().position(|field| field == self.created_at) {
            absent.remove(at);
            warn(&format!(
                "no column {}: leads begin with their first event; name one with --created-at",
                self.created_at
            ));
        }
        if !absent.is_empty() {
            warn(&format!(
                "columns the config reads that the leads do not have (missing for all): {}",
                absent.join(", ")
            ));
        }
        Ok((replays.into_iter().map(Replay::end).collect(), failures))
    }
}

/// What the two configs of a comparison are called.
const CONFIGS: [&str; 2] = ["candidate", "baseline"];

/// The moments told of.
fn span(args: &ReplayArgs, log: &ReplayLog, replayed: &[Replayed<'_>]) -> Result<Span, CommandError> {
    let to = log.to().ok_or_else(|| {
        CommandError::bad_input("no event has a time, so nothing says when history ends").with_help("give --to")
    })?;
    let first = replayed.iter().filter_map(Replayed::first).min();
    let from = args.from.map(microseconds).or(first).unwrap_or(to);
    if from > to {
        let (from, to) = (written(from), written(to));
        let error = CommandError::bad_input(format!("the replay would end at {to}, before it begins at {from}"));
        return Err(error.with_help("give an earlier --from or a later --to"));
    }
    Ok(Span { from, to })
}

/// That the bands and stages named by alerts are there.
fn check_rules(rules: &[AlertRule], scorers: &[&Scorer]) -> Result<(), CommandError> {
    let configs = || scorers.iter().map(|scorer| scorer.config());
    let Some(unknown) = rules.iter().find(|rule| !configs().any(|config| rule.is_of(config))) else { return Ok(()) };
    let mut there = vec![AlertRule::Stages, AlertRule::TopBand];
    for (kind, name) in configs().flat_map(names) {
        let rule = AlertRule::Named(kind, name.to_owned());
        if !there.contains(&rule) {
            there.push(rule);
        }
    }
    let error = CommandError::bad_input(format!("the config has no {unknown}"));
    Err(error.with_help(format!("--alerts takes: {}", summary::listed(&there))))
}

/// Notes on leads that have no lines.
fn leads_left_out(replayed: &Replayed<'_>, log: &ReplayLog) {
    let count = |course: Course| replayed.leads.iter().filter(|lead| lead.course == course).count() as u64;
    let warn_of = |n: u64, what: &str| {
        if n > 0 {
            warn(&format!("leads {what}: {}", grouped(n)));
        }
    };
    warn_of(count(Course::NoBegin), "that never begin, with neither creation time nor event");
    warn_of(count(Course::Later), "that begin after the last moment");
    warn_of(count(Course::NoId), "without an id, which are not replayed");
    let with_id = replayed.leads.iter().filter(|lead| lead.id.is_some()).count();
    let repeated = (with_id - log.distinct_leads()) as u64;
    warn_of(repeated, "with the id of an earlier row, each replayed by itself with the same events");
}
