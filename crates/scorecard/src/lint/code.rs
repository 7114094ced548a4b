//! The kinds of findings, by codes that stay what they are.

use serde::{Serialize, Serializer};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// There is another way, which may be better.
    Advice,
    /// Something is lacking, or hardly meant.
    Warning,
    /// Scores mislead.
    Error,
}

/// A kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// Fewer than 40 conversions, or leads that did not convert.
    FewConversions,
    /// An attribute that alone ranks the leads almost perfectly.
    Leakage,
    /// A band that no lead can reach.
    UnreachableBand,
    /// A stage that no lead can reach.
    UnreachableStage,
    /// Points that rest on fewer than 30 leads.
    ThinLevel,
    /// Points outside the interval of their evidence.
    EditedPoints,
    /// Nothing takes points away.
    NoNegativePoints,
    /// No bands, and no stages.
    NoBands,
    /// A band that none of the leads given is in.
    EmptyBand,
    /// Events count in full to the end of their window.
    NoDecay,
    /// Opened e-mails give points without a limit.
    OpensUncapped,
    /// An opened e-mail is worth more than a click.
    OpensAboveClicks,
    /// Calibrated more than a quarter ago.
    Stale,
    /// Silence costs nothing.
    NoInactivity,
    /// A column that tells too much to have been known beforehand.
    PossibleLeakage,
    /// Many attributes where few reach as far.
    ManyAttributes,
    /// Two attributes that are paid for the same news.
    PaidTwice,
    /// Fields of names and e-mails that no signal looks at.
    UnusedSignals,
    /// Sales can call every lead.
    ScoringNotNeeded,
}

impl Code {
    /// Every kind, worst first.
    pub const ALL: [Self; 19] = [
        Self::FewConversions,
        Self::Leakage,
        Self::UnreachableBand,
        Self::UnreachableStage,
        Self::ThinLevel,
        Self::EditedPoints,
        Self::NoNegativePoints,
        Self::NoBands,
        Self::EmptyBand,
        Self::NoDecay,
        Self::OpensUncapped,
        Self::OpensAboveClicks,
        Self::Stale,
        Self::NoInactivity,
        Self::PossibleLeakage,
        Self::ManyAttributes,
        Self::PaidTwice,
        Self::UnusedSignals,
        Self::ScoringNotNeeded,
    ];

    /// The code as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FewConversions => "few-conversions",
            Self::Leakage => "leakage",
            Self::UnreachableBand => "unreachable-band",
            Self::UnreachableStage => "unreachable-stage",
            Self::ThinLevel => "thin-level",
            Self::EditedPoints => "edited-points",
            Self::NoNegativePoints => "no-negative-points",
            Self::NoBands => "no-bands",
            Self::EmptyBand => "empty-band",
            Self::NoDecay => "no-decay",
            Self::OpensUncapped => "opens-uncapped",
            Self::OpensAboveClicks => "opens-above-clicks",
            Self::Stale => "stale",
            Self::NoInactivity => "no-inactivity",
            Self::PossibleLeakage => "possible-leakage",
            Self::ManyAttributes => "many-attributes",
            Self::PaidTwice => "paid-twice",
            Self::UnusedSignals => "unused-signals",
            Self::ScoringNotNeeded => "scoring-not-needed",
        }
    }

    /// How much it matters.
    pub fn severity(self) -> Severity {
        match self {
            Self::FewConversions | Self::Leakage => Severity::Error,
            Self::UnreachableBand
            | Self::UnreachableStage
            | Self::ThinLevel
            | Self::EditedPoints
            | Self::NoNegativePoints
            | Self::NoBands
            | Self::EmptyBand
            | Self::NoDecay
            | Self::OpensUncapped
            | Self::OpensAboveClicks
            | Self::Stale => Severity::Warning,
            Self::NoInactivity
            | Self::PossibleLeakage
            | Self::ManyAttributes
            | Self::PaidTwice
            | Self::UnusedSignals
            | Self::ScoringNotNeeded => Severity::Advice,
        }
    }
}

impl Severity {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
