use super::*;
use crate::example::{simulated, table};
use proptest::prelude::*;

#[test]
fn a_seed_gives_the_same_folds_and_another_seed_others() {
    let patterns = simulated(&[3, 4], -1.0, 1);
    let folds = |seed| Folds::stratified(&patterns, 5, seed).expect("enough leads");
    assert_eq!(folds(0), folds(0));
    assert_ne!(folds(0), folds(1));
}

#[test]
fn the_deal_is_recorded() {
    // A change of this is a change of every published out-of-fold figure.
    let folds = Folds::stratified(&table(&[3], &[(&[0], 5, 2), (&[1], 4, 1), (&[2], 3, 1)]), 2, 0).expect("enough");
    let dealt: Vec<_> = folds.counts().iter().map(|part| (part.leads.clone(), part.conversions.clone())).collect();
    assert_eq!(dealt, [(vec![2, 1, 3], vec![1, 0, 1]), (vec![3, 3, 0], vec![1, 1, 0])]);
}

#[test]
fn too_few_leads_are_errors() {
    let patterns = table(&[1], &[(&[0], 20, 4)]);
    assert!(matches!(Folds::stratified(&patterns, 5, 0), Err(LogitError::TooFewForFolds { conversions: 4, .. })));
    assert!(matches!(Folds::stratified(&patterns, 1, 0), Err(LogitError::Parameter { name: "folds", .. })));
    assert!(matches!(Folds::stratified(&table(&[1], &[]), 2, 0), Err(LogitError::NoLeads)));
    assert!(Folds::stratified(&patterns, 4, 0).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn folds_partition_the_leads_evenly(
        rows in proptest::collection::vec((0_u64..30, 0_u64..30), 1..20), folds in 2_usize..7, seed in any::<u64>(),
    ) {
        let rows: Vec<_> = rows.into_iter().map(|(n, c)| ([0_u32], n + 1, c.min(n) + 1)).collect();
        let rows: Vec<(&[u32], u64, u64)> = rows.iter().map(|(codes, n, c)| (codes.as_slice(), *n, *c)).collect();
        let patterns = table(&[1], &rows);
        match Folds::stratified(&patterns, folds, seed) {
            Ok(dealt) => {
                prop_assert!(dealt.check(&patterns).is_ok());
                let spread = |of: fn(&Counts) -> u64| {
                    let sizes: Vec<u64> = dealt.counts().iter().map(of).collect();
                    sizes.iter().max().unwrap_or(&0) - sizes.iter().min().unwrap_or(&0)
                };
                prop_assert!(spread(Counts::total_leads) <= 1);
                prop_assert!(spread(Counts::total_conversions) <= 1);
            }
            Err(error) => {
                let enough = patterns.counts().total_leads() - patterns.counts().total_conversions() >= folds as u64
                    && patterns.counts().total_conversions() >= folds as u64;
                prop_assert!(!enough, "{}", error);
            }
        }
    }
}
