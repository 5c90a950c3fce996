"""How each database says a change: one file a dialect, imported when first needed."""
