"""What the portal publishes: pages kept until something changes, the search over them, and the sitemap."""
