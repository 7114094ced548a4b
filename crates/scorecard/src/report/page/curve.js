// The expected rate by score, fitted as leadcal fits it: logistic regression of the outcome on the score.

/**
 * Intercept and slope by Newton's method, from leads and conversions of each score. Where the outcomes' scores do not
 * overlap, every score is given one lead more, half of it converted; where all scores are equal, the slope is 0.
 * Null where only one outcome occurs or the steps do not settle.
 */
function scoreCurve(scores) {
  const total = (key, rows) => rows.reduce((sum, row) => sum + row[key], 0);
  let rows = scores.filter(({ leads }) => leads > 0);
  const all = total("leads", rows);
  const conversions = total("conversions", rows);
  if (conversions === 0 || conversions === all) return null;
  const logOdds = Math.log(conversions / (all - conversions));
  if (rows.length === 1) return { intercept: logOdds, slope: 0 };
  const mean = rows.reduce((sum, { score, leads }) => sum + (leads / all) * score, 0);
  const scale = Math.sqrt(rows.reduce((sum, { score, leads }) => sum + (leads / all) * (score - mean) ** 2, 0));
  if (!overlap(rows)) {
    rows = rows.map((row) => ({ ...row, leads: row.leads + 1, conversions: row.conversions + 0.5 }));
  }
  rows = rows.map((row) => ({ ...row, score: (row.score - mean) / scale }));

  let [a, b, loss] = [logOdds, 0, lossAt(rows, logOdds, 0)];
  for (let iteration = 0; iteration < 200; iteration++) {
    const [stepA, stepB] = newtonStep(rows, a, b);
    let share = Math.min(1, 5 / Math.max(...rows.map(({ score }) => Math.abs(stepA + stepB * score))));
    let next = lossAt(rows, a + share * stepA, b + share * stepB);
    while (!(next <= loss + 1e-13 * Math.abs(loss)) && share > 1e-12) {
      share /= 2;
      next = lossAt(rows, a + share * stepA, b + share * stepB);
    }
    if (share <= 1e-12) return null;
    [a, b, loss] = [a + share * stepA, b + share * stepB, next];
    if (Math.max(Math.abs(stepA), Math.abs(stepB)) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1)) {
      return { intercept: a - (b / scale) * mean, slope: b / scale };
    }
  }
  return null;
}

/** Whether the outcomes' scores overlap in more than one point; else the likelihood grows with the slope for ever. */
function overlap(rows) {
  const converted = rows.filter((row) => row.conversions > 0).map(({ score }) => score);
  const others = rows.filter((row) => row.conversions < row.leads).map(({ score }) => score);
  return converted[0] < others[others.length - 1] && others[0] < converted[converted.length - 1];
}

/** Minus the log-likelihood. */
function lossAt(rows, a, b) {
  return rows.reduce((sum, { score, leads, conversions }) => {
    const x = a + b * score;
    return sum + leads * (Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))) - conversions * x;
  }, 0);
}

function newtonStep(rows, a, b) {
  let [g0, g1, h00, h01, h11] = [0, 0, 0, 0, 0];
  for (const { score, leads, conversions } of rows) {
    const rate = 1 / (1 + Math.exp(-(a + b * score)));
    const [residual, weight] = [leads * rate - conversions, leads * rate * (1 - rate)];
    g0 += residual;
    g1 += residual * score;
    h00 += weight;
    h01 += weight * score;
    h11 += weight * score * score;
  }
  const determinant = h00 * h11 - h01 * h01;
  return [-(h11 * g0 - h01 * g1) / determinant, -(h00 * g1 - h01 * g0) / determinant];
}
