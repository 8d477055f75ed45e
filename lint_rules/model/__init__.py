"""A template as rules read it: conditions decided, values that are not known yet told from those that are."""
