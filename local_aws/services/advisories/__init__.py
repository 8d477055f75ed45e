"""What is known to be vulnerable, on this machine: a service that speaks OSV's protocol, for builds of rehearsals."""
