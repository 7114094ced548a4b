//! Joined texts against every way to group them.

use proptest::prelude::*;

use super::*;
use crate::binning::optimal::level_cost;
use crate::evidence::information_value;

/// Leads and conversions of each text, then of the levels that stay: a special value, missing and "(other)".
type Cells = Vec<(u64, u64)>;

const STAY: usize = 3;

fn cells(least: u64) -> impl Strategy<Value = Cells> {
    let cell =
        |least: u64| (least..12, least..30).prop_map(|(conversions, others)| (conversions + others, conversions));
    let texts = prop::collection::vec(cell(least).prop_filter("a lead", |cell| cell.0 > 0), 2..7);
    (texts, prop::collection::vec(cell(0), STAY)).prop_map(|(texts, stay)| [texts, stay].concat())
}

/// Every way to put so many texts into groups: the group of each, groups numbered in the order of their first text.
fn groupings(count: usize) -> Vec<Vec<usize>> {
    let none: Vec<Vec<usize>> = vec![Vec::new()];
    (0..count).fold(none, |all, _| {
        let with_one_more = |groups: Vec<usize>| {
            let groups_so_far = groups.iter().max().map_or(0, |last| last + 1);
            (0..=groups_so_far).map(move |group| [groups.as_slice(), &[group]].concat())
        };
        all.into_iter().flat_map(with_one_more).collect()
    })
}

fn groups_of(cells: &Cells, grouping: &[usize]) -> Cells {
    let mut groups = vec![(0, 0); grouping.iter().max().map_or(0, |last| last + 1)];
    for (&(leads, conversions), &group) in cells.iter().zip(grouping) {
        groups[group].0 += leads;
        groups[group].1 += conversions;
    }
    groups
}

/// What the binning maximises, over all levels of the attribute.
fn worth(cells: &Cells, grouping: &[usize], min_gain: f64) -> f64 {
    let groups = groups_of(cells, grouping);
    let cost = (groups.len() - 1) as f64;
    let (leads, conversions): (Vec<u64>, Vec<u64>) = groups.iter().chain(&cells[grouping.len()..]).copied().unzip();
    let all = Counts { leads, conversions };
    let (leads, conversions) = (all.total_leads(), all.total_conversions());
    information_value(&all) - cost * level_cost(min_gain, conversions, leads - conversions)
}

/// The grouping that leadcal makes of these texts.
fn found(cells: &Cells, options: &BinningOptions) -> Vec<usize> {
    let texts = cells.len() - STAY;
    let names: Vec<String> = (0..texts).map(|number| format!("text{number}")).collect();
    let mut levels = vec![text("special")];
    levels.extend(names.iter().map(|name| text(name)));
    levels.push(level(MISSING, When::Missing));
    levels.push(level(OTHER, When::Otherwise));
    let attribute = attribute(FieldType::Text, levels);
    let options = BinningOptions { special: vec![Scalar::Text("special".to_owned())], join: true, ..options.clone() };
    let counts = [&cells[texts..=texts], &cells[..texts], &cells[texts + 1..]].concat();
    let joining = Joining::of(&attribute, &options).expect("texts to join");
    let coarse = coarsen(&table(attribute, &counts), &[Some(joining)]);
    let codes: Vec<u32> = (0..coarse.patterns.len()).map(|pattern| coarse.patterns.codes(pattern)[0]).collect();
    let joined = &coarse.spread(&codes)[1..=texts];
    let mut seen: Vec<u32> = Vec::new();
    let mut number = |code: u32| {
        seen.iter().position(|&other| other == code).unwrap_or_else(|| {
            seen.push(code);
            seen.len() - 1
        })
    };
    joined.iter().map(|&code| number(code)).collect()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-11 * a.abs().max(1e-3)
}

/// Whether the groups are neighbours in the order of the rates: no text of another group lies between two of one.
fn neighbours(cells: &Cells, grouping: &[usize]) -> bool {
    let mut order: Vec<usize> = (0..grouping.len()).collect();
    order.sort_by(|&a, &b| (cells[a].1 * cells[b].0).cmp(&(cells[b].1 * cells[a].0)));
    let runs = order.chunk_by(|&a, &b| grouping[a] == grouping[b]).count();
    runs == groups_of(cells, grouping).len()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Where every text alone could be a level, no grouping whatever is worth more.
    #[test]
    fn no_grouping_of_texts_is_worth_more(
        cells in cells(1),
        max_levels in 1_usize..6,
        min_gain in prop_oneof![Just(0.0), 0.0..5.0],
    ) {
        let options = BinningOptions { max_levels: Some(max_levels), min_gain, ..options() };
        let found = found(&cells, &options);
        prop_assert!(groups_of(&cells, &found).len() <= max_levels);
        let all = groupings(cells.len() - STAY);
        let allowed = all.iter().filter(|grouping| groups_of(&cells, grouping).len() <= max_levels);
        let best = allowed.map(|grouping| worth(&cells, grouping, min_gain)).fold(f64::NEG_INFINITY, f64::max);
        prop_assert!(near(best, worth(&cells, &found, min_gain)), "{:?}: {} of {}", found, worth(&cells, &found, min_gain), best);
    }

    /// Under limits, the best of the groupings of neighbours that keep to them; one group where none does.
    #[test]
    fn limits_hold_for_joined_texts(
        cells in cells(0),
        max_levels in 1_usize..6,
        min_share in prop_oneof![Just(0.0), 0.0..0.5],
        min_leads in prop_oneof![Just(0), 0_u64..40],
        min_conversions in 1_u64..12,
        min_gain in prop_oneof![Just(0.0), 0.0..5.0],
    ) {
        let texts = cells.len() - STAY;
        let leads: u64 = cells[..texts].iter().map(|cell| cell.0).sum();
        let enough = |&(group, conversions): &(u64, u64)| {
            conversions >= min_conversions
                && group - conversions >= min_conversions
                && group >= min_leads
                && group as f64 >= min_share * leads as f64
        };
        let keeps = |grouping: &Vec<usize>| {
            let groups = groups_of(&cells, grouping);
            groups.len() <= max_levels && groups.iter().all(enough) && neighbours(&cells, grouping)
        };
        let options = BinningOptions {
            max_levels: Some(max_levels), min_share, min_leads, min_conversions, min_gain, ..options()
        };
        let found = found(&cells, &options);
        let allowed: Vec<Vec<usize>> = groupings(texts).into_iter().filter(keeps).collect();
        if allowed.is_empty() {
            prop_assert_eq!(found, vec![0; texts]);
        } else {
            prop_assert!(allowed.contains(&found), "{:?} keeps to the limits", found);
            let best = allowed.iter().map(|grouping| worth(&cells, grouping, min_gain)).fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(near(best, worth(&cells, &found, min_gain)), "{:?}", found);
        }
    }
}
