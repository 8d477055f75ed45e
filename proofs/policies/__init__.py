"""What templates say of roles: statements with every name filled in, and what can be taken away from them."""
