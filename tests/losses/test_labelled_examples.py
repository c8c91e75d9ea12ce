import numpy as np
import pytest

from xent.errors import DomainError
from xent.losses import corn, focal, nt_xent, softmax_cross_entropy, supervised_contrastive

rng = np.random.default_rng(20261129)
# In 8 bits class 156 looks like -100, and class 255 like -1.
LOGITS = rng.standard_normal((4, 300)) + 0.3
DTYPES = ("uint8", "int8", "uint16", "uint32", "uint64")

of_every_width = pytest.mark.parametrize("dtype", DTYPES)


@of_every_width
@pytest.mark.parametrize("ignored", [None, -100, -1, 2])
@pytest.mark.parametrize("loss", [softmax_cross_entropy, focal, corn], ids=lambda loss: loss.name)
def test_labels_of_every_width_give_what_labels_of_64_bits_give(xp, loss, ignored, dtype):
    largest = min(np.iinfo(dtype).max, 299)
    labels = np.asarray([min(156, largest), min(255, largest), 2, largest])
    logits, options = xp.from_numpy(LOGITS), {} if loss is corn else {"ignored_label": ignored}
    narrow, wide = (xp.from_numpy(labels.astype(name)) for name in (dtype, "int64"))
    found, truth = (xp.to_numpy(loss(logits, given, **options)) for given in (narrow, wide))
    np.testing.assert_array_equal(found, truth)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "uint32", "uint64"])
@pytest.mark.parametrize("below_0", [-100, -1])
def test_the_largest_unsigned_labels_are_not_the_negative_numbers_of_their_bits(xp, below_0, dtype):
    unsigned = np.asarray([below_0, 0, 1, 2]).astype(dtype)
    if int(unsigned[0]) < 300:
        pytest.skip("this number is a class")
    with pytest.raises(DomainError, match=r"`labels` must lie in 0\.\.299"):
        softmax_cross_entropy(xp.from_numpy(LOGITS), xp.from_numpy(unsigned), ignored_label=below_0)


@of_every_width
def test_groups_and_partners_of_every_width_are_read_as_they_are(xp, dtype):
    embeddings = xp.from_numpy(rng.standard_normal((4, 5)))
    groups, partners = np.asarray([100, 7, 7, 100]), np.asarray([3, 2, 1, 0])
    for loss, truth in ((supervised_contrastive, groups), (nt_xent, partners)):
        narrow, wide = (xp.from_numpy(truth.astype(name)) for name in (dtype, "int64"))
        found, expected = (xp.to_numpy(loss(embeddings, given)) for given in (narrow, wide))
        np.testing.assert_array_equal(found, expected)
