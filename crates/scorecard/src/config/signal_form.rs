//! A signal as it stands in JSON: one object whose keys depend on its kind.

use leadcal_lift::signals::{Layout, SignalKind};
use serde::{Deserialize, Serialize};

use super::inputs::Signal;

/// Letters in a row that make a keyboard run where the config does not say.
pub(crate) const MIN_RUN: u32 = 4;

/// Every key a signal may have; [`Signal`] tells which belong together.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignalForm {
    name: String,
    group: String,
    kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    also: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layouts: Option<Vec<Layout>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min_run: Option<u32>,
    points: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    FreeEmailDomain,
    DisposableEmailDomain,
    CompanyEmailDomain,
    KeyboardRun,
    Uncapitalised,
    FilledFields,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::FreeEmailDomain => "free_email_domain",
            Self::DisposableEmailDomain => "disposable_email_domain",
            Self::CompanyEmailDomain => "company_email_domain",
            Self::KeyboardRun => "keyboard_run",
            Self::Uncapitalised => "uncapitalised",
            Self::FilledFields => "filled_fields",
        }
    }

    /// Keys of this kind besides name, group, kind and points; `field`, `company` and `fields` are required.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::FreeEmailDomain | Self::DisposableEmailDomain => &["field", "also"],
            Self::CompanyEmailDomain => &["field", "company"],
            Self::KeyboardRun => &["field", "layouts", "min_run"],
            Self::Uncapitalised => &["field"],
            Self::FilledFields => &["fields"],
        }
    }
}

impl TryFrom<SignalForm> for Signal {
    type Error = String;

    fn try_from(form: SignalForm) -> Result<Self, String> {
        let given = [
            ("field", form.field.is_some()),
            ("company", form.company.is_some()),
            ("fields", form.fields.is_some()),
            ("also", form.also.is_some()),
            ("layouts", form.layouts.is_some()),
            ("min_run", form.min_run.is_some()),
        ];
        for (key, given) in given {
            if given && !form.kind.keys().contains(&key) {
                return Err(format!("a signal of kind \"{}\" has no key \"{key}\"", form.kind.name()));
            }
        }
        let missing = |key| format!("a signal of kind \"{}\" needs the key \"{key}\"", form.kind.name());
        let field = || form.field.clone().ok_or_else(|| missing("field"));
        let also = || form.also.clone().unwrap_or_default();
        let kind = match form.kind {
            Kind::FreeEmailDomain => SignalKind::FreeEmailDomain { field: field()?, also: also() },
            Kind::DisposableEmailDomain => SignalKind::DisposableEmailDomain { field: field()?, also: also() },
            Kind::CompanyEmailDomain => SignalKind::CompanyEmailDomain {
                field: field()?,
                company: form.company.clone().ok_or_else(|| missing("company"))?,
            },
            Kind::KeyboardRun => SignalKind::KeyboardRun {
                field: field()?,
                layouts: form.layouts.clone().unwrap_or_else(|| Layout::ALL.to_vec()),
                min_run: form.min_run.unwrap_or(MIN_RUN),
            },
            Kind::Uncapitalised => SignalKind::Uncapitalised { field: field()? },
            Kind::FilledFields => {
                SignalKind::FilledFields { fields: form.fields.clone().ok_or_else(|| missing("fields"))? }
            }
        };
        Ok(Self { name: form.name, group: form.group, kind, points: form.points })
    }
}

impl From<Signal> for SignalForm {
    fn from(signal: Signal) -> Self {
        let mut form = Self {
            name: signal.name,
            group: signal.group,
            kind: Kind::Uncapitalised,
            field: None,
            company: None,
            fields: None,
            also: None,
            layouts: None,
            min_run: None,
            points: signal.points,
        };
        let listed = |also: Vec<String>| (!also.is_empty()).then_some(also);
        match signal.kind {
            SignalKind::FreeEmailDomain { field, also } => {
                (form.kind, form.field, form.also) = (Kind::FreeEmailDomain, Some(field), listed(also));
            }
            SignalKind::DisposableEmailDomain { field, also } => {
                (form.kind, form.field, form.also) = (Kind::DisposableEmailDomain, Some(field), listed(also));
            }
            SignalKind::CompanyEmailDomain { field, company } => {
                (form.kind, form.field, form.company) = (Kind::CompanyEmailDomain, Some(field), Some(company));
            }
            SignalKind::KeyboardRun { field, layouts, min_run } => {
                (form.kind, form.field) = (Kind::KeyboardRun, Some(field));
                (form.layouts, form.min_run) = (Some(layouts), Some(min_run));
            }
            SignalKind::Uncapitalised { field } => form.field = Some(field),
            SignalKind::FilledFields { fields } => (form.kind, form.fields) = (Kind::FilledFields, Some(fields)),
        }
        form
    }
}
