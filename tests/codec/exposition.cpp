// SPDX-License-Identifier: Apache-2.0
#include <weir/codec/exposition.hpp>

#include <catch.hpp>
#include <chrono>
#include <limits>
#include <random>
#include <string>
#include <support/exposition_reader.hpp>
#include <support/naughty_texts.hpp>
#include <vector>

namespace weir_test::codec_exposition {

using namespace std::chrono_literals;
using weir::exposition_format;
using weir::metric_kind;

template <class Write>
std::string page_of(exposition_format format, Write write) {
    weir::byte_buffer bytes;
    weir::exposition page(bytes, format);
    write(page);
    page.end();
    return std::string(bytes.view());
}

void write_one_of_each(weir::exposition& page) {
    page.family(metric_kind::info, "build", "Which build.");
    page.sample({{"version", "1"}}, true);
    page.family(metric_kind::counter, "orders", "Orders \"taken\",\nC:\\.");
    page.sample({}, std::uint64_t{18'446'744'073'709'551'615u});
    page.family(metric_kind::gauge, "left_out", "It has no sample.");
    page.family(metric_kind::gauge, "lag_seconds", "Lag.", "seconds");
    page.sample({{"lane", "a"}}, 1500ms);
    page.sample({{"lane", "b"}}, -1us);
    page.sample({{"lane", "c"}}, weir::timestamp(1'705'320'000s + 7us));
}

TEST_CASE("exposition: the text format to the byte") {
    CHECK(page_of(exposition_format::text, write_one_of_each) ==
          "# HELP build_info Which build.\n"
          "# TYPE build_info gauge\n"
          "build_info{version=\"1\"} 1\n"
          "# HELP orders_total Orders \"taken\",\\nC:\\\\.\n"
          "# TYPE orders_total counter\n"
          "orders_total 18446744073709551615\n"
          "# HELP lag_seconds Lag.\n"
          "# TYPE lag_seconds gauge\n"
          "lag_seconds{lane=\"a\"} 1.5\n"
          "lag_seconds{lane=\"b\"} -0.000001\n"
          "lag_seconds{lane=\"c\"} 1705320000.000007\n");
}

TEST_CASE("exposition: OpenMetrics to the byte") {
    CHECK(page_of(exposition_format::open_metrics, write_one_of_each) ==
          "# HELP build Which build.\n"
          "# TYPE build info\n"
          "build_info{version=\"1\"} 1\n"
          "# HELP orders Orders \\\"taken\\\",\\nC:\\\\.\n"
          "# TYPE orders counter\n"
          "orders_total 18446744073709551615\n"
          "# HELP lag_seconds Lag.\n"
          "# TYPE lag_seconds gauge\n"
          "# UNIT lag_seconds seconds\n"
          "lag_seconds{lane=\"a\"} 1.5\n"
          "lag_seconds{lane=\"b\"} -0.000001\n"
          "lag_seconds{lane=\"c\"} 1705320000.000007\n"
          "# EOF\n");
}

TEST_CASE("exposition: a histogram is cumulative, ends with +Inf, and writes its bounds alike in both formats") {
    weir::latency_histogram took;
    took.note(1ms);
    took.note(30ms);
    took.note(1h);
    for (exposition_format const format : {exposition_format::text, exposition_format::open_metrics}) {
        std::string const text = page_of(format, [&](weir::exposition& page) {
            weir::metric_label const all[] = {{"le", "x"}, {"pipeline", "p"}};
            page.common(all);
            page.family(metric_kind::histogram, "took_seconds", "Took.", "seconds");
            page.sample({{"stage", "s"}}, took);
        });
        exposition_reader const read(text);
        CHECK(read.samples().size() == weir::latency_histogram::size + 2);
        CHECK(read.value("took_seconds_bucket", {{"le", "0.001"}, {"stage", "s"}, {"pipeline", "p"}}) == "1");
        CHECK(read.value("took_seconds_bucket", {{"le", "0.025"}}) == "1");
        CHECK(read.value("took_seconds_bucket", {{"le", "0.05"}}) == "2");
        CHECK(read.value("took_seconds_bucket", {{"le", "300.0"}}) == "2");
        CHECK(read.value("took_seconds_bucket", {{"le", "+Inf"}}) == "3");
        CHECK(read.value("took_seconds_sum") == "3600.031");
        CHECK(read.value("took_seconds_count") == "3");
    }
}

TEST_CASE("exposition: numbers that are none have their names, others the shortest form") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::string const text = page_of(exposition_format::text, [&](weir::exposition& page) {
        page.family(metric_kind::gauge, "g", "G.");
        page.sample({{"n", "1"}}, infinity);
        page.sample({{"n", "2"}}, -infinity);
        page.sample({{"n", "3"}}, std::numeric_limits<double>::quiet_NaN());
        page.sample({{"n", "4"}}, 0.1);
        page.sample({{"n", "5"}}, weir::duration::min());
    });
    exposition_reader const read(text);
    CHECK(read.value("g", {{"n", "1"}}) == "+Inf");
    CHECK(read.value("g", {{"n", "2"}}) == "-Inf");
    CHECK(read.value("g", {{"n", "3"}}) == "NaN");
    CHECK(read.value("g", {{"n", "4"}}) == "0.1");
    CHECK(read.value("g", {{"n", "5"}}) == "-9223372036854.775808");
}

TEST_CASE("exposition: any text is a label's value, and comes back") {
    std::vector<std::string> texts = naughty_texts();
    std::mt19937_64 random(4);
    for (int i = 0; i < 300; ++i) {
        std::string text;
        for (std::uint64_t n = random() % 12; n > 0; --n) text += "\\\"\n{}=, #a"[random() % 10];
        texts.push_back(text);
    }
    std::string const text = page_of(exposition_format::open_metrics, [&](weir::exposition& page) {
        page.family(metric_kind::gauge, "g", "G.");
        for (std::size_t i = 0; i < texts.size(); ++i) page.sample({{"i", std::to_string(i)}, {"text", texts[i]}}, i);
    });
    exposition_reader const read(text);
    REQUIRE(read.samples().size() == texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
        std::string expected;
        for (char const c : texts[i]) expected += c == '\0' ? std::string("\xEF\xBF\xBD") : std::string(1, c);
        CHECK(read.samples()[i].with.at("text") == expected);
    }
}

TEST_CASE("exposition: what is not UTF-8, and a NUL, is replaced: Prometheus would refuse the whole page") {
    std::string const hostile("a\xFF\xC3(\0z", 6);
    std::string const text = page_of(exposition_format::text, [&](weir::exposition& page) {
        page.family(metric_kind::gauge, "g", std::string_view("h\xFF", 2));
        page.sample({{"l", hostile}}, true);
    });
    CHECK(text == "# HELP g h\xEF\xBF\xBD\n# TYPE g gauge\ng{l=\"a\xEF\xBF\xBD\xEF\xBF\xBD(\xEF\xBF\xBDz\"} 1\n");
}

TEST_CASE("exposition: names are made valid, and no label comes twice") {
    std::string const text = page_of(exposition_format::text, [&](weir::exposition& page) {
        weir::metric_label const common[] = {
            {"a-b", "first"}, {"a.b", "second"}, {"stage", "common"}, {"9x", "nine"}, {"", "none"}};
        page.common(common);
        page.family(metric_kind::gauge, "7 a:b-c", "G.");
        page.sample({{"stage", "own"}}, true);
    });
    CHECK(text.ends_with("_7_a:b_c{a_b=\"first\",_9x=\"nine\",_=\"none\",stage=\"own\"} 1\n"));
}

TEST_CASE("exposition: the format that a client prefers") {
    auto const is_open = [](std::string_view accept) { return weir::format_for(accept) == exposition_format::open_metrics; };
    // What Prometheus 2.42 and 3 send.
    CHECK(is_open("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                  "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"));
    CHECK(is_open("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                  "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
                  "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"));
    CHECK(is_open("application/openmetrics-text"));
    CHECK(is_open("text/html , application/openmetrics-text ; version = \"1.0.0\" ; q = 0.3"));
    CHECK(is_open("*/*, application/openmetrics-text"));
    CHECK_FALSE(is_open(""));
    CHECK_FALSE(is_open("*/*"));
    CHECK_FALSE(is_open("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
    CHECK_FALSE(is_open("application/openmetrics-text;q=0"));
    CHECK_FALSE(is_open("application/openmetrics-text;q=0.000,text/plain"));
    CHECK_FALSE(is_open("application/openmetrics-text;version=0.0.1"));
    CHECK_FALSE(is_open("application/openmetrics-text;q=0.4,text/plain;q=0.5"));
    CHECK_FALSE(is_open("application/openmetrics-text;q=x"));
    CHECK_FALSE(is_open(";;,,;q=,=,q"));
    CHECK(weir::content_type_of(exposition_format::text) == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(weir::content_type_of(exposition_format::open_metrics) ==
          "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

}  // namespace weir_test::codec_exposition
