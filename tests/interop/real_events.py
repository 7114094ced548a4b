"""Leads and events from two public event logs (../shared/data/SOURCES.md), written to a folder outside the repository.

    python real_events.py FOLDER

`bpic2012/`: a bank's loan applications. A lead is a case, created when it was submitted, converted when it was first approved,
registered or activated; events are the work items around it (W_). `leads.csv` says what was known on submission;
`whole_life.csv` adds the case's work items of all time, as a careless export does.

`attribution/`: customers who saw advertisements. A lead is a customer, created at the first touch; events are the touches, each
with its channel. The row of a conversion is the outcome and no touch. `whole_life.csv` adds the number of touches of all time.
"""

import csv
import sys
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

import history

SHARED = Path(__file__).resolve().parents[3] / "shared/data"
APPROVED = {"A_APPROVED", "A_REGISTERED", "A_ACTIVATED"}
# Work items have numbers in the file; the log's own names are longer.
WORK_ITEMS = range(1, 7)


def bpic2012(folder, data=SHARED):
    """Writes the cases and their work items; the paths of leads, whole-life leads and events."""
    funnel, work = defaultdict(list), defaultdict(list)
    for row in history.read_csv(data / "bpic2012_a_events.csv"):
        funnel[row["Case ID"]].append((moment(row["Complete Timestamp"]), row["Activity"], row["AMOUNT_REQ"]))
    for row in history.read_csv(data / "bpic2012_w_events.csv"):
        work[row["CaseID"]].append((moment(row["CompleteTimestamp"]), row["ActivityID"]))
    leads = []
    for case, rows in funnel.items():
        submitted = min(time for time, activity, _ in rows if activity == "A_SUBMITTED")
        approved = min((time for time, activity, _ in rows if activity in APPROVED), default=None)
        leads.append(
            {
                "case": case,
                "submitted": text(submitted),
                "approved": text(approved),
                "converted": "no" if approved is None else "yes",
                "amount": rows[0][2],
                "weekday": submitted.strftime("%A"),
                "hour": submitted.hour,
            }
        )
    # Work items of cases whose funnel is not in the other file belong to no lead.
    events = [
        {"case": case, "time": text(time), "event": f"work item {item}"}
        for case, rows in work.items()
        for time, item in rows
        if case in funnel
    ]
    whole = [lead | of_all_time(Counter(item for _, item in work[lead["case"]])) for lead in leads]
    return written(folder, leads, whole, events)


def of_all_time(items):
    return {f"work item {item}": items[str(item)] for item in WORK_ITEMS}


def attribution(folder, data=SHARED):
    """Writes the customers and their touches; the paths of leads, whole-life leads and events."""
    customers = defaultdict(list)
    for row in history.read_csv(data / "attribution_events.csv"):
        customers[row["customer_id"]].append((moment(row["time"]), row["interaction"], row["channel"]))
    leads, whole, events = [], [], []
    for customer, rows in customers.items():
        touches = [(time, channel) for time, what, channel in rows if what != "conversion"]
        converted = min((time for time, what, _ in rows if what == "conversion"), default=None)
        first, channel = min(touches, default=(converted, None))
        # A customer whose first row is the conversion was never a lead: there was nobody to score before.
        if converted is not None and converted <= first:
            continue
        lead = {
            "customer": customer,
            "first_touch": text(first),
            "converted_at": text(converted),
            "converted": "no" if converted is None else "yes",
            "first channel": channel,
        }
        leads.append(lead)
        whole.append(lead | {"touches": len(touches)})
        events += [{"customer": customer, "time": text(time), "event": "touch", "channel": of} for time, of in touches]
    return written(folder, leads, whole, events)


def written(folder, leads, whole, events):
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"leads.csv": leads, "whole_life.csv": whole, "events.csv": events}
    return [history.write_csv(folder / name, rows) for name, rows in tables.items()]


def moment(value):
    return datetime.fromisoformat(value.removesuffix("Z"))


def text(time):
    return "" if time is None else time.isoformat() + "Z"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    for prepare in (bpic2012, attribution):
        for path in prepare(target / prepare.__name__):
            with path.open(encoding="utf-8") as file:
                print(path, sum(1 for _ in csv.reader(file)) - 1)
