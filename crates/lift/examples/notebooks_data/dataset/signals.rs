//! Data-quality signals of a lead's name and contact fields, as the truth defines them.

use super::leads::Lead;

/// Rows of letters of the three keyboards.
pub(crate) const KEYBOARD_ROWS: [&str; 9] =
    ["qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertzuiop", "asdfghjkl", "yxcvbnm"];
/// Free-mail domains.
pub(crate) const FREE_MAIL: &[&str] = &[
    "gmail.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "icloud.com",
    "aol.com",
    "gmx.de",
    "web.de",
    "t-online.de",
    "orange.fr",
    "free.fr",
    "laposte.net",
    "wanadoo.fr",
    "libero.it",
    "wp.pl",
    "onet.pl",
    "uol.com.br",
    "yahoo.co.in",
    "yahoo.co.jp",
];
/// Domains of addresses that are thrown away after use.
pub(crate) const DISPOSABLE_MAIL: &[&str] =
    &["mailinator.com", "yopmail.com", "guerrillamail.com", "10minutemail.com", "trashmail.com"];

/// Letters a keyboard run has at least.
const MIN_RUN: usize = 4;

/// Which signal.
#[derive(Clone, Copy)]
pub(crate) enum Signal {
    /// E-mail at a free-mail domain.
    FreeMail,
    /// E-mail at a disposable domain.
    DisposableMail,
    /// First name holds four or more neighbouring keys, in either direction.
    KeyboardRun,
    /// Last name has letters with case and none of them is upper case.
    Uncapitalised,
    /// A phone number is given.
    PhoneFilled,
}

impl Signal {
    /// Whether it fires for a lead.
    pub(crate) fn fires(self, lead: &Lead) -> bool {
        let domain = lead.email.as_deref().and_then(|email| email.split_once('@')).map_or("", |(_, domain)| domain);
        match self {
            Self::FreeMail => FREE_MAIL.contains(&domain),
            Self::DisposableMail => DISPOSABLE_MAIL.contains(&domain),
            Self::KeyboardRun => lead.first_name.as_deref().is_some_and(has_keyboard_run),
            Self::Uncapitalised => is_uncapitalised(&lead.last_name),
            Self::PhoneFilled => lead.phone.is_some(),
        }
    }
}

/// Whether a text holds a run of neighbouring keys.
pub(crate) fn has_keyboard_run(text: &str) -> bool {
    let letters: Vec<char> = text.to_lowercase().chars().collect();
    letters.windows(MIN_RUN).any(|window| {
        let forward: String = window.iter().collect();
        let backward: String = window.iter().rev().collect();
        KEYBOARD_ROWS.iter().any(|row| row.contains(&forward) || row.contains(&backward))
    })
}

/// Whether a text has letters with case and none of them is upper case.
pub(crate) fn is_uncapitalised(text: &str) -> bool {
    text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase)
}
