// SPDX-License-Identifier: Apache-2.0
#include <weir/source/file.hpp>

#include <catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <support/numbered_line.hpp>
#include <support/scratch.hpp>
#include <support/scripted.hpp>
#include <vector>
#include <weir/sink/call.hpp>

namespace weir_test::source_file {

TEST_CASE("a file's lines agree with a naive splitter") {
    scratch folder;
    for (unsigned seed = 0; seed < 100; ++seed) {
        std::mt19937 random(seed);
        std::string const text = random_lines(random);
        std::string const path = folder.write("lines.txt", text);
        naive_lines const expected(text, false, 1, 50);
        std::vector<numbered_line> kept;
        auto job = weir::from(weir::file(path, {.skip_first = 1, .longest_line = 50, .block = 1 + random() % 100})) |
                   line_keeper{&kept};
        CHECK(run_to_end(job, 1 + random() % 5) == weir::progress::ended);
        INFO("seed " << seed);
        REQUIRE(kept == expected.kept);
        REQUIRE(job.report().balanced());
        REQUIRE(job.report().total().dead_lettered == expected.too_long.size());
    }
}

TEST_CASE("a file that is not there fails the job, by its name") {
    scratch folder;
    std::string const path = folder.path("absent.txt");
    auto job = weir::from(weir::file(path)) | weir::discard();
    CHECK(run_to_end(job) == weir::progress::failed);
    REQUIRE(job.report().failure);
    CHECK(job.report().failure->component == "file");
    CHECK(job.report().failure->place == path);
    CHECK(job.report().failure->cause == "cannot be opened: No such file or directory");
}

TEST_CASE("a path that cannot be read fails the job, by its name") {
    scratch folder;
    auto job = weir::from(weir::file(folder.path("."))) | weir::discard();
    CHECK(run_to_end(job) == weir::progress::failed);
    CHECK(job.report().failure->cause == "cannot be read: Is a directory");
}

TEST_CASE("one missing file among several is found before anything is read") {
    scratch folder;
    std::string const one = folder.write("one.txt", "a\n");
    for (bool const consecutive : {false, true}) {
        int count = 0;
        auto job = weir::from(weir::file({one, folder.path("absent.txt")}, {.consecutive = consecutive})) |
                   weir::call([&](std::string_view) { ++count; });
        CHECK(run_to_end(job) == weir::progress::failed);
        CHECK(job.report().failure->place == folder.path("absent.txt"));
        CHECK(count == 0);
    }
}

struct place_keeper {
    std::vector<std::string>* places;
    void on_item(std::string_view const& text, auto& out) {
        places->push_back(std::string(text) + " " + out.context().place_of(out.at()) + " lane " +
                          std::to_string(out.at().lane));
    }
    void on_lane(weir::lane_event event, auto&) {
        places->push_back((event.what == weir::lane_event::kind::opened ? "+" : "-") + std::to_string(event.lane));
    }
};

TEST_CASE("several files are read in turn, each a lane of its own") {
    scratch folder;
    std::string const one = folder.write("one.txt", "a\nb\nc");
    std::string const two = folder.write("two.txt", "");
    std::string const three = folder.write("three.txt", "x\ny\n");
    std::vector<std::string> places;
    auto job = weir::from(weir::file({one, two, three})) | place_keeper{&places};
    CHECK(run_to_end(job, 1) == weir::progress::ended);
    CHECK(places == std::vector<std::string>{"+0", "+1", "+2", "a " + one + "/1 lane 0", "-1",
                                             "x " + three + "/1 lane 2", "b " + one + "/2 lane 0",
                                             "y " + three + "/2 lane 2", "c " + one + "/3 lane 0", "-0", "-2"});
}

TEST_CASE("consecutive files are one lane, read one after another") {
    scratch folder;
    std::string const one = folder.write("one.txt", "a\nb");
    std::string const two = folder.write("two.txt", "c\n");
    std::vector<std::string> places;
    auto job = weir::from(weir::file({one, two}, {.consecutive = true})) | place_keeper{&places};
    CHECK(run_to_end(job) == weir::progress::ended);
    CHECK(places == std::vector<std::string>{"+0", "a " + one + "/1 lane 0", "b " + one + "/2 lane 0",
                                             "c " + two + "/1 lane 0", "-0"});
}

TEST_CASE("no file at all is an end") {
    auto job = weir::from(weir::file(std::vector<std::string>{})) | weir::discard();
    CHECK(run_to_end(job) == weir::progress::ended);
}

TEST_CASE("a line longer than the limit is set aside with path and line number") {
    scratch folder;
    std::string const path = folder.write("long.txt", "ok\n" + std::string(1000, 'x') + "\nok\n");
    std::string payload;
    auto job = weir::from(weir::file(path, {.longest_line = 100})) | weir::discard();
    job.dead_letters_to(weir::call([&](weir::dead_letter const& letter) { payload = letter.payload; }));
    run_to_end(job);
    CHECK(payload == std::string(100, 'x'));
    CHECK(job.report().dead_letter_samples.at(0).place == path + "/2");
    CHECK(job.report().total().in == 3);
    CHECK(job.report().balanced());
}

}  // namespace weir_test::source_file
