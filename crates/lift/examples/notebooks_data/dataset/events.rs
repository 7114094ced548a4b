//! What leads did, as a tracking cookie and the e-mail tool recorded it: bursts of activity, and silence between them.
//!
//! Visits from before a lead's creation are in the log too: the cookie was recognised when the form was filled in.

use super::draw::Draw;
use super::leads::Lead;
use super::outcome::Outcome;
use super::truth::Snapshot;
use super::{DATA_END, DAY};

/// One event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Event {
    /// Index of the lead.
    pub(crate) lead: usize,
    /// Seconds since 1970-01-01 UTC.
    pub(crate) time: i64,
    pub(crate) name: &'static str,
    /// Of page views.
    pub(crate) page: Option<&'static str>,
    /// Of e-mails the campaign, of downloads the document, of webinars the title.
    pub(crate) asset: Option<&'static str>,
}

/// What someone looks for on the web site.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Interest {
    Buying,
    Reading,
    Job,
}

const WELCOME: [(&str, i64); 4] =
    [("welcome-1", 3_600), ("welcome-2", 3 * DAY), ("welcome-3", 7 * DAY), ("welcome-4", 11 * DAY)];
const NEWSLETTERS: [&str; 6] =
    ["newsletter-a", "newsletter-b", "newsletter-c", "product-news", "case-study", "event-invitation"];
const DOCUMENTS: [&str; 4] = ["buyers-guide.pdf", "security-whitepaper.pdf", "roi-calculator.xlsx", "benchmark.pdf"];
const WEBINARS: [&str; 3] = ["Getting started", "Live demo", "Customer stories"];
/// Days before creation that a recognised cookie reaches back.
const COOKIE_DAYS: i64 = 120;

/// Everything a lead does whatever becomes of it, in the order of time. Nothing for those who are not tracked.
pub(crate) fn history(index: usize, lead: &Lead, snapshot: &Snapshot, draw: &mut Draw) -> Vec<Event> {
    if !draw.chance(tracked_share(lead.source)) {
        return Vec::new();
    }
    let interest = interest(lead, draw);
    let eagerness = draw.unit();
    let mut log = Log { lead: index, events: Vec::new() };
    // Old visitors whom someone typed into the CRM later: no form, no welcome series, weeks of silence.
    let typed_in = draw.chance(if is_offline(lead.source) { 0.45 } else { 0.12 });
    for _ in 0..usize::from(typed_in) + draw.repeats(0.42 + 0.25 * eagerness, 5) {
        let time = lead.created_at - draw.low_between(DAY / 24, COOKIE_DAYS * DAY);
        log.burst(time, interest, eagerness, draw);
    }
    if !typed_in && draw.chance(if is_offline(lead.source) { 0.12 } else { 0.80 }) {
        log.burst(lead.created_at - draw.between(60, 1_800), interest, eagerness, draw);
    }
    for _ in 0..draw.repeats(0.28 + 0.35 * eagerness, 6) {
        let time = lead.created_at + draw.low_between(DAY / 24, 240 * DAY);
        log.burst(time, interest, eagerness, draw);
    }
    if lead.email.is_some() {
        log.emails(lead, typed_in, eagerness, draw);
    }
    let mut events = log.events;
    events.sort_by_key(|event| event.time);
    forget_stale_visits(&mut events, lead, snapshot);
    events
}

/// What those who convert do more: they come back before they buy, and half of them use what they bought.
pub(crate) fn around_conversion(index: usize, history: &[Event], outcome: Outcome, draw: &mut Draw) -> Vec<Event> {
    let mut log = Log { lead: index, events: Vec::new() };
    let Some(time) = outcome.converts_at.filter(|_| !history.is_empty()) else {
        return log.events;
    };
    log.burst(time - draw.between(DAY / 4, 5 * DAY), Interest::Buying, 0.9, draw);
    if draw.chance(0.4) {
        log.add(time - 600, "demo_request", None, None);
    }
    if draw.chance(0.5) {
        for _ in 0..3 + draw.repeats(0.8, 12) {
            let start = time + draw.low_between(DAY / 24, 200 * DAY);
            for visit in 0..draw.between(1, 5) {
                log.add(
                    start + visit * draw.between(20, 400),
                    "page_view",
                    Some(draw.pick(&["/login", "/docs"])),
                    None,
                );
            }
        }
    }
    // Nothing up to the snapshot: an outcome must not reach back into what it was drawn from.
    log.events.retain(|event| event.time > outcome.as_of);
    log.events
}

fn is_offline(source: Option<&str>) -> bool {
    matches!(source, Some("Trade fair" | "Purchased list" | "Partner"))
}

/// Share of a source's leads of which anything was ever recorded.
fn tracked_share(source: Option<&str>) -> f64 {
    match source {
        Some("Purchased list") => 0.35,
        Some("Trade fair" | "Partner") => 0.55,
        Some("Referral") => 0.62,
        _ => 0.76,
    }
}

fn interest(lead: &Lead, draw: &mut Draw) -> Interest {
    let job = if lead.seniority == Some("Student or intern") { 0.3 } else { 0.10 };
    match draw.unit() {
        u if u < job => Interest::Job,
        u if u < 0.58 => Interest::Reading,
        _ => Interest::Buying,
    }
}

/// Drops what happened before the window where nothing happened in it, so that "days since the last event" means the
/// same with and without a window.
fn forget_stale_visits(events: &mut Vec<Event>, lead: &Lead, snapshot: &Snapshot) {
    let as_of = lead.created_at + snapshot.after_days * DAY;
    let start = as_of - snapshot.window_days * DAY;
    if !events.iter().any(|event| event.time > start && event.time <= as_of) {
        events.retain(|event| event.time > as_of);
    }
}

/// A lead's events in the making.
struct Log {
    lead: usize,
    events: Vec<Event>,
}

impl Log {
    fn add(&mut self, time: i64, name: &'static str, page: Option<&'static str>, asset: Option<&'static str>) {
        self.events.push(Event { lead: self.lead, time, name, page, asset });
    }

    /// One visit: a few pages, minutes apart, and what comes of it.
    fn burst(&mut self, start: i64, interest: Interest, eagerness: f64, draw: &mut Draw) {
        let mut time = start;
        for _ in 0..=1 + draw.repeats(0.45 + 0.35 * eagerness, 12) {
            self.add(time, "page_view", Some(draw.weighted(pages(interest))), None);
            time += draw.low_between(8, 900);
        }
        if interest == Interest::Job {
            return;
        }
        if draw.chance(0.10 + 0.16 * eagerness) {
            self.add(time, "download", None, Some(draw.pick(&DOCUMENTS)));
            time += draw.between(30, 600);
        }
        if draw.chance(0.05 + 0.12 * eagerness) {
            self.add(time + draw.between(DAY / 24, 2 * DAY), "webinar", None, Some(draw.pick(&WEBINARS)));
        }
        if interest == Interest::Buying && draw.chance(0.12) {
            self.add(time, "demo_request", None, None);
        }
    }

    /// The welcome series, then a weekly newsletter that is read less and less; a quarter had the newsletter before.
    fn emails(&mut self, lead: &Lead, typed_in: bool, eagerness: f64, draw: &mut Draw) {
        let mut sends: Vec<(i64, &'static str)> = Vec::new();
        if !typed_in && draw.chance(0.25) {
            sends.extend((1..=12).rev().map(|week| (lead.created_at - week * 7 * DAY, draw.pick(&NEWSLETTERS))));
        }
        if !typed_in {
            sends.extend(WELCOME.map(|(campaign, after)| (lead.created_at + after, campaign)));
        }
        let weeks = 1 + draw.between(0, 4) + i64::try_from(draw.repeats(0.91, 60)).expect("at most 60");
        sends.extend((1..=weeks).map(|week| (lead.created_at + (11 + 7 * week) * DAY, draw.pick(&NEWSLETTERS))));
        for (sent, campaign) in sends {
            if sent > DATA_END {
                return;
            }
            if !draw.chance(0.15 + 0.40 * eagerness) {
                continue;
            }
            let opened = sent + draw.low_between(60, 2 * DAY);
            self.add(opened, "email_open", None, Some(campaign));
            if draw.chance(0.20 + 0.35 * eagerness) {
                self.add(opened + draw.between(5, 240), "email_click", None, Some(campaign));
            }
            let annoyed = if campaign.starts_with("welcome") { 0.045 } else { 0.008 };
            if draw.chance(annoyed) {
                self.add(opened + draw.between(300, 600), "unsubscribe", None, Some(campaign));
                return;
            }
        }
    }
}

fn pages(interest: Interest) -> &'static [(&'static str, u32)] {
    match interest {
        Interest::Buying => {
            &[("/", 12), ("/features", 24), ("/pricing", 30), ("/customers", 14), ("/blog", 10), ("/docs", 10)]
        }
        Interest::Reading => {
            &[("/", 18), ("/features", 14), ("/pricing", 7), ("/customers", 8), ("/blog", 43), ("/docs", 10)]
        }
        Interest::Job => &[("/", 22), ("/careers", 48), ("/blog", 16), ("/features", 10), ("/pricing", 4)],
    }
}
