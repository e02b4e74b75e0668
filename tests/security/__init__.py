"""Who may come in where: the portal refuses by default."""
