from __future__ import annotations

import io
import json

import pytest
from rich.cells import cell_len
from rich.console import Console

from xent.drawing.number_format import percent, plain
from xent.report.fit import Caution, ColumnFinding, render_columns, render_json, render_text


def printed(render, *what, width=80):
    stream = io.StringIO()
    render(*what, Console(file=stream, width=width, force_terminal=False))
    return stream.getvalue()


@pytest.mark.parametrize("width", [80, 48])
def test_no_line_is_wider_than_the_terminal(any_findings, width):
    text = printed(render_text, any_findings, width=width) + printed(
        render_columns, any_findings.columns, width=width
    )
    assert max(map(cell_len, text.splitlines())) <= width


def test_names_with_wide_letters_keep_to_the_width_too(make_findings):
    wide = make_findings(("\u65e5\u672c\u8a9e" * 9, "\u4e2d\u6587" * 14, "c"), name="\u65e5\u672c\u8a9e" * 40)
    assert max(map(cell_len, printed(render_text, wide).splitlines())) <= 80


def test_names_are_printed_literally(any_findings):
    text = printed(render_text, any_findings) + printed(render_columns, any_findings.columns)
    assert "\x1b" not in text
    assert ("[red]" in text) == ("[red]" in any_findings.target)


def test_brackets_are_no_markup_in_tables_and_sentences(make_findings):
    text = printed(render_text, make_findings(("a", "b", "[i]c[/i]")))
    assert "\n[i]c[/i]    42" in text
    assert 'Class "[i]c[/i]" costs most' in text


def test_long_names_give_way_to_numbers(make_findings):
    text = printed(render_text, make_findings(("x" * 90, "y" * 90, "z" * 90)), width=56)
    line = next(line for line in text.splitlines() if line.startswith("zz"))
    assert line.endswith("42       0.439       50.0 %     97.6 %  95.2 %")


def test_text_and_json_tell_the_same_numbers(findings):
    text, document = printed(render_text, findings), json.loads(render_json(findings))
    judgement = document["held_out"]
    for measure in ("cross_entropy", "bits", "perplexity"):
        assert plain(judgement[measure]["value"]) in text
    for share in (judgement["skill"], judgement["error"]["value"], document["training"]["error"]):
        assert percent(share) in text
    for number in (judgement["prior_entropy"], document["training"]["cross_entropy"]):
        assert plain(number) in text


def test_every_part_is_there(findings):
    text = " ".join(printed(render_text, findings).split())
    for part in (
        "Cross-entropy 0.300 nats 0.240 to 0.390",
        "In bits 0.433 bits 0.346 to 0.563",
        "Perplexity 1.35 classes 1.27 to 1.48",
        "Classification error 2.4 % 1.7 % to 4.4 %",
        "Prior entropy 1.10 nats",
        "Skill 72.7 %",
        "Training cross-entropy 0.0752 nats",
        "yes-or-no questions: 1 nat is 1.44 of them",
        "Error of guessing 65.9 %",
        "AUC 0.938",
        "Brier score 0.0625 0.0312 to 0.1250",
        "virginica 42 0.439 50.0 % 97.6 % 95.2 %",
        "100 12.5 setosa 0.017 % versicolor 99.983 %",
        "2 versicolor . 40 1",
        "feature 0 setosa +2.00",
        "Within 3.1e-11 nats of the minimum, certified, after 5 steps (tolerance 1e-8).",
        "C = 1 was chosen among 7 values",
        "squared error, whose first gradient is 100 times smaller",
    ):
        assert part in text


def test_doubts_come_before_the_results_and_the_race_last(findings):
    text = printed(render_text, findings)
    places = [
        text.index(words)
        for words in (
            "Before you rely on this",
            '- Column "a" alone',
            "Performance on",
            "5 columns",
            "Cross-entropy by class",
            "Cross-entropy against squared error",
        )
    ]
    assert places == sorted(places)


def test_nothing_is_said_before_results_without_doubts(make_findings):
    assert "Before you rely" not in printed(render_text, make_findings(cautions=()))


def test_a_long_caution_is_wrapped_and_never_cut(make_findings):
    words = " ".join(f"word{k}" for k in range(60))
    text = printed(render_text, make_findings(cautions=(Caution("leak", words + "\x1b[31m"),)))
    assert words in " ".join(text.split())
    assert "\x1b" not in text


def test_thresholds_are_printed_for_two_classes(make_findings):
    text = printed(render_text, make_findings(("no", "yes")))
    assert "Thresholds and costs" in text
    # The spaces between heads differ between versions of rich.
    assert "False alarms Misses Precision Recall Cost 0.2 Cost 1 Cost 5" in " ".join(text.split())
    assert "a false alarm costs 1 and a miss 0.2, 1 or 5" in " ".join(text.split())
    assert text.count("*") == 3
    assert "Thresholds" not in printed(render_text, make_findings())


def test_only_ten_surprising_rows_and_coefficients_are_shown(make_findings):
    text = printed(render_text, make_findings(features=30))
    surprises = text.split("Rows with the highest surprisal")[1].split("Confusion")[0]
    coefficients = text.split("Largest coefficients")[1].split("Optimisation")[0]
    assert len(surprises.split("\u2500\n")[1].strip().splitlines()) == 10
    assert len(coefficients.split("\u2500\n")[1].strip().splitlines()) == 10


def test_fifteen_classes_make_a_matrix_and_sixty_a_list(make_findings):
    fifteen = printed(render_text, make_findings(tuple(f"a long class name {k}" for k in range(15))))
    assert "Confusion matrix" in fifteen
    assert "Most frequent confusions" not in fifteen
    sixty = printed(render_text, make_findings(tuple(f"class {k}" for k in range(60))))
    assert "Confusion matrix" not in sixty
    assert "Most frequent confusions" in sixty
    assert "The other 45 classes together: 60.0 % of the loss." in sixty


def test_the_shares_of_an_infinite_loss_are_unknown(broken):
    table = printed(render_text, broken).split("Cross-entropy by class")[1].split("Rows with the highest")[0]
    assert table.count("unknown") >= 3
    assert " 0 %" not in table


def test_sixteen_classes_make_a_list_however_wide_the_terminal(make_findings):
    text = printed(render_text, make_findings(tuple("abcdefghijklmnop")), width=200)
    assert "Most frequent confusions" in text


def test_a_matrix_that_is_too_wide_becomes_a_list(make_findings):
    findings = make_findings(tuple("abcdefghijklmno"))
    assert "Most frequent confusions" in printed(render_text, findings, width=60)


def test_columns_are_listed_one_by_one_while_they_are_few(findings):
    lines = printed(render_columns, findings.columns).splitlines()
    assert lines[0] == "5 columns"
    assert lines[3].split() == ["feature", "0", "numeric", "0", "median", "0.5", "for", "0", "missing"]
    assert len(lines) == 9


@pytest.mark.parametrize("alike", [True, False])
def test_many_columns_take_at_most_twenty_lines(alike):
    columns = tuple(
        ColumnFinding(f"pixel {k}", "numeric", k, "standardised" if alike else f"median {k}")
        for k in range(300)
    )
    text = printed(render_columns, columns)
    assert len(text.splitlines()) <= 20
    assert "300: pixel 0 \u2026 pixel 299" in text


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_stream_without_unicode_can_take_it_all(findings, encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=stream, width=80)
    render_columns(findings.columns, console)
    render_text(findings, console)
    stream.flush()
    assert b"Cross-entropy" in stream.buffer.getvalue()
