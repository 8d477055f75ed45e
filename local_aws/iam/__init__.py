"""Where MiniStack's IAM looks at another resource than AWS does, or says less."""
