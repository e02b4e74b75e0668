"""Every change of a status in this app, one file for each machine."""
