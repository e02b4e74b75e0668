"""Merging two registrations of one organisation: what each value becomes, what moves, and what stands against it.

`parts` is what every app takes part by, `values` is what the record that stays will say, `deed` looks ahead and merges,
`people` moves what this app itself ties to an organisation, `record` tells afterwards what was done.
"""
