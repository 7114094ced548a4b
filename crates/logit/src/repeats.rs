//! What repetitions of behaviours are worth, beside everything else that is known of a lead: how many count, how fast they
//! are forgotten, and what one adds to the log-odds.
//!
//! A behaviour's number x(M, h) is the sum of 2^(-age / h) over its newest M events (h infinite: no decay). It enters the
//! logistic model with one slope beside all other attributes. M and h maximise the penalised likelihood, over
//! M = 1 … `most` and a geometric grid of half-lives refined by golden-section search, behaviour by behaviour until nothing
//! moves (coordinate ascent). A half-life must gain 6.63 in twice the log-likelihood over no decay, the 1 % point of
//! chi-squared with one degree of freedom: it is looked for in many behaviours.
//!
//! Intervals are profile-likelihood intervals: the M, or h, at which twice the log-likelihood, maximised over h, or M, and
//! all slopes and coefficients, is at most 3.84 below its maximum (Venzon and Moolgavkar, *A Method for Computing
//! Profile-Likelihood-Based Confidence Intervals*, Applied Statistics 37, 1988). The interval of the slope is the hull of
//! its 95 % Wald intervals at the best shape and at the ends of those intervals: what holds whatever shape fits.
//!
//! Rows are put in an order of their own first, and above [`MOST_ROWS`] every k-th is taken: results do not depend on the
//! order of the leads.

use std::cmp::Ordering;

use leadcal_lift::patterns::{CovariatePatterns, Decay, LogOddsEach, Times};
use leadcal_lift::snapshots::{Occurrences, Shape};

use crate::error::LogitError;
use crate::fit::LogitValidParams;
use crate::inference::Effect;
use crate::likelihood::{loss, residual_and_weight};
use joint::{Fit, Joint, Numbers};

mod joint;

/// Rows that shapes are estimated from at most: the time it takes grows with them, what is learnt hardly does.
pub const MOST_ROWS: usize = 100_000;
/// What a half-life must gain over no decay, in twice the log-likelihood.
const DECAY_GAIN: f64 = 6.63;
/// 95 % point of chi-squared with one degree of freedom.
const CHI_SQUARED_95: f64 = 3.841_458_820_694_124;
/// The shortest half-life looked at, in days.
const SHORTEST: f64 = 1.0;
/// The longest, in windows: farther, an event at the window's end is worth more than 0.7.
const LONGEST_WINDOWS: f64 = 2.0;
/// Steps between half-lives of the grid, as a factor.
const GRID: f64 = std::f64::consts::SQRT_2;
/// Rounds over the behaviours at most.
const ROUNDS: usize = 4;
/// Ends and optima of half-lives are found to this share.
const PRECISION: f64 = 0.01;

/// A behaviour whose shape is to be found.
#[derive(Debug, Clone, Copy)]
pub struct Behaviour<'a> {
    /// Its events, by row.
    pub occurrences: &'a Occurrences,
    /// Most times that can be told apart: the 99th percentile of its counts, at least 1.
    pub most: u32,
    /// Times that count, where given.
    pub max_times: Option<u32>,
    /// Its half-life.
    pub half_life: HalfLife,
}

/// What is asked of a half-life.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum HalfLife {
    /// To be found, or refused where the data cannot tell.
    #[default]
    Estimate,
    /// Events do not fade.
    None,
    /// So many days.
    Days(f64),
}

/// The shape of a behaviour, with what the data say of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FittedRepeats {
    /// How its events add up.
    pub shape: Shape,
    /// Numbers of times that fit as well; `None` where it was given.
    pub max_times_interval: Option<Times>,
    /// What the data say of the half-life; `None` where it was given.
    pub decay: Option<Decay>,
    /// Change of the log-odds for one event at age 0.
    pub log_odds_each: LogOddsEach,
}

/// Rows with everything else that is known of them.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// The table of all other attributes.
    pub others: &'a CovariatePatterns,
    /// The pattern of each row in it.
    pub pattern_of: &'a [u32],
    /// Whether each row converted.
    pub converted: &'a [bool],
}

/// Finds the shapes of behaviours jointly.
///
/// # Errors
/// Where the joint model cannot be fitted.
///
/// # Panics
/// Where there is not an entry for each row everywhere: a bug of the caller.
pub fn fit_repeats(
    rows: Rows<'_>,
    behaviours: &[Behaviour<'_>],
    window_days: u32,
    params: &LogitValidParams,
) -> Result<Vec<FittedRepeats>, LogitError> {
    let order = order(rows, behaviours);
    let longest = LONGEST_WINDOWS * f64::from(window_days);
    let pattern_of = order.iter().map(|&row| rows.pattern_of[row] as usize).collect();
    let converted = order.iter().map(|&row| f64::from(u8::from(rows.converted[row]))).collect();
    let (joint, without) = Joint::new(rows.others, pattern_of, converted, behaviours.len(), params)?;
    let search = Search { rows, behaviours, order, longest, joint };
    let mut at = search.start(&without)?;
    for _ in 0..ROUNDS {
        let before = at.shapes.clone();
        for index in 0..behaviours.len() {
            at = search.improve(at, index)?;
        }
        if at.shapes == before {
            break;
        }
    }
    for index in 0..behaviours.len() {
        at = search.refine(at, index)?;
        at = search.settle(at, index)?;
    }
    at.fit = search.joint.settled(&at.numbers, &at.fit)?;
    (0..behaviours.len()).map(|index| search.describe(&at, index)).collect()
}

struct Search<'a> {
    rows: Rows<'a>,
    behaviours: &'a [Behaviour<'a>],
    /// The rows looked at, in an order that does not depend on theirs.
    order: Vec<usize>,
    longest: f64,
    joint: Joint,
}

/// The joint model at some shapes.
#[derive(Clone)]
struct State {
    shapes: Vec<Shape>,
    /// What each row looked at has of each behaviour.
    numbers: Vec<Numbers>,
    fit: Fit,
}

impl State {
    /// Twice the penalised log-likelihood.
    fn value(&self) -> f64 {
        self.fit.value
    }

    fn slope(&self, behaviour: usize) -> Effect {
        Effect::new(self.fit.slopes[behaviour], self.fit.variance(behaviour))
    }
}

impl Search<'_> {
    fn start(&self, fit: &Fit) -> Result<State, LogitError> {
        let shape = |behaviour: &Behaviour<'_>| Shape {
            max_times: behaviour.max_times.unwrap_or(behaviour.most).max(1),
            half_life_days: match behaviour.half_life {
                HalfLife::Days(days) => Some(days),
                HalfLife::Estimate | HalfLife::None => None,
            },
        };
        let shapes: Vec<Shape> = self.behaviours.iter().map(shape).collect();
        let numbers: Vec<Numbers> = (0..shapes.len()).map(|index| self.numbers(index, shapes[index])).collect();
        let fit = self.joint.fit(&numbers, fit)?;
        Ok(State { shapes, numbers, fit })
    }

    fn ages(&self, behaviour: usize, row: usize) -> &[f64] {
        self.behaviours[behaviour].occurrences.of(self.order[row])
    }

    fn numbers(&self, behaviour: usize, shape: Shape) -> Numbers {
        (0..self.order.len()).map(|row| shape.weight(self.ages(behaviour, row))).collect()
    }

    /// The joint model with another shape of one behaviour.
    fn with(&self, at: &State, index: usize, shape: Shape) -> Result<State, LogitError> {
        let (mut shapes, mut numbers) = (at.shapes.clone(), at.numbers.clone());
        shapes[index] = shape;
        numbers[index] = self.numbers(index, shape);
        let fit = self.joint.fit(&numbers, &at.fit)?;
        Ok(State { shapes, numbers, fit })
    }

    /// The best shape of one behaviour on the grid, everything else held, where it makes the joint model better.
    fn improve(&self, at: State, index: usize) -> Result<State, LogitError> {
        let shape = self.scan(&at, index);
        if shape == at.shapes[index] {
            return Ok(at);
        }
        let decay_appears = shape.half_life_days.is_some() && at.shapes[index].half_life_days.is_none();
        let moved = self.with(&at, index, shape)?;
        let least = if decay_appears { DECAY_GAIN } else { 0.0 };
        Ok(if moved.value() > at.value() + least { moved } else { at })
    }

    /// The shape on the grid with the greatest likelihood, what the other attributes say being fixed as it is: the slope
    /// alone is fitted anew, and rows without the behaviour do not matter.
    fn scan(&self, at: &State, index: usize) -> Shape {
        let slope = at.fit.slopes[index];
        let log_odds = self.joint.log_odds(&at.fit, &at.numbers);
        let with: Vec<(usize, f64, bool)> = (0..self.order.len())
            .filter(|&row| !self.ages(index, row).is_empty())
            .map(|row| {
                let without = log_odds[row] - slope * at.numbers[index][row];
                (row, without, self.rows.converted[self.order[row]])
            })
            .collect();
        let value = |shape: Shape| {
            let cells: Vec<(f64, f64, bool)> = with
                .iter()
                .map(|&(row, without, converted)| (shape.weight(self.ages(index, row)), without, converted))
                .collect();
            2.0 * best_slope(&cells, slope)
        };
        let Behaviour { most, max_times, half_life, .. } = self.behaviours[index];
        let times: Vec<u32> = max_times.map_or_else(|| (1..=most.max(1)).collect(), |given| vec![given]);
        let best = |half_lives: &[Option<f64>]| {
            let mut best: Option<(f64, Shape)> = None;
            for &max_times in &times {
                for &half_life_days in half_lives {
                    let shape = Shape { max_times, half_life_days };
                    let value = value(shape);
                    if best.is_none_or(|(most, _)| value > most) {
                        best = Some((value, shape));
                    }
                }
            }
            best.expect("at least one shape")
        };
        match half_life {
            HalfLife::None => best(&[None]).1,
            HalfLife::Days(days) => best(&[Some(days)]).1,
            HalfLife::Estimate => {
                let (plain, without) = best(&[None]);
                let (decayed, with) = best(&self.grid().into_iter().map(Some).collect::<Vec<_>>());
                if decayed > plain + DECAY_GAIN { with } else { without }
            }
        }
    }

    /// Half-lives in days, ascending.
    fn grid(&self) -> Vec<f64> {
        let longest = self.longest.max(SHORTEST);
        let next = |days: &f64| Some(days * GRID).filter(|next| *next < longest);
        let mut grid: Vec<f64> = std::iter::successors(Some(SHORTEST), next).collect();
        grid.push(longest);
        grid
    }

    /// Moves a half-life that was found on the grid to its best value between its neighbours, by golden-section search.
    fn refine(&self, at: State, index: usize) -> Result<State, LogitError> {
        self.refine_between(at, index, GRID)
    }

    /// The best half-life at most a factor away, if it is estimated and there is one.
    fn refine_between(&self, mut at: State, index: usize, factor: f64) -> Result<State, LogitError> {
        let Some(days) = at.shapes[index].half_life_days.filter(|_| self.estimates(index)) else { return Ok(at) };
        let inside = (5.0_f64.sqrt() - 1.0) / 2.0;
        let (mut low, mut high) = ((days / factor).max(SHORTEST).ln(), (days * factor).min(self.longest).ln());
        let (mut left, mut right) = (None, None);
        while high - low > PRECISION {
            let of = |known: Option<State>, ln: f64| match known {
                Some(state) => Ok(state),
                None => self.at_half_life(&at, index, Some(ln.exp())),
            };
            let a = of(left.take(), high - inside * (high - low))?;
            let b = of(right.take(), low + inside * (high - low))?;
            if a.value() > b.value() {
                high = low + inside * (high - low);
                if a.value() > at.value() {
                    at = a.clone();
                }
                right = Some(a);
            } else {
                low = high - inside * (high - low);
                if b.value() > at.value() {
                    at = b.clone();
                }
                left = Some(b);
            }
        }
        Ok(at)
    }

    /// Moves the times that count to a neighbour while that fits better in the joint model.
    fn settle(&self, mut at: State, index: usize) -> Result<State, LogitError> {
        if self.behaviours[index].max_times.is_some() {
            return Ok(at);
        }
        loop {
            let times = at.shapes[index].max_times;
            let neighbours = [times - 1, times + 1].into_iter();
            let mut better = None;
            for times in neighbours.filter(|times| (1..=self.behaviours[index].most).contains(times)) {
                let moved = self.at_times(&at, index, times)?;
                if moved.value() > better.as_ref().unwrap_or(&at).value() {
                    better = Some(moved);
                }
            }
            match better {
                Some(better) => at = better,
                None => return Ok(at),
            }
        }
    }

    fn estimates(&self, index: usize) -> bool {
        self.behaviours[index].half_life == HalfLife::Estimate
    }

    fn at_half_life(&self, at: &State, index: usize, half_life_days: Option<f64>) -> Result<State, LogitError> {
        self.with(at, index, Shape { half_life_days, ..at.shapes[index] })
    }

    fn at_times(&self, at: &State, index: usize, max_times: u32) -> Result<State, LogitError> {
        self.with(at, index, Shape { max_times, ..at.shapes[index] })
    }

    /// A behaviour's shape with its intervals.
    fn describe(&self, at: &State, index: usize) -> Result<FittedRepeats, LogitError> {
        let best = at.slope(index);
        let mut hull = best.interval;
        let mut widen = |state: &State| {
            let [low, high] = state.slope(index).interval;
            hull = [hull[0].min(low), hull[1].max(high)];
        };
        let max_times_interval = match self.behaviours[index].max_times {
            Some(_) => None,
            None => Some(self.times_interval(at, index, &mut widen)?),
        };
        let decay = if self.estimates(index) { Some(self.decay(at, index, &mut widen)?) } else { None };
        let log_odds_each = LogOddsEach { value: best.value, interval: hull };
        Ok(FittedRepeats { shape: at.shapes[index], max_times_interval, decay, log_odds_each })
    }

    /// The numbers of times that fit as well, each at its own best half-life.
    fn times_interval(&self, at: &State, index: usize, fits: &mut impl FnMut(&State)) -> Result<Times, LogitError> {
        let (best, most) = (at.shapes[index].max_times, self.behaviours[index].most);
        let mut end = |times: &mut dyn Iterator<Item = u32>| {
            let (mut end, mut last) = (best, at.clone());
            for times in times {
                let state = self.at_times(&last, index, times)?;
                let state = self.refine_between(state, index, 2.0)?;
                if !as_good(&state, at) {
                    break;
                }
                fits(&state);
                (end, last) = (times, state);
            }
            Ok::<_, LogitError>(end)
        };
        let (low, high) = (end(&mut (1..best).rev())?, end(&mut (best + 1..=most))?);
        // What happens more often than `most` times is not looked at: nothing speaks against a greater number.
        Ok(Times { low, high: (high < most).then_some(high) })
    }

    /// The half-lives that fit as well as the best shape does, each with its own best number of times.
    fn decay(&self, at: &State, index: usize, fits: &mut impl FnMut(&State)) -> Result<Decay, LogitError> {
        let profile = |days: f64| self.settle(self.at_half_life(at, index, Some(days))?, index);
        let good = |days: f64| Ok::<_, LogitError>(as_good(&profile(days)?, at));
        // Between an end that does not fit and one that does.
        let end = |mut bad: f64, mut fitting: f64| {
            while (bad / fitting).ln().abs() > PRECISION {
                let middle = (bad * fitting).sqrt();
                if good(middle)? {
                    fitting = middle;
                } else {
                    bad = middle;
                }
            }
            Ok::<_, LogitError>(fitting)
        };
        let shortest = profile(SHORTEST)?;
        let shortest_fits = as_good(&shortest, at);
        let Some(best) = at.shapes[index].half_life_days else {
            if shortest_fits {
                // No decay, the other end, is the best shape here.
                fits(&shortest);
                return Ok(Decay::Undetermined);
            }
            let low = if good(self.longest)? { end(SHORTEST, self.longest)? } else { self.longest };
            fits(&profile(low)?);
            return Ok(Decay::NotShown(low));
        };
        let low = if shortest_fits { SHORTEST } else { end(SHORTEST, best)? };
        let high = if good(self.longest)? { self.longest } else { end(self.longest, best)? };
        for days in [low, high] {
            fits(&profile(days)?);
        }
        Ok(Decay::Estimated([low, high]))
    }
}

/// Whether a shape fits the data as well as the best one, at 95 %.
fn as_good(state: &State, best: &State) -> bool {
    best.value() - state.value() <= CHI_SQUARED_95
}

/// The greatest log-likelihood over the slope of x, what else is known being an offset, of the rows that are here. Each cell
/// has x, the offset and the outcome.
fn best_slope(cells: &[(f64, f64, bool)], start: f64) -> f64 {
    let at = |b: f64| {
        let (mut value, mut gradient, mut curvature) = (0.0, 0.0, 1e-9);
        for &(x, offset, converted) in cells {
            let converted = f64::from(u8::from(converted));
            let eta = offset + b * x;
            value -= loss(1.0, converted, eta);
            let (residual, weight) = residual_and_weight(1.0, converted, eta);
            gradient -= residual * x;
            curvature += weight * x * x;
        }
        (value, gradient, curvature)
    };
    let (mut b, mut best) = (start, at(start));
    for _ in 0..20 {
        let (value, gradient, curvature) = best;
        // A behaviour nobody who converted showed has no greatest value: steps are kept short and end with the gains.
        let mut step = (gradient / curvature).clamp(-2.0, 2.0);
        let mut next = at(b + step);
        while next.0 < value && step.abs() > 1e-6 {
            step *= 0.5;
            next = at(b + step);
        }
        if next.0 <= value {
            break;
        }
        (b, best) = (b + step, next);
        if best.0 - value < 1e-3 {
            break;
        }
    }
    best.0
}

/// Rows by what is known of them, so that equal leads in another order are the same rows; every k-th where there are many.
fn order(rows: Rows<'_>, behaviours: &[Behaviour<'_>]) -> Vec<usize> {
    let by_ages = |a: usize, b: usize| {
        let mut orders = behaviours.iter().map(|behaviour| {
            let (a, b) = (behaviour.occurrences.of(a), behaviour.occurrences.of(b));
            let ages = a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
            ages.unwrap_or(a.len().cmp(&b.len()))
        });
        orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    let mut order: Vec<usize> = (0..rows.converted.len()).collect();
    order.sort_by(|&a, &b| {
        let key = |row: usize| (rows.pattern_of[row], rows.converted[row]);
        key(a).cmp(&key(b)).then_with(|| by_ages(a, b))
    });
    let step = order.len().div_ceil(MOST_ROWS).max(1);
    order.into_iter().step_by(step).collect()
}

#[cfg(test)]
mod tests;
