"""Training of the scorecard: what `scripts/train_scorecard` is made of; never imported at run time."""
