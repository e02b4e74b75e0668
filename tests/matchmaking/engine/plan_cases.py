"""Small cases of planning, drawn by chance or by hypothesis, as the JSON that the engine reads."""

import random

from hypothesis import strategies as st

LIMITS = ("max_exchanges", "budget", "min_sme", "min_non_member", "min_cross_sector_share")


def some_case(chance: random.Random, visitors: int, hosts: int) -> dict:
    """Draw a case whose limits bind now and then."""
    places = [(v, h) for v in range(visitors) for h in range(hosts) if chance.random() < 0.6]
    exchanges = min(visitors, hosts)
    limits = {
        "max_exchanges": chance.randint(0, exchanges + 1),
        "budget": chance.choice([0, 900, 500 * exchanges, 300.5 * exchanges]),
        "min_sme": chance.randint(0, exchanges),
        "min_non_member": chance.randint(0, exchanges),
        "min_cross_sector_share": chance.choice([0, 0.1, 0.3, 0.5, 0.07, 1]),
    }
    return {
        "visitors": [
            {"id": f"v{v}", "sme": chance.random() < 0.6, "member": chance.random() < 0.6} for v in range(visitors)
        ],
        "hosts": [{"id": f"h{h}", "capacity": chance.choice([0, 1, 1, 2])} for h in range(hosts)],
        "pairs": [
            {
                "visitor": f"v{v}",
                "host": f"h{h}",
                "score": chance.choice([0, 50, round(chance.uniform(0, 100), 1)]),
                "cost": chance.choice([305, 410.5, 640, round(chance.uniform(0, 900), 2)]),
                "cross_sector": chance.random() < 0.4,
            }
            for v, h in places
        ],
        **{key: limit for key, limit in limits.items() if chance.random() < 0.7},
    }


cases = st.builds(
    some_case,
    st.integers(0, 2**32).map(random.Random),
    st.integers(0, 6),
    st.integers(0, 5),
)
