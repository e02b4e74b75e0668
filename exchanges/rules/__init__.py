"""What the programme says of an exchange: working days, distance, lump sum, completeness of a file.

Pure Python: no Django, no clock, no database. Data in, answer with its reasons out. Every number of the
programme comes in as dated data (`dated`); what is written here is only how the numbers are used, and each
choice of this project's own is named as such where it is made. Import from the modules.
"""
