"""``report.html``: what a run measured, on one page that needs nothing else."""
