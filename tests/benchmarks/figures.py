# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers from rounds: medians, and ratios that are taken round by round."""

from statistics import median


def middle(values):
    """The median, or None when there is nothing."""
    values = [value for value in values if value is not None]
    return median(values) if values else None


def ratio(rounds, measure, metric, peer, other):
    """The median over all rounds of @peer's figure divided by @other's in the same round."""
    quotients = []
    for one in rounds.get(measure, []):
        mine = one.get(peer, {}).get(metric)
        theirs = one.get(other, {}).get(metric)
        if mine is not None and theirs:
            quotients.append(mine / theirs)
    return middle(quotients)


def value(rounds, measure, metric, peer):
    return middle([one.get(peer, {}).get(metric) for one in rounds.get(measure, [])])


def peers_of(rounds, measure):
    """In the order of their first appearance."""
    return list(dict.fromkeys(peer for one in rounds.get(measure, []) for peer in one))


def metrics_of(rounds, measure):
    return list(dict.fromkeys(metric for one in rounds.get(measure, []) for figures in one.values()
                              for metric in figures))


def show(number):
    """Three digits that matter."""
    if number is None:
        return '–'
    if abs(number) >= 100:
        return f'{number:,.0f}'
    if abs(number) >= 10:
        return f'{number:.1f}'
    if abs(number) >= 1:
        return f'{number:.2f}'
    return f'{number:.3f}'
