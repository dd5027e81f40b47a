// SPDX-License-Identifier: Apache-2.0
#include <weir/codec/access_log.hpp>

#include <catch.hpp>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <support/scripted.hpp>
#include <weir/base/columns.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/file.hpp>
#include <weir/transform/decode.hpp>

namespace weir_test::codec_access_log {

using namespace std::chrono_literals;

weir::access_log_entry read(std::string_view line) {
    weir::access_log_entry entry;
    weir::error why;
    INFO(line);
    bool const ok = weir::access_log().decode(line, entry, why);
    CAPTURE(to_string(why));
    REQUIRE(ok);
    return entry;
}

/// `field: cause` of a line that is not one.
std::string complaint(std::string_view line) {
    weir::access_log_entry entry;
    weir::error why;
    if (weir::access_log().decode(line, entry, why)) return "none";
    CHECK(why.component == "access_log");
    return why.place + ": " + why.cause;
}

TEST_CASE("a line in the combined log format") {
    auto const entry = read(
        R"x(83.149.9.216 - frank [17/May/2015:10:05:03 +0000] "GET /a%20b?c=d HTTP/1.1" 200 203023 "http://example.org/x" "Mozilla/5.0 (X11)")x");
    CHECK(entry.address == "83.149.9.216");
    CHECK(entry.identity.empty());
    CHECK(entry.user == "frank");
    CHECK(entry.time == weir::timestamp(std::chrono::sys_days(2015y / 5 / 17) + 10h + 5min + 3s));
    CHECK(entry.method == "GET");
    CHECK(entry.path == "/a%20b?c=d");
    CHECK(entry.protocol == "HTTP/1.1");
    CHECK(entry.status == 200);
    CHECK(entry.bytes == 203023u);
    CHECK(entry.referrer == "http://example.org/x");
    CHECK(entry.agent == "Mozilla/5.0 (X11)");
}

TEST_CASE("a line in the common log format") {
    auto const entry = read(R"(::1 ident "a name" [01/Jan/2024:00:00:00 -0730] "HEAD / HTTP/1.0" 304 -)");
    CHECK(entry.address == "::1");
    CHECK(entry.identity == "ident");
    CHECK(entry.user == "\"a name\"");
    CHECK(entry.time == weir::timestamp(std::chrono::sys_days(2024y / 1 / 1) + 7h + 30min));
    CHECK_FALSE(entry.bytes);
    CHECK(entry.referrer.empty());
    CHECK(entry.agent.empty());
}

TEST_CASE("what a line leaves out is empty, whatever the entry held before") {
    weir::access_log_entry entry = read(R"(h i u [17/May/2015:10:05:03 +0000] "GET /x HTTP/1.1" 200 5 "r" "a")");
    weir::error why;
    REQUIRE(weir::access_log().decode(R"(- - - [17/May/2015:10:05:03 +0000] "-" 408 -)", entry, why));
    CHECK(entry.address.empty());
    CHECK(entry.identity.empty());
    CHECK(entry.user.empty());
    CHECK(entry.method.empty());
    CHECK(entry.path.empty());
    CHECK(entry.protocol.empty());
    CHECK_FALSE(entry.bytes);
    CHECK(entry.referrer.empty());
    CHECK(entry.agent.empty());
}

TEST_CASE("requests that lack a part or are none") {
    auto const request = [](std::string const& text) {
        std::string const line = "h - - [17/May/2015:10:05:03 +0000] \"" + text + "\" 400 0";
        auto const entry = read(line);
        return std::string(entry.method) + "|" + std::string(entry.path) + "|" + std::string(entry.protocol);
    };
    CHECK(request("GET / HTTP/1.1") == "GET|/|HTTP/1.1");
    CHECK(request("GET /a b c HTTP/2.0") == "GET|/a b c|HTTP/2.0");
    CHECK(request("GET /old") == "GET|/old|");
    CHECK(request("") == "||");
    CHECK(request(R"(\x16\x03\x01)") == R"(|\x16\x03\x01|)");
    CHECK(request(R"(GET /\"quoted\" HTTP/1.1)") == R"(GET|/\"quoted\"|HTTP/1.1)");
}

TEST_CASE("quotes and backslashes in quoted fields") {
    auto const fields = [](std::string const& rest) {
        std::string const line = "h - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1 " + rest;
        auto const entry = read(line);
        return std::string(entry.referrer) + "|" + std::string(entry.agent);
    };
    CHECK(fields(R"("a\"b" "c")") == R"(a\"b|c)");
    CHECK(fields(R"("ends in a backslash \\" "c")") == R"(ends in a backslash \\|c)");
    CHECK(fields(R"("\\\"" "\"")") == R"(\\\"|\")");
    CHECK(fields(R"("" "-")") == "|");
    CHECK(fields(R"("r" "a" "10.0.0.1" 0.003)") == "r|a");
}

TEST_CASE("times in every zone, and the leap second") {
    auto const time = [](std::string const& text) {
        return weir::format_time(read("h - - [" + text + "] \"-\" 200 1").time);
    };
    CHECK(time("17/May/2015:10:05:03 +0200") == "2015-05-17T08:05:03Z");
    CHECK(time("31/Dec/2016:23:59:60 +0000") == "2017-01-01T00:00:00Z");
    CHECK(time("29/Feb/2024:00:00:00 +1400") == "2024-02-28T10:00:00Z");
    std::vector<std::string> const months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (std::size_t i = 0; i < months.size(); ++i) {
        std::string const number = (i < 9 ? "0" : "") + std::to_string(i + 1);
        CHECK(time("03/" + months[i] + "/2015:00:00:00 +0000") == "2015-" + number + "-03T00:00:00Z");
    }
}

TEST_CASE("a malformed line is an error that names the field") {
    std::string const good = R"(h - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 12 "r" "a")";
    CHECK(complaint(good) == "none");
    auto const with = [&](std::string_view part, std::string_view other) {
        std::string changed = good;
        changed.replace(changed.find(part), part.size(), other);
        return complaint(changed);
    };
    CHECK(complaint("") == "address: the line ends before it");
    CHECK(complaint("h") == "address: the line ends before it");
    CHECK(complaint("h -") == "identity: the line ends before it");
    CHECK(complaint(" - - [") == "address: it is empty");
    CHECK(complaint("h - - ") == "time: there is no [ before it");
    CHECK(with("]", "") == "time: there is no ] behind it");
    CHECK(with("17/May", "32/May") ==
          "time: \"32/May/2015:10:05:03 +0000\" is no time such as 17/May/2015:10:05:03 +0000");
    for (std::string_view wrong : {"17/Foo", "17/ayJ", "1/May", "17-May", "29/Feb"})
        CHECK(with("17/May", wrong).starts_with("time: \""));
    for (std::string_view wrong : {"24:05:03", "10:60:03", "10:05:61", "10:05", "10:05:03.5"})
        CHECK(with("10:05:03", wrong).starts_with("time: \""));
    for (std::string_view wrong : {"0000", "+2400", "+0060", "+0", "UTC"})
        CHECK(with("+0000", wrong).starts_with("time: \""));
    CHECK(with("2015", "1970") ==
          "time: 1970-05-17T10:05:03Z is outside of 1990-01-01T00:00:00Z to 2100-12-31T23:59:59.999999Z");
    CHECK(with("] ", "]x") == "time: \"x\"GET / HTTP/1.1...\" stands where a blank should");
    CHECK(with("\"GET", "GET") == "request: it does not begin with a quote");
    CHECK(with("200", "2000") == "status: \"2000\" is no number from 100 to 999");
    CHECK(with("200", "-") == "status: \"-\" is no number from 100 to 999");
    CHECK(with("200", "099") == "status: \"099\" is no number from 100 to 999");
    CHECK(with(" 12", " -12") == "bytes: \"-12\" is neither a number of bytes nor -");
    CHECK(with(" 12", " 18446744073709551616") == "bytes: \"18446744073709551616\" is neither a number of bytes nor -");
    CHECK(with(" \"a\"", "") == "agent: the line ends before it");
    CHECK(with("\"a\"", "\"a") == "agent: its closing quote is missing");
    CHECK(with("\"a\"", R"("a\")") == "agent: its closing quote is missing");
    CHECK(with("\"r\"", "r") == "referrer: it does not begin with a quote");
    CHECK(complaint(good.substr(0, good.find(" 200"))) == "status: the line ends before it");
    CHECK(complaint(good.substr(0, good.find(" 12"))) == "bytes: the line ends before it");
}

TEST_CASE("every beginning of a line is an entry or a clear error") {
    std::string const line = R"(h - - [17/May/2015:10:05:03 +0000] "GET /\"x HTTP/1.1" 200 12 "r\\" "a")";
    for (std::size_t size = 0; size <= line.size(); ++size) {
        std::string const cut = line.substr(0, size);  // a copy, so that reading beyond it is noticed
        std::string const found = complaint(cut);
        bool const whole = size == line.size() || size == line.find(" \"r") - 1 || size == line.find(" \"r") ||
                           size == line.find(" \"r") + 1;
        INFO(cut);
        CHECK((found == "none") == whole);
    }
}

TEST_CASE("an entry has columns to group by") {
    STATIC_REQUIRE(weir::columnar<weir::access_log_entry>);
    STATIC_REQUIRE(weir::column_index<weir::access_log_entry>("status") < weir::column_count<weir::access_log_entry>);
    STATIC_REQUIRE(weir::column_index<weir::access_log_entry>("method") < weir::column_count<weir::access_log_entry>);
}

// The numbers are what awk finds in the same file: awk 'NR != 8899 { n[$9]++ } END { for (s in n) print s, n[s] }' and
// so on.
TEST_CASE("a real log gives the same counts as awk") {
    std::filesystem::path const log =
        std::filesystem::path(__FILE__).parent_path() / "../../../shared/data/access-log/apache_logs";
    if (!std::filesystem::exists(log)) SKIP("the real log ../shared/data/access-log/apache_logs is not here");
    std::map<int, int> by_status;
    std::map<std::string, int> by_method;
    std::set<std::string> addresses;
    std::set<std::string> referrers;
    std::set<std::string> agents;
    std::uint64_t bytes = 0;
    int with_bytes = 0;
    std::int64_t seconds_sum = 0;
    auto job = weir::from(weir::file(log.string())) | weir::decode(weir::access_log()) |
               weir::call([&](weir::access_log_entry const& entry) {
                   ++by_status[entry.status];
                   ++by_method[std::string(entry.method)];
                   addresses.emplace(entry.address);
                   referrers.emplace(entry.referrer);
                   agents.emplace(entry.agent);
                   bytes += entry.bytes.value_or(0);
                   with_bytes += entry.bytes ? 1 : 0;
                   seconds_sum += entry.time.time_since_epoch() / 1s;
               });
    CHECK(run_to_end(job, 1000) == weir::progress::ended);
    CHECK(by_status ==
          std::map<int, int>{{200, 9125}, {206, 45}, {301, 164}, {304, 445}, {403, 2}, {404, 213}, {416, 2}, {500, 3}});
    CHECK(by_method == std::map<std::string, int>{{"GET", 9951}, {"HEAD", 42}, {"OPTIONS", 1}, {"POST", 5}});
    CHECK(addresses.size() == 1753);
    CHECK(referrers.size() == 628);
    CHECK(agents.size() == 558);
    CHECK(with_bytes == 9330);
    CHECK(bytes == 2747282505u);
    CHECK(seconds_sum == 14318632076749);
    auto const report = job.report();
    CHECK(report.balanced());
    CHECK(report.total().in == 10000);
    CHECK(report.total().dead_lettered == 1);
    REQUIRE(report.dead_letter_samples.size() == 1);
    CHECK(report.dead_letter_samples[0].place == log.string() + "/8899: agent");
    CHECK(report.dead_letter_samples[0].cause == "its closing quote is missing");
}

}  // namespace weir_test::codec_access_log
