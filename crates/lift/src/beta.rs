//! The beta distribution: distribution function, quantiles and the building blocks it shares with the G test.
//!
//! The distribution function is the regularised incomplete beta function
//!
//! `I_x(a, b) = x^a (1 - x)^b / B(a, b) / continued fraction`
//!
//! with the fraction of Didonato and Morris (1992, ACM TOMS 18, algorithm 708) evaluated by Lentz's method and the factor
//! `x^a (1 - x)^b / B(a, b)` in Loader's saddle-point form (Loader 2000, "Fast and Accurate Computation of Binomial
//! Probabilities"), which keeps its digits for parameters up to hundreds of millions, where a difference of
//! log-gammas loses them. Quantiles are found by Newton steps on the logarithm of the smaller tail as a function of
//! `ln x`, kept inside a bracket. Agreement with scipy is tested to 1e-8.

use statrs::function::gamma::ln_gamma;

/// Quantiles below this are returned as 0: `exp(LOWEST_LN)` is about 1e-304.
const LOWEST_LN: f64 = -700.0;
/// The fraction needs about the square root of the larger parameter in terms; this suffices for 1e9.
const MOST_TERMS: u32 = 400_000;
/// Newton steps, or halvings of the bracket where a step leaves it.
const MOST_STEPS: u32 = 400;
const LN_SQRT_2_PI: f64 = 0.918_938_533_204_672_8;

/// Both tails of Beta(`a`, `b`) at `x`: `P(X <= x)` and `P(X > x)`, the smaller one to full relative accuracy.
///
/// A parameter of 0 is the limit: all mass at 0 (`a` = 0) or at 1 (`b` = 0).
pub fn tails(a: f64, b: f64, x: f64) -> (f64, f64) {
    if x >= 1.0 || a <= 0.0 {
        return (1.0, 0.0);
    }
    if x <= 0.0 || b <= 0.0 {
        return (0.0, 1.0);
    }
    tails_inside(a, b, x, 1.0 - x)
}

/// The value that Beta(`a`, `b`) stays below with the given probability.
///
/// A parameter of 0 is the limit: 0 where `a` = 0, 1 where `b` = 0. Quantiles under 1e-304 are 0.
pub fn quantile(a: f64, b: f64, probability: f64) -> f64 {
    invert(a, b, probability, 1.0 - probability)
}

/// The equal-tailed interval that holds Beta(`a`, `b`) with probability `confidence`.
pub fn interval(a: f64, b: f64, confidence: f64) -> [f64; 2] {
    let tail = (1.0 - confidence) / 2.0;
    [invert(a, b, tail, 1.0 - tail), invert(a, b, 1.0 - tail, tail)]
}

/// `x ln(x / mean) + mean - x` without cancellation where `x` is near `mean`; half a Poisson deviance (Loader's bd0).
/// It is `mean` at `x` = 0 and 0 where both are 0.
pub fn deviance(x: f64, mean: f64) -> f64 {
    if x <= 0.0 {
        return mean;
    }
    let gap = x - mean;
    if gap.abs() >= 0.1 * (x + mean) {
        return x * (x / mean).ln() - gap;
    }
    let ratio = gap / (x + mean);
    let mut sum = gap * ratio;
    let mut term = 2.0 * x * ratio;
    let mut odd = 3.0;
    loop {
        term *= ratio * ratio;
        let next = sum + term / odd;
        if next.to_bits() == sum.to_bits() {
            return sum;
        }
        sum = next;
        odd += 2.0;
    }
}

/// `tails` for `x` strictly inside (0, 1); `y` is 1 - `x`.
fn tails_inside(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    let kernel = kernel(a, b, x, y);
    if x < (a + 1.0) / (a + b + 2.0) {
        let lower = (kernel / fraction(a, b, x, y)).min(1.0);
        (lower, 1.0 - lower)
    } else {
        let upper = (kernel / fraction(b, a, y, x)).min(1.0);
        (1.0 - upper, upper)
    }
}

/// `x^a y^b / B(a, b)`.
fn kernel(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let total = a + b;
    let exponent = stirling_error(total)
        - stirling_error(a)
        - stirling_error(b)
        - deviance(a, total * x)
        - deviance(b, total * y)
        - LN_SQRT_2_PI;
    (a * (b / total)).sqrt() * exponent.exp()
}

/// `ln gamma(x + 1) - ln(sqrt(2 pi x) (x / e)^x)`: what Stirling's formula leaves out.
fn stirling_error(x: f64) -> f64 {
    if x < 16.0 {
        return ln_gamma(x + 1.0) - (x + 0.5) * x.ln() + x - LN_SQRT_2_PI;
    }
    let square = x * x;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / (1188.0 * square)) / square) / square) / square)
        / x
}

/// The continued fraction that `kernel` is divided by to give `I_x(a, b)` (Didonato and Morris 1992); it
/// converges fast for `x` below (a + 1) / (a + b + 2). `y` is 1 - `x`: taking both keeps the digits of whichever is tiny.
fn fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away_from_zero = |v: f64| if v.abs() < TINY { TINY } else { v };
    let slope = a * y - b * x + 1.0;
    let mut value = away_from_zero(a * slope / (a + 1.0));
    let mut ahead = value;
    let mut back = 0.0;
    for term in 1..MOST_TERMS {
        let order = f64::from(term);
        let below = a + 2.0 * order - 1.0;
        let numerator = (a + order - 1.0) / below * ((a + b + order - 1.0) / below) * order * (b - order) * x * x;
        let denominator = order
            + order * (b - order) * x / below
            + (a + order) * (slope + order * (1.0 + y)) / (a + 2.0 * order + 1.0);
        back = 1.0 / away_from_zero(denominator + numerator * back);
        ahead = away_from_zero(denominator + numerator / ahead);
        value *= ahead * back;
        if (ahead * back - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    value
}

/// The point with probability `lower` below and `upper` above it; both are given so that neither loses digits.
fn invert(a: f64, b: f64, lower: f64, upper: f64) -> f64 {
    if a <= 0.0 || lower <= 0.0 {
        return 0.0;
    }
    if b <= 0.0 || upper <= 0.0 {
        return 1.0;
    }
    let (below_half, above_half) = tails_inside(a, b, 0.5, 0.5);
    let in_lower_half = if lower <= upper { lower <= below_half } else { upper >= above_half };
    if in_lower_half { solve(a, b, lower, upper) } else { 1.0 - solve(b, a, upper, lower) }
}

/// The root for quantiles of at most one half. As a function of `ln x` the logarithm of the distribution function is
/// close to linear far out and concave elsewhere, so Newton's steps are safe there.
fn solve(a: f64, b: f64, lower: f64, upper: f64) -> f64 {
    let (mut low, mut high) = (LOWEST_LN, 0.5_f64.ln());
    let gap_and_slope = |u: f64| {
        let x = u.exp();
        let y = 1.0 - x;
        let (below, above) = tails_inside(a, b, x, y);
        let change = kernel(a, b, x, y) / y;
        if lower <= upper {
            (below.ln() - lower.ln(), change / below)
        } else {
            (upper.ln() - above.ln(), change / above)
        }
    };
    if gap_and_slope(low).0 >= 0.0 {
        return 0.0;
    }
    let mut u = (a / (a + b)).ln().clamp(low, high);
    for _ in 0..MOST_STEPS {
        let (gap, slope) = gap_and_slope(u);
        if gap < 0.0 {
            low = u;
        } else {
            high = u;
        }
        let step = u - gap / slope;
        let next = if step >= low && step <= high { step } else { f64::midpoint(low, high) };
        let settled = (next - u).abs() <= f64::EPSILON * u.abs().max(1.0);
        u = next;
        if settled {
            break;
        }
    }
    u.exp()
}

#[cfg(test)]
mod tests;
