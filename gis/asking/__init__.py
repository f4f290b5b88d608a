"""What was asked: the activity, the place, the ground."""
