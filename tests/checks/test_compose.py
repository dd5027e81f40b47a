# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys
import unittest

from small_tree import CHECKS, ROOT, SmallTreeTest

COMPOSE = """services:
  store:
    image: influxdb:2.7
    healthcheck: { test: influx ping }
  job:
    build: { context: ../.., dockerfile: examples/shared/Dockerfile, args: { EXAMPLE: monitor } }
    depends_on: { store: { condition: service_healthy } }
    volumes: ["./grafana:/etc/grafana:ro", "data:/data"]
volumes: { data: {} }
"""
FILE = "examples/monitor/compose.yaml"
DASHBOARD = "examples/monitor/grafana/dashboard.json"


class Compose(SmallTreeTest):
    def setUp(self):
        super().setUp()
        for part in ("run.sh", "README.md", "oracle.py"):
            self.write(f"examples/monitor/{part}", "\n")
        self.write("examples/shared/Dockerfile", "FROM debian:12\n")
        self.write(FILE, COMPOSE)
        self.write("examples/monitor/grafana/sources.yaml", "datasources: [{ uid: influxql }]\n")
        self.write(DASHBOARD, '{"panels": [{"targets": [{"datasource": {"uid": "influxql"}}]}]}\n')

    def test_good_system(self):
        self.accepts("compose")

    def test_a_part_is_missing(self):
        (self.root / "examples/monitor/oracle.py").unlink()
        self.refuses("compose", "examples/monitor: oracle.py is missing")

    def test_no_yaml(self):
        self.write(FILE, "services: [\n")
        self.assertIn(f"{FILE}: it cannot be read", self.complaints("compose")[0])

    def test_no_json(self):
        self.write(DASHBOARD, "{")
        self.assertIn(f"{DASHBOARD}: it cannot be read", self.complaints("compose")[0])

    def test_mount(self):
        self.replace(FILE, "./grafana:", "./graphana:")
        self.refuses("compose", f"{FILE}: the service job mounts ./graphana, which is not there")

    def test_dockerfile(self):
        self.replace(FILE, "shared/Dockerfile", "Dockerfile")
        self.refuses("compose", f"{FILE}: the service job is built by examples/Dockerfile, which is not there")

    def test_another_example(self):
        self.replace(FILE, "EXAMPLE: monitor", "EXAMPLE: pageviews")
        self.refuses("compose", f"{FILE}: the service job is built as the example pageviews")

    def test_waiting(self):
        self.replace(FILE, "{ store: {", "{ shop: {")
        self.refuses("compose", f"{FILE}: the service job waits for shop, which is no service")
        self.write(FILE, COMPOSE.replace("healthcheck", "x-healthcheck"))
        self.refuses("compose", f"{FILE}: the service job waits for store to be healthy, which has no healthcheck")

    def test_no_version(self):
        for image in ("influxdb", "influxdb:latest"):
            self.write(FILE, COMPOSE.replace("influxdb:2.7", image))
            self.refuses("compose", f"{FILE}: the service store takes whatever version of its image is newest")

    def test_nothing_to_run(self):
        self.replace(FILE, "image: influxdb:2.7", "restart: always")
        self.refuses("compose", f"{FILE}: the service store has neither an image nor something to build")

    def test_unknown_data_source(self):
        self.replace(DASHBOARD, "influxql", "flux")
        self.refuses("compose", f"{DASHBOARD}: no data source 'flux' is provisioned")


if __name__ == "__main__":
    done = subprocess.run([sys.executable, CHECKS / "compose.py", ROOT], capture_output=True, text=True, check=False)
    if done.returncode == 77:
        print(done.stderr)
        sys.exit(77)
    unittest.main()
