"""What roles asked for, held against what they are granted; and what must be refused, tried."""
