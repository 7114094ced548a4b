//! What is counted over the seeds.

use std::collections::BTreeMap;
use std::fmt;

use crate::holds;

/// Of each number of the truth: how often its interval holds it.
#[derive(Default)]
pub(crate) struct Coverage(BTreeMap<String, Vec<Noted>>);

struct Noted {
    truth: f64,
    estimate: f64,
    interval: [f64; 2],
}

impl Noted {
    fn holds(&self) -> bool {
        holds(self.interval, self.truth)
    }
}

impl Coverage {
    pub(crate) fn note(&mut self, name: String, truth: f64, estimate: f64, interval: [f64; 2]) {
        self.0.entry(name).or_default().push(Noted { truth, estimate, interval });
    }

    pub(crate) fn assert_at_least(&self, least: usize) {
        let holding = |noted: &[Noted]| noted.iter().filter(|noted| noted.holds()).count();
        let short: Vec<String> = self
            .0
            .iter()
            .filter(|(_, noted)| holding(noted) < least)
            .map(|(name, noted)| format!("{name}: {} of {}", holding(noted), noted.len()))
            .collect();
        assert!(short.is_empty(), "intervals without the truth: {}", short.join(", "));
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, noted) in &self.0 {
            let holding = noted.iter().filter(|noted| noted.holds()).count();
            let mut estimates: Vec<f64> = noted.iter().map(|noted| noted.estimate).collect();
            estimates.sort_by(f64::total_cmp);
            let median = estimates[estimates.len() / 2];
            write!(f, "{name:45} {holding:2} of {}, truth {:6.2}, median {median:6.2};", noted.len(), noted[0].truth)?;
            for noted in noted.iter().filter(|noted| !noted.holds()) {
                write!(f, " {:.2} in {:.2} to {:.2};", noted.estimate, noted.interval[0], noted.interval[1])?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// Of each level that repels leads: its points over the seeds, and which were conclusive.
#[derive(Default)]
pub(crate) struct Signs(BTreeMap<String, Vec<(i64, bool)>>);

impl Signs {
    pub(crate) fn note(&mut self, name: String, points: i64, conclusive: bool) {
        self.0.entry(name).or_default().push((points, conclusive));
    }

    /// No level has positive points, conclusive or not; in at least so many seeds each is negative, or else inconclusive.
    pub(crate) fn assert_never_positive(&self, least: usize) {
        for (name, noted) in &self.0 {
            let positive = noted.iter().filter(|(points, _)| *points > 0).count();
            assert_eq!(positive, 0, "{name} has positive points");
            let sure = noted.iter().filter(|(points, conclusive)| *points < 0 || !conclusive).count();
            assert!(sure >= least, "{name}: {noted:?}");
        }
    }
}

impl fmt::Display for Signs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, noted) in &self.0 {
            let negative = noted.iter().filter(|(points, _)| *points < 0).count();
            let conclusive = noted.iter().filter(|(_, conclusive)| *conclusive).count();
            let (least, most) = (noted.iter().min(), noted.iter().max());
            let ends = [least, most].map(|end| end.map_or(0, |end| end.0));
            writeln!(f, "{name:55} {negative:2} negative, {conclusive:2} conclusive, points {ends:?}")?;
        }
        Ok(())
    }
}
