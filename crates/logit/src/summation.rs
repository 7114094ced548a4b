//! Sums of a million terms to the last bits: Neumaier's compensated summation (ZAMM 54, 1974).
//!
//! A plain sum over a million patterns is off by 1e-13 of itself and more, which is where a line search compares
//! objectives.

/// The sum of the terms, with an error that does not grow with their number.
pub(crate) fn sum(terms: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0_f64, 0.0);
    for term in terms {
        let next = sum + term;
        lost += if sum.abs() >= term.abs() { (sum - next) + term } else { (term - next) + sum };
        sum = next;
    }
    // Infinite or NaN terms make the compensation NaN; the plain sum says what they are.
    if lost.is_finite() { sum + lost } else { sum }
}

#[cfg(test)]
mod tests {
    use super::sum;

    #[test]
    fn keeps_what_a_plain_sum_loses() {
        let terms = [1.0, 1e100, 1.0, -1e100];
        assert!((sum(terms.into_iter()) - 2.0).abs() < 1e-15);
        let tenths = sum((0..10_000_000).map(|_| 0.1));
        assert!((tenths - 1e6).abs() < 1e-9, "{tenths}");
        assert!(sum([1.0, f64::INFINITY].into_iter()).is_infinite());
    }
}
