"""Order of the levels of a category whose levels are all words of one scale, such as low, medium, high."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["level_order"]

_FEWEST = 3
# Each scale from low to high, scales separated by semicolons; words separated by bars share a step.
_SCALES = """
very low|lowest < low < medium low|below average|rather low < medium|moderate|average|mid|normal
    < medium high|above average|rather high < high < very high|highest;
xxs < xs|extra small|very small|tiny < s|small < m|medium < l|large|big < xl|extra large|very large|huge
    < xxl < xxxl;
very bad|very poor|terrible|awful < bad|poor < fair|average|ok|okay|so-so|acceptable < good < very good
    < excellent|outstanding < perfect;
very unsatisfactory < unsatisfactory < satisfactory < good < very good < excellent;
strongly disagree|totally disagree|completely disagree < disagree < somewhat disagree|slightly disagree
    < neutral|neither agree nor disagree|neither|undecided|no opinion|not sure
    < somewhat agree|slightly agree < agree < strongly agree|totally agree|completely agree;
very dissatisfied < dissatisfied < somewhat dissatisfied < neutral|neither < somewhat satisfied < satisfied
    < very satisfied;
very unlikely < unlikely < neutral|possible < likely < very likely;
never < almost never|very rarely < rarely|seldom < occasionally < sometimes < often|frequently
    < usually|very often < almost always < always;
none|no|absent < minimal|trace < mild|slight|minor|light < moderate|medium < severe|serious|major|heavy
    < very severe|extreme|critical;
not at all < a little|slightly|little < somewhat|moderately < quite|quite a bit|very|a lot
    < extremely|very much;
not important < slightly important < moderately important < important < very important;
cold < cool < mild|warm < hot;
short < medium|average < tall|long;
slow < medium|average < fast;
cheap < medium|moderate < expensive;
beginner|novice < intermediate < advanced < expert;
junior < mid|middle|intermediate < senior < lead|principal;
bronze < silver < gold < platinum < diamond;
elementary|primary|primary school < secondary|high school|highschool < some college|college|associate
    < bachelor|bachelors|bachelor's|undergraduate < master|masters|master's|graduate < doctor|doctorate|phd;
first|1st < second|2nd < third|3rd < fourth|4th < fifth|5th
"""


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())


_STEPS = tuple(
    {_plain(word): step for step, words in enumerate(scale.split("<")) for word in words.split("|")}
    for scale in _SCALES.split(";")
)


def level_order(levels: Iterable[str]) -> Sequence[str]:
    """
    List of the levels from low to high if they are words of different steps of one scale; otherwise empty.

    Spelling is compared without case, hyphens and underscores. The list is empty for fewer than three levels,
    and if two are words of one step, such as lowest and very low.

    Examples
    --------
    >>> level_order(["High", "low", "medium"])
    ['low', 'medium', 'High']
    >>> level_order(["red", "green", "low"])
    []
    """
    names = list(levels)
    if len(names) < _FEWEST:
        return []
    plain = list(map(_plain, names))
    for steps in _STEPS:
        places = [steps.get(word, -1) for word in plain]
        if min(places) >= 0 and len(set(places)) == len(places):
            return [name for _, name in sorted(zip(places, names, strict=True))]
    return []
