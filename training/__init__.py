"""Training: from MovieLens files to a bundle that serving reads; the only user of PySpark."""
