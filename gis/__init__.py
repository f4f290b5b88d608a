"""A provincial industrial-land decision as a working GIS."""

__version__ = "0.1.0"
