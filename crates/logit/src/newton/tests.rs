use super::*;
use crate::design::{Coding, Design};
use crate::example::{assert_close, simulated, table};
use crate::information::covariance;
use leadcal_lift::patterns::CovariatePatterns;

fn problem(patterns: &CovariatePatterns, l2: f64) -> Problem<'_> {
    let coding = if l2 > 0.0 { Coding::FullOneHot } else { Coding::Reference };
    let design = Design::new(patterns, coding);
    let prior_means = Array1::zeros(design.parameters());
    Problem { patterns, design, l2, prior_means }
}

#[test]
fn derivatives_are_those_of_the_objective() {
    let patterns = simulated(&[3, 2, 4], -1.0, 1).with_values(2, vec![0.0, -1.0, 2.5, 4.0]);
    let problem = problem(&patterns, 0.7);
    let at = Array1::from_iter((0..problem.design.parameters()).map(|i| (i as f64 * 0.37).sin()));
    let (gradient, hessian) = problem.derivatives(&at);
    let moved = |index: usize, by: f64| {
        let mut moved = at.clone();
        moved[index] += by;
        moved
    };
    let h = 1e-5;
    for i in 0..at.len() {
        let slope = (problem.objective(&moved(i, h)) - problem.objective(&moved(i, -h))) / (2.0 * h);
        assert_close(gradient[i], slope, 1e-6, "gradient");
        let (above, below) = (problem.derivatives(&moved(i, h)).0, problem.derivatives(&moved(i, -h)).0);
        for j in 0..at.len() {
            assert_close(hessian[(i, j)], (above[j] - below[j]) / (2.0 * h), 1e-6, "Hessian");
        }
    }
}

#[test]
fn the_gradient_vanishes_to_rounding() {
    for (l2, seed) in [(0.0, 2), (1.0, 3), (100.0, 4)] {
        let patterns = simulated(&[4, 3, 5], -1.5, seed);
        let problem = problem(&patterns, l2);
        let minimum = minimise(&problem, 100).expect("converges");
        let gradient = max_norm(&problem.derivatives(&minimum.parameters).0);
        assert!(gradient < 1e-10 && minimum.iterations < 10, "{gradient:e} after {}", minimum.iterations);
    }
}

#[test]
fn covariance_is_the_inverse_of_the_hessian_whatever_the_penalty() {
    for l2 in [0.0, 1e-3, 1.0, 50.0] {
        let patterns = simulated(&[4, 3, 1, 3], -1.0, 5).with_values(3, vec![0.0, 1.0, 4.0]);
        let problem = problem(&patterns, l2);
        let (_, hessian) = problem.derivatives(&minimise(&problem, 100).expect("converges").parameters);
        let product = covariance(&problem, &hessian).expect("regular").dot(&hessian);
        for ((i, j), &entry) in product.indexed_iter() {
            assert_close(entry, f64::from(u8::from(i == j)), 1e-8, "covariance x Hessian");
        }
    }
}

#[test]
fn a_tiny_penalty_is_solved_as_exactly_as_a_large_one() {
    // As l2 falls, predictions tend to those without a penalty; the plain Hessian is singular to rounding here.
    let patterns = simulated(&[4, 3, 5], -1.0, 6);
    let free = problem(&patterns, 0.0);
    let expected = free.log_likelihood(&minimise(&free, 100).expect("converges").parameters);
    for l2 in [1e-6, 1e-9] {
        let held = problem(&patterns, l2);
        let minimum = minimise(&held, 100).expect("converges");
        assert_close(held.log_likelihood(&minimum.parameters), expected, 1e-12, "log-likelihood");
        for block in held.design.blocks() {
            assert_close(block.map(|i| minimum.parameters[i]).sum(), 0.0, 1e-9, "sum of an attribute's coefficients");
        }
    }
}

#[test]
fn steps_are_shortened_where_newton_overshoots() {
    // Almost all leads of a level convert: a full first step from the overall rate overshoots.
    let patterns = table(&[2], &[(&[0], 100_000, 10), (&[1], 1_000, 999)]);
    let problem = problem(&patterns, 0.0);
    let minimum = minimise(&problem, 100).expect("converges");
    assert!(minimum.iterations < 20, "{} iterations", minimum.iterations);
    assert_close(minimum.parameters[0], (10.0_f64 / 99_990.0).ln(), 1e-12, "intercept");
    assert_close(minimum.parameters[0] + minimum.parameters[1], 999.0_f64.ln(), 1e-12, "level");
}
