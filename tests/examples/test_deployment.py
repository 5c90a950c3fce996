"""The files that deploy: Docker, Compose, Kubernetes, workflows. They are read as those read them, and run elsewhere."""

from __future__ import annotations

import json
import re
import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from house.source import ROOT

yaml = pytest.importorskip("yaml", reason="needs PyYAML: nox -s examples")

CONTAINERS = ROOT / "examples" / "containers"
INSTRUCTIONS = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "CMD"}


def documents() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((CONTAINERS / "kubernetes.yaml").read_text(encoding="utf-8")))


def pods() -> list[dict[str, Any]]:
    return [document["spec"]["template"]["spec"] for document in documents()]


def typed() -> set[str]:
    """What the README types, outside of a container."""
    told = (CONTAINERS / "README.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\$ (.*)$", told, re.MULTILINE))


def commands() -> set[str]:
    compose = yaml.safe_load((CONTAINERS / "compose.yaml").read_text(encoding="utf-8"))
    services = [one["command"] for one in compose["services"].values() if "command" in one]
    containers = [
        container["command"]
        for pod in pods()
        for container in (*pod.get("initContainers", ()), *pod["containers"])
    ]
    return {shlex.join(command) for command in (*services, *containers)}


def test_what_a_container_runs_is_run_outside_of_one() -> None:
    """With a longer wait for the lock, or none."""
    assert commands() - {"migrate upgrade"} <= typed()
    assert any(line.startswith("migrate upgrade") for line in typed())


def test_kubernetes_reads_what_is_there() -> None:
    job, deployment = documents()

    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job")
    assert job["spec"]["template"]["spec"]["restartPolicy"] == "Never"
    assert (deployment["apiVersion"], deployment["kind"]) == ("apps/v1", "Deployment")
    wanted = deployment["spec"]["selector"]["matchLabels"].items()
    assert wanted <= deployment["spec"]["template"]["metadata"]["labels"].items()
    for pod in pods():
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            assert {"name", "image", "command", "env"} == container.keys()


@pytest.mark.skipif(find_spec("kubernetes_validate") is None, reason="nox -s examples")
def test_kubernetes_finds_nothing_wrong_by_its_schema() -> None:
    import kubernetes_validate

    for document in documents():
        kubernetes_validate.validate(document, "1.33", strict=True)


def test_compose_lets_the_application_wait_for_the_migration() -> None:
    services = yaml.safe_load((CONTAINERS / "compose.yaml").read_text(encoding="utf-8"))["services"]

    assert services["migrate"]["depends_on"]["db"]["condition"] == "service_healthy"
    waits = services["shop"]["depends_on"]["migrate"]["condition"]
    assert waits == "service_completed_successfully"
    assert services["shop"]["environment"] == services["migrate"]["environment"]


def test_the_image_is_made_of_what_is_there() -> None:
    lines = (CONTAINERS / "Dockerfile").read_text(encoding="utf-8").splitlines()
    said = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]

    assert {word for word, _ in said} == INSTRUCTIONS
    copied = [one for word, rest in said if word == "COPY" for one in rest.split()[:-1]]
    assert [one for one in copied if not (CONTAINERS / one).exists()] == []
    assert shlex.join(json.loads(dict(said)["CMD"])) in typed()


def test_a_build_runs_what_its_script_says() -> None:
    workflow = yaml.safe_load((ROOT / "examples" / "build" / "build.yaml").read_text("utf-8"))
    steps = workflow["jobs"]["migrations"]["steps"]

    assert workflow[True] == "pull_request"  # YAML 1.1 reads `on` so
    assert [s["run"] for s in steps if "run" in s][-1] == "sh check.sh"
    assert {key for step in steps for key in step} <= {"uses", "with", "run", "name"}


def test_the_hooks_are_what_the_readme_types() -> None:
    folder = ROOT / "examples" / "pre_commit"
    found = yaml.safe_load((folder / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    typed = re.findall(r"^\$ (.*)$", (folder / "README.md").read_text("utf-8"), re.MULTILINE)

    for hook in found["repos"][0]["hooks"]:
        assert {"id", "name", "entry", "language"} <= hook.keys()
        assert hook["entry"] in typed


def test_publishing_needs_no_token() -> None:
    """The job that publishes says who it is, and does nothing else."""
    file = ROOT / ".github" / "workflows" / "release.yaml"
    text = file.read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]

    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert jobs["publish"]["environment"] == "release"
    assert [name for name, job in jobs.items() if "id-token" in job.get("permissions", {})] == [
        "publish"
    ]
    assert not re.search(r"secrets\.|password|://", text)
    assert Path(ROOT / "release" / "bump.py").exists()
