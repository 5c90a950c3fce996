"""`op.batch_alter_table`: a block of changes to one table, done at its end."""
