"""Why an execution failed: the cause, in one sentence, and what to do next."""
