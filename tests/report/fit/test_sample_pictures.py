"""Pictures of signals and images on the page of a fit."""

from dataclasses import replace

import numpy as np
import pytest
from tests.report.fit.test_html_report import Page
from tests.report.made_findings import IRIS, made_findings

from xent.report.fit import render_html, render_json, sentences
from xent.report.fit.sample_pictures import class_pictures, surprising_pictures
from xent.report.fit.samples import ClassSamples, RowSamples, Samples

PLACES = tuple(float(8 * k - 400) for k in range(128))


def samples(labels=IRIS, *, shape=None, unit="ms", rows=30):
    n = 64 if shape else 128
    wave = np.exp(-0.5 * ((np.arange(n) - n / 2) / 5) ** 2)
    return Samples(
        title="mV at",
        columns=("mV at -400 ms", "mV at +616 ms"),
        places=tuple(map(float, range(n))) if shape else PLACES,
        quantity="mV",
        unit=unit,
        shape=shape,
        method="weight \N{MULTIPLICATION SIGN} deviation",
        surprising=tuple(RowSamples(100 + k, tuple((k + 1) * wave)) for k in range(10)),
        classes=tuple(
            ClassSamples(label, rows, tuple(wave * (k + 1)), tuple(wave - 0.1))
            for k, label in enumerate(labels)
        ),
    )


@pytest.fixture(params=[None, (8, 8)], ids=["signals", "images"])
def findings(request):
    return made_findings(samples=samples(shape=request.param))


def test_a_page_without_signals_has_no_pictures_of_them():
    page = render_html(made_findings())
    assert 'id="samples"' not in page
    assert "of these rows" not in page


@pytest.mark.half_second
def test_each_surprising_row_and_each_class_has_a_picture_and_a_caption(findings):
    rows, classes = surprising_pictures(findings), class_pictures(findings)
    assert [one.title for one in rows][:1] == ["Row 100: setosa, predicted versicolor"]
    assert rows[0].note == "12.5 bits; <0.1 % for the truth" or "bits; " in rows[0].note
    assert len(rows) == 10
    assert [one.title for one in classes] == [f"{label}: 30 rows" for label in IRIS]
    page = Page(render_html(findings))
    captions = sum(1 for tag, _ in page.elements if tag == "figcaption")
    assert captions >= 13
    assert all(image["alt"] for image in page.all("img"))
    assert all(image["src"].startswith("data:image/png;base64,") for image in page.all("img"))


@pytest.mark.half_second
def test_a_signal_is_drawn_beside_the_means_of_both_classes():
    (first, *_) = surprising_pictures(made_findings(samples=samples()))
    for color in ("ink", "accent", "rival"):
        assert f"stroke: var(--{color})" in first.picture


def test_a_class_shows_what_supports_and_what_opposes_it():
    (first, *_) = class_pictures(made_findings(samples=samples()))
    assert first.picture.count("fill: var(--accent)") == first.picture.count("fill: var(--rival)") == 1
    assert "largest at 112 ms, 0.900 nats" in first.picture


def test_an_image_has_one_picture_and_a_class_two():
    findings = made_findings(samples=samples(shape=(8, 8)))
    assert surprising_pictures(findings)[0].picture.count("<img") == 1
    assert class_pictures(findings)[0].picture.count("<img") == 2


@pytest.mark.slow
def test_every_channel_of_a_series_is_drawn():
    found = samples()
    low = tuple(
        replace(one, mean=tuple(v - 50 for v in one.mean), attribution=one.attribution[::-1])
        for one in found.classes
    )
    second = replace(found, title="channel 2 sample", classes=low)
    findings = made_findings(samples=replace(found, others=(second, second)))
    for pictures in (surprising_pictures(findings), class_pictures(findings)):
        assert [one.picture.count("<svg") for one in pictures] == [3] * len(pictures)
        assert pictures[0].picture.count("channel 2 sample") >= 2
    page = Page(render_html(findings))
    names = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(names)) == len(names)
    said = sentences.attribution(findings)
    assert '"mV at +616 ms" and 2 further channels below, in mV' in said


@pytest.mark.half_second
def test_of_many_channels_the_first_twelve_are_drawn():
    found = samples()
    findings = made_findings(samples=replace(found, others=(found,) * 19))
    assert class_pictures(findings)[0].picture.count("<svg") == 12
    assert "and 19 further channels below, of which 11 are drawn" in sentences.attribution(findings)


@pytest.mark.half_second
def test_classes_beyond_the_first_twenty_are_counted():
    labels = tuple(f"class {k}" for k in range(25))
    page = render_html(made_findings(labels, samples=samples(labels)))
    assert "The other 5 classes are not drawn." in page


def test_a_class_without_rows_is_not_drawn():
    found = samples()
    empty = replace(found.classes[1], rows=0)
    findings = made_findings(samples=replace(found, classes=(found.classes[0], empty, found.classes[2])))
    assert [one.title for one in class_pictures(findings)] == ["setosa: 30 rows", "virginica: 30 rows"]


@pytest.mark.half_second
def test_a_page_of_fifteen_classes_stays_below_its_size():
    labels = tuple("NLRejAaJSVEF/fQ")
    assert len(render_html(made_findings(labels, samples=samples(labels)))) < 400_000


@pytest.mark.half_second
def test_names_from_the_data_are_escaped():
    hostile = '<script>"x"</script>'
    page = render_html(made_findings((hostile, "b", "c"), samples=samples((hostile, "b", "c"), unit="ms")))
    assert "<script>" not in page


def test_a_signal_that_is_not_finite_is_drawn_all_the_same():
    found = samples()
    gaps = tuple(float("nan") for _ in found.places)
    broken = replace(found, surprising=(RowSamples(100, gaps), *found.surprising[1:]))
    assert len(surprising_pictures(made_findings(samples=broken))) == 10


def test_the_sentence_says_whose_rows_and_what_the_areas_are():
    said = sentences.attribution(made_findings(samples=samples()))
    assert said.startswith(
        'Means of the training rows, "mV at -400 ms" to "mV at +616 ms", in mV. Below each mean: weight'
    )
    said = sentences.attribution(made_findings(samples=samples(), judged="m"))
    assert said.startswith("Means of the judged rows")
    assert "blue supports the class" in sentences.attribution(made_findings(samples=samples(shape=(8, 8))))
    assert sentences.attribution(made_findings()) == ""


def test_json_holds_the_samples(findings):
    assert '"samples": {' in render_json(findings)


def test_groups_are_counted_beside_the_rows():
    rows = replace(made_findings().rows, group="patient", groups=(38, 9))
    said = sentences.whereabouts(made_findings(rows=rows))
    assert said.endswith(
        ' No "patient" is on both sides: 38 to train on, 9 held out; intervals draw whole ones.'
    )
