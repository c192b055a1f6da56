"""The workflow that publishes the site is one that GitHub takes, builds by our command, and never runs by itself."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from ci.__main__ import COMMANDS
from ci.environment import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "site.yml"
SCHEMA = "vendor.github-workflows"


def checked(path: Path) -> subprocess.CompletedProcess[str]:
    """What check-jsonschema says of a workflow, by the schema that lies in its package."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMA, str(path)]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture
def workflow() -> dict[str, Any]:
    content: dict[str, Any] = yaml.load(WORKFLOW.read_text(encoding="utf-8"), yaml.BaseLoader)
    return content


def test_workflow_follows_its_schema() -> None:
    done = checked(WORKFLOW)
    assert done.returncode == 0, done.stdout + done.stderr


def test_planted_fault_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "site.yml"
    path.write_text(WORKFLOW.read_text(encoding="utf-8").replace("runs-on: ubuntu-latest", "run-on: ubuntu-latest"))
    done = checked(path)
    assert done.returncode == 1 and "run-on" in done.stdout


def test_it_runs_only_when_somebody_starts_it(workflow: dict[str, Any]) -> None:
    assert list(workflow["on"]) == ["workflow_dispatch"]


def test_it_builds_by_the_command_and_keeps_what_that_fetches(workflow: dict[str, Any]) -> None:
    steps = {step.get("run") or step["uses"].split("@")[0]: step for step in workflow["jobs"]["build"]["steps"]}
    (command,) = [step for step in steps if step.startswith("python3 -m ci ")]
    assert command.split()[-1] in [name for name, _ in COMMANDS]
    assert steps["actions/cache"]["with"]["path"] == "~/.cache/cs231n-lite"
    assert steps["actions/upload-pages-artifact"]["with"]["path"] == "build/site"


def test_hosting_page_and_settings_name_the_wheel_as_the_site_does() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    wheel = f"cs231n_lite-{version}-py3-none-any.whl"
    assert f"/static/pyodide/{wheel}" in (ROOT / "HOSTING.md").read_text(encoding="utf-8")
    assert f'c.RunAnywhere.wheel = "{wheel}"' in (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
