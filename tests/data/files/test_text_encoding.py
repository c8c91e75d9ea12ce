import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xent.data.files.text_encoding import first_bad_byte


def blocks(content, cuts):
    ends = sorted({min(cut, len(content)) for cut in cuts} | {0, len(content)})
    return [content[start:stop] for start, stop in itertools.pairwise(ends)]


@given(st.text(st.sampled_from("aé€𝄞\n"), max_size=40), st.lists(st.integers(0, 120), max_size=5))
def test_good_text_is_good_however_it_is_cut(text, cuts):
    assert first_bad_byte(blocks(text.encode(), cuts)) is None


@given(
    st.text(st.sampled_from("aé€𝄞\n"), max_size=20),
    st.sampled_from([b"\xe9x", b"\xe9", b"\x81", b"\xff", b"\xf0\x9d\x84"]),
    st.text(st.sampled_from("a\n"), max_size=20),
    st.lists(st.integers(0, 120), max_size=5),
)
def test_the_first_bad_byte_is_found_however_the_text_is_cut(before, bad, after, cuts):
    content = before.encode() + bad + after.encode()
    assert first_bad_byte(blocks(content, cuts)) == (1 + before.count("\n"), bad[0])


@pytest.mark.parametrize("content", [b"", b"plain\n"])
def test_plain_text_is_good(content):
    assert first_bad_byte([content]) is None
