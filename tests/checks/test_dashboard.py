# SPDX-License-Identifier: Apache-2.0
"""Dashboards of the examples are made from row types: what is made is JSON, and says what it should; what names no column of its
row does not compile."""
import copy
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPILER = os.environ.get("CXX", "c++")

ROW = """
#include "shared/grafana/clickhouse.hpp"
#include "shared/grafana/influxdb.hpp"
#include "shared/grafana/prometheus.hpp"
#include "shared/grafana/redis.hpp"
#include <cstdint>
#include <cstdio>
struct minute { std::string_view page; weir::timestamp window_start, window_end; std::uint64_t views; double share; };
using namespace examples::grafana;
"""

PROGRAM = ROW + r"""
template <> struct weir::members_of<minute> {
    static constexpr auto value = weir::members(weir::member<"Page", &minute::page>, weir::unrenamed<&minute::window_start>,
                                                weir::unrenamed<&minute::window_end>, weir::unrenamed<&minute::views>,
                                                weir::unrenamed<&minute::share>);
};
int main() {
    influx_question<minute> const viewed{.measurement = "a \"minute\"", .function = "sum", .field = "views", .by = "Page"};
    std::puts(to_json({.uid = "u", .title = "\"Quoted\" \\ and\tÄ \xff", .refresh = "1m", .from = "now-2h", .panels = {
        {.title = "one", .description = "1:\n{[,]}", .queries = {
            clickhouse_series<minute>({.table = "t FINAL", .show = "sum({views}) AS views"}),
            clickhouse_series<minute>({.table = "t", .time = "f({window_start})", .by = "{Page}", .show = "max({share})",
                                       .where = "{Page} != '{{}}'"})}},
        {.title = "two", .type = panel_type::table, .size = {13, 5}, .queries = {
            clickhouse_table<minute>({.table = "t", .by = "{Page}", .show = "count() AS n", .order = "n DESC", .limit = 3}),
            clickhouse_table<minute>({.table = "t", .show = "{Page}, {views}", .order = "{views}"}),
            clickhouse_text(panel_type::piechart, "SELECT 1")}, .unit = ""},
        {.title = "three", .type = panel_type::stat, .size = {11, 7}, .queries = {
            influxql_series(viewed), influxql_number(viewed, R"("{Page}" = '/')"), influxql_points<minute>("m", 9),
            influxql_series<minute>({.measurement = "m", .function = "max", .field = "share"}), flux_series("b", viewed)}},
        {.title = "four", .size = {24, 4}, .queries = {
            prometheus("up{job=\"x\"}", "{{job}}"), redis_hash<minute>("views:{Page}", "Page", "/home")}, .unit = "s",
         .mappings = "[ ]", .custom = R"({"a": {}})", .overrides = "[1,\n2]", .options = R"({"b": [ { } ]})",
         .transformations = "[\"{\\\"\"]"}}}).c_str());
}
"""

FROM_T = "FROM t{} WHERE $__timeFilter(window_start)"

DOCUMENTS = ROW + r"""
#include "shared/grafana/elasticsearch.hpp"
int main() {
    weir::elasticsearch::options const sink{.rename = {{"window_start", "AT"}}, .upper_case = true};
    std::puts(elasticsearch<minute>({.index = "i", .field = "views", .by = {"page"}, .interval = "10s"}, sink).asks.text().c_str());
    std::puts(elasticsearch<minute>({.index = "i", .by = {"page", "share"}}, {}).asks.text().c_str());
}
"""


def compiler(program, *words):
    """The compiler's exit code and its words on this program."""
    command = [COMPILER, "-std=c++20", "-I", ROOT / "include", "-I", ROOT / "examples", "-x", "c++", "-", *words]
    done = subprocess.run(command, input=program, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}, check=False)
    return done.returncode, done.stderr


def printed_by(program):
    """What the program prints, as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        binary = pathlib.Path(folder) / "program"
        code, said = compiler(program, "-o", binary)
        if code != 0:
            raise AssertionError(said)
        return subprocess.run([binary], capture_output=True, check=True).stdout


class Dashboard(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.text = printed_by(PROGRAM).decode("utf-8")
        cls.made = json.loads(cls.text)

    def asked(self, panel):
        """The queries of a panel, without what all have."""
        targets = copy.deepcopy(self.made["panels"][panel]["targets"])
        self.assertEqual([target.pop("refId") for target in targets], list("ABCDE")[:len(targets)])
        return [(target.pop("datasource")["uid"], target) for target in targets]

    def test_it_looks_as_python_writes_json(self):
        self.assertEqual(self.text, json.dumps(self.made, indent=2, ensure_ascii=False) + "\n")

    def test_texts_are_escaped(self):
        self.assertEqual(self.made["title"], '"Quoted" \\ and\tÄ \ufffd')
        self.assertEqual(self.made["panels"][0]["description"], "1:\n{[,]}")

    def test_what_a_dashboard_has(self):
        self.assertEqual((self.made["uid"], self.made["refresh"], self.made["time"]), ("u", "1m", {"from": "now-2h", "to": "now"}))
        self.assertEqual([(panel["id"], panel["title"], panel["type"]) for panel in self.made["panels"]],
                         [(1, "one", "timeseries"), (2, "two", "table"), (3, "three", "stat"), (4, "four", "timeseries")])

    def test_panels_go_on_below(self):
        places = [tuple(panel["gridPos"][name] for name in "xywh") for panel in self.made["panels"]]
        self.assertEqual(places, [(0, 0, 12, 8), (0, 8, 13, 5), (13, 8, 11, 7), (0, 15, 24, 4)])

    def test_clickhouse(self):
        kind = {"editorType": "sql", "queryType": "timeseries", "format": 0}
        where = FROM_T.format(" FINAL")
        self.assertEqual(self.asked(0), [
            ("clickhouse", kind | {"rawSql": f"SELECT window_start AS time, sum(views) AS views {where} "
                                             "GROUP BY time ORDER BY time"}),
            ("clickhouse", kind | {"rawSql": f"SELECT f(window_start) AS time, Page, max(share) {FROM_T.format('')} "
                                             "AND Page != '{}' GROUP BY time, Page ORDER BY time"})])
        kind = {"editorType": "sql", "queryType": "table", "format": 1}
        where = FROM_T.format("")
        self.assertEqual([asked for _, asked in self.asked(1)], [
            kind | {"rawSql": f"SELECT Page, count() AS n {where} GROUP BY Page ORDER BY n DESC LIMIT 3"},
            kind | {"rawSql": f"SELECT Page, views {where} ORDER BY views"}, kind | {"rawSql": "SELECT 1"}])
        self.assertNotIn("fieldConfig", self.made["panels"][1])

    def test_influxdb(self):
        sums = r'SELECT sum("views") FROM "a \"minute\"" WHERE $timeFilter'
        self.assertEqual(self.asked(2), [
            ("influxql", {"rawQuery": True, "query": f'{sums} GROUP BY time($__interval), "Page" fill(none)',
                          "resultFormat": "time_series", "alias": "$tag_Page"}),
            ("influxql", {"rawQuery": True, "query": f"{sums} AND \"Page\" = '/'", "resultFormat": "time_series"}),
            ("influxql", {"rawQuery": True, "query": 'SELECT "Page", "window_start", "views", "share" FROM "m" WHERE $timeFilter '
                                                     "ORDER BY time DESC LIMIT 9", "resultFormat": "table"}),
            ("influxql", {"rawQuery": True, "query": 'SELECT max("share") FROM "m" WHERE $timeFilter GROUP BY time($__interval) '
                                                     "fill(none)", "resultFormat": "time_series", "alias": "share"}),
            ("flux", {"query": 'from(bucket: "b")\n  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)\n'
                               r'  |> filter(fn: (r) => r._measurement == "a \"minute\"" and r._field == "views")' "\n"
                               '  |> group(columns: ["Page"])\n'
                               "  |> aggregateWindow(every: v.windowPeriod, fn: sum, createEmpty: false)"})])

    def test_prometheus_redis_and_what_is_json_already(self):
        self.assertEqual(self.asked(3), [
            ("prometheus", {"expr": 'up{job="x"}', "legendFormat": "{{job}}", "range": True}),
            ("redis", {"type": "command", "command": "hgetall", "keyName": "views:/home", "query": ""})])
        panel = self.made["panels"][3]
        self.assertEqual(panel["fieldConfig"],
                         {"defaults": {"unit": "s", "mappings": [], "custom": {"a": {}}}, "overrides": [1, 2]})
        self.assertEqual((panel["options"], panel["transformations"]), ({"b": [{}]}, ['{"']))

    def test_elasticsearch(self):
        if compiler("#include <curl/curl.h>\n#include <zlib.h>\n", "-fsyntax-only")[0] != 0:
            self.skipTest("libcurl or zlib is missing")
        terms = {"min_doc_count": "1", "order": "desc", "orderBy": "_term", "size": "10"}
        first, second = map(json.loads, printed_by(DOCUMENTS).splitlines())
        spans = {"interval": "10s", "min_doc_count": "0", "trimEdges": "0"}
        self.assertEqual(first, {
            "query": "", "timeField": "AT", "metrics": [{"type": "max", "id": "1", "field": "VIEWS"}],
            "bucketAggs": [{"type": "terms", "field": "PAGE", "id": "2", "settings": terms},
                           {"type": "date_histogram", "field": "AT", "id": "3", "settings": spans}]})
        self.assertEqual(second, {
            "query": "", "timeField": "window_start", "metrics": [{"type": "count", "id": "1"}],
            "bucketAggs": [{"type": "terms", "field": "page", "id": "2", "settings": terms},
                           {"type": "terms", "field": "share", "id": "3", "settings": terms}]})


class Mistake(unittest.TestCase):
    def refused(self, what, text):
        code, said = compiler(ROW + f"query asked() {{ return {what}; }}\n", "-fsyntax-only")
        self.assertNotEqual(code, 0, what)
        self.assertIn(text, said)

    def test_a_column_that_was_renamed(self):
        shown = 'clickhouse_series<minute>({.table = "t", .show = "sum({views})"})'
        self.assertEqual(compiler(ROW + f"query asked() {{ return {shown}; }}\n", "-fsyntax-only"), (0, ""))
        self.refused(shown.replace("views", "clicks"), "a_name_in_braces_is_no_column_of_the_row")
        for text in ("{views", "views}", "{}", "{", "}", "{views}}", "{{views}"):
            self.refused(shown.replace("sum({views})", text), "a_name_in_braces_is_no_column_of_the_row")
        self.refused('influxql_series<minute>({.measurement = "m", .function = "sum", .field = "clicks"})',
                     "this_name_is_no_column_of_the_row")

    def test_a_row_without_a_time(self):
        self.refused("[] { struct user { int id; }; return clickhouse_table<user>({}); }()", "cannot be asked for a span of time")


if __name__ == "__main__":
    unittest.main()
