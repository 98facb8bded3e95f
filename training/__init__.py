"""Training of the scorecard: the parts of `scripts/train_scorecard`, never imported at run time."""
