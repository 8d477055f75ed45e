"""How long things take: commands that compare in one run, on one machine, and never tests."""
