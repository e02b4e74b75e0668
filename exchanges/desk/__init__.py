"""What waits for a person, of every kind of work: counted by the database, and read only as far as it is shown."""
