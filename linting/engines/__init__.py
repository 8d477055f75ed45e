"""The linters of templates that others wrote, cfn-lint and AWS's validator, in processes of their own."""
