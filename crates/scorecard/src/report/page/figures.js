// Figures of a score distribution: how well it ranks, what each band holds.

/** The area under the ROC curve, ties by half; null where one outcome is missing. */
function auc(scores) {
  let [below, pairs, others] = [0, 0, 0];
  for (const { leads, conversions } of scores) {
    const not = leads - conversions;
    pairs += conversions * (below + not / 2);
    below += not;
    others += conversions;
  }
  return below > 0 && others > 0 ? pairs / (below * others) : null;
}

/** Leads and conversions with a score of at least `from` and below `below`. */
function within(scores, from, below) {
  const sum = { leads: 0, conversions: 0 };
  for (const { score, leads, conversions } of scores) {
    if (score >= from && score < below) {
      sum.leads += leads;
      sum.conversions += conversions;
    }
  }
  return sum;
}

/** What each of the bands holds. */
function held(bands, scores) {
  return bands.map(({ from }, at) => within(scores, from, at + 1 < bands.length ? bands[at + 1].from : Infinity));
}

/** A config's rates have six decimals. */
function recordedRate({ leads, conversions }) {
  return Math.round((conversions / leads) * 1e6) / 1e6;
}
