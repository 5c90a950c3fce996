"""What a run would lose, by the files' text and by the rows that are there."""
