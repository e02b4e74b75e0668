"""What every app builds with: imports no app and holds no concrete model."""
