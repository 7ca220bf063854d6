# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Random samples that can be drawn again: no ORM."""

import random


def draw(strata, size, seed):
    """A random sample in which each stratum has its share.

    Shares are proportional, rounded by the largest remainder; the same input gives the
    same sample on every machine.

    :param dict strata: list of ids by key; keys and ids can be sorted
    :param int size: how many; 0 or more than there are: all
    :param int seed: of the random numbers
    :return: ids, sorted
    :rtype: list[int]
    """
    total = sum(len(ids) for ids in strata.values())
    if not size or size >= total:
        return sorted(number for ids in strata.values() for number in ids)
    shares = {key: divmod(size * len(ids), total) for key, ids in strata.items()}
    sizes = {key: whole for key, (whole, _rest) in shares.items()}
    left = size - sum(sizes.values())
    by_rest = sorted(shares, key=lambda key: (-shares[key][1], key))
    for key in by_rest[:left]:
        sizes[key] += 1
    drawn = []
    numbers = random.Random(seed)
    for key in sorted(strata):
        drawn += numbers.sample(sorted(strata[key]), sizes[key])
    return sorted(drawn)
