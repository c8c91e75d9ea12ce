import gc

from tests.running import collection


def test_what_was_collected_is_passed_over_and_what_comes_after_is_visited_rarely():
    assert gc.isenabled()
    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold()[0] == collection.THRESHOLDS[0]
