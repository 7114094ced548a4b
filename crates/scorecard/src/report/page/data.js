// What the page is made of: the config and the calibration leads, by patterns of levels (report/data.rs says how).

/** The JSON of the element that carries it. */
function embedded(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

/** The table's patterns column by column: each is an array of codes, one a pattern. */
function unpacked({ columns, row_bytes: rowBytes, codes, leads, conversions }) {
  const bytes = Uint8Array.from(atob(codes), (letter) => letter.charCodeAt(0));
  let first = 0;
  const unpackedColumns = columns.map(({ bits }) => {
    const [byte, shift, size] = [first >> 3, first & 7, 2 ** bits];
    const column = new Uint32Array(leads.length);
    for (let pattern = 0, row = 0; pattern < column.length; pattern++, row += rowBytes) {
      let number = 0;
      for (let at = 0; 8 * at < shift + bits; at++) number += bytes[row + byte + at] * 256 ** at;
      column[pattern] = Math.floor(number / 2 ** shift) % size;
    }
    first += bits;
    return column;
  });
  return { columns: unpackedColumns, leads: Float64Array.from(leads), conversions: Float64Array.from(conversions) };
}

/** The patterns of a model's leads, all of them or those with one level, and its terms with their codes. */
function patternsOf(model, { columns }, patterns) {
  const { only } = model;
  const kept =
    only && [...patterns.leads.keys()].filter((pattern) => patterns.columns[only.column][pattern] === only.code);
  const pick = (array) => (kept ? array.constructor.from(kept, (pattern) => array[pattern]) : array);
  return {
    leads: pick(patterns.leads),
    conversions: pick(patterns.conversions),
    terms: model.terms.map(({ column, at }) => ({ ...columns[column], at, codes: pick(patterns.columns[column]) })),
  };
}

/** Leads and conversions of each level of a term. */
function margin({ codes, levels }, { leads, conversions }) {
  const counts = levels.map(() => ({ leads: 0, conversions: 0 }));
  codes.forEach((code, pattern) => {
    counts[code].leads += leads[pattern];
    counts[code].conversions += conversions[pattern];
  });
  return counts;
}
