//! Whether an e-mail address is at the own domain of a company.

use super::{DISPOSABLE, FREE, email_domain};

/// Letters and digits of the shortest label that tells a company: `co` and `ag` are in too many domains.
const SHORTEST_LABEL: usize = 3;

/// Whether an e-mail address is at the company's own domain, where `company` is its web site or its name.
///
/// A web site (`https://www.acme.example/about`, `acme.example`) is compared with the address's domain: they are equal, or
/// one is a subdomain of the other. A name is compared with each label of the domain but the last: without its hyphens
/// it is the name's first words written together (`Acme Tools Ltd`: `acme`, `acmetools`, `acmetoolsltd`), and at least 3
/// characters long. Domains of providers open to anyone, or of throw-away mailboxes, are no company's own, whatever its name.
pub fn company_email_domain(address: &str, company: &str) -> bool {
    let Some(domain) = email_domain(address) else { return false };
    if FREE.contains(domain.as_str()) || DISPOSABLE.contains(domain.as_str()) {
        return false;
    }
    let company = company.trim().to_lowercase();
    match host(&company) {
        Some(host) => domain == host || is_below(&domain, host) || is_below(host, &domain),
        None => domain.rsplit('.').skip(1).any(|label| is_named(label, &company)),
    }
}

/// The host of a web address in lower case, without `www.`; `None` where the text is no web address: it has a blank, or no
/// dot between filled labels.
fn host(text: &str) -> Option<&str> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let host = host.strip_suffix('.').unwrap_or(host);
    let is_one = host.contains('.') && !host.contains(char::is_whitespace) && host.split('.').all(|l| !l.is_empty());
    is_one.then_some(host)
}

/// Whether a domain is a subdomain of another.
fn is_below(domain: &str, of: &str) -> bool {
    domain.strip_suffix(of).is_some_and(|rest| rest.ends_with('.'))
}

/// Whether a label without its hyphens is the first words of a name, written together.
fn is_named(label: &str, name: &str) -> bool {
    let label = label.replace('-', "");
    if label.chars().count() < SHORTEST_LABEL {
        return false;
    }
    let mut rest = label.as_str();
    for word in name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        match rest.strip_prefix(word) {
            Some("") => return true,
            Some(after) => rest = after,
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_at_the_company() {
        for (address, company, fires) in [
            ("ann@acme.example", "acme.example", true),
            ("ann@Acme.Example", " https://www.ACME.example:8080/about?x=1#y ", true),
            ("ann@acme.example", "http://acme.example.", true),
            ("ann@mail.acme.example", "www.acme.example", true),
            ("ann@acme.example", "shop.acme.example", true),
            ("ann@notacme.example", "acme.example", false),
            ("ann@acme.test", "acme.example", false),
            ("ann@acme.example", "Acme", true),
            ("ann@acme.co.test", "Acme Tools Ltd.", true),
            ("ann@acme-tools.example", "Acme Tools Ltd.", true),
            ("ann@acmetoolsltd.example", "Acme & Tools, Ltd.", true),
            ("ann@mail.acmetools.example", "ACME Tools", true),
            ("ann@tools.example", "Acme Tools", false),
            ("ann@acmeto.example", "Acme Tools", false),
            ("ann@acmetoolsplus.example", "Acme Tools", false),
            ("ann@mcdonalds.example", "McDonald's", true),
            ("ann@att.example", "AT&T", true),
            ("ann@at.example", "AT&T", false),
            ("ann@something.acme", "Acme", false),
            ("ann@amazon.example", "Amazon.com, Inc.", true),
            ("ann@müller.example", "Müller GmbH", true),
            ("ann@inc.example", "Inc.", true),
            ("ann@gmail.com", "Gmail", false),
            ("ann@gmail.com", "https://gmail.com", false),
            ("ann@mailinator.com", "Mailinator", false),
            ("ann@acme.example", "", false),
            ("ann@acme.example", "- / -", false),
            ("ann@---.example", "", false),
            ("ann", "acme.example", false),
        ] {
            assert_eq!(company_email_domain(address, company), fires, "{address} of {company}");
        }
    }
}
