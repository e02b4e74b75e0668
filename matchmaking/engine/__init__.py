"""The optimisers of the portal: who suits whom, and why.

Pure Python and NumPy: no Django, no clock, no database. Cases in as frozen dataclasses (`model`), answers with their
reasons out; the same case gives the same answer on every machine. Import from the modules.
"""
