"""What Whylens knows and computes: viewers' state, ranking, and the evidence behind both."""
