"""The best plan for many visitors and hosts: under targets, capacities and a budget, and how good it provably is.

`solve.plan` is the way in; `reading` makes its case out of JSON, `advice` says what a target costs and compares plans.
"""
