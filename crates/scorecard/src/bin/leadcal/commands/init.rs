//! `leadcal init`: looks at past leads and writes a commented spec.

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use leadcal_lift::attribute::{FieldType, MISSING, OTHER};
use leadcal_lift::binning::LeftOut;
use leadcal_lift::dated_columns::read_dated_columns;
use leadcal_lift::leads::LeadFiles;
use leadcal_lift::profile::{ColumnProfile, profile};
use leadcal_scorecard::history::{self, History, NotUsed};
use leadcal_scorecard::leakage::{self, Suspect};
use leadcal_scorecard::spec::{Outcome, Spec};

use super::summary::grouped;
use crate::args::InitArgs;
use crate::error::{CommandError, warn};
use crate::output::{keep_inputs, write};
use crate::progress::Progress;

/// A special value stands on at least this share of the leads.
const SPECIAL_SHARE: f64 = 0.01;
/// Numbers that often mean "unknown" where they are a column's least or greatest.
const SPECIAL_NUMBERS: [f64; 9] = [-1.0, -9.0, -99.0, -999.0, -9999.0, 99.0, 999.0, 9999.0, 99999.0];
/// Texts that often mean "unknown".
const UNKNOWN_TEXTS: [&str; 10] =
    ["select", "unknown", "n/a", "none", "null", "nil", "not provided", "-", "?", "undefined"];

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
    let history = history::read(&spec)?;
    let dates = dates(&history, &profiles);
    let suspects = suspects(&leads, &history, &dates, &profiles)?;
    drop(progress);
    spec.data.id = spec.data.id.or_else(|| id_column(&history));
    let text = spec_text(args, spec.data.id.as_deref(), &history, &profiles, &dates, &suspects);
    Spec::parse(&text, &args.output)?;
    keep_inputs(&args.output, leads.files().iter().map(PathBuf::as_path))?;
    write(&args.output, text.as_bytes())?;
    if args.output == Path::new("-") {
        return Ok(());
    }
    warn(&format!("written to {}; look it over, then: leadcal calibrate {0}", args.output.display()));
    Ok(())
}

/// Columns that may tell the outcome: attributes, and columns of dates that are attributes or may be made ones.
fn suspects(
    leads: &LeadFiles,
    history: &History,
    dates: &[(&'static str, &str)],
    profiles: &[ColumnProfile],
) -> Result<Vec<Suspect>, CommandError> {
    let has_job = |column: &str| {
        let left_out = history.left_out.iter().find(|(name, _)| name == column);
        dates.iter().any(|(_, name)| *name == column)
            || left_out.is_some_and(|(_, why)| !matches!(why, NotUsed::Values(LeftOut::Date)))
    };
    let columns = profiles.iter().filter(|profile| {
        profile.present() > 0 && profile.days.leads() == profile.present() && !has_job(&profile.name)
    });
    let columns: Vec<String> = columns.map(|profile| profile.name.clone()).collect();
    let converted_at = dates.iter().find(|(key, _)| *key == "converted_at").map(|(_, column)| *column);
    let dated = read_dated_columns(leads, &columns, converted_at, &history.outcome)?;
    Ok(leakage::suspects(&history.patterns, &dated)?)
}

/// An identifier whose name says so.
fn id_column(history: &History) -> Option<String> {
    let named = |name: &str| super::ID_NAMES.contains(&super::plain(name).as_str());
    let found = history.left_out.iter().find(|(name, why)| {
        named(name) && matches!(why, NotUsed::Values(LeftOut::Identifier { .. } | LeftOut::FreeText))
    });
    found.map(|(name, _)| name.clone())
}

fn spec_text(
    args: &InitArgs,
    id: Option<&str>,
    history: &History,
    profiles: &[ColumnProfile],
    dates: &[(&'static str, &str)],
    suspects: &[Suspect],
) -> String {
    let counts = history.patterns.counts();
    let (n, c) = (counts.total_leads(), counts.total_conversions());
    let mut text = format!(
        "# Spec of a calibration, written by leadcal init. Every key: docs/cli.md.\n\
         # {} leads, {} converted ({:.1} %). Look it over, then: leadcal calibrate {}\n\n[data]\nleads = {}\n",
        grouped(n),
        grouped(c),
        100.0 * c as f64 / n as f64,
        args.output.display(),
        toml(&leads_path(&args.leads, &args.output)),
    );
    let positive = &history.outcome.positive;
    line(&mut text, &format!("outcome = {{ column = {}, positive = {} }}", toml(&args.outcome), toml(positive)));
    if let Some(id) = id {
        line(&mut text, &format!("id = {}", toml(id)));
    }
    for (key, column) in dates {
        line(&mut text, &format!("{key} = {}", toml(column)));
    }
    line(&mut text, "missing = [\"\", \"NA\"]                 # texts that mean \"no value\"");
    for (column, value, leads) in unknown_texts(history, profiles) {
        line(
            &mut text,
            &format!(
                "# {} in column {} ({} leads): a level of its own, unless it is added to `missing`",
                toml(&value),
                toml(column),
                grouped(leads)
            ),
        );
    }
    line(&mut text, "exclude = [");
    for (column, reason) in &history.left_out {
        if *reason == NotUsed::Excluded {
            line(&mut text, &format!("  {},", toml(column)));
        }
    }
    for Suspect { column, reason } in suspects {
        let excluded = toml(column);
        line(
            &mut text,
            &if reason.strong() {
                format!("  {excluded},   # leak? {reason}: was it known before the outcome?")
            } else {
                format!("  # {excluded},   # worth a look: {reason}; is it filled in or changed after a lead came?")
            },
        );
    }
    line(&mut text, "]");
    let left_out = |column: &str| suspects.iter().any(|suspect| suspect.column == column && suspect.reason.strong());
    let mut heading = "\n# Left out without being asked (a section [attributes.NAME] keeps a column):";
    for (column, reason) in &history.left_out {
        if let NotUsed::Values(_) = reason
            && Some(column.as_str()) != id
            && !left_out(column)
        {
            line(&mut text, heading);
            heading = "";
            line(&mut text, &format!("#   {}: {reason}", toml(column)));
        }
    }
    line(
        &mut text,
        "\n# Attributes. Uncomment a section to change what was inferred; keys: type, special, cuts, max_levels, min_share, min_conversions, min_gain, trend, join, group.",
    );
    for attribute in history.patterns.attributes() {
        if left_out(&attribute.name) {
            continue;
        }
        let profile =
            profiles.iter().find(|profile| profile.name == attribute.name).expect("every column was profiled");
        let levels = attribute.levels.iter().filter(|level| ![MISSING, OTHER].contains(&level.name.as_str()));
        attribute_text(&mut text, profile, attribute.input.kind, levels.count());
    }
    text += "\n[points]\nmethod = \"rate-difference\"         # lift-ratio, log-odds, fitted\n\
             scale = 1.0                         # points for each percentage point; or \"0-100\"\n\
             \n[model]\nl2 = 1.0\nfolds = 5\nseed = 0\n\
             \n# Bands, one of the four; without any: warm from the overall rate, hot from twice that\n# (from a rate of one third on, half way to 1).\n\
             # [bands]\n# target_rates = { warm = 0.15, hot = 0.4 }\n# cut_offs = { cold = 0, warm = 41, hot = 61 }\n\
             # capacity_per_week = { warm = 100, hot = 20 }    # leads to call from this band on upwards; needs created_at\n\
             # value_and_cost = { warm = { value = 900, cost = 15 }, hot = { value = 900, cost = 120 } }\n\
             \n# Stages, in the same four ways; without any: none.\n# [stages]\n# cut_offs = { MQL = 50, SQL = 75 }\n";
    // Blank lines where a heading was not needed again.
    text.replace("\n\n#   ", "\n#   ")
}

fn attribute_text(text: &mut String, profile: &ColumnProfile, kind: FieldType, levels: usize) {
    let missing =
        if profile.missing > 0 { format!("{} missing", grouped(profile.missing)) } else { "none missing".to_owned() };
    let distinct = profile.values().map_or(profile.numbers.distinct(), |values| values.len());
    let summary = format!("# {kind}, {distinct} distinct values in {levels} levels, {missing}");
    let special = special_number(profile).filter(|_| kind == FieldType::Number);
    match special {
        Some((value, leads)) => {
            line(text, &summary);
            line(text, &format!("[attributes.{}]", toml(&profile.name)));
            line(
                text,
                &format!("special = [{value}]   # {} leads: does it mean \"unknown\" or \"never\"?", grouped(leads)),
            );
        }
        None => line(text, &format!("{summary}\n# [attributes.{}]", toml(&profile.name))),
    }
}

/// A number at the edge of a column that often means "unknown", where enough leads have it.
fn special_number(profile: &ColumnProfile) -> Option<(f64, u64)> {
    let sorted = profile.numbers.sorted();
    let edges = [sorted.first()?, sorted.last()?];
    let often = |leads: u64| leads as f64 >= SPECIAL_SHARE * profile.leads as f64;
    let known = |x: f64| SPECIAL_NUMBERS.iter().any(|special| special.to_bits() == x.to_bits());
    // A scale that runs from -1 to 99 has such edges by itself; one value apart from all others does not.
    edges.into_iter().find(|(x, leads)| known(*x) && often(*leads)).copied()
}

/// Texts of the attributes that often mean "unknown".
fn unknown_texts<'a>(history: &History, profiles: &'a [ColumnProfile]) -> Vec<(&'a str, String, u64)> {
    let is_attribute = |name: &str| history.patterns.attributes().iter().any(|attribute| attribute.name == name);
    let texts = profiles.iter().filter(|profile| is_attribute(&profile.name)).flat_map(|profile| {
        let values = profile.values().unwrap_or_default().into_iter();
        values.map(|(value, leads)| (profile.name.as_str(), value, leads))
    });
    texts.filter(|(_, value, _)| UNKNOWN_TEXTS.contains(&value.trim().to_lowercase().as_str())).collect()
}

/// Date columns whose names say what they are, as keys of the spec.
fn dates<'a>(history: &History, profiles: &'a [ColumnProfile]) -> Vec<(&'static str, &'a str)> {
    let dated = |profile: &&ColumnProfile| {
        profile.present() > 0
            && profile.days.leads() == profile.present()
            && !history.left_out.iter().any(|(column, why)| *column == profile.name && *why == NotUsed::Excluded)
    };
    let named = |words: &[&str]| {
        profiles.iter().filter(dated).map(|profile| profile.name.as_str()).find(|name| {
            let name = name.to_lowercase();
            words.iter().any(|word| name.contains(word))
        })
    };
    let created = named(&["created", "create date", "creation"]).map(|column| ("created_at", column));
    let converted = named(&["converted", "conversion", "closed", "won"]).map(|column| ("converted_at", column));
    created.into_iter().chain(converted).collect()
}

/// The leads' path as the spec's folder sees it: relative where both are, so that the two can move together.
fn leads_path(leads: &str, spec: &Path) -> String {
    let folder = spec.parent().unwrap_or(Path::new(""));
    let plain = |path: &Path| path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if let Ok(inside) = Path::new(leads).strip_prefix(folder) {
        inside.display().to_string()
    } else if plain(Path::new(leads)) && plain(folder) {
        let up = folder.components().filter(|part| matches!(part, Component::Normal(_)));
        let relative: PathBuf = up.map(|_| Component::ParentDir).collect();
        relative.join(leads).display().to_string()
    } else {
        std::path::absolute(leads).map_or_else(|_| leads.to_owned(), |path| path.display().to_string())
    }
}

/// A text as a TOML string or quoted key.
fn toml(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn line(text: &mut String, line: &str) {
    _ = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_are_named_from_the_specs_folder() {
        let named = |leads: &str, spec: &str| leads_path(leads, Path::new(spec));
        assert_eq!(named("leads.csv", "leadcal.toml"), "leads.csv");
        assert_eq!(named("data/leads.csv", "data/spec.toml"), "leads.csv");
        assert_eq!(named("leads.csv", "specs/deep/spec.toml"), "../../leads.csv");
        assert_eq!(named("/data/leads.csv", "specs/spec.toml"), "/data/leads.csv");
    }
}
