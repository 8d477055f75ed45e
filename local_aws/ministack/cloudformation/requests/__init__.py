"""What a request about a stack brings beside its template: a cancellation, a policy, topics for its events."""
