use super::*;
use proptest::prelude::*;

fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs().max(1.0), "found {found}, expected {expected}");
}

#[test]
fn closed_forms() {
    // Beta(1, b): F(x) = 1 - (1 - x)^b; Beta(a, 1): F(x) = x^a.
    close(quantile(1.0, 3.0, 0.3), 1.0 - 0.7_f64.powf(1.0 / 3.0), 1e-14);
    close(quantile(5.0, 1.0, 0.3), 0.3_f64.powf(0.2), 1e-14);
    close(quantile(2.0, 2.0, 0.5), 0.5, 1e-14);
    // The arcsine law.
    let expected = (std::f64::consts::FRAC_PI_2 * 0.1).sin().powi(2);
    close(quantile(0.5, 0.5, 0.1), expected, 1e-14);
}

#[test]
fn point_masses() {
    assert!(quantile(0.0, 5.0, 0.9).abs() < f64::MIN_POSITIVE);
    assert!((quantile(5.0, 0.0, 0.1) - 1.0).abs() < f64::EPSILON);
    assert_eq!(tails(0.0, 1.0, 0.5), (1.0, 0.0));
    assert_eq!(tails(1.0, 0.0, 0.5), (0.0, 1.0));
    assert_eq!(tails(2.0, 3.0, 0.0), (0.0, 1.0));
    assert_eq!(tails(2.0, 3.0, 1.0), (1.0, 0.0));
}

#[test]
fn a_quantile_too_small_for_a_number_is_zero() {
    assert!(quantile(1e-4, 1.0, 0.025).abs() < f64::MIN_POSITIVE);
}

#[test]
fn a_tiny_quantile_keeps_its_digits() {
    // By mpmath with 40 digits. 1 - x has lost eight of the digits of x here.
    for (a, b, expected) in [
        (0.125_488_602_042_575_36, 131_446_257.364_120_13, 8.652_861_818_956_527e-9),
        (0.282_064_944_107_176_7, 192_376_256.455_609_68, 9.546_093_328_231_441e-9),
    ] {
        let found = quantile(a, b, 0.975);
        assert!((found / expected - 1.0).abs() < 1e-13, "found {found:e}, expected {expected:e}");
    }
}

#[test]
fn deviance_is_smooth_where_it_changes_formula() {
    close(deviance(0.0, 3.0), 3.0, 1e-14);
    close(deviance(7.0, 7.0), 0.0, 1e-14);
    for mean in [8.0_f64, 8.180, 8.1818, 8.19, 9.0] {
        let plain = 10.0 * (10.0 / mean).ln() + mean - 10.0;
        close(deviance(10.0, mean), plain, 1e-14);
    }
}

proptest! {
    #[test]
    fn quantile_inverts_the_distribution_function(
        ln_a in -3.0_f64..14.0, ln_b in -3.0_f64..14.0, probability in 1e-6_f64..0.999_999,
    ) {
        let (a, b) = (ln_a.exp(), ln_b.exp());
        let x = quantile(a, b, probability);
        // Where x is within a rounding of 0 or 1 the function jumps between neighbouring numbers.
        if x <= 1e-290 || x >= 1.0 - 1e-4 {
            return Ok(());
        }
        let (lower, upper) = tails(a, b, x);
        prop_assert!((lower - probability).abs() < 1e-8 * probability.min(1.0 - probability).max(1e-6), "{lower}");
        prop_assert!((lower + upper - 1.0).abs() < 1e-12);
    }

    #[test]
    fn quantiles_mirror(ln_a in -1.0_f64..10.0, ln_b in -1.0_f64..10.0, tail in 1e-4_f64..0.5) {
        let (a, b) = (ln_a.exp(), ln_b.exp());
        let [low, high] = interval(a, b, 1.0 - 2.0 * tail);
        let [mirror_low, mirror_high] = interval(b, a, 1.0 - 2.0 * tail);
        prop_assert!(low <= high);
        prop_assert!((low - (1.0 - mirror_high)).abs() < 1e-12);
        prop_assert!((high - (1.0 - mirror_low)).abs() < 1e-12);
    }
}
