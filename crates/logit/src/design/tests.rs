use super::*;
use crate::example::table;

type Coded = (Vec<(usize, Option<usize>)>, Vec<Vec<(usize, f64)>>);

fn coded(patterns: &CovariatePatterns, coding: Coding) -> Coded {
    let design = Design::new(patterns, coding);
    let columns = design.columns().iter().map(|column| (column.attribute, column.level)).collect();
    (columns, (0..patterns.len()).map(|pattern| design.active(pattern).collect()).collect())
}

fn example() -> CovariatePatterns {
    // a0: l0 has 5 leads, l1 has 5, l2 none; a1: l0 has 3 leads, l1 has 7.
    table(&[3, 2], &[(&[0, 1], 5, 1), (&[1, 0], 3, 1), (&[1, 1], 2, 1), (&[2, 0], 0, 0)])
}

fn ones(parameters: &[&[usize]]) -> Vec<Vec<(usize, f64)>> {
    parameters.iter().map(|row| row.iter().map(|&parameter| (parameter, 1.0)).collect()).collect()
}

#[test]
fn full_one_hot_has_a_column_for_every_level_with_leads() {
    let (columns, rows) = coded(&example(), Coding::FullOneHot);
    assert_eq!(columns, [(0, Some(0)), (0, Some(1)), (1, Some(0)), (1, Some(1))]);
    assert_eq!(rows, ones(&[&[1, 4], &[2, 3], &[2, 4], &[3]]));
}

#[test]
fn the_reference_is_the_first_of_the_most_populous_levels() {
    let (columns, rows) = coded(&example(), Coding::Reference);
    assert_eq!(columns, [(0, Some(1)), (1, Some(0))]);
    assert_eq!(rows, ones(&[&[], &[1, 2], &[1], &[2]]));
}

#[test]
fn a_linear_attribute_has_one_column_of_its_numbers() {
    let patterns = example().with_values(0, vec![0.0, 2.5, 7.0]);
    let (columns, rows) = coded(&patterns, Coding::FullOneHot);
    assert_eq!(columns, [(0, None), (1, Some(0)), (1, Some(1))]);
    // The number counts where there are no leads; an entry of 0 is none.
    assert_eq!(rows, [vec![(3, 1.0)], vec![(1, 2.5), (2, 1.0)], vec![(1, 2.5), (3, 1.0)], vec![(1, 7.0), (2, 1.0)]]);
    assert_eq!(coded(&patterns, Coding::Reference).0, [(0, None), (1, Some(0))]);
    let design = Design::new(&patterns, Coding::FullOneHot);
    assert_eq!(design.blocks(), [1..2, 2..4]);
    assert!(design.indicator_blocks().into_iter().eq(std::iter::once(2..4)));
    assert_eq!(
        (design.largest_entry(0).to_bits(), design.largest_entry(1).to_bits()),
        (7.0_f64.to_bits(), 1.0_f64.to_bits())
    );
}

#[test]
fn the_same_number_for_all_leads_has_no_column() {
    let patterns = example().with_values(0, vec![2.0, 2.0, 5.0]);
    for coding in [Coding::FullOneHot, Coding::Reference] {
        assert!(coded(&patterns, coding).0.iter().all(|(attribute, _)| *attribute == 1));
    }
}

#[test]
fn blocks_are_the_parameters_of_each_attribute() {
    let patterns = table(&[2, 1, 3], &[(&[0, 0, 0], 2, 1), (&[1, 0, 2], 1, 0)]);
    assert_eq!(Design::new(&patterns, Coding::FullOneHot).blocks(), [1..3, 3..4, 4..6]);
    assert_eq!(Design::new(&patterns, Coding::Reference).blocks(), [1..2, 2..2, 2..3]);
}

#[test]
fn no_attributes_leave_the_intercept() {
    let patterns = table(&[], &[(&[], 10, 3)]);
    let design = Design::new(&patterns, Coding::Reference);
    assert_eq!((design.parameters(), design.active(0).count(), design.blocks().len()), (1, 0, 0));
}
