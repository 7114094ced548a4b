//! Alerts to a webhook.

use std::path::{Path, absolute};

use leadcal_scorecard::webhook::{Alert, Delivery, Tries, Undelivered, UndeliveredError, Webhook};

use super::super::summary::grouped;
use crate::args::DeliveryArgs;
use crate::error::{CommandError, warn};
use crate::output::keep_inputs;

/// A webhook with the file of alerts it has not taken yet.
pub(super) struct Receiver<'a> {
    webhook: Webhook,
    file: Undelivered,
    path: &'a Path,
}

impl<'a> Receiver<'a> {
    /// The one asked for; nothing is sent yet. The file is none that the command reads or writes besides.
    pub(super) fn open(args: &'a DeliveryArgs, inputs: &[&Path], output: &Path) -> Result<Option<Self>, CommandError> {
        let Some(webhook) = webhook(args)? else { return Ok(None) };
        let another = "name another file with --undelivered";
        let path = args.undelivered.as_path();
        keep_inputs(path, inputs.iter().copied()).map_err(|error| error.with_help(another))?;
        if absolute(path).ok() == absolute(output).ok() {
            let error = CommandError::bad_input("lines and undelivered alerts cannot be one file");
            return Err(error.with_help(another).in_file(path));
        }
        let file = Undelivered::open(path).map_err(|error| in_file(error, path, another))?;
        if !file.alerts().is_empty() {
            let earlier = grouped(file.alerts().len() as u64);
            warn(&format!(
                "alerts of earlier commands in {}: {earlier}; those that this command does not send stay there, for --resend",
                path.display()
            ));
        }
        Ok(Some(Self { webhook, file, path }))
    }

    /// Sends alerts and says what became of them.
    pub(super) fn deliver(&mut self, alerts: &[Alert]) -> Result<(), CommandError> {
        let delivered = self.webhook.deliver(alerts, &mut self.file);
        let delivery = delivered.map_err(|error| in_file(error, self.path, "send its alerts again with --resend"))?;
        told(&delivery, alerts.len() as u64, self.webhook.place(), self.path)
    }
}

/// Sends the alerts of a file.
pub(super) fn resend(path: &Path, args: &DeliveryArgs) -> Result<(), CommandError> {
    let webhook = webhook(args)?.ok_or_else(|| CommandError::bad_input("--resend needs --webhook"))?;
    if !path.exists() {
        return Err(CommandError::bad_input("there is no such file").in_file(path));
    }
    let help = "name a file of undelivered alerts, as --undelivered has it";
    let file = Undelivered::open(path).map_err(|error| in_file(error, path, help))?;
    let alerts = file.alerts().to_vec();
    Receiver { webhook, file, path }.deliver(&alerts)
}

fn webhook(args: &DeliveryArgs) -> Result<Option<Webhook>, CommandError> {
    let Some(asked) = &args.webhook else { return Ok(None) };
    let url = match asked.strip_prefix('@') {
        Some(file) => {
            let read = std::fs::read_to_string(file);
            read.map_err(|e| {
                CommandError::bad_input(format!("cannot read the webhook's URL: {e}")).in_file(file.as_ref())
            })?
        }
        None => asked.clone(),
    };
    let DeliveryArgs { timeout, retries, backoff, give_up_after, .. } = *args;
    let tries = Tries { timeout, retries, backoff, give_up_after };
    let webhook = Webhook::new(url.trim(), tries);
    Ok(Some(webhook.map_err(|error| CommandError::bad_input(error.to_string()).with_help("give it with --webhook"))?))
}

fn told(delivery: &Delivery, alerts: u64, place: &str, path: &Path) -> Result<(), CommandError> {
    for (id, why) in &delivery.failures {
        warn(&format!("alert {id} was not delivered: {why}"));
    }
    if delivery.gave_up {
        warn("the alerts after it were not tried any more");
    }
    if delivery.undelivered == 0 {
        warn(&format!("alerts delivered to {place}: {}", grouped(delivery.delivered)));
        return Ok(());
    }
    let (undelivered, alerts) = (grouped(delivery.undelivered), grouped(alerts));
    let error = CommandError::bad_input(format!("{undelivered} of {alerts} alerts were not delivered to {place}"));
    let path = path.display();
    Err(error.with_help(format!("they are in {path}; send them with: leadcal replay --resend {path} --webhook URL")))
}

fn in_file(error: UndeliveredError, path: &Path, help: &str) -> CommandError {
    match error {
        UndeliveredError::Write(error) => CommandError::from(error).with_help(help),
        error => CommandError::bad_input(error.to_string()).with_help(help).in_file(path),
    }
}
