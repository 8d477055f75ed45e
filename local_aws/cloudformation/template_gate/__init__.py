"""What CloudFormation refuses before it makes anything, and MiniStack would let pass."""
