//! Texts to levels: one level a text, the rare ones pooled as "(other)".

use super::{BinningOptions, TEXT_LEVELS};
use crate::attribute::{Level, Scalar, When};

/// Levels of the texts that are frequent enough, by name. `values` are the distinct texts with their counts; those of
/// special values are left to them, and those under the least count or beyond `max_levels` to "(other)".
pub(super) fn levels(values: &[(String, u64)], leads: u64, options: &BinningOptions) -> Vec<Level> {
    // Where texts are joined, a share is asked of the joined level.
    let min_share = if options.join { 0.0 } else { options.min_share };
    let least = (min_share * leads as f64).max(options.min_leads as f64).max(1.0);
    let special = |text: &str| options.special.contains(&Scalar::Text(text.to_owned()));
    let mut frequent: Vec<&(String, u64)> =
        values.iter().filter(|(text, count)| *count as f64 >= least && !special(text)).collect();
    frequent.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    frequent.truncate(options.max_levels.filter(|_| !options.join).unwrap_or(TEXT_LEVELS));
    frequent.sort_by(|a, b| a.0.cmp(&b.0));
    frequent
        .into_iter()
        .map(|(text, _)| Level { name: text.clone(), when: When::In(vec![Scalar::Text(text.clone())]) })
        .collect()
}
