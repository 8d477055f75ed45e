"""What starts an execution: pushes to the local git repository, filtered as CodePipeline does."""
