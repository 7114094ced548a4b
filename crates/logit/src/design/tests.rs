use super::*;
use crate::example::table;

fn coded(coding: Coding) -> (Vec<(usize, usize)>, Vec<Vec<usize>>) {
    // a0: l0 has 5 leads, l1 has 5, l2 none; a1: l0 has 3 leads, l1 has 7.
    let patterns = table(&[3, 2], &[(&[0, 1], 5, 1), (&[1, 0], 3, 1), (&[1, 1], 2, 1), (&[2, 0], 0, 0)]);
    let design = Design::new(&patterns, coding);
    let columns = design.columns().iter().map(|column| (column.attribute, column.level)).collect();
    (columns, (0..patterns.len()).map(|pattern| design.active(pattern).collect()).collect())
}

#[test]
fn full_one_hot_has_a_column_for_every_level_with_leads() {
    let (columns, rows) = coded(Coding::FullOneHot);
    assert_eq!(columns, [(0, 0), (0, 1), (1, 0), (1, 1)]);
    assert_eq!(rows, [vec![1, 4], vec![2, 3], vec![2, 4], vec![3]]);
}

#[test]
fn the_reference_is_the_first_of_the_most_populous_levels() {
    let (columns, rows) = coded(Coding::Reference);
    assert_eq!(columns, [(0, 1), (1, 0)]);
    assert_eq!(rows, [vec![], vec![1, 2], vec![1], vec![2]]);
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
