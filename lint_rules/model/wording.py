"""What findings say in the same words wherever they come from."""

UNDER_ONE = " under one outcome of the conditions"
"""The end of a sentence about what nobody may ever choose."""
BY_DEFAULT = " with the default of a parameter"
"""The end of a sentence about a value that whoever deploys may give another of."""
SENTENCE_END = ". "
"""What is between what is wrong and the remedy, in the messages of our own rules."""
