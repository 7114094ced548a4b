// Scores jobs with exported JavaScript functions: node run_functions.mjs JOBS RESULTS, both JSON. A job is
// { "module": path, "cases": [{ lead, events, as_of }] }; of each come the seconds of the processor, and the results:
// { score }, or { error, field, message }.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [jobs, results] = process.argv.slice(2);
const done = [];
for (const { module, cases } of JSON.parse(readFileSync(jobs, "utf8"))) {
  const { score, LeadError } = await import(pathToFileURL(module));
  const start = process.cpuUsage();
  const found = cases.map(({ lead, events, as_of: asOf }) => {
    try {
      return { score: score(lead, events, asOf) };
    } catch (error) {
      return { error: error.name, field: error instanceof LeadError ? error.field : undefined, message: error.message };
    }
  });
  const { user, system } = process.cpuUsage(start);
  done.push({ seconds: (user + system) / 1e6, results: found });
}
writeFileSync(results, JSON.stringify(done));
