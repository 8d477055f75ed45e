"""Rules about CodeBuild projects."""
