"""What goes into a build and what comes out: sources, caches, archives, uploads."""
