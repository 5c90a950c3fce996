"""Rules about revisions: what goes wrong where others are at work, with the safe form written out."""
