"""`xent losses`, as a person runs it."""

import json

import typer
from typer.testing import CliRunner

from xent.cli.losses import losses
from xent.losses.registry import REGISTRY

APP = typer.Typer()
APP.command()(losses)


def run(*arguments, width=120):
    environment = {"COLUMNS": str(width), "NO_COLOR": "1"}
    return CliRunner(env=environment).invoke(APP, list(arguments), catch_exceptions=False)


def test_every_loss_has_a_line():
    shown = run(width=80).stdout
    for name in REGISTRY:
        assert name in shown
    assert "…" not in shown
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_one_loss_is_told_with_its_definition_and_source():
    shown = run("focal").stdout
    assert "Lin et al. 2017, equation 4" in shown
    assert "-w (1 - u)^γ log u" in shown
    assert "(p - e_y); the entries sum to 0" in shown
    assert "0 to inf" in shown


def test_json_is_strict_and_says_the_same():
    found = json.loads(run("focal", "--json").stdout)
    assert found["format"] == 1
    assert (found["name"], found["convex"], found["maximum"]) == ("focal", False, None)
    assert len(json.loads(run("--json").stdout)["losses"]) == len(REGISTRY)


def test_every_definition_and_gradient_is_plain_text():
    for one in json.loads(run("--json").stdout)["losses"]:
        for text in (one["definition"], one["gradient"]):
            assert text, one["name"]
            assert not set(text) & set("\\{}$"), one["name"]
            assert ":math:" not in text
            assert text.count("(") == text.count(")"), one["name"]


def test_a_loss_is_found_under_the_names_that_others_give_it():
    for name in ("AM-Softmax", "am_softmax", "amsoftmax", "CosFace"):
        assert json.loads(run(name, "--json").stdout)["name"] == "cosface"
    assert json.loads(run("BCE", "--json").stdout)["name"] == "sigmoid_cross_entropy"
    assert json.loads(run("A-Softmax", "--json").stdout)["name"] == "sphereface"
    assert json.loads(run("NormFace", "--json").stdout)["name"] == "normalized_softmax"
    assert "Also called" in run("cosface").stdout
    assert "AM-Softmax" in run().stdout


def test_no_fact_about_a_loss_is_cut_on_a_narrow_terminal():
    for name in REGISTRY:
        shown = run(name, width=60).stdout
        assert "…" not in shown.partition("Definition")[0], name


def test_names_of_losses_and_other_names_differ():
    others = [also for loss in REGISTRY.values() for also in loss.facts.also]
    plain = ["".join(c for c in one.casefold() if c.isalnum()) for one in others]
    assert len(set(plain)) == len(plain)
    assert not set(plain) & {name.replace("_", "") for name in REGISTRY}


def test_a_name_that_is_no_loss_is_one_line_with_near_names():
    done = run("fokal")
    assert done.exit_code == 2
    assert "`NAME` must be a loss; got 'fokal'" in done.stderr
    assert "focal" in done.stderr.partition("got")[2].partition("fokal")[2]
    assert "Traceback" not in done.stderr
