from __future__ import annotations

import json
import math
from dataclasses import fields, replace

import numpy as np

from xent.report.fit import FitFindings, render_json
from xent.scoring.estimate import Estimate


def _refuse(constant):
    message = f"{constant} is not JSON"
    raise AssertionError(message)


def parsed(findings):
    return json.loads(render_json(findings), parse_constant=_refuse)


def test_the_keys_are_the_fields_after_the_format(findings):
    assert list(parsed(findings)) == ["format", *(field.name for field in fields(FitFindings))]
    assert parsed(findings)["format"] == 1


def test_numbers_are_kept_to_the_last_digit(findings):
    document = parsed(findings)
    assert document["held_out"]["cross_entropy"]["value"] == 0.30000000000000004
    assert document["training"]["iterations"][-1]["gap"] == 3.14e-11
    assert document["held_out"]["confusion"] == [list(row) for row in findings.held_out.confusion]


def test_bits_perplexity_and_skill_stand_beside_the_nats(findings):
    judgement = parsed(findings)["held_out"]
    nats = judgement["cross_entropy"]
    assert math.isclose(judgement["bits"]["high"], nats["high"] / math.log(2), rel_tol=1e-15)
    assert math.isclose(judgement["perplexity"]["low"], math.exp(nats["low"]), rel_tol=1e-15)
    assert math.isclose(judgement["skill"], 1 - nats["value"] / judgement["prior_entropy"], rel_tol=1e-15)


def test_what_is_not_finite_becomes_null(broken):
    document = parsed(broken)
    assert document["held_out"]["cross_entropy"] == {"value": None, "low": 0.1, "high": None, "level": 0.95}
    assert document["held_out"]["skill"] is None
    assert document["training"]["iterations"][0]["gap"] is None


def test_numbers_of_numpy_are_written_as_numbers(findings):
    held_out = replace(
        findings.held_out, cross_entropy=Estimate(*np.float32([0.5, 0.25, 0.75])), confusion=((np.int64(3),),)
    )
    document = parsed(replace(findings, held_out=held_out))
    assert document["held_out"]["cross_entropy"]["low"] == 0.25
    assert repr(document["held_out"]["confusion"]) == "[[3]]"


def test_a_list_of_numbers_takes_one_line_and_text_is_left_alone(make_findings):
    classes = ("[\n 1,\n 2\n]", "\u00e9\ud800", '"')
    text = render_json(make_findings(classes))
    assert json.loads(text)["classes"] == list(classes)
    assert text.isascii()
    assert '"steps": [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 200],' in text


def test_the_same_findings_give_the_same_text(findings, make_findings):
    assert render_json(findings) == render_json(make_findings())
