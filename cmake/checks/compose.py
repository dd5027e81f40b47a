#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each example that is a whole system has all its parts, and what its compose.yaml builds, mounts and waits for is there; so
are the data sources that its dashboards and alert rules name. With --engine, `docker compose config` reads it too, where that
is installed. Needs PyYAML: without it, exit code 77 (1 where CI=true)."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import tree

try:
    import yaml
except ImportError:
    yaml = None

SYSTEM = "/usr/bin/python3"
PARTS = ["README.md", "oracle.py", "compose.yaml"]


def systems(root):
    """The folders of examples with a `run.sh`."""
    for path in sorted((root / "examples").glob("*/run.sh")):
        yield path.parent.relative_to(root)


def parsed(root, path, read):
    """The content of a file and nothing, or nothing and what is wrong with it."""
    try:
        return read(tree.read(root, path)), None
    except (ValueError, yaml.YAMLError) as why:
        return None, f"{path}: it cannot be read: {' '.join(str(why).split())}"


def check(root, engine=False):
    for folder in systems(root):
        missing = [part for part in PARTS if not (root / folder / part).is_file()]
        yield from (f"{folder}: {part} is missing" for part in missing)
        if "compose.yaml" not in missing:
            yield from compose_file(root, folder, folder / "compose.yaml", engine)
        yield from grafana(root, folder / "grafana")


def compose_file(root, folder, path, engine):
    content, trouble = parsed(root, path, yaml.safe_load)
    if trouble:
        yield trouble
        return
    services = content.get("services", {})
    for name, service in services.items():
        where = f"{path}: the service {name}"
        if "image" not in service and "build" not in service:
            yield f"{where} has neither an image nor something to build"
        if ":" not in service.get("image", ":") or service.get("image", "").endswith(":latest"):
            yield f"{where} takes whatever version of its image is newest"
        waits_for = service.get("depends_on", {})
        for other in waits_for:
            healthy = isinstance(waits_for, dict) and waits_for[other].get("condition") == "service_healthy"
            if other not in services:
                yield f"{where} waits for {other}, which is no service"
            elif healthy and "healthcheck" not in services[other]:
                yield f"{where} waits for {other} to be healthy, which has no healthcheck"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0] if isinstance(volume, str) else volume.get("source", "")
            if source.startswith(".") and not (root / folder / source).exists():
                yield f"{where} mounts {source}, which is not there"
        build = service.get("build")
        if isinstance(build, dict):
            file = root / folder / build.get("context", ".") / build.get("dockerfile", "Dockerfile")
            if not file.is_file():
                yield f"{where} is built by {build.get('dockerfile', 'Dockerfile')}, which is not there"
            example = build.get("args", {}).get("EXAMPLE", folder.name)
            if example != folder.name:
                yield f"{where} is built as the example {example}"
    if engine:
        yield from engine_says(root, path)


def engine_says(root, path):
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) and subprocess.run([*command, "version"], capture_output=True, check=False).returncode == 0:
            done = subprocess.run([*command, "--file", root / path, "config", "--quiet"], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                yield f"{path}: {' '.join(command)} config: {done.stderr.strip()}"
            return


def grafana(root, folder):
    """Dashboards and alert rules name data sources that are provisioned."""
    known, used = {"__expr__", "-- Grafana --"}, []
    for path in tree.files(root, ".yaml", ".json"):
        if folder not in path.parents:
            continue
        content, trouble = parsed(root, path, yaml.safe_load if path.suffix == ".yaml" else json.loads)
        if trouble:
            yield trouble
            continue
        if not isinstance(content, dict):
            continue
        known |= {source["uid"] for source in content.get("datasources", []) if "uid" in source}
        used += [(path, uid) for uid in uids(content)]
    for path, uid in sorted(set(used)):
        if uid not in known and not uid.startswith("$"):
            yield f"{path}: no data source '{uid}' is provisioned"


def uids(content):
    """The data sources that a dashboard or rule names, at any depth."""
    if isinstance(content, dict):
        for name, value in content.items():
            if name == "datasourceUid":
                yield value
            elif name == "datasource" and isinstance(value, dict) and "uid" in value:
                yield value["uid"]
            else:
                yield from uids(value)
    elif isinstance(content, list):
        for value in content:
            yield from uids(value)


def leave_without_yaml():
    """A Python of one's own may come without what the system's has; else the check is skipped."""
    if pathlib.Path(sys.executable).resolve() != pathlib.Path(SYSTEM).resolve() and shutil.which(SYSTEM):
        if subprocess.run([SYSTEM, "-c", "import yaml"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            os.execv(SYSTEM, [SYSTEM, *sys.argv])
    print("skipped: PyYAML is missing (Debian: python3-yaml)", file=sys.stderr)
    sys.exit(1 if os.environ.get("CI") == "true" else 77)


if __name__ == "__main__":
    if yaml is None:
        leave_without_yaml()
    sys.exit(tree.main(check, engine=False))
