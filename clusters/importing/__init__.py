"""Bringing a cluster's members in from a table: read, checked cell by cell, applied, taken back.

`sheets` reads a file, `columns` knows its headings, `answers` turns cells into what the registration's form takes,
`checking`, `applying` and `undoing` are the three kinds of work, `work` carries them out in the background.
"""
