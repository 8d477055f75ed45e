"""What must agree between the resources of one template: roles and what is done with them, artifacts, containers."""
