"""`leadcal export --to onnx`: onnx.checker accepts the graph, and onnxruntime scores with it as leadcal does."""

import json
import random
import time

import numpy
import pytest

import export_inputs
import exports

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


@pytest.fixture
def session(leadcal, tmp_path):
    """A config's graph, ready to run."""

    def made(config):
        path = tmp_path / "scoring.onnx"
        leadcal("export", config, "--to", "onnx", "-o", path)
        onnx.checker.check_model(str(path), full_check=True)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        return onnxruntime.InferenceSession(str(path), options)

    return made


def run(session, rows):
    """Results of leads in one batch; what there is not is None."""
    feeds = {}
    for given in session.get_inputs():
        column = [row[given.name] for row in rows]
        if given.type == "tensor(string)":
            feeds[given.name] = numpy.array(["" if value is None else value for value in column], dtype=object)
        else:
            feeds[given.name] = numpy.array([numpy.nan if value is None else float(value) for value in column])
    names = [output.name for output in session.get_outputs()]
    columns = [numpy.broadcast_to(column, len(rows)).tolist() for column in session.run(names, feeds)]
    absent = lambda value: value == "" or value != value
    found = [{name: None if absent(value) else value for name, value in zip(names, row)} for row in zip(*columns)]
    return [export_inputs.results(row, inputs) for row, inputs in zip(found, rows)]


@pytest.mark.parametrize("name", exports.CONFIGS)
def test_every_lead_scores_the_same(scored, session, figure, name):
    data = scored(name)
    rows = [
        export_inputs.of_lead(data.config, lead, events, data.as_of) for lead, events in zip(data.leads, data.events)
    ]
    graph = session(data.path)
    start = time.perf_counter()
    found = run(graph, rows)
    seconds = time.perf_counter() - start
    wrong = [one for both in zip(found, data.scores) for one in export_inputs.differences(*both)]
    figure(f"onnx, {name}: {len(rows)} leads in one batch, {len(rows) / seconds:.0f} a second, {len(wrong)} differences")
    assert rows and not wrong, wrong[:5]


def test_conformance(session, figure, tmp_path):
    left, ran, wrong = {}, 0, []
    config = tmp_path / "config.json"
    for name, text, inputs, expected in export_inputs.conformance(left):
        config.write_text(text, encoding="utf-8")
        ran += 1
        [found] = run(session(config), [inputs])
        wrong += [(name, one) for one in export_inputs.differences(found, expected)]
    figure(f"onnx: {ran} conformance cases, {len(wrong)} differences; left out: {left}")
    assert ran and not wrong, "\n".join(map(str, wrong))


def test_random_configs(session, figure, tmp_path):
    rng = random.Random(12)
    ran, wrong = 0, []
    path = tmp_path / "config.json"
    for number in range(60):
        config, cases = export_inputs.random_cases(rng, 40)
        path.write_text(json.dumps(config), encoding="utf-8")
        found = run(session(path), [inputs for inputs, _ in cases])
        ran += len(cases)
        wrong += [
            (number, one)
            for result, (_, expected) in zip(found, cases)
            for one in export_inputs.differences(result, expected)
        ]
    figure(f"onnx: {ran} leads of 60 random configs, {len(wrong)} differences")
    assert ran and not wrong, "\n".join(map(str, wrong))
