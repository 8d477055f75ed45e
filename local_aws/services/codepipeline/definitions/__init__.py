"""CodePipeline's definitions: what a pipeline is, kept whole; ``engine/`` runs it."""
