"""The commands about releases, a file each: the options, and one call of the operation of the same name."""
