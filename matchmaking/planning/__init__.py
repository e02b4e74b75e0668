"""Plans of a partnership: asking for one, what it is chosen from, computing it, and sending its proposals.

`asking` keeps the rows, `inputs` makes the case of the engine, `work` computes, `wishes` locks and forbids, `sending`
proposes, `words` says it.
"""
