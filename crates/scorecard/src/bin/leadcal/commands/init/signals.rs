//! Data-quality signals proposed from the names and values of columns, and the columns that say who somebody is.

use leadcal_lift::patterns::{Counts, CovariatePatterns};
use leadcal_lift::profile::ColumnProfile;
use leadcal_lift::signals::email_domain;
use leadcal_scorecard::leakage::Suspect;

use super::super::plain;
use super::super::summary::grouped;
use super::text::{aligned, comment, key, list, toml};

/// A column holds e-mail addresses when at least this share of its values are some.
const ADDRESSES: f64 = 0.5;
/// Fewer distinct values than this share of them, and a contact field is a choice rather than something typed in.
const TYPED_IN: f64 = 0.5;
/// What names and contact fields are called, in [`plain`] form.
const FIRST_NAMES: [&str; 4] = ["firstname", "givenname", "forename", "fname"];
const LAST_NAMES: [&str; 5] = ["lastname", "surname", "familyname", "secondname", "lname"];
const FULL_NAMES: [&str; 5] = ["fullname", "name", "contactname", "leadname", "contact"];
const WEB_SITES: [&str; 6] = ["website", "companywebsite", "companyurl", "homepage", "companydomain", "domain"];
const COMPANIES: [&str; 7] =
    ["company", "companyname", "organisation", "organization", "account", "accountname", "employer"];
/// Words in the names of contact fields that forms leave optional.
const CONTACTS: [&str; 9] =
    ["phone", "mobile", "cellphone", "fax", "website", "homepage", "linkedin", "twitter", "xing"];

/// What is proposed before it is known for how many leads each signal fires.
pub(super) struct Candidates {
    signals: Vec<Signal>,
    /// Optional contact fields; each is probed by a signal of its own.
    fields: Vec<String>,
    /// Columns that say who somebody is: points on them would be points on names.
    pub(super) identifying: Vec<String>,
    taken: Vec<String>,
}

struct Signal {
    name: String,
    /// Its keys as an inline table.
    keys: String,
}

/// Columns that hold e-mail addresses, and names of people.
pub(in super::super) struct Contacts {
    pub(in super::super) emails: Vec<String>,
    pub(in super::super) names: Vec<String>,
}

/// The columns of addresses and names among those that are not `used` for another job.
pub(in super::super) fn contacts(profiles: &[ColumnProfile], used: &[&str]) -> Contacts {
    let free = profiles.iter().filter(|profile| !used.contains(&profile.name.as_str()) && profile.present() > 0);
    let names = [&FIRST_NAMES[..], &LAST_NAMES, &FULL_NAMES].into_iter();
    Contacts {
        emails: free.filter(|profile| addresses(profile)).map(|profile| profile.name.clone()).collect(),
        names: names.filter_map(|names| called(profiles, used, names)).cloned().collect(),
    }
}

/// The first column with one of these names into which people typed something, but no addresses.
fn called<'a>(profiles: &'a [ColumnProfile], used: &[&str], names: &[&str]) -> Option<&'a String> {
    let found = |profile: &&ColumnProfile| {
        names.contains(&plain(&profile.name).as_str())
            && !used.contains(&profile.name.as_str())
            && profile.present() > 0
            && typed_in(profile)
            && !addresses(profile)
    };
    profiles.iter().find(found).map(|profile| &profile.name)
}

impl Candidates {
    /// What the columns' names and values suggest. Columns in `used` have a job already, such as the outcome.
    pub(super) fn of(profiles: &[ColumnProfile], used: &[&str]) -> Self {
        let mut found = Self {
            signals: Vec::new(),
            fields: Vec::new(),
            identifying: Vec::new(),
            taken: profiles.iter().map(|profile| profile.name.clone()).collect(),
        };
        let free = |profile: &&ColumnProfile| !used.contains(&profile.name.as_str()) && profile.present() > 0;
        let called = |names: &[&str]| called(profiles, used, names);
        let company = called(&WEB_SITES).or_else(|| called(&COMPANIES));
        let Contacts { emails, names } = contacts(profiles, used);
        for email in &emails {
            let of = if emails.len() > 1 { format!(" of {email}") } else { String::new() };
            let field = toml(email);
            found.add(&format!("free e-mail domain{of}"), format!("kind = \"free_email_domain\", field = {field}"));
            found.add(
                &format!("disposable e-mail domain{of}"),
                format!("kind = \"disposable_email_domain\", field = {field}"),
            );
            if let Some(company) = company {
                let keys = format!("kind = \"company_email_domain\", field = {field}, company = {}", toml(company));
                found.add(&format!("company's own e-mail domain{of}"), keys);
            }
            found.identifying.push(email.clone());
        }
        for name in &names {
            let field = toml(name);
            found.add(&format!("keyboard run in {name}"), format!("kind = \"keyboard_run\", field = {field}"));
            found.add(&format!("{name} uncapitalised"), format!("kind = \"uncapitalised\", field = {field}"));
            found.identifying.push(name.clone());
        }
        let contacts = profiles.iter().filter(free).filter(|profile| contact(profile) && !addresses(profile));
        for profile in contacts {
            found.identifying.push(profile.name.clone());
            if profile.missing > 0 {
                found.fields.push(profile.name.clone());
            }
        }
        if !found.identifying.is_empty() {
            found.identifying.extend(called(&COMPANIES).cloned());
            found.identifying.extend(called(&WEB_SITES).cloned());
        }
        found.identifying.sort();
        found.identifying.dedup();
        found
    }

    fn add(&mut self, name: &str, keys: String) {
        let name = super::unique(name, &mut self.taken);
        self.signals.push(Signal { name, keys });
    }

    /// The signals as lines of `[signals]` that count for how many leads each fires, every contact field for itself.
    pub(super) fn probes(&self) -> String {
        let signals = self.signals.iter().map(|signal| (signal.name.clone(), signal.keys.clone()));
        let fields = self.fields.iter().map(|field| (probe(field), filled(std::slice::from_ref(field))));
        let lines = signals.chain(fields).map(|(name, keys)| (format!("{} = {{ {keys} }}", key(&name)), String::new()));
        aligned(&lines.collect::<Vec<_>>())
    }

    /// The section, with how often each fired in the probes; signals that tell too little, or the outcome, as comments.
    pub(super) fn text(&self, patterns: &CovariatePatterns, suspects: &[Suspect], min_leads: u64) -> String {
        let suspect = |name: &str| suspects.iter().find(|suspect| suspect.column == name);
        let fires = |name: &str| {
            let at = patterns.attributes().iter().position(|attribute| attribute.name == name);
            let Counts { leads, .. } = patterns.margin(at.expect("every probe is an attribute"));
            (leads.iter().sum::<u64>() - leads[0], leads[0])
        };
        let mut lines = Vec::new();
        let mut line = |name: &str, keys: &str, probe: &str, figure: &dyn Fn(u64) -> String| {
            let code = format!("{} = {{ {keys} }}", key(name));
            let (with, without) = fires(probe);
            lines.push(match suspect(probe) {
                Some(suspect) if suspect.reason.strong() => (format!("# {code}"), format!("leak? {}", suspect.reason)),
                _ if with < min_leads => (format!("# {code}"), format!("{}, too few to tell", leads(with))),
                _ if without < min_leads => (format!("# {code}"), format!("all leads but {}", grouped(without))),
                Some(suspect) => (code, format!("{}; worth a look: {}", figure(with), suspect.reason)),
                None => (code, figure(with)),
            });
        };
        for Signal { name, keys } in &self.signals {
            line(name, keys, name, &leads);
        }
        let (kept, doubtful): (Vec<&String>, Vec<&String>) = self.fields.iter().partition(|field| {
            let (with, without) = fires(&probe(field));
            let leaks = suspect(&probe(field)).is_some_and(|suspect| suspect.reason.strong());
            !leaks && with >= min_leads && without >= min_leads
        });
        if !kept.is_empty() {
            let kept: Vec<String> = kept.into_iter().cloned().collect();
            let shares: Vec<String> =
                kept.iter().map(|field| format!("{field} {}", grouped(fires(&probe(field)).0))).collect();
            let name = super::unique("contact fields filled", &mut self.taken.clone());
            let code = format!("{} = {{ {} }}", key(&name), filled(&kept));
            lines.push((code, format!("once for each: {} leads", shares.join(", "))));
        }
        let mut line = |name: &str, keys: &str, probe: &str| {
            let (with, without) = fires(probe);
            let why = match suspect(probe) {
                Some(suspect) if suspect.reason.strong() => format!("leak? {}", suspect.reason),
                _ if with < min_leads => format!("{} have it, too few to tell", leads(with)),
                _ => format!("all leads but {} have it", grouped(without)),
            };
            lines.push((format!("# {} = {{ {keys} }}", key(name)), why));
        };
        for field in doubtful {
            line(&format!("{field} filled"), &filled(std::slice::from_ref(field)), &probe(field));
        }
        if lines.is_empty() {
            return String::new();
        }
        let heading = "Signals: points, mostly negative, for the quality of what was typed in. They may read columns that \
                       `exclude` names. Beside each, for how many leads it fires. Keys: kind, field, also, layouts, \
                       min_run, group.";
        format!("\n{}[signals]\n{}", comment(heading), aligned(&lines))
    }
}

/// The probe of a contact field.
fn probe(field: &str) -> String {
    format!("filled: {field}")
}

fn filled(fields: &[String]) -> String {
    format!("kind = \"filled_fields\", fields = {}", list(fields))
}

fn leads(n: u64) -> String {
    if n == 1 { "1 lead".to_owned() } else { format!("{} leads", grouped(n)) }
}

/// Whether most values are e-mail addresses; where the values were too many to keep, whether the name and one of them say so.
fn addresses(profile: &ColumnProfile) -> bool {
    let is_one = |text: &str| email_domain(text).is_some_and(|_| !text.trim().contains(char::is_whitespace));
    match &profile.texts {
        Some(texts) => {
            let of = texts.iter().filter(|(text, _)| is_one(text)).map(|(_, count)| count.leads).sum::<u64>();
            of > 0 && of as f64 >= ADDRESSES * profile.present() as f64
        }
        None => profile.not_a_number.as_ref().is_some_and(|other| is_one(&other.text)),
    }
}

/// Whether the values are texts that somebody typed in, not one of a few choices or a yes and no.
fn typed_in(profile: &ColumnProfile) -> bool {
    let few = profile.values().is_some_and(|values| values.len() <= super::FEW);
    profile.not_a_number.is_some() && !few && profile.days.leads() < profile.present()
}

/// A contact field: its name says so and its values differ from lead to lead.
fn contact(profile: &ColumnProfile) -> bool {
    let name = plain(&profile.name);
    let distinct = profile.values().map_or(usize::MAX, |values| values.len());
    CONTACTS.iter().any(|word| name.contains(word)) && distinct as f64 >= TYPED_IN * profile.present() as f64
}

#[cfg(test)]
mod tests;
