//! `leadcal check`: may this config go live?

mod golden;
mod markdown;
mod text;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use leadcal_lift::snapshots::SnapshotTimes;
use leadcal_logit::model::LogitModel;
use leadcal_scorecard::backtest::Scored;
use leadcal_scorecard::backtest::looks::{self, Look, Looks};
use leadcal_scorecard::backtest::scope::{MadeFrom, Origin, Scope, date, own_leads, scope};
use leadcal_scorecard::backtest::scoring::{ScoredLook, ScoredLooks};
use leadcal_scorecard::check::policy::Unproven;
use leadcal_scorecard::check::report::{Change, LeadsChecked, Named};
use leadcal_scorecard::check::{Kind, Own, Policy, Report, Side, Subject, Verdict, check, model_file, policy, render};
use leadcal_scorecard::config::{ConfigError, ScoringConfig, position};
use leadcal_scorecard::diff::diff;
use leadcal_scorecard::runtime::Scorer;

use super::labelled::{self, Labelled};
use super::score::{Failures, absent_columns};
use crate::args::{CheckArgs, CheckFormat};
use crate::error::{CommandError, warn};
use crate::github;
use crate::options::spec_file;
use crate::output::{keep_inputs, print, write, write_text};
use crate::progress::Progress;

/// With fewer leads of its own a candidate's scores are not held against them.
const FEWEST_OWN: usize = 100;

pub(crate) fn run(args: &CheckArgs) -> Result<(), CommandError> {
    if args.print_policy {
        return print(policy::DEFAULT.as_bytes());
    }
    let path = args.candidate.as_deref().expect("clap asks for it");
    let policy = args.policy.as_deref().map(Policy::read).transpose()?.unwrap_or_default();
    let baseline = match args.baseline.as_deref() {
        Some(path) => Some(Checked::read(path)?.map_err(|error| CommandError::from(error).in_file(path))?),
        None => None,
    };
    let report = match Checked::read(path)? {
        Ok(candidate) => checked(args, &policy, &candidate, baseline.as_ref())?,
        Err(error) => {
            let candidate = Named { name: None, file: path.display().to_string() };
            Report::invalid(candidate, baseline.as_ref().map(Checked::named), &error)
        }
    };
    annotate(&report, path)?;
    match args.format {
        CheckFormat::Text => write_text(&args.output, &text::text(&report))?,
        CheckFormat::Json => write(&args.output, render::json(&report).as_bytes())?,
        CheckFormat::Markdown => write(&args.output, markdown::markdown(&report).as_bytes())?,
        CheckFormat::Junit => write(&args.output, render::junit(&report).as_bytes())?,
    }
    match report.exit_code {
        0 => Ok(()),
        1 => Err(CommandError::check_failed(report.says)),
        _ => Err(CommandError::not_computed(report.says)),
    }
}

/// Annotations of what is not fine, where GitHub runs the check.
fn annotate(report: &Report, path: &Path) -> Result<(), CommandError> {
    if !github::in_workflow() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&super::bytes(path)?).into_owned();
    for finding in report.worst_first().into_iter().filter(|finding| finding.verdict > Verdict::Fine) {
        let to_do = finding.to_do.as_ref().map_or_else(String::new, |to_do| format!(". {to_do}"));
        github::annotate(&[github::Annotation {
            level: match (finding.verdict, report.unproven) {
                (Verdict::Worse, _) | (Verdict::Unproven, Unproven::Worse) => github::Level::Error,
                (Verdict::Unproven, Unproven::Fine) => github::Level::Notice,
                _ => github::Level::Warning,
            },
            file: path,
            line: finding.pointer.as_deref().map_or(1, |pointer| position(&text, pointer).0),
            title: &format!("leadcal check: {}", finding.check.name()),
            message: &format!("{}: {}{to_do}", finding.verdict.word(), finding.says),
        }]);
    }
    Ok(())
}

/// A file to check, or to check against: a config, or a model as one.
struct Checked {
    path: PathBuf,
    kind: Kind,
    config: ScoringConfig,
    model: Option<LogitModel>,
}

impl Checked {
    /// Reads it. That what is no model is no valid config either is for the caller to judge.
    fn read(path: &Path) -> Result<Result<Self, ConfigError>, CommandError> {
        let bytes = super::bytes(path)?;
        let of = |kind, config, model| Self { path: path.to_owned(), kind, config, model };
        if !is_model(&bytes) {
            return Ok(ScoringConfig::parse_bytes(&bytes).map(|config| of(Kind::Configs, config, None)));
        }
        let wrong = |error: String| CommandError::bad_input(error).in_file(path);
        let text = str::from_utf8(&bytes).map_err(|_| wrong("the text is not UTF-8".to_owned()))?;
        let model = LogitModel::from_json(text).map_err(|error| wrong(error.to_string()))?;
        let name = path.file_stem().map_or_else(|| "model".to_owned(), |stem| stem.to_string_lossy().into_owned());
        let config = model_file::config(&model, &name).map_err(|error| CommandError::from(error).in_file(path))?;
        Ok(Ok(of(Kind::Models, config, Some(model))))
    }

    fn named(&self) -> Named {
        let name = (self.kind == Kind::Configs).then(|| self.config.name.clone());
        Named { name, file: self.path.display().to_string() }
    }

    fn scorer(&self) -> Result<Scorer, CommandError> {
        Scorer::new(&self.config).map_err(|error| CommandError::from(error).in_file(&self.path))
    }

    /// What it makes of a lead that was scored: of a model its probability.
    fn scored(&self, scored: Scored) -> Scored {
        match self.kind {
            Kind::Configs => scored,
            Kind::Models => Scored { score: scored.probability.unwrap_or(scored.score), ..scored },
        }
    }

    /// That a model reads columns of the leads alone.
    fn require_columns(&self, columns: &[String]) -> Result<(), CommandError> {
        let absent = self.model.as_ref().map_or(Vec::new(), |model| model_file::not_columns(model, columns));
        if absent.is_empty() {
            return Ok(());
        }
        let error = CommandError::bad_input(format!(
            "the model reads what is no column of the leads, and does not say how it is made: {}",
            absent.join(", ")
        ));
        let help = "behaviours, signals and inactivity are made by a scoring config: check the configs that the models belong to";
        Err(error.with_help(help).in_file(&self.path))
    }
}

/// Whether a file says that it is a model; what is no JSON says nothing.
fn is_model(bytes: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Header {
        format: Option<String>,
    }
    let header = serde_json::from_slice::<Header>(bytes);
    header.is_ok_and(|header| header.format.as_deref() == Some(leadcal_logit::model::FORMAT))
}

/// Both configs on the same leads at the same moments.
struct Scores {
    candidate: Vec<Scored>,
    baseline: Option<Vec<Scored>>,
    /// The looks that both scored.
    looks: Vec<Look>,
    /// What the candidate made of them.
    of_candidate: ScoredLooks,
    /// Leads that the candidate cannot score, and those of them that the baseline can.
    unscored: [u64; 2],
}

fn checked(
    args: &CheckArgs,
    policy: &Policy,
    candidate: &Checked,
    baseline: Option<&Checked>,
) -> Result<Report, CommandError> {
    let sides: Vec<&Checked> = [Some(candidate), baseline].into_iter().flatten().collect();
    if sides.iter().any(|side| side.kind != candidate.kind) {
        let error = CommandError::bad_input("one of the two is a scoring config, the other a model");
        return Err(error.with_help("name two scoring configs, or two models"));
    }
    let scorers = sides.iter().map(|side| side.scorer()).collect::<Result<Vec<Scorer>, CommandError>>()?;
    let asked = args.period.asked()?;
    let spec = args.moment.spec(args.leads.columns.spec(&args.leads.leads)?)?;
    let labelled = Labelled::open(spec, &args.events, &scorers.iter().collect::<Vec<_>>())?;
    for side in &sides {
        side.require_columns(labelled.leads.columns())?;
    }
    let named_files = sides.iter().map(|side| side.path.as_path());
    let named_files = named_files.chain(args.policy.as_deref()).chain(spec_file(&args.leads.leads));
    keep_inputs(&args.output, labelled.files().chain(named_files).chain(golden::files(policy)))?;

    let progress = Progress::start("reading outcomes");
    let outcome = labelled.outcome()?;
    let looks = labelled.looks(&outcome)?;
    let digest = labelled.sha256()?;
    let origin = |side: &&Checked| Origin::of(side.config.provenance.as_ref(), &digest);
    let origins: Vec<Origin> = sides.iter().map(origin).collect();
    let scope = scope(looks.looks.clone(), asked, &Origin::latest(&origins));
    if scope.looks.is_empty() {
        return Err(labelled::no_leads(&looks, &scope));
    }
    progress.next("scoring");
    let mut failures = Failures::default();
    let scores = scores(&labelled, &sides, &scorers, &looks, &scope, &mut failures)?;
    if scores.looks.is_empty() {
        drop(progress);
        failures.end(0, "scored", "check again")?;
        return Err(labelled::no_leads(&looks, &scope));
    }
    let own = own(&labelled, &scorers[0], &candidate.config, &looks, &scope)?;
    let golden = match candidate.kind {
        Kind::Configs => golden::read(policy, &scorers[0], scorers.get(1))?,
        Kind::Models => None,
    };
    drop(progress);
    absent_columns(&scores.of_candidate.absent_fields);
    scores.of_candidate.unknown.notes(&candidate.config).iter().for_each(|note| warn(note));

    let later = match scope.made_from {
        MadeFrom::Some { later, .. } => later,
        _ => None,
    };
    let made_from: Vec<MadeFrom> =
        origins.iter().map(|origin| MadeFrom::of_taken(&scope.looks, origin, later)).collect();
    let own_rows: Option<Vec<Scored>> =
        own.as_ref().map(|own| own.looks.iter().map(|scored| candidate.scored(scored.scored)).collect());
    let rows = baseline.zip(scores.baseline.as_deref());
    let subject = Subject {
        kind: candidate.kind,
        candidate: Side { config: &candidate.config, rows: &scores.candidate },
        baseline: rows.map(|(baseline, rows)| Side { config: &baseline.config, rows }),
        population: &scores.of_candidate.population,
        own: own.as_ref().zip(own_rows.as_deref()).map(|(own, rows)| Own { rows, population: &own.population }),
        flattered: made_from[0].flatters(),
        unscored: scores.unscored,
        weeks: looks::weeks(&scores.looks),
        as_of: as_of(args, &labelled, &looks),
        golden: golden.as_ref(),
    };
    let findings = check(&subject, policy);
    let leads = leads_checked(&labelled, &looks, &scope, &scores, &made_from);
    let mut report = Report::new(candidate.named(), baseline.map(Checked::named), leads, findings, policy);
    report.changes = baseline.map_or_else(Vec::new, |baseline| changes(&baseline.config, &candidate.config));
    report.notes = labelled::warnings(&outcome, &scope);
    for note in &report.notes {
        warn(note);
    }
    Ok(report)
}

/// Scores the looks taken with each scorer, and keeps those that all scored.
fn scores(
    labelled: &Labelled,
    sides: &[&Checked],
    scorers: &[Scorer],
    looks: &Looks,
    scope: &Scope,
    failures: &mut Failures,
) -> Result<Scores, CommandError> {
    let mut all = Vec::new();
    let mut failed: Vec<HashSet<(PathBuf, u64)>> = Vec::new();
    let mut said = false;
    for (at, scorer) in scorers.iter().enumerate() {
        let events = labelled.events(scorer, looks, &scope.looks)?;
        if !said {
            labelled.say_events(scorer, events.as_ref());
            said = events.is_some();
        }
        let mut of_scorer = HashSet::new();
        let scored = labelled.score(scorer, events.as_ref(), &scope.looks, |file, row, error| {
            let by = if at == 0 { "candidate" } else { "baseline" };
            failures.add(|| format!("not scored by the {by}: {}, row {row}: {error}", file.display()));
            of_scorer.insert((file.to_owned(), row));
        })?;
        failed.push(of_scorer);
        all.push(scored);
    }
    let only = failed.get(1).map_or(0, |other| failed[0].difference(other).count() as u64);
    let unscored = [failed[0].len() as u64, only];
    let mut all = all.into_iter();
    let of_candidate = all.next().expect("there is a candidate");
    let key = |scored: &ScoredLook| (scored.look.lead, scored.look.moment);
    let Some(of_baseline) = all.next() else {
        let (looks, candidate) =
            of_candidate.looks.iter().map(|scored| (scored.look, sides[0].scored(scored.scored))).unzip();
        return Ok(Scores { candidate, baseline: None, looks, of_candidate, unscored });
    };
    // Both are in the order of the looks.
    let (mut looks, mut candidate, mut baseline) = (Vec::new(), Vec::new(), Vec::new());
    let mut others = of_baseline.looks.iter().peekable();
    for scored in &of_candidate.looks {
        while others.next_if(|other| key(other) < key(scored)).is_some() {}
        if let Some(other) = others.next_if(|other| key(other) == key(scored)) {
            looks.push(scored.look);
            candidate.push(sides[0].scored(scored.scored));
            baseline.push(sides[1].scored(other.scored));
        }
    }
    Ok(Scores { candidate, baseline: Some(baseline), looks, of_candidate, unscored })
}

/// The leads that the candidate was made from, where the file has enough of them besides those taken.
fn own(
    labelled: &Labelled,
    scorer: &Scorer,
    config: &ScoringConfig,
    looks: &Looks,
    scope: &Scope,
) -> Result<Option<ScoredLooks>, CommandError> {
    let taken: HashSet<(u32, Option<i64>)> = scope.looks.iter().map(|look| (look.lead, look.moment)).collect();
    let mut own = own_leads(&looks.looks, config.provenance.as_ref());
    let all = own.len();
    own.retain(|look| !taken.contains(&(look.lead, look.moment)));
    // Leads of its own among those taken would be held against others of its own.
    if own.len() < FEWEST_OWN || own.len() < all {
        return Ok(None);
    }
    let events = labelled.events(scorer, looks, &own)?;
    Ok(Some(labelled.score(scorer, events.as_ref(), &own, |_, _, _| {})?).filter(|own| !own.looks.is_empty()))
}

/// The day of which the calibration's age is asked.
fn as_of(args: &CheckArgs, labelled: &Labelled, looks: &Looks) -> Option<Date> {
    let moment = match labelled.spec.snapshot.as_ref().map(|snapshot| &snapshot.times) {
        Some(SnapshotTimes::At(times)) => times.last(),
        _ => None,
    };
    args.age_as_of
        .or_else(|| moment.map(|time| Zoned::new(*time, TimeZone::UTC).date()))
        .or_else(|| looks::days(&looks.looks).map(|(_, last)| date(last)))
}

fn leads_checked(
    labelled: &Labelled,
    looks: &Looks,
    scope: &Scope,
    scores: &Scores,
    made_from: &[MadeFrom],
) -> LeadsChecked {
    let (leads, conversions) =
        (scores.candidate.len() as u64, scores.candidate.iter().map(|row| row.conversions).sum::<u64>());
    let days = looks::days(&scores.looks).map(|days| [days.0, days.1].map(|day| date(day).to_string()));
    let [from, to] = days.map_or([None, None], |days| days.map(Some));
    let mut in_words = vec![scope.taken.to_string()];
    for (made_from, whose) in made_from.iter().zip(["candidate", "baseline"]) {
        in_words.push(made_from.of_the(whose));
    }
    in_words.extend(labelled::read_sentences(looks, scope, None));
    LeadsChecked {
        files: labelled.leads.files().iter().map(|file| file.display().to_string()).collect(),
        leads,
        conversions,
        rate: conversions as f64 / leads as f64,
        from,
        to,
        flattered: made_from.iter().any(MadeFrom::flatters),
        in_words,
    }
}

/// Points that moved, those that moved farthest first.
fn changes(baseline: &ScoringConfig, candidate: &ScoringConfig) -> Vec<Change> {
    let diff = diff(baseline, candidate);
    let several = candidate.models.len() > 1 || baseline.models.len() > 1;
    let mut moved: Vec<(f64, Change)> = Vec::new();
    for model in &diff.models {
        let of = match &model.product {
            Some(product) => format!("product \"{product}\": "),
            None if several => "all other products: ".to_owned(),
            None => String::new(),
        };
        moved.extend(model.moved().into_iter().map(|moved| {
            let points = moved.points;
            let change = Change {
                of: format!("{of}{}", moved.of),
                before: points.before,
                after: points.after,
                sign_changed: points.sign_changed,
            };
            (points.moved.abs(), change)
        }));
    }
    moved.sort_by(|a, b| b.0.total_cmp(&a.0));
    moved.into_iter().map(|(_, change)| change).collect()
}
