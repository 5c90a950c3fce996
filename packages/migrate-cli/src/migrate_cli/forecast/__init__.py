"""What steps would do to a database, told without doing it: values, and how they are found out."""
