"""CodeBuild's projects and report groups, kept whole; ``builds/`` runs them."""
