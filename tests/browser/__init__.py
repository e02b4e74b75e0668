"""The portal as people use it: Chromium in front of real web, worker and scheduler processes."""
