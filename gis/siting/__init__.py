"""May this activity stand here, and where could it?"""

from gis.siting.verdict import answer, ask

__all__ = ["answer", "ask"]
