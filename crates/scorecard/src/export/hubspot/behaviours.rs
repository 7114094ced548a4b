//! Behaviours as HubSpot's event rules. HubSpot's points of a group lose a share of themselves each interval, in a straight line;
//! a group with such a decay has no time frames.

use leadcal_lift::attribute::Scalar;
use serde_json::{Value as Json, json};

use super::filters::{condition, of_number, operation, with};
use super::{Draft, conditional, number, rule};
use crate::config::{Behaviour, Group};

impl Draft<'_, '_> {
    /// The rules of a group's behaviours.
    pub(super) fn behaviours(&mut self, group: &Group) -> Vec<Json> {
        let model = self.model;
        let of_group = model.behaviours.iter().enumerate().filter(|(_, behaviour)| behaviour.group == group.name);
        let decays = of_group.clone().any(|(_, behaviour)| behaviour.half_life_days.is_some());
        of_group.filter_map(|(index, behaviour)| self.behaviour(index, behaviour, decays)).collect()
    }

    /// How a group's points fade: the first half-life among its behaviours.
    pub(super) fn decay(&mut self, index: usize, group: &Group) -> Option<Json> {
        let model = self.model;
        let mut of_group = model.behaviours.iter().filter(|behaviour| behaviour.group == group.name);
        let days = of_group.find_map(|behaviour| behaviour.half_life_days)?;
        let lost = "decay is the group's in HubSpot: points of attributes and signals in it may fade, too";
        if model.attributes.iter().any(|attribute| attribute.group == group.name)
            || model.signals.iter().any(|signal| signal.group == group.name)
        {
            self.losses.add(format!("{}/groups/{index}", self.at), format!("group \"{}\"", group.name), lost);
        }
        Some(json!({ "decayIntervalDays": whole_days(days), "percentToDecayPerInterval": 50 }))
    }

    fn behaviour(&mut self, index: usize, behaviour: &Behaviour, decays: bool) -> Option<Json> {
        let at = format!("{}/behaviours/{index}", self.at);
        let part = format!("behaviour \"{}\"", behaviour.name);
        let Some(event) = &behaviour.event else {
            self.losses.add(at, part, "left out: HubSpot counts events of one type, not of any");
            return None;
        };
        let Some(conditions) = conditions(behaviour) else {
            let lost = "left out: HubSpot's conditions are joined by \"and\" alone, so a property takes several texts, but not \
                        several numbers or values of several types";
            self.losses.add(format!("{at}/where"), part, lost);
            return None;
        };
        let type_id = self.names.given_or_same(event);
        if type_id == *event {
            let lost =
                format!("HubSpot wants the event type's ID where the name stands; give it with --rename {event}=ID");
            self.losses.add(format!("{at}/event"), part.clone(), lost);
        }
        if behaviour.once_a_day {
            self.losses.add(format!("{at}/once_a_day"), part.clone(), "every event counts, not one a day");
        }
        if decays {
            let lost = "HubSpot takes no time frame beside decay: events count until they have faded";
            self.losses.add(format!("{at}/window_days"), part.clone(), lost);
            self.half_life_loss(&at, part, behaviour);
        } else {
            let lost = "the window begins and ends at midnight in the account's time zone, not at the moment scored";
            self.losses.add(format!("{at}/window_days"), part, lost);
        }
        Some(event_rule(behaviour, &type_id, &conditions, decays))
    }

    fn half_life_loss(&mut self, at: &str, part: String, behaviour: &Behaviour) {
        let pointer = format!("{at}/half_life_days");
        let mut groups = self.model.behaviours.iter().filter(|other| other.group == behaviour.group);
        let first = groups.find_map(|other| other.half_life_days).expect("the group decays");
        let lost = match behaviour.half_life_days {
            None => format!("it fades with its group, to half after {} days", whole_days(first)),
            Some(days) if (days - first).abs() > 0.0 => {
                format!("{days} days; HubSpot has one decay a group, here 50 percent in {} days", whole_days(first))
            }
            Some(days) => format!(
                "{days} days; HubSpot takes away 50 percent of the first value every {} days, so nothing is left after two",
                whole_days(days)
            ),
        };
        self.losses.add(pointer, part, lost);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a half-life is at most 1e9 days")]
fn whole_days(days: f64) -> i64 {
    days.round().max(1.0) as i64
}

/// Points of each event that counts, up to those of the most that do.
fn event_rule(behaviour: &Behaviour, type_id: &str, conditions: &[Json], decays: bool) -> Json {
    let points = behaviour.points_each;
    let of_one = if conditions.is_empty() {
        json!({ "type": "CONSTANT", "value": number(points) })
    } else {
        conditional(conditions, points)
    };
    let mut events = json!({ "eventTypeId": type_id, "recordCalculation": of_one });
    if !decays {
        let window = operation("ROLLING_DATE_RANGE", "IS_LESS_THAN_X_DAYS_AGO");
        let window = with(window, "numberOfDays", json!(behaviour.window_days));
        let window = with(window, "requiresTimeZoneConversion", json!(false));
        events["eventTimeframe"] = json!({ "eventFilterOperation": window });
    }
    let mut rule = rule(&json!({ "type": "MULTI_UE", "eventCalculators": [events] }));
    if let Some(most) = behaviour.max_times {
        let end = if points < 0.0 { "minimumValue" } else { "maximumValue" };
        rule[end] = number(points * f64::from(most));
    }
    rule
}

/// What an event's properties must be; none where HubSpot cannot say it.
fn conditions(behaviour: &Behaviour) -> Option<Vec<Json>> {
    let conditions = behaviour.properties.iter().map(|(property, values)| {
        let texts: Vec<&str> = values
            .iter()
            .filter_map(|value| match value {
                Scalar::Text(text) => Some(text.as_str()),
                Scalar::Number(_) | Scalar::Boolean(_) => None,
            })
            .collect();
        let operation = match &values[..] {
            [Scalar::Number(x)] => of_number("IS_EQUAL_TO", *x),
            [Scalar::Boolean(b)] => with(operation("BOOL", "IS_EQUAL_TO"), "value", json!(b)),
            _ if texts.len() == values.len() => with(operation("ENUMERATION", "IS_ANY_OF"), "values", json!(texts)),
            _ => return None,
        };
        Some(condition(property, &operation))
    });
    conditions.collect()
}
