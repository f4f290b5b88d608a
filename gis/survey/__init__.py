"""Surveyed outlines and registers in: read, placed, matched, judged, then written into a plan."""
