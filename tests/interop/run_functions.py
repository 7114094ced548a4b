"""Scores jobs with exported Python functions, as run_functions.mjs does: python run_functions.py JOBS RESULTS."""

import importlib.util
import json
import sys
import time
from pathlib import Path


def load(path):
    spec = importlib.util.spec_from_file_location("score", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def result(module, case):
    try:
        return {"score": module.score(case["lead"], case["events"], case["as_of"])}
    except Exception as error:
        found = {"error": type(error).__name__, "message": str(error)}
        return found | ({"field": error.field} if isinstance(error, module.LeadError) else {})


def run(job):
    module = load(job["module"])
    start = time.process_time()
    results = [result(module, case) for case in job["cases"]]
    return {"seconds": time.process_time() - start, "results": results}


if __name__ == "__main__":
    jobs, results = map(Path, sys.argv[1:])
    done = [run(job) for job in json.loads(jobs.read_text(encoding="utf-8"))]
    results.write_text(json.dumps(done), encoding="utf-8")
