// SPDX-License-Identifier: Apache-2.0
#include <weir/source/lines.hpp>

#include <catch.hpp>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <support/numbered_line.hpp>
#include <support/scripted.hpp>
#include <vector>
#include <weir/sink/call.hpp>

namespace weir_test::source_lines {

template <class Source>
std::vector<std::string> texts(Source source) {
    std::vector<std::string> all;
    auto job = weir::from(std::move(source)) | weir::call([&](std::string_view text) { all.emplace_back(text); });
    CHECK(run_to_end(job) == weir::progress::ended);
    CHECK(job.report().balanced());
    return all;
}

TEST_CASE("lines are cut at both kinds of line breaks, and the last needs none") {
    CHECK(texts(weir::lines("a\nb\r\nc")) == std::vector<std::string>{"a", "b", "c"});
    CHECK(texts(weir::lines("a\nb\n")) == std::vector<std::string>{"a", "b"});
    CHECK(texts(weir::lines("")).empty());
    CHECK(texts(weir::lines("\n")).empty());
    CHECK(texts(weir::lines("x")) == std::vector<std::string>{"x"});
    CHECK(texts(weir::lines(std::string("a\rb\r\r\n"))) == std::vector<std::string>{"a\rb\r"});
    CHECK(texts(weir::lines(std::string_view("a\0b\nc", 5))) == std::vector<std::string>{std::string("a\0b", 3), "c"});
}

TEST_CASE("empty lines are counted as filtered, or kept") {
    CHECK(texts(weir::lines("a\n\n\r\nb\n\n")) == std::vector<std::string>{"a", "b"});
    CHECK(texts(weir::lines("a\n\n\r\nb\n\n", {.keep_empty = true})) == std::vector<std::string>{"a", "", "", "b", ""});
    auto job = weir::from(weir::lines("a\n\n\nb")) | weir::discard();
    run_to_end(job);
    CHECK(job.report().total().in == 4);
    CHECK(job.report().total().filtered == 2);
    CHECK(job.report().balanced());
}

TEST_CASE("a byte order mark is no part of the first line, however it arrives") {
    for (std::size_t block : {1u, 2u, 3u, 100u}) {
        CHECK(texts(weir::lines("\xEF\xBB\xBF"
                                "a\nb",
                                {.block = block})) == std::vector<std::string>{"a", "b"});
        CHECK(texts(weir::lines("\xEF\xBB\xBF", {.block = block})).empty());
        CHECK(texts(weir::lines("\xEF\xBB", {.block = block})) == std::vector<std::string>{"\xEF\xBB"});
        CHECK(texts(weir::lines("a\n\xEF\xBB\xBF", {.block = block})) == std::vector<std::string>{"a", "\xEF\xBB\xBF"});
    }
}

TEST_CASE("a long text is cut where it lies, and its end where 64 bytes may be read behind it: one line after the other") {
    for (unsigned seed = 0; seed < 400; ++seed) {
        INFO("seed " << seed);
        std::mt19937 random(seed);
        // At the end of its own allocation, so that a byte read too far is seen by a sanitizer.
        std::string text;
        std::vector<std::string> wanted;
        std::size_t const size = 200 + random() % 4000;
        std::size_t const longest = 1 + random() % 150;
        while (text.size() < size) {
            wanted.emplace_back(1 + random() % longest, static_cast<char>('a' + wanted.size() % 26));
            text += wanted.back();
            text += '\n';
        }
        if (random() % 2 == 0) text.pop_back();
        std::unique_ptr<char[]> const exact(new char[text.size()]);
        text.copy(exact.get(), text.size());
        std::vector<std::string> got;
        unsigned char behind = 0;  // what a reader with padding may look at
        auto job = weir::from(weir::lines(std::string_view(exact.get(), text.size()), {.block = 1 + random() % 600})) |
                   weir::call([&](std::string_view line) {
                       got.emplace_back(line);
                       behind ^= static_cast<unsigned char>(line.data()[line.size() + 63]);
                   });
        while (!job.finished()) job.step(1 + random() % 100, weir::timestamp{});
        REQUIRE(got == wanted);
        CAPTURE(behind);
        REQUIRE(job.report().balanced());
    }
}

TEST_CASE("lines agree with a naive splitter, whatever the blocks, the budget and the limit") {
    for (unsigned seed = 0; seed < 2000; ++seed) {
        std::mt19937 random(seed);
        std::string const text = random_lines(random);
        weir::line_options const options{.keep_empty = random() % 2 == 0,
                                         .skip_first = random() % 3,
                                         .longest_line = 5 + random() % 60,
                                         .block = 1 + random() % 100};
        naive_lines const expected(text, options.keep_empty, options.skip_first, options.longest_line);
        std::vector<numbered_line> kept;
        std::vector<numbered_line> too_long;
        auto job = weir::from(weir::lines(text, options)) | line_keeper{&kept};
        job.dead_letters_to(weir::call([&](weir::dead_letter const& letter) {
            too_long.push_back({std::string(letter.payload), letter.at.position});
        }));
        run_to_end(job, 1 + random() % 5);
        INFO("seed " << seed);
        REQUIRE(kept == expected.kept);
        REQUIRE(too_long == expected.too_long);
        auto const report = job.report();
        REQUIRE(report.balanced());
        REQUIRE(report.total().filtered == expected.left_out);
        REQUIRE(report.total().dead_lettered == expected.too_long.size());
    }
}

TEST_CASE("a line that is too long is set aside with its place") {
    auto job =
        weir::from(weir::lines("short\n" + std::string(100, 'x') + "\nshort", {.longest_line = 10, .block = 7})) |
        weir::discard();
    run_to_end(job);
    REQUIRE(job.report().dead_letter_samples.size() == 1);
    CHECK(job.report().dead_letter_samples[0].place == "lines/2");
    CHECK(job.report().dead_letter_samples[0].cause == "the line is longer than 10 bytes");
    CHECK(job.report().total().in == 3);
}

/// Remembers the views of a poll and looks at them again when it is over.
struct late_reader {
    std::vector<std::string_view>* views;
    std::vector<std::string>* read;
    void on_item(std::string_view const& text) { views->push_back(text); }
    void settle(auto&) {
        for (std::string_view view : *views) read->emplace_back(view);
        views->clear();
    }
};

TEST_CASE("the views of a poll are valid until it is over") {
    std::vector<std::string_view> views;
    std::vector<std::string> read;
    std::string text;
    std::vector<std::string> expected;
    for (int i = 0; i < 500; ++i) {
        expected.push_back("line " + std::to_string(i * 7919));
        text += expected.back() + "\n";
    }
    auto job = weir::from(weir::lines(text, {.block = 64})) | late_reader{&views, &read};
    run_to_end(job, 3);
    CHECK(read == expected);
}

TEST_CASE("lines of a reader are emitted as they come") {
    std::vector<std::optional<std::string>> parts{"one\ntw", std::nullopt, "o\n", std::nullopt, "three"};
    std::size_t next = 0;
    std::vector<std::string> got;
    auto job = weir::from(weir::lines([&](char* into, std::size_t size) -> std::optional<std::size_t> {
                   if (next == parts.size()) return 0;
                   auto const& part = parts[next++];
                   if (!part) return std::nullopt;
                   REQUIRE(part->size() <= size);
                   part->copy(into, size);
                   return part->size();
               })) |
               weir::call([&](std::string_view text) { got.emplace_back(text); });
    CHECK(job.step(10, seconds(0)) == weir::progress::ready);
    CHECK(got == std::vector<std::string>{"one"});
    CHECK(job.step(10, seconds(0)) == weir::progress::idle);
    CHECK(job.step(10, seconds(0)) == weir::progress::ready);
    CHECK(got == std::vector<std::string>{"one", "two"});
    CHECK(job.step(10, seconds(0)) == weir::progress::idle);
    CHECK(run_to_end(job) == weir::progress::ended);
    CHECK(got == std::vector<std::string>{"one", "two", "three"});
}

}  // namespace weir_test::source_lines
