//! Data-quality signals: what the text of a name or e-mail field says about the lead behind it.
//!
//! Pure functions of texts, without polars. [`SignalKind`] says which of them is asked about which fields, for calibration
//! and the runtime scorer alike. An empty text never fires a signal.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

mod company;
mod kind;

pub use company::company_email_domain;
pub use kind::SignalKind;

/// Domains of mailbox providers open to anyone.
static FREE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| free_email_domains().collect());
/// Domains of mailboxes made to be thrown away.
static DISPOSABLE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| disposable_email_domains().collect());

/// The built-in list of [`free_email_domain`], sorted.
pub fn free_email_domains() -> impl Iterator<Item = &'static str> {
    include_str!("signals/free_email_domains.txt").lines()
}

/// The built-in list of [`disposable_email_domain`], sorted.
pub fn disposable_email_domains() -> impl Iterator<Item = &'static str> {
    include_str!("signals/disposable_email_domains.txt").lines()
}

/// A keyboard layout, for [`keyboard_run`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// French and Belgian keyboards.
    Azerty,
    /// English and most other Latin keyboards.
    Qwerty,
    /// German, Swiss, Austrian and central European keyboards.
    Qwertz,
}

impl Layout {
    /// Every layout.
    pub const ALL: [Self; 3] = [Self::Azerty, Self::Qwerty, Self::Qwertz];

    /// The rows of letters, left to right.
    pub fn rows(self) -> [&'static str; 3] {
        match self {
            Self::Azerty => ["azertyuiop", "qsdfghjklm", "wxcvbn"],
            Self::Qwerty => ["qwertyuiop", "asdfghjkl", "zxcvbnm"],
            Self::Qwertz => ["qwertzuiopü", "asdfghjklöä", "yxcvbnm"],
        }
    }
}

/// The domain of an e-mail address in lower case: what follows the last `@`, without blanks around and a final dot. `None`
/// where there is nothing before the `@`, or where the domain has no dot or an empty label.
pub fn email_domain(address: &str) -> Option<String> {
    let (local, domain) = address.trim().rsplit_once('@')?;
    let domain = domain.trim();
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let labels_are_filled = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    (!local.is_empty() && labels_are_filled).then(|| domain.to_lowercase())
}

/// Whether an e-mail address is at a provider open to anyone, such as gmail.com, or at one of the domains `also`.
/// Subdomains are other domains.
pub fn free_email_domain(address: &str, also: &[String]) -> bool {
    email_domain(address).is_some_and(|domain| FREE.contains(domain.as_str()) || lists(also, &domain))
}

/// Whether an e-mail address is at a provider of throw-away mailboxes, such as mailinator.com, or at one of the domains
/// `also`. Subdomains are other domains.
pub fn disposable_email_domain(address: &str, also: &[String]) -> bool {
    email_domain(address).is_some_and(|domain| DISPOSABLE.contains(domain.as_str()) || lists(also, &domain))
}

fn lists(also: &[String], domain: &str) -> bool {
    also.iter().any(|listed| listed.trim().to_lowercase() == domain)
}

/// Whether a text holds at least `min_run` letters that are neighbours on a row of one of the layouts, left to right or
/// right to left, whatever their case: `azer`, `Qwerty`, `lkjh`. `min_run` below 2 counts as 2.
///
/// Some real names fire at 4 (Werther, Trewin), which is why the signal's points are calibrated like any other's.
pub fn keyboard_run(text: &str, layouts: &[Layout], min_run: u32) -> bool {
    layouts.iter().flat_map(|layout| layout.rows()).any(|row| longest_run(text, row) >= min_run.max(2))
}

/// Length of the longest stretch of `text` that walks along `row` without turning back.
fn longest_run(text: &str, row: &str) -> u32 {
    let (mut rightward, mut leftward, mut longest) = (0_u32, 0_u32, 0_u32);
    let mut before: Option<usize> = None;
    for letter in text.chars().flat_map(char::to_lowercase) {
        let place = row.chars().position(|key| key == letter);
        let (one, step) = (u32::from(place.is_some()), before.zip(place));
        rightward = if step.is_some_and(|(a, b)| b == a + 1) { rightward + 1 } else { one };
        leftward = if step.is_some_and(|(a, b)| a == b + 1) { leftward + 1 } else { one };
        longest = longest.max(rightward).max(leftward);
        before = place;
    }
    longest
}

/// Whether a name has letters with a case and none of them is a capital: `marie`, not `Marie`, `de la Cruz`, `MARIE`.
/// Scripts without case never fire; Georgian counts as one, for its names are not written with capitals.
pub fn uncapitalised(name: &str) -> bool {
    let mut small = false;
    for letter in name.chars().filter(|letter| !matches!(letter, '\u{10D0}'..='\u{10FF}')) {
        // Title-case letters such as ǅ have a lower case as well.
        if letter.to_lowercase().ne([letter]) {
            return false;
        }
        small |= letter.to_uppercase().ne([letter]);
    }
    small
}

#[cfg(test)]
mod tests;
