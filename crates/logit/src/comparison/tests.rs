use leadcal_lift::patterns::Counts;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::example::assert_close;
use crate::inference::Effect;

const BOOTSTRAP: Bootstrap = Bootstrap { draws: 2_000, seed: 1 };

/// Leads with a true log-odds each; one row a lead.
struct Leads {
    log_odds: Vec<f64>,
    counts: Counts,
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    rand_distr::Distribution::sample(&rand_distr::StandardNormal, rng)
}

/// Leads of which about an eighth convert, with an AUC of about 0.77.
fn leads(number: usize, rng: &mut ChaCha8Rng) -> Leads {
    let log_odds: Vec<f64> = (0..number).map(|_| -2.3 + 1.1 * normal(rng)).collect();
    let conversions = log_odds.iter().map(|&x| u64::from(rng.random_bool(logistic(x)))).collect();
    Leads { log_odds, counts: Counts { leads: vec![1; number], conversions } }
}

/// Probabilities of a config that knows the log-odds but for noise of this standard deviation.
fn config(leads: &Leads, noise: f64, rng: &mut ChaCha8Rng) -> Vec<f64> {
    leads.log_odds.iter().map(|x| logistic(x + noise * normal(rng))).collect()
}

fn shortfalls(candidate: &[f64], baseline: &[f64], counts: &Counts) -> [Shortfall; 3] {
    [
        auc_shortfall(candidate, baseline, counts).expect("both outcomes"),
        log_loss_shortfall(candidate, baseline, counts, BOOTSTRAP).expect("both outcomes"),
        brier_shortfall(candidate, baseline, counts, BOOTSTRAP).expect("both outcomes"),
    ]
}

fn verdicts(found: &[Shortfall; 3], tolerances: [f64; 3]) -> Vec<Verdict> {
    let with: Vec<_> = found.iter().zip(tolerances).collect();
    judge(&with, 0.05).expect("valid").iter().map(|judgement| judgement.verdict).collect()
}

#[test]
fn identical_configs_are_fine_however_few_the_leads() {
    for (number, conversions) in [(2, 1), (30, 1), (30, 29), (2_000, 200)] {
        let counts =
            Counts { leads: vec![1; number], conversions: (0..number).map(|i| u64::from(i < conversions)).collect() };
        let scores: Vec<f64> = (0..number).map(|i| 0.01 + 0.9 * (i % 7) as f64 / 7.0).collect();
        let found = shortfalls(&scores, &scores, &counts);
        for shortfall in &found {
            assert_eq!([shortfall.value, shortfall.std_error].map(f64::to_bits), [0, 0], "{shortfall:?}");
            assert_close(shortfall.p_value(), 1.0, 1e-15, "p-value");
        }
        assert_eq!(verdicts(&found, [1e-9; 3]), [Verdict::Fine; 3]);
    }
}

#[test]
fn few_of_either_outcome_show_nothing() {
    // The candidate ranks the one conversion last: whatever the arithmetic says of its error, one lead is no evidence.
    let few_conversions = |few: u64| Counts { leads: vec![100, 100], conversions: vec![0, few] };
    let few_others = |few: u64| Counts { leads: vec![100, 100], conversions: vec![100 - few, 100] };
    for counts in [few_conversions(1), few_conversions(19), few_others(1), few_others(19)] {
        let conversions = counts.total_conversions();
        let found = shortfalls(&[0.6, 0.4], &[0.4, 0.6], &counts);
        for verdict in verdicts(&found, [0.01; 3]) {
            let Verdict::Unproven { conversions_needed } = verdict else { panic!("{verdict:?} of {conversions}") };
            assert!(conversions_needed >= 20.max(conversions + 1), "{conversions_needed} of {conversions}");
        }
    }
    let found = shortfalls(&[0.6, 0.4], &[0.4, 0.6], &few_conversions(20));
    assert_eq!(verdicts(&found, [0.01; 3]), [Verdict::Worse; 3]);
}

#[test]
fn what_cannot_be_compared_is_an_error() {
    let one = Counts { leads: vec![5, 5], conversions: vec![0, 0] };
    assert!(matches!(auc_shortfall(&[0.1, 0.2], &[0.2, 0.1], &one), Err(LogitError::OneOutcome { .. })));
    assert!(matches!(brier_shortfall(&[0.1, 0.2], &[0.2, 0.1], &one, BOOTSTRAP), Err(LogitError::OneOutcome { .. })));
    let all = Counts { leads: vec![5, 5], conversions: vec![5, 5] };
    assert!(matches!(
        log_loss_shortfall(&[0.1, 0.2], &[0.2, 0.1], &all, BOOTSTRAP),
        Err(LogitError::OneOutcome { .. })
    ));
    let none = Counts { leads: vec![0], conversions: vec![0] };
    assert!(matches!(log_loss_shortfall(&[0.1], &[0.2], &none, BOOTSTRAP), Err(LogitError::NoLeads)));
    let both = Counts { leads: vec![5, 5], conversions: vec![1, 2] };
    assert!(matches!(auc_shortfall(&[0.1], &[0.2, 0.1], &both), Err(LogitError::Length { expected: 2, found: 1 })));
    assert!(matches!(auc_shortfall(&[0.1, f64::NAN], &[0.2, 0.1], &both), Err(LogitError::Score { pattern: 1, .. })));
    let wrong = brier_shortfall(&[0.1, 0.2], &[0.2, 1.1], &both, BOOTSTRAP);
    assert!(matches!(wrong, Err(LogitError::Probability { pattern: 1, .. })));
    let undrawn = brier_shortfall(&[0.1, 0.2], &[0.2, 0.1], &both, Bootstrap { draws: 0, seed: 0 });
    assert!(matches!(undrawn, Err(LogitError::Parameter { .. })));
    let shortfall = auc_shortfall(&[0.1, 0.2], &[0.2, 0.1], &both).expect("valid");
    for (tolerance, alpha) in [(0.0, 0.05), (-0.1, 0.05), (f64::NAN, 0.05), (0.1, 0.0), (0.1, 0.6), (0.1, f64::NAN)] {
        assert!(matches!(judge(&[(&shortfall, tolerance)], alpha), Err(LogitError::Parameter { .. })));
    }
}

#[test]
fn a_constant_score_against_one_that_tells() {
    let counts = Counts { leads: vec![300, 300], conversions: vec![30, 120] };
    let found = shortfalls(&[0.25, 0.25], &[0.1, 0.4], &counts);
    assert_eq!(verdicts(&found, [0.01; 3]), [Verdict::Worse; 3]);
    let found = shortfalls(&[0.1, 0.4], &[0.25, 0.25], &counts);
    assert_eq!(verdicts(&found, [0.01; 3]), [Verdict::Fine; 3]);
    // Perfect against constant: a difference without any error.
    let sure = Counts { leads: vec![100, 100], conversions: vec![0, 100] };
    let found = auc_shortfall(&[1.0, 1.0], &[0.0, 1.0], &sure).expect("both outcomes");
    assert_close(found.value, 0.5, 1e-15, "shortfall");
    assert_close(found.p_value(), 0.0, 1e-15, "p-value");
}

#[test]
fn shortfalls_are_differences_of_the_metrics() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let leads = leads(500, &mut rng);
    let (one, two) = (config(&leads, 0.5, &mut rng), config(&leads, 0.2, &mut rng));
    let [auc, log_loss, brier] = shortfalls(&one, &two, &leads.counts);
    let figure =
        |of: fn(&[f64], &Counts) -> Result<f64, LogitError>| [&one, &two].map(|p| of(p, &leads.counts).expect("valid"));
    for (found, [candidate, baseline], sign) in [
        (auc, figure(|p, counts| Ok(crate::metrics::auc(p, counts)?.value)), -1.0),
        (log_loss, figure(crate::metrics::log_loss), 1.0),
        (brier, figure(crate::metrics::brier), 1.0),
    ] {
        assert_close(found.candidate, candidate, 1e-13, "candidate");
        assert_close(found.baseline, baseline, 1e-13, "baseline");
        assert_close(found.value, sign * (candidate - baseline), 1e-13, "shortfall");
        assert_eq!(found.conversions, leads.counts.total_conversions());
    }
}

#[test]
fn p_values_and_bounds_say_the_same() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for _ in 0..40 {
        let leads = leads(400, &mut rng);
        let (one, two) = (config(&leads, 0.5, &mut rng), config(&leads, 0.3, &mut rng));
        for found in shortfalls(&one, &two, &leads.counts) {
            for alpha in [0.001, 0.01, 0.05 / 3.0, 0.025, 0.05, 0.1, 0.3, 0.5] {
                let p = found.p_value();
                assert_eq!(p <= alpha, found.lower(alpha) > 0.0, "p {p} at {alpha}: {}", found.lower(alpha));
                assert!(found.lower(alpha) <= found.upper(alpha));
            }
        }
    }
}

#[test]
fn grouped_rows_and_order_do_not_matter() {
    let table = Counts { leads: vec![70, 40, 90], conversions: vec![20, 20, 30] };
    let (one, two) = ([0.2, 0.4, 0.5], [0.3, 0.5, 0.3]);
    let grouped = brier_shortfall(&one, &two, &table, BOOTSTRAP).expect("valid");
    let mut rows: Vec<(f64, f64, u64)> = Vec::new();
    for row in [2, 0, 1] {
        for lead in 0..table.leads[row] {
            rows.push((one[row], two[row], u64::from(lead < table.conversions[row])));
        }
    }
    let counts = Counts { leads: vec![1; rows.len()], conversions: rows.iter().map(|row| row.2).collect() };
    let [one, two] = [0, 1].map(|of| rows.iter().map(|row| if of == 0 { row.0 } else { row.1 }).collect::<Vec<_>>());
    let single = brier_shortfall(&one, &two, &counts, BOOTSTRAP).expect("valid");
    assert_eq!(
        (grouped.value.to_bits(), grouped.lower(0.05).to_bits()),
        (single.value.to_bits(), single.lower(0.05).to_bits())
    );
}

#[test]
fn the_bootstrap_has_its_standard_error_and_many_differences_are_joined_without_loss() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    // Some are certain and wrong: differences of up to 36.
    for (number, certain) in [(300, 0.0), (3_000, 0.01), (40_000, 0.001)] {
        let leads = leads(number, &mut rng);
        let mut one = config(&leads, 0.5, &mut rng);
        one.iter_mut().filter(|_| rng.random_bool(certain)).for_each(|p| *p = 0.0);
        let two = config(&leads, 0.3, &mut rng);
        let found = log_loss_shortfall(&one, &two, &leads.counts, BOOTSTRAP).expect("valid");
        let draws = found.draws.as_ref().expect("drawn");
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let spread = (draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / draws.len() as f64).sqrt();
        assert!((mean - found.value).abs() < 4.0 * found.std_error / (draws.len() as f64).sqrt(), "{number}: {mean}");
        assert!((spread / found.std_error - 1.0).abs() < 0.06, "{number}: {spread} for {}", found.std_error);
    }
}

#[test]
fn holm_tests_the_smallest_at_a_third() {
    let levels = |p: [f64; 3]| holm_levels(&p, 0.06);
    let check = |p: [f64; 3], expected: [f64; 3]| {
        for (found, expected) in levels(p).iter().zip(expected) {
            assert_close(*found, expected, 1e-15, "level");
        }
    };
    check([0.5, 0.5, 0.5], [0.02, 0.02, 0.02]);
    check([0.5, 0.01, 0.025], [0.06, 0.02, 0.03]);
    check([0.5, 0.025, 0.01], [0.06, 0.03, 0.02]);
    check([0.03, 0.01, 0.04], [0.03, 0.02, 0.06]);
    // After the first that is not rejected none is, though 0.03 would pass alone.
    check([0.03, 0.021, 0.5], [0.02, 0.02, 0.02]);
}

#[test]
fn the_conversions_needed_do_what_they_say() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let tolerance = 0.01;
    let small = leads(1_500, &mut rng);
    let [one, two] = [0, 1].map(|_| config(&small, 0.5, &mut rng));
    let found = auc_shortfall(&one, &two, &small.counts).expect("valid");
    let judged = judge(&[(&found, tolerance)], 0.05).expect("valid");
    let Verdict::Unproven { conversions_needed } = judged[0].verdict else { panic!("{judged:?}") };
    let number = usize::try_from(1_500 * conversions_needed / found.conversions).expect("few");
    let fine = (0..200).filter(|_| {
        let many = leads(number, &mut rng);
        let [one, two] = [0, 1].map(|_| config(&many, 0.5, &mut rng));
        let found = auc_shortfall(&one, &two, &many.counts).expect("valid");
        judge(&[(&found, tolerance)], 0.05).expect("valid")[0].verdict == Verdict::Fine
    });
    // 160 expected, standard deviation 6; and the small sample's spread is an estimate.
    let fine = fine.count();
    assert!((135..185).contains(&fine), "{fine} of 200 with {conversions_needed} conversions");
}

#[test]
fn ranges_are_judged_with_their_uncertainty() {
    let judged = |value: f64, std_error: f64| {
        judge_range(&Effect::new(value, std_error * std_error), 100, [0.8, 1.25], 1.0, 0.05).expect("valid")
    };
    assert_eq!(judged(1.0, 0.05).verdict, Verdict::Fine);
    assert_eq!(judged(0.5, 0.1).verdict, Verdict::Worse);
    assert_eq!(judged(1.9, 0.3).verdict, Verdict::Worse);
    assert_close(judged(1.0, 0.1).interval[0], 1.0 - 0.164_485_362_695_147_2, 1e-9, "90 % interval");
    // z(0.05) + z(0.1) = 2.926: (2.926 x 0.2 / 0.2)^2 x 100.
    assert_eq!(judged(1.0, 0.2).verdict, Verdict::Unproven { conversions_needed: 857 });
    // Outside, but perhaps by chance.
    assert!(matches!(judged(0.7, 0.1).verdict, Verdict::Unproven { conversions_needed: 101.. }));
    // Data enough for a slope of 1: this one is near the end of the range.
    assert!(matches!(judged(0.85, 0.05).verdict, Verdict::Unproven { conversions_needed: 270..=272 }));
    assert!(matches!(judged(0.75, f64::INFINITY).verdict, Verdict::Unproven { conversions_needed: u64::MAX }));
    let odd = judge_range(&Effect::new(1.0, 1.0), 100, [0.8, 1.25], 2.0, 0.05);
    assert!(matches!(odd, Err(LogitError::Parameter { .. })));
}

#[test]
fn bands_out_of_order_are_told_from_bands_alike() {
    let orders = |rows: &[(u64, u64)]| {
        let bands =
            Counts { leads: rows.iter().map(|r| r.0).collect(), conversions: rows.iter().map(|r| r.1).collect() };
        band_order(&bands, 0.05)
            .expect("valid")
            .iter()
            .map(|pair| (pair.low, pair.high, pair.order))
            .collect::<Vec<_>>()
    };
    let found = orders(&[(500, 20), (300, 40), (0, 0), (100, 30), (90, 25), (80, 3)]);
    let expected =
        [(0, 1, Order::Ordered), (1, 3, Order::Ordered), (3, 4, Order::NotToldApart), (4, 5, Order::OutOfOrder)];
    assert_eq!(found, expected);
    assert_eq!(orders(&[]), []);
    assert_eq!(orders(&[(10, 1)]), []);
    assert_eq!(orders(&[(20, 20), (20, 0)]), [(0, 1, Order::OutOfOrder)]);
    assert_eq!(orders(&[(1, 1), (1, 0)]), [(0, 1, Order::NotToldApart)]);
}

#[test]
fn equal_bands_are_seldom_found_out_of_order() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    for (leads, rate) in [(60_u64, 0.05), (200, 0.1), (1_000, 0.02)] {
        let simulated = 1_000;
        let wrong = (0..simulated).filter(|_| {
            let conversions = (0..4).map(|_| (0..leads).filter(|_| rng.random_bool(rate)).count() as u64).collect();
            let bands = Counts { leads: vec![leads; 4], conversions };
            band_order(&bands, 0.05).expect("valid").iter().any(|pair| pair.order == Order::OutOfOrder)
        });
        let wrong = wrong.count();
        assert!(wrong <= 65, "{wrong} of {simulated} at {leads} leads a band and {rate}");
    }
}

#[test]
fn a_share_that_leads_move_out_of() {
    let shift = share_shift(30, 10, 1_000).expect("valid");
    assert_close(shift.value, 0.02, 1e-15, "shift");
    assert_close(shift.std_error, (39.6_f64 / 1e6).sqrt(), 1e-15, "standard error");
    assert_close(share_shift(0, 0, 10).expect("valid").std_error, 0.0, 1e-15, "nothing moved");
    assert!(matches!(share_shift(0, 0, 0), Err(LogitError::NoLeads)));
    assert!(matches!(share_shift(6, 5, 10), Err(LogitError::Parameter { .. })));
}

/// A quick look at what the example `comparison_simulations` measures at length: equally good pairs are seldom found
/// worse, a candidate with more noise often.
#[test]
fn equally_good_pairs_are_seldom_found_worse_and_a_worse_one_is_caught() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let worse = |number: usize, noise: [f64; 2], rng: &mut ChaCha8Rng| {
        let found = (0..200).filter(|_| {
            let leads = leads(number, rng);
            let [one, two] = noise.map(|noise| config(&leads, noise, rng));
            let bootstrap = Bootstrap { draws: 400, seed: 0 };
            let found = [
                auc_shortfall(&one, &two, &leads.counts).expect("both outcomes"),
                log_loss_shortfall(&one, &two, &leads.counts, bootstrap).expect("both outcomes"),
                brier_shortfall(&one, &two, &leads.counts, bootstrap).expect("both outcomes"),
            ];
            verdicts(&found, [0.01, 0.01, 0.002]).contains(&Verdict::Worse)
        });
        found.count()
    };
    // 10 of 200 are allowed on average; 20 would come by chance once in a thousand.
    let equal = worse(500, [0.4, 0.4], &mut rng);
    assert!(equal < 20, "{equal} of 200 equally good candidates");
    let caught = worse(500, [1.2, 0.2], &mut rng);
    assert!(caught > 180, "{caught} of 200 worse candidates");
}

#[test]
fn holm_rejects_what_statsmodels_rejects() {
    let recorded = include_str!("../../tests/reference/comparison.json");
    let recorded: serde_json::Value = serde_json::from_str(recorded).expect("recorded JSON");
    for case in recorded["holm"].as_array().expect("a list") {
        let p: Vec<f64> = case["p"].as_array().expect("a list").iter().map(|p| p.as_f64().expect("a number")).collect();
        let rejected: Vec<bool> = p.iter().zip(holm_levels(&p, 0.05)).map(|(p, level)| *p <= level).collect();
        assert_eq!(serde_json::json!(rejected), case["rejected"], "{p:?}");
    }
}
