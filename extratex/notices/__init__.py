"""The outbox of every message to a person, kept in PostgreSQL until it is delivered."""
