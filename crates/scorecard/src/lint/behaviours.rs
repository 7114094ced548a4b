//! Opened e-mails: they happen by themselves (mail programs load pictures to protect their users), so they are weak news.

use leadcal_lift::attribute::Scalar;

use super::{Code, Linted, Report};
use crate::config::Behaviour;

/// Words that an event of a mail has in its name.
const MAIL: [&str; 6] = ["email", "mail", "newsletter", "campaign", "message", "e"];
const OPEN: [&str; 4] = ["open", "opens", "opened", "opening"];
const CLICK: [&str; 4] = ["click", "clicks", "clicked", "clicking"];

/// Opens that give points without a limit, or more than clicks.
pub(super) fn behaviours(linted: &Linted<'_>, report: &mut Report) {
    let Linted { model, pointer, .. } = linted;
    let clicks = model.behaviours.iter().filter(|behaviour| is(behaviour, &CLICK));
    let least_click = clicks.min_by(|a, b| a.points_each.total_cmp(&b.points_each));
    for (at, opens) in model.behaviours.iter().enumerate().filter(|(_, behaviour)| is(behaviour, &OPEN)) {
        let (name, each) = (&opens.name, opens.points_each);
        let pointer = format!("{pointer}/behaviours/{at}");
        if each > 0.0 && opens.max_times.is_none() && !opens.once_a_day {
            let message = format!(
                "{name} gives {each:+} each time, as often as it happens in {} days: mail programs open e-mails by themselves",
                opens.window_days
            );
            let remedy = "set max_times, or once_a_day, in the spec's [behaviours] and calibrate again";
            report.found(Code::OpensUncapped, pointer.clone(), linted.says(&message), remedy);
        }
        if let Some(click) = least_click.filter(|click| each > click.points_each) {
            let message = format!("{name} gives {each:+}, more than {} with {:+}", click.name, click.points_each);
            let remedy = "an open is weaker news than a click: give it less, or leave it out";
            report.found(Code::OpensAboveClicks, format!("{pointer}/points_each"), linted.says(&message), remedy);
        }
    }
}

/// Whether a behaviour is something done to an e-mail: one of these words, and one that says mail or no other.
fn is(behaviour: &Behaviour, done: &[&str]) -> bool {
    let values = behaviour.properties.values().flatten().filter_map(|value| match value {
        Scalar::Text(text) => Some(text.as_str()),
        Scalar::Number(_) | Scalar::Boolean(_) => None,
    });
    let text = behaviour.event.iter().map(String::as_str).chain(values).collect::<Vec<_>>().join(" ");
    let text = if text.is_empty() { behaviour.name.clone() } else { text };
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let (done, others): (Vec<&str>, Vec<&str>) = words.iter().map(String::as_str).partition(|word| done.contains(word));
    !done.is_empty() && (others.is_empty() || others.iter().any(|word| MAIL.contains(word)))
}
