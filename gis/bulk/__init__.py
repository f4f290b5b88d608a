"""The questions of the plan asked of every parcel of a cadastre."""
