"""Words of a model file about its network, which are data to readers of the report of `xent judge`."""

from dataclasses import replace

from tests.fuzz.fits import assert_obeys_nothing, assert_prints_plainly
from tests.fuzz.hostile import HOSTILE

from xent.report.fit import render_html, render_json, render_text
from xent.report.fit.network_findings import EpochFinding, NetworkTraining


def test_nothing_that_a_network_says_of_itself_is_obeyed(make_findings):
    # Control characters are refused when a model file is read.
    known = [word[:40] for word in HOSTILE if word.isprintable()]
    # Half of them at a time, for the end of a long text is cut.
    for words in (known[::2], known[1::2]):
        markup = " ".join(words)
        training = NetworkTraining(
            epochs=(EpochFinding(1, 0.5, 0.6), EpochFinding(2, 0.4, 0.5)),
            best_epoch=2,
            held_out_rows=10,
            interrupted=True,
            loss=markup,
            weights=40,
            device=markup,
            calibration=markup,
            cross_entropy=0.4,
            error=0.1,
        )
        found = replace(make_findings(), training=training, races=())
        assert_obeys_nothing(render_html(found))
        assert_prints_plainly(lambda console, found=found: render_text(found, console))
        assert "\x1b" not in render_json(found)
