// SPDX-License-Identifier: Apache-2.0
// needs: prometheus http
#include <weir/adapter/http.hpp>
#include <weir/adapter/prometheus.hpp>

#include <array>
#include <catch.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <support/exposition_reader.hpp>
#include <support/json_scan.hpp>
#include <support/naughty_texts.hpp>
#include <support/scratch.hpp>
#include <support/server_from_environment.hpp>
#include <utility>
#include <vector>
#include <weir/aggregate/count.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/sink/batch.hpp>
#include <weir/source/push.hpp>
#include <weir/transform/event_time.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/map.hpp>
#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

namespace weir_test::integration_prometheus {

using namespace std::chrono_literals;

constexpr weir::timestamp noon = weir::timestamp(1'705'320'000s);

struct click {
    std::uint64_t page;
    weir::timestamp at;
};

auto clicks_job() {
    return weir::from(weir::push<click>()) | weir::event_time<&click::at>(weir::bounded_out_of_orderness(5s)) |
           weir::key_by<&click::page>() | weir::window(weir::tumbling(10s), weir::drop_late) | weir::aggregate(weir::count()) |
           weir::map([](auto const& row) { return row.template get<"count">(); }) |
           weir::batch({.rows = 3, .retry = {.first_pause = 0s, .jitter = 0}},
                       [attempt = 0](auto) mutable -> weir::result<void> {
                           if (++attempt % 3 == 0) return weir::error{.component = "batch", .cause = "busy"};
                           return {};
                       });
}

struct ran {
    int code;
    std::string said;
};

ran run(std::string const& command) {
    ran done{};
    std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    REQUIRE(pipe);
    std::array<char, 4096> room;
    while (std::size_t const got = std::fread(room.data(), 1, room.size(), pipe)) done.said.append(room.data(), got);
    done.code = ::pclose(pipe);
    return done;
}

bool has_promtool() { return run("promtool --version").code == 0; }

/// A label for this run alone: what an earlier one left, Prometheus shows for five minutes if it was killed meanwhile.
std::string name_of_this_run() { return "run " + std::to_string(std::random_device{}()); }

/// Two servers for one job, one for each format, where the real Prometheus looks for them.
struct scraped {
    std::string url = from_environment("WEIR_TEST_PROMETHEUS");
    weir::prometheus::server text{options("WEIR_TEST_PROMETHEUS_TEXT_PORT", false)};
    weir::prometheus::server open_metrics{options("WEIR_TEST_PROMETHEUS_OPEN_METRICS_PORT", true)};

    static weir::prometheus::server_options options(char const* port, bool open_metrics) {
        std::string const number = from_environment(port);
        return {.port = static_cast<std::uint16_t>(number.empty() ? 0 : std::stoi(number)), .open_metrics = open_metrics};
    }

    /// Asks Prometheus, and lets it ask meanwhile.
    template <class Write>
    std::string ask(std::string const& path, Write& write) {
        weir::http::client client({.most_response_bytes = std::size_t{64} << 20});
        client.start({.url = url + path, .method = "GET"});
        for (;;) {
            text.poll_with(write);
            open_metrics.poll_with(write);
            if (auto ended = client.poll()) {
                INFO(ended->answer.body);
                REQUIRE_FALSE(ended->failure);
                REQUIRE(ended->answer.status == 200);
                return ended->answer.body;
            }
            client.wait(1ms);
        }
    }

    /// Asks until `done(answer)`; false when a minute of real time was not enough.
    template <class Write, class Done>
    bool ask_until(std::string const& path, Write& write, Done done) {
        auto const deadline = std::chrono::steady_clock::now() + 1min;
        while (std::chrono::steady_clock::now() < deadline)
            if (done(ask(path, write))) return true;
        return false;
    }
};

using series = std::map<std::string, std::string>;

/// The series of an instant query's answer, each with its value under the name "".
std::vector<series> read_answer(std::string_view body) {
    std::vector<series> all;
    json_scan scan(body);
    while (scan.skip_to("{\"metric\":{")) {
        series one;
        while (!scan.next_is('}')) {
            scan.next_is(',');
            std::string name = scan.text();
            scan.next_is(':');
            one[std::move(name)] = scan.text();
        }
        if (!scan.skip_to("\"value\":[") || !scan.skip_to(",")) break;
        one[""] = scan.text();
        all.push_back(std::move(one));
    }
    return all;
}

TEST_CASE("real prometheus: it scrapes both formats, and its queries return the numbers of the report") {
    scraped prometheus;
    if (prometheus.url.empty()) SKIP("WEIR_TEST_PROMETHEUS is not set: tests/services.sh starts it");
    auto job = clicks_job();
    std::mt19937 random(5);
    weir::timestamp now = noon;
    for (std::uint64_t i = 0; i < 500; ++i) {
        job.push(click{random() % 4, noon + std::chrono::milliseconds(200 * i) - std::chrono::seconds(random() % 9)});
        if (i % 50 == 0) job.step(10, now += 1s);
    }
    for (int i = 0; i < 20; ++i) job.step(10, now += 1s);
    weir::report const report = job.report();
    REQUIRE(report.balanced());
    REQUIRE(report.total().late != 0);
    std::string const pipeline = name_of_this_run();
    std::set<weir::exposition_format> formats;
    auto const write = [&](weir::byte_buffer& into, weir::exposition_format format) {
        formats.insert(format);
        weir::append_metrics(into, weir::snapshot_of(job, {.pipeline = pipeline}), format);
    };

    // What is on the page, each sample of it, is what the two scrapes made of it.
    weir::byte_buffer page;
    write(page, weir::exposition_format::open_metrics);
    exposition_reader const own(page.view());
    formats.clear();
    for (std::string const scrape : {"text", "open_metrics"}) {
        std::map<series, double> found;
        std::string const path =
            "/api/v1/query?query=" + weir::http::percent_encoded("{pipeline=\"" + pipeline + "\",job=\"" + scrape + "\"}");
        bool const complete = prometheus.ask_until(path, write, [&](std::string const& body) {
            found.clear();
            for (series one : read_answer(body)) {
                double const value = std::stod(one[""]);
                for (auto const& name : {"", "instance", "job"}) one.erase(name);
                found[one] = value;
            }
            return found.size() + 1 == own.samples().size();  // weir_build_info is no job's
        });
        INFO(scrape);
        CHECK(complete);
        for (auto const& sample : own.samples()) {
            if (sample.name == "weir_build_info") continue;
            series wanted = sample.with;
            std::erase_if(wanted, [](auto const& label) { return label.second.empty(); });
            wanted["__name__"] = sample.name;
            INFO(sample.name);
            REQUIRE(found.count(wanted) == 1);
            CHECK(found[wanted] == std::stod(sample.value));
        }
        series const late{{"__name__", "weir_stage_items_total"}, {"fate", "late"}, {"pipeline", pipeline}, {"stage", "window"}};
        CHECK(found[late] == static_cast<double>(report.total().late));
    }
    CHECK(formats.size() == 2);
}

TEST_CASE("real prometheus: any text of a label comes back through both of its parsers") {
    scraped prometheus;
    if (prometheus.url.empty()) SKIP("WEIR_TEST_PROMETHEUS is not set: tests/services.sh starts it");
    std::vector<std::string> texts = naughty_texts();
    std::mt19937 random(6);
    for (int i = 0; i < 200; ++i) {
        std::string text;
        for (auto n = random() % 10; n > 0; --n) text += static_cast<char>(random());
        texts.push_back(text);
    }
    std::string const this_run = name_of_this_run();
    weir::metric_label const common[] = {{"run", this_run}};
    auto const write = [&](weir::byte_buffer& into, weir::exposition_format format) {
        weir::exposition out(into, format);
        out.common(common);
        out.family(weir::metric_kind::gauge, "weir_test_texts", "Texts as labels.");
        for (std::size_t i = 0; i < texts.size(); ++i)
            out.sample({{"number", std::to_string(i)}, {"text", texts[i]}}, std::uint64_t{i});
        out.end();
    };
    // By our own writer and reader: what is no UTF-8 was replaced.
    weir::byte_buffer page;
    write(page, weir::exposition_format::text);
    exposition_reader const own(page.view());
    REQUIRE(own.samples().size() == texts.size());
    for (std::string const scrape : {"text", "open_metrics"}) {
        std::vector<series> found;
        std::string const path =
            "/api/v1/query?query=" + weir::http::percent_encoded("weir_test_texts{run=\"" + this_run + "\",job=\"" + scrape + "\"}");
        CHECK(prometheus.ask_until(path, write, [&](std::string const& body) {
            found = read_answer(body);
            return found.size() == texts.size();
        }));
        INFO(scrape);
        for (series& one : found) CHECK(one["text"] == own.samples().at(std::stoul(one["number"])).with.at("text"));
    }
}

TEST_CASE("real promtool: the page passes its check of metrics, and the pages' alert rules that of rules") {
    if (from_environment("WEIR_TEST_PROMETHEUS").empty() || !has_promtool())
        SKIP("WEIR_TEST_PROMETHEUS is not set, or there is no promtool: tests/services.sh starts one and brings the other");
    scratch folder;
    auto job = clicks_job();
    for (std::uint64_t i = 0; i < 100; ++i) job.push(click{i % 4, noon + std::chrono::seconds(i)});
    job.step(10, noon + 100s);
    weir::byte_buffer page;
    auto snapshot = weir::snapshot_of(job, {.pipeline = "p\"\\\n", .labels = {{"a b", "\xFF"}}});
    snapshot.report.stages.front().figures.lanes.push_back({.name = "c/0", .position = 1, .end = 2, .committed = 0});
    weir::append_metrics(page, snapshot, weir::exposition_format::text);
    ran const checked = run("promtool check metrics < " + folder.write("page", page.view()));
    CHECK(checked.code == 0);
    CHECK(checked.said.empty());

    std::ifstream text(WEIR_SOURCE_DIR "/docs/how-to/watch-a-job-with-prometheus.md");
    std::string const guide{std::istreambuf_iterator<char>(text), {}};
    std::size_t const from = guide.find("```yaml\ngroups:");
    REQUIRE(from != std::string::npos);
    std::string const asked = guide.substr(from + 8, guide.find("\n```", from) - from - 7);
    ran const ruled = run("promtool check rules " + folder.write("rules.yaml", asked));
    INFO(ruled.said);
    CHECK(ruled.code == 0);

    // Each metric that a rule asks for is one that a page has.
    exposition_reader const own(page.view());
    std::set<std::string> names;
    for (auto const& sample : own.samples()) names.insert(sample.name);
    for (std::size_t at = asked.find("weir_"); at != std::string::npos; at = asked.find("weir_", at + 1)) {
        std::string const name = asked.substr(at, asked.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at) - at);
        INFO(name);
        CHECK(names.count(name) == 1);
    }
}

}  // namespace weir_test::integration_prometheus
