"""What only a demonstration has: a mailbox on a page, and a clock that can be moved ahead. Absent everywhere else."""
