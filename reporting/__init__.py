"""How every command of this project speaks: exit codes, findings, errors a person can act on, and the terminal."""
