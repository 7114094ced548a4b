//! Valid scoring configs of every form, for property tests.

use jiff::civil::date;
use leadcal_lift::attribute::{Bound, FieldType, Input, Scalar, When};
use leadcal_lift::signals::Layout;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;

/// Fields that the configs read.
pub(crate) const FIELDS: [&str; 6] = ["f0", "f1", "f2", "f3", "f4", "f5"];
/// Texts that the configs list and the leads hold.
pub(crate) const WORDS: [&str; 10] =
    ["a", "b", "é", "yes", "0", "-1", "2024-03-01", "a b@gmail.com", "ann@acme.example", "Acme"];
/// Products of the models besides null.
pub(crate) const PRODUCTS: [&str; 2] = ["loan", "card"];
/// Names of events.
pub(crate) const EVENTS: [&str; 2] = ["page_view", "open"];

/// Points as calibration emits them, as hands edit them, and any at all.
fn points() -> impl Strategy<Value = f64> {
    prop_oneof![(-60_i32..60).prop_map(f64::from), (-60_i32..60).prop_map(|x| f64::from(x) / 4.0), -1e9..1e9]
}

/// Numbers, ascending, none twice.
fn ascending(len: std::ops::Range<usize>) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(prop_oneof![(-9_i32..90).prop_map(f64::from), -50.0..90.0], len).prop_map(|mut values| {
        values.sort_by(f64::total_cmp);
        values.dedup();
        values
    })
}

/// A name that no other index has.
fn name(index: usize) -> impl Strategy<Value = String> {
    "[a-zA-Z\"\\\\/~é<\n ]{0,4}".prop_map(move |text| format!("{text}{index}"))
}

/// One item for each index below a length.
fn list<T: std::fmt::Debug + 'static, S: Strategy<Value = T> + 'static>(
    max: usize,
    item: impl Fn(usize) -> S + Copy + 'static,
) -> impl Strategy<Value = Vec<T>> {
    (0..=max).prop_flat_map(move |len| (0..len).map(item).collect::<Vec<_>>())
}

pub(crate) fn any_config() -> impl Strategy<Value = ScoringConfig> {
    let products = (subsequence(PRODUCTS.to_vec(), 0..=2), any::<bool>());
    products.prop_flat_map(|(products, others)| {
        let mut products: Vec<Option<String>> = products.into_iter().map(|product| Some(product.to_owned())).collect();
        if others || products.is_empty() {
            products.push(None);
        }
        let models: Vec<_> = products.into_iter().map(any_model).collect();
        (name(0), models, prop::option::of(any_provenance())).prop_map(|(name, models, provenance)| ScoringConfig {
            format: Format::ScoringConfig,
            version: VERSION,
            name,
            models,
            provenance,
        })
    })
}

fn any_provenance() -> impl Strategy<Value = Provenance> {
    (prop::option::of("[a-z ]{1,9}"), 0..9_u64, 0..9_u64).prop_map(|(tool, leads, more)| Provenance {
        tool,
        leads: Some(leads + more),
        conversions: Some(leads),
        ..Provenance::default()
    })
}

fn any_model(product: Option<String>) -> impl Strategy<Value = Model> {
    let groups = (name(0).prop_flat_map(any_group), prop::option::of(name(1).prop_flat_map(any_group)));
    groups.prop_flat_map(move |(first, second)| {
        let groups: Vec<Group> = std::iter::once(first).chain(second).collect();
        let group = || select(groups.iter().map(|group| group.name.clone()).collect::<Vec<_>>());
        let count = groups.len();
        let pick = move || 0..count;
        let (groups, product) = (groups.clone(), product.clone());
        let inputs = (
            list(4, move |index| (name(index), pick(), any_attribute())),
            list(2, move |index| (name(index), pick(), any_behaviour())),
            list(3, move |index| (name(index), pick(), any_signal(), points())),
            prop::option::of((group(), any_steps())),
        );
        let rest = (points(), points(), 0.0..200.0_f64, ascending(0..4), ascending(0..3), any_outlook());
        (inputs, rest).prop_map(move |((attributes, behaviours, signals, inactivity), rest)| {
            let (base_points, min, width, bands, stages, outlook) = rest;
            let (min, width): (f64, f64) = (min, width);
            let (rate, coefficients, intercept) = outlook;
            let group = |index: usize| groups[index].name.clone();
            let attributes: Vec<ScoredAttribute> = attributes
                .into_iter()
                .map(|(name, index, (input, levels))| ScoredAttribute { name, group: group(index), input, levels })
                .collect();
            let levels = attributes.iter().flat_map(|attribute| {
                let name = &attribute.name;
                attribute
                    .levels
                    .iter()
                    .map(|level| TermOf::Level { attribute: name.clone(), level: level.name.clone() })
            });
            let behaviour_terms = behaviours.iter().map(|(name, ..)| TermOf::Behaviour(name.clone()));
            let signal_terms = signals.iter().map(|(name, ..)| TermOf::Signal(name.clone()));
            let steps = inactivity.iter().flat_map(|(_, steps): &(String, Vec<InactivityStep>)| steps);
            let step_terms = steps.map(|step| TermOf::Inactivity(step.after_days));
            // The rarer ones first: there are not coefficients for all.
            let all = behaviour_terms.chain(signal_terms).chain(step_terms).chain(levels);
            let terms = all
                .zip(coefficients)
                .filter_map(|(of, coefficient)| coefficient.map(|coefficient| Term { of, coefficient }));
            let terms = terms.collect();
            Model {
                product: product.clone(),
                base_points,
                range: Range { min, max: (min + width).min(LARGEST).max(min) },
                groups: groups.clone(),
                attributes,
                behaviours: behaviours
                    .into_iter()
                    .map(|(name, index, behaviour)| Behaviour { name, group: group(index), ..behaviour })
                    .collect(),
                signals: signals
                    .into_iter()
                    .map(|(name, index, kind, points)| Signal { name, group: group(index), kind, points })
                    .collect(),
                inactivity: inactivity.map(|(group, steps)| Inactivity { group, steps }),
                bands: bands
                    .iter()
                    .enumerate()
                    .map(|(index, from)| Band {
                        name: format!("band {index}"),
                        from: if index == 0 { from.min(min) } else { from.max(min) + index as f64 },
                        action: (index == 1).then(|| "call".to_owned()),
                        expected_rate: (index == 2).then_some(0.25),
                    })
                    .collect(),
                stages: stages
                    .iter()
                    .enumerate()
                    .map(|(index, from)| Stage { name: format!("S{index}"), from: *from })
                    .collect(),
                probability: intercept.map(|intercept| Probability {
                    kind: ProbabilityKind::Logistic,
                    intercept,
                    terms,
                }),
                expected_rate_by_score: rate.map(|slope| ExpectedRateByScore { intercept: -4.12, slope }),
            }
        })
    })
}

/// Slope of the rate by score; coefficients for the levels in order; the probability's intercept.
fn any_outlook() -> impl Strategy<Value = (Option<f64>, Vec<Option<f64>>, Option<f64>)> {
    let coefficient = || prop::option::of(-4.0..4.0);
    (coefficient(), prop::collection::vec(coefficient(), 20), coefficient())
}

fn any_group(name: String) -> impl Strategy<Value = Group> {
    (points(), 0.0..100.0_f64, ascending(0..4)).prop_map(move |(min, width, starts): (f64, f64, Vec<f64>)| {
        let mut tiers: Vec<Tier> =
            starts.iter().rev().enumerate().map(|(i, from)| Tier { name: format!("T{i}"), from: *from }).collect();
        tiers.retain(|tier| tier.from > min);
        if !starts.is_empty() {
            tiers.push(Tier { name: "low".to_owned(), from: min });
        }
        Group { name: name.clone(), min, max: (min + width).min(LARGEST).max(min), tiers }
    })
}

fn any_attribute() -> impl Strategy<Value = (Input, Vec<ScoredLevel>)> {
    let kind = select(vec![FieldType::Number, FieldType::Text, FieldType::Boolean, FieldType::Date]);
    (kind, select(FIELDS.to_vec()), subsequence(vec!["NA", "Select"], 0..=2)).prop_flat_map(|(kind, field, missing)| {
        let missing = missing.into_iter().map(str::to_owned).collect();
        let input = Input { field: field.to_owned(), kind, missing };
        let levels = (any_whens(kind), any::<bool>(), any::<bool>(), prop::collection::vec(points(), 12));
        (levels, prop::option::of(any_evidence())).prop_map(
            move |((mut whens, missing, otherwise, points), evidence)| {
                if missing || (whens.is_empty() && !otherwise) {
                    whens.push(When::Missing);
                }
                if otherwise {
                    whens.push(When::Otherwise);
                }
                let levels = whens.into_iter().zip(points).enumerate().map(|(index, (when, points))| ScoredLevel {
                    name: format!("level {index}"),
                    when,
                    points,
                    evidence: evidence.filter(|_| index == 0),
                });
                (input.clone(), levels.collect())
            },
        )
    })
}

fn any_evidence() -> impl Strategy<Value = Evidence> {
    (0..500_u64, 0..500_u64, 0.0..1.0, 0.0..9.0, prop::option::of((points(), points())), any::<bool>()).prop_map(
        |(conversions, others, rate, lift, interval, conclusive)| Evidence {
            leads: conversions + others,
            conversions,
            rate,
            lift,
            points_interval: interval.map(|(a, b)| [a.min(b), a.max(b)]),
            conclusive,
        },
    )
}

fn any_whens(kind: FieldType) -> BoxedStrategy<Vec<When>> {
    let ranges = |bounds: Vec<Bound>| -> Vec<When> {
        let ends: Vec<Option<Bound>> =
            std::iter::once(None).chain(bounds.into_iter().map(Some)).chain(std::iter::once(None)).collect();
        let whens = ends.windows(2).map(|pair| When::Range { from: pair[0], below: pair[1] });
        whens.filter(|when| !matches!(when, When::Range { from: None, below: None })).collect()
    };
    match kind {
        FieldType::Number => (subsequence(vec![-1.0, 0.0, 7.5], 0..=3), ascending(0..5))
            .prop_map(move |(special, cuts)| {
                let special = special.into_iter().map(|x| When::In(vec![Scalar::Number(x)]));
                special.chain(ranges(cuts.into_iter().map(Bound::Number).collect())).collect()
            })
            .boxed(),
        FieldType::Text => (subsequence(WORDS.to_vec(), 0..=WORDS.len()), 1..4_usize)
            .prop_map(|(words, size)| {
                let text = |word: &&str| Scalar::Text((*word).to_owned());
                words.chunks(size).map(|words| When::In(words.iter().map(text).collect())).collect()
            })
            .boxed(),
        FieldType::Boolean => subsequence(vec![true, false], 0..=2)
            .prop_map(|listed| listed.into_iter().map(|b| When::In(vec![Scalar::Boolean(b)])).collect())
            .boxed(),
        FieldType::Date => prop::collection::btree_set((2020_i16..2026, 1_i8..13, 1_i8..28), 0..4)
            .prop_map(move |days| ranges(days.into_iter().map(|(y, m, d)| Bound::Date(date(y, m, d))).collect()))
            .boxed(),
    }
}

fn any_behaviour() -> impl Strategy<Value = Behaviour> {
    let listed = prop_oneof![
        Just(Scalar::Text("/pricing".to_owned())),
        Just(Scalar::Number(3.0)),
        Just(Scalar::Number(0.5)),
        any::<bool>().prop_map(Scalar::Boolean),
    ];
    let properties = prop::collection::btree_map("[ab]", listed.prop_map(|value| vec![value]), 0..3);
    let limits = (1..90_u32, prop::option::of(1..4_u32), prop::option::of(0.1..60.0));
    let event = prop::option::weighted(0.7, select(EVENTS.to_vec()));
    (event, properties, any::<bool>(), points(), limits).prop_map(
        |(event, properties, once_a_day, points_each, (window_days, max_times, half_life_days))| Behaviour {
            name: String::new(),
            group: String::new(),
            event: event.map(str::to_owned),
            properties,
            once_a_day,
            window_days,
            points_each,
            max_times,
            half_life_days,
        },
    )
}

fn any_signal() -> impl Strategy<Value = SignalKind> {
    let field = || select(FIELDS.to_vec()).prop_map(str::to_owned);
    let also = || subsequence(vec!["gmail.fr".to_owned(), "acme.example".to_owned()], 0..=2);
    prop_oneof![
        (field(), also()).prop_map(|(field, also)| SignalKind::FreeEmailDomain { field, also }),
        (field(), also()).prop_map(|(field, also)| SignalKind::DisposableEmailDomain { field, also }),
        subsequence(FIELDS.to_vec(), 2).prop_map(|fields| SignalKind::CompanyEmailDomain {
            field: fields[0].to_owned(),
            company: fields[1].to_owned(),
        }),
        (field(), subsequence(Layout::ALL.to_vec(), 1..=3), 2..6_u32)
            .prop_map(|(field, layouts, min_run)| SignalKind::KeyboardRun { field, layouts, min_run }),
        field().prop_map(|field| SignalKind::Uncapitalised { field }),
        subsequence(FIELDS.map(str::to_owned).to_vec(), 1..=3).prop_map(|fields| SignalKind::FilledFields { fields }),
    ]
}

fn any_steps() -> impl Strategy<Value = Vec<InactivityStep>> {
    prop::collection::btree_map(0..120_u32, points(), 1..4)
        .prop_map(|steps| steps.into_iter().map(|(after_days, points)| InactivityStep { after_days, points }).collect())
}
