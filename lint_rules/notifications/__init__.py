"""Rules about topics, and about who publishes to them."""
