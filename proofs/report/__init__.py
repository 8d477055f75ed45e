"""What came of a proof, told: on the terminal, in the record, on the page."""
