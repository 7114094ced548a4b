//! Optimal cuts of a column in memory, with the time they take: what tests/interop compares with optbinning.
//!
//! Arguments: a file of little-endian 64-bit floats, a file of as many bytes (1 converted, 0 not), the most levels, the
//! least share of the leads in one, the trend, and how often to repeat. Prints JSON: the cuts, and seconds of each run.
#![expect(clippy::print_stdout, reason = "its job")]

use std::error::Error;
use std::time::Instant;

use leadcal_lift::binning::optimal::Trend;
use leadcal_lift::binning::{BinningOptions, optimal_cuts};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [values, outcomes, max_levels, min_share, trend, repeats] = arguments.as_slice() else {
        return Err("six arguments: VALUES OUTCOMES MAX_LEVELS MIN_SHARE TREND REPEATS".into());
    };
    let bytes = std::fs::read(values)?;
    let values: Vec<f64> =
        bytes.chunks_exact(8).map(|b| b.try_into().map(f64::from_le_bytes)).collect::<Result<_, _>>()?;
    let converted: Vec<bool> = std::fs::read(outcomes)?.into_iter().map(|byte| byte == 1).collect();
    let trend = match trend.as_str() {
        "none" => Trend::None,
        "auto" => Trend::Auto,
        "ascending" => Trend::Ascending,
        "descending" => Trend::Descending,
        "peak" => Trend::Peak,
        "valley" => Trend::Valley,
        other => return Err(format!("no trend: {other}").into()),
    };
    let options = BinningOptions {
        max_levels: Some(max_levels.parse()?),
        min_share: min_share.parse()?,
        trend,
        min_leads: 1,
        min_conversions: 1,
        min_gain: 0.0,
        ..BinningOptions::default()
    };
    let (mut cuts, mut seconds) = (Vec::new(), Vec::new());
    for _ in 0..repeats.parse::<usize>()? {
        let start = Instant::now();
        cuts = optimal_cuts(&values, &converted, &options);
        seconds.push(start.elapsed().as_secs_f64());
    }
    println!("{{\"cuts\": {cuts:?}, \"seconds\": {seconds:?}}}");
    Ok(())
}
