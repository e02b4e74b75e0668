"""What the programme says of those who take part: may they, in which role, and with whom.

Pure Python: no Django, no clock, no database. Data in, answer with its reasons out.
"""
