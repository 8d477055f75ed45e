"""Resource types that MiniStack lacks, or makes where the service would refuse them."""
