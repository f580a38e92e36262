"""Training: from MovieLens files to a bundle that serving reads. The only room that uses PySpark."""
