//! `leadcal export`: a scoring config in another tool's language, with a list of what that language cannot say.

use std::io::{IsTerminal, stdout};
use std::path::Path;

use leadcal_scorecard::config::ScoringConfig;
use leadcal_scorecard::export::{Export, ExportOptions, Loss, SqlOptions, Target, export};
use leadcal_scorecard::output::write_folder;

use crate::args::{ExportArgs, SqlArgs};
use crate::error::{CommandError, warn};
use crate::output::{keep_inputs, write};

/// Parts that are named where the same is lost of several.
const PLACES: usize = 3;

pub(crate) fn run(args: &ExportArgs) -> Result<(), CommandError> {
    check_losses_file(args)?;
    check_flags(args)?;
    let config = super::config(&args.config)?;
    let options = ExportOptions {
        product: args.product.clone(),
        rows: args.rows,
        event_rows: args.event_rows,
        names: args.rename.iter().cloned().collect(),
        object: args.object.clone(),
        sql: sql_options(&args.sql),
    };
    let exported = export(&config, args.to, &options).map_err(|e| CommandError::from(e).in_file(&args.config))?;
    if let Some(product) = &args.product {
        note_product(&config, product);
    }
    note_renamed(&config, args.rename.iter().map(|(name, _)| name.as_str()));
    report(&exported.losses);
    if args.strict && !exported.losses.is_empty() {
        let parts =
            if exported.losses.len() == 1 { "1 part".to_owned() } else { format!("{} parts", exported.losses.len()) };
        let error = CommandError::check_failed(format!("{parts} of the config cannot be said in {}", args.to));
        return Err(error
            .with_help("nothing was exported; leave --strict out to export the rest")
            .in_file(&args.config));
    }
    if let Some(path) = &args.losses {
        keep_inputs(path, [args.config.as_path()])?;
        let mut json = serde_json::to_string_pretty(&exported.losses).expect("texts have a JSON form");
        json.push('\n');
        write(path, json.as_bytes())?;
    }
    keep(args, &exported)
}

fn sql_options(args: &SqlArgs) -> SqlOptions {
    SqlOptions {
        dialect: args.dialect,
        leads_table: args.leads_table.clone(),
        events_table: args.events_table.clone(),
        id: args.id.clone(),
        product: args.product_column.clone(),
        created_at: args.created_at.clone(),
        event_lead: args.event_lead.clone(),
        event_time: args.event_time.clone(),
        event_name: args.event_name.clone(),
        as_of: args.as_of,
    }
}

/// Says where a product has no model of its own: it may be misspelt.
fn note_product(config: &ScoringConfig, product: &str) {
    let own: Vec<&str> = config.models.iter().filter_map(|model| model.product.as_deref()).collect();
    if !own.contains(&product) {
        let own = if own.is_empty() { "none".to_owned() } else { own.join(", ") };
        warn(&format!(
            "no model is of the product \"{product}\" alone: exported is that of all others; products with one: {own}"
        ));
    }
}

/// Says which names to be renamed the config does not have: they may be misspelt.
fn note_renamed<'a>(config: &ScoringConfig, names: impl Iterator<Item = &'a str>) {
    let has = |name: &str| {
        config.models.iter().any(|model| {
            model.attributes.iter().any(|attribute| attribute.input.field == name)
                || model.signals.iter().any(|signal| signal.kind.fields().contains(&name))
                || model.behaviours.iter().any(|behaviour| behaviour.event.as_deref() == Some(name))
        })
    };
    for name in names.filter(|name| !has(name)) {
        warn(&format!("--rename {name}: the config has no field and no event of this name"));
    }
}

/// That the list of losses and the export are two files, or two streams.
fn check_losses_file(args: &ExportArgs) -> Result<(), CommandError> {
    let output = args.output.as_deref().unwrap_or(Path::new("-"));
    if args.losses.as_deref() == Some(output) {
        return Err(CommandError::bad_input("the export and the list of what is lost cannot go to one place")
            .with_help("name another file with --losses"));
    }
    Ok(())
}

/// The losses: what is said of several parts once, with the first of them.
fn report(losses: &[Loss]) {
    let mut said: Vec<(&str, Vec<&Loss>)> = Vec::new();
    for loss in losses {
        match said.iter_mut().find(|(lost, _)| *lost == loss.lost) {
            Some((_, places)) => places.push(loss),
            None => said.push((&loss.lost, vec![loss])),
        }
    }
    for (lost, places) in said {
        match &places[..] {
            [loss] => warn(&format!("lost: {loss}")),
            _ => {
                let named: Vec<&str> = places.iter().take(PLACES).map(|loss| loss.part.as_str()).collect();
                let more = places.len().saturating_sub(PLACES);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                warn(&format!("lost, {} times: {lost}: {}{more}", places.len(), named.join(", ")));
            }
        }
    }
}

/// The flags of SQL, each with whether it says something else than is usual.
fn sql_flags(options: &SqlOptions) -> [(&'static str, bool); 10] {
    let usual = SqlOptions::default();
    [
        ("--dialect", options.dialect != usual.dialect),
        ("--leads-table", options.leads_table != usual.leads_table),
        ("--events-table", options.events_table != usual.events_table),
        ("--id", options.id != usual.id),
        ("--product-column", options.product != usual.product),
        ("--created-at", options.created_at != usual.created_at),
        ("--event-lead", options.event_lead != usual.event_lead),
        ("--event-time", options.event_time != usual.event_time),
        ("--event-name", options.event_name != usual.event_name),
        ("--as-of", options.as_of != usual.as_of),
    ]
}

/// That no flag is given of another kind of target: it would change nothing.
fn check_flags(args: &ExportArgs) -> Result<(), CommandError> {
    let crm = matches!(args.to, Target::Hubspot | Target::Mautic | Target::Salesforce | Target::Zoho);
    let warehouse = matches!(args.to, Target::Sql | Target::Dbt);
    let workbook = args.to == Target::Xlsx;
    let mut given = vec![
        ("--rows", args.rows.is_some(), workbook, "xlsx"),
        ("--event-rows", args.event_rows.is_some(), workbook, "xlsx"),
        ("--rename", !args.rename.is_empty(), crm, "the CRMs"),
        ("--object", args.object.is_some(), crm, "the CRMs"),
    ];
    given.extend(sql_flags(&sql_options(&args.sql)).map(|(flag, given)| (flag, given, warehouse, "sql and dbt")));
    let foreign = given.into_iter().find(|(_, given, own, _)| *given && !own);
    foreign.map_or(Ok(()), |(flag, _, _, whose)| {
        let error = CommandError::bad_input(format!("{flag} is a flag of {whose}, and means nothing to {}", args.to));
        Err(error.with_help(format!("leave {flag} out, or choose another target with --to")))
    })
}

/// One file goes to standard output or a file, several go into a folder.
fn keep(args: &ExportArgs, exported: &Export) -> Result<(), CommandError> {
    let output = args.output.as_deref();
    if let [file] = &exported.files[..] {
        let output = output.unwrap_or(Path::new("-"));
        if output == Path::new("-") && stdout().is_terminal() && std::str::from_utf8(&file.bytes).is_err() {
            let error = CommandError::bad_input(format!("{} is no text, and standard output is a terminal", file.name));
            return Err(error.with_help(format!("name a file with --output {}", file.name)));
        }
        let output = if output.is_dir() { output.join(&file.name) } else { output.to_owned() };
        keep_inputs(&output, [args.config.as_path()])?;
        return write(&output, &file.bytes);
    }
    let Some(folder) = output.filter(|output| *output != Path::new("-")) else {
        let names: Vec<&str> = exported.files.iter().map(|file| file.name.as_str()).collect();
        let error = CommandError::bad_input(format!("{} is several files: {}", args.to, names.join(", ")));
        return Err(error.with_help("name a folder for them with --output"));
    };
    for file in &exported.files {
        keep_inputs(&folder.join(&file.name), [args.config.as_path()])?;
    }
    let files: Vec<(&str, &[u8])> =
        exported.files.iter().map(|file| (file.name.as_str(), file.bytes.as_slice())).collect();
    Ok(write_folder(folder, &files)?)
}
