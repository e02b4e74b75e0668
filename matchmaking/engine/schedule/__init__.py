"""A timetable of the meetings that participants ask for: the most important ones, and few gaps for each person.

`solve.schedule` is the way in; `reading` makes its case out of JSON.
"""
