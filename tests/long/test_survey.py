"""R's `survey` (Debian: r-cran-survey) once more on the committed cases: our estimators are held to what it says.

Our side of it is in `make test`: verification/tests/test_estimates.py.
"""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import abhiyan.verification.tests.survey as survey

HERE = Path(survey.__file__).parent


def test_the_committed_cases_are_those_of_their_script() -> None:
    made = subprocess.run(
        [sys.executable, str(HERE / "cases.py")], capture_output=True, text=True, check=True
    )
    assert made.stdout == (HERE / "cases.csv").read_text()


def test_r_says_of_every_case_what_is_committed() -> None:
    r = shutil.which("Rscript")
    if r is None or subprocess.run([r, "-e", "library(survey)"], capture_output=True).returncode:
        assert os.environ.get("CI") != "true", "R's survey is absent: apt-get install r-cran-survey"
        pytest.skip("R's survey is absent: apt-get install r-cran-survey")
    said = subprocess.run([r, "survey.R"], cwd=HERE, capture_output=True, text=True, check=True)
    again = list(csv.reader(said.stdout.splitlines()))
    with (HERE / "results.csv").open() as file:
        committed = list(csv.reader(file))
    assert again[0] == committed[0] and len(again) == len(committed) > 30
    for now, then in zip(again[1:], committed[1:], strict=True):
        assert now[0] == then[0]
        for a, b in zip(now[1:], then[1:], strict=True):
            assert float(a) == pytest.approx(float(b), rel=1e-9, abs=1e-12), now[0]
