"""MiniStack's buckets and objects, corrected: large ones, encryption, what a bucket policy denies."""
