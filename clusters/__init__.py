"""Who takes part: people, organisations, clusters, partnerships, and the programme with its dated rules."""
