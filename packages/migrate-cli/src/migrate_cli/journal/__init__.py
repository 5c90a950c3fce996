"""What runs write down in the database, so that one that was cut off can be gone on with."""
