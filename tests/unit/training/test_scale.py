import io

import pytest
from rich.console import Console

from training.errors import TrainingError
from training.scale import Footprint, measure_run, print_footprints


def test_a_run_that_fails_is_not_measured(tmp_path):
    with pytest.raises(TrainingError, match=r"1,000 ratings failed: .*rank=0"):
        measure_run(1_000, tmp_path, train_options=("--set", "rank=0"))


def test_the_table_says_how_much_each_run_grew():
    runs = [
        Footprint(100_000, 60.0, 100.0, 0.25, 1.0, 1.25),
        Footprint(1_000_000, 180.0, 250.0, 0.5, 1.5, 2.0),
    ]
    out = io.StringIO()
    print_footprints(runs, Console(file=out, width=80))
    rows = [line.split() for line in out.getvalue().splitlines() if line.strip()]
    assert rows[-2] == "100,000 60 100 0.25 1.00 1.25".split()
    assert rows[-1] == "1,000,000 180 250 0.50 1.50 2.00 10.0 3.0 2.5".split()
