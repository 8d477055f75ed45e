"""The known causes of failures, one table with a file for each service, and the search for them in what was said."""
