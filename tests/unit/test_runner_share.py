from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.runner import Share
from pytest_stt.suite.model import Rate

counts = st.integers(1, 20)


def shares(count: int) -> list[Share]:
    return [Share(index=index, count=count) for index in range(count)]


@given(whole=st.integers(1, 300), count=counts)
def test_the_parts_of_the_concurrency_add_up_and_none_is_empty(whole: int, count: int) -> None:
    parts = [share.concurrency(whole) for share in shares(count)]
    assert sum(parts) == max(whole, count)
    assert min(parts) >= 1
    assert max(parts) - min(parts) <= 1


@given(whole=st.integers(1, 300), period_s=st.floats(0.1, 3600), count=counts)
def test_the_parts_of_a_rate_never_exceed_it(whole: int, period_s: float, count: int) -> None:
    parts = [share.rate(Rate(count=whole, period_s=period_s)) for share in shares(count)]
    assert sum(part.count / part.period_s for part in parts) <= whole / period_s * 1.000001
    assert min(part.count for part in parts) >= 1


def test_one_process_has_all() -> None:
    rate = Rate(count=60, period_s=60.0)
    assert Share().concurrency(7) == 7
    assert Share().rate(rate) == rate


def test_a_rate_too_small_to_divide_gets_a_longer_period() -> None:
    assert Share(index=3, count=4).rate(Rate(count=2, period_s=60.0)) == Rate(count=1, period_s=120.0)
