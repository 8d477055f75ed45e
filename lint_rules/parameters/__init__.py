"""Rules about parameters in Parameter Store."""
