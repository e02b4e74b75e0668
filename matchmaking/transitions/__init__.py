"""Every change of the status of a candidature or a proposal."""
