"""What the checks found, as files: JUnit for CodeBuild, SARIF for editors and code hosts, CycloneDX, JSON."""
