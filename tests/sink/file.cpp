// SPDX-License-Identifier: Apache-2.0
#include <weir/sink/file.hpp>

#include <catch.hpp>
#include <cstdio>
#include <string>
#include <support/scratch.hpp>
#include <support/scripted.hpp>
#include <vector>
#include <weir/codec/csv.hpp>
#include <weir/codec/ndjson.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/file.hpp>
#include <weir/source/values.hpp>

namespace weir_test::sink_file {

struct page_count {
    std::string page;
    int clicks;
};
std::vector<page_count> const pages{{"/a", 1}, {"/b,c", 2}};

TEST_CASE("rows are written to a file in the format asked for") {
    scratch folder;
    auto to_ndjson = weir::from(weir::values(pages)) | weir::file(folder.path("out.ndjson"), weir::ndjson());
    CHECK(run_to_end(to_ndjson) == weir::progress::ended);
    CHECK(folder.read("out.ndjson") == "{\"page\":\"/a\",\"clicks\":1}\n{\"page\":\"/b,c\",\"clicks\":2}\n");
    CHECK(to_ndjson.report().balanced());
    auto to_csv = weir::from(weir::values(pages)) | weir::file(folder.path("out.csv"), weir::csv());
    CHECK(run_to_end(to_csv) == weir::progress::ended);
    CHECK(folder.read("out.csv") == "page,clicks\r\n/a,1\r\n\"/b,c\",2\r\n");
}

TEST_CASE("a file without rows is made all the same, with the header that is known") {
    scratch folder;
    auto to_csv = weir::from(weir::values(std::vector<page_count>{})) | weir::file(folder.path("out.csv"), weir::csv());
    CHECK(run_to_end(to_csv) == weir::progress::ended);
    CHECK(folder.read("out.csv") == "page,clicks\r\n");
    auto records =
        weir::from(weir::values(std::vector<weir::record>{})) | weir::file(folder.path("records.csv"), weir::csv());
    CHECK(run_to_end(records) == weir::progress::ended);
    CHECK(folder.has("records.csv"));
    CHECK(folder.read("records.csv").empty());
}

TEST_CASE("a file is written anew, or gone on with") {
    scratch folder;
    std::string const path = folder.write("out.csv", "page,clicks\r\n/z,9\r\n");
    auto appended = weir::from(weir::values(pages)) | weir::file(path, weir::csv(), {.append = true});
    run_to_end(appended);
    CHECK(folder.read("out.csv") == "page,clicks\r\n/z,9\r\n/a,1\r\n\"/b,c\",2\r\n");
    auto anew = weir::from(weir::values(pages)) | weir::file(path, weir::csv());
    run_to_end(anew);
    CHECK(folder.read("out.csv") == "page,clicks\r\n/a,1\r\n\"/b,c\",2\r\n");
    auto first = weir::from(weir::values(pages)) | weir::file(folder.path("fresh.csv"), weir::csv(), {.append = true});
    run_to_end(first);
    CHECK(folder.read("fresh.csv") == folder.read("out.csv"));
}

TEST_CASE("a complete file gets its name, an incomplete one does not") {
    scratch folder;
    std::string const path = folder.path("out.ndjson");
    bool synchronized = false;
    {
        auto job = weir::from(weir::values({1, 2, 3})) |
                   weir::file(path, weir::ndjson(), {.rename_when_complete = true, .synchronize = [&](std::FILE* file) {
                                                         synchronized =
                                                             file != nullptr && folder.has("out.ndjson.part");
                                                         return true;
                                                     }});
        job.step(1, seconds(0));
        job.step(1, seconds(0));
        CHECK_FALSE(folder.has("out.ndjson"));
        CHECK(folder.read("out.ndjson.part") == "1\n");
        run_to_end(job);
        CHECK(synchronized);
        CHECK(folder.read("out.ndjson") == "1\n2\n3\n");
        CHECK_FALSE(folder.has("out.ndjson.part"));
    }
    auto cut = weir::from(scripted_source{{{{emits{7}}}}, true}) |
               weir::file(folder.path("cut"), weir::ndjson(), {.rename_when_complete = true});
    cut.step(1, seconds(0));
    cut.step(1, seconds(0));
    CHECK_FALSE(folder.has("cut"));
    cut.stop(weir::stop_mode::keep_windows);
    run_to_end(cut);
    CHECK(folder.read("cut") == "7\n");
}

TEST_CASE("rows are acknowledged when they are written, not before") {
    scratch folder;
    scripted_source source{{{{emits{1}}}, {{emits{2}}}}, true};
    auto const seen = source.seen;
    auto job = weir::from(source) | weir::file(folder.path("out"), weir::ndjson());
    job.step(1, seconds(0));
    CHECK(folder.read("out").empty());
    CHECK(job.report().total().in_flight == 1);
    CHECK(job.report().balanced());
    job.step(1, seconds(0));
    CHECK(folder.read("out") == "1\n");
    CHECK(seen->acknowledged.back() == 2);
    job.step(1, seconds(0));
    CHECK(folder.read("out") == "1\n2\n");
    CHECK(seen->acknowledged.back() == 4);
    CHECK(job.report().total().in_flight == 0);
}

TEST_CASE("a full buffer is written at once") {
    scratch folder;
    auto job =
        weir::from(weir::values({1, 2, 3, 4, 5})) | weir::file(folder.path("out"), weir::ndjson(), {.buffer = 4});
    job.step(5, seconds(0));
    CHECK(folder.read("out").starts_with("1\n2\n3\n4\n"));
}

TEST_CASE("a file that cannot be opened, written or synchronized fails the job by its name") {
    scratch folder;
    std::string const nowhere = folder.path("no/such/folder");
    auto job = weir::from(weir::values({1})) | weir::file(nowhere, weir::ndjson());
    CHECK(run_to_end(job) == weir::progress::failed);
    CHECK(job.report().failure->place == nowhere);
    CHECK(job.report().failure->cause == "cannot be opened: No such file or directory");

    auto unsynchronized = weir::from(weir::values({1})) |
                          weir::file(folder.path("x"), weir::ndjson(),
                                     {.rename_when_complete = true, .synchronize = [](std::FILE*) { return false; }});
    CHECK(run_to_end(unsynchronized) == weir::progress::failed);
    CHECK_FALSE(folder.has("x"));

    auto confused = weir::from(weir::values({1})) |
                    weir::file(folder.path("y"), weir::ndjson(), {.append = true, .rename_when_complete = true});
    CHECK(run_to_end(confused) == weir::progress::failed);

    if (!std::filesystem::exists("/dev/full")) SKIP("there is no /dev/full here");
    auto full = weir::from(weir::values({1})) | weir::file("/dev/full", weir::ndjson());
    CHECK(run_to_end(full) == weir::progress::failed);
    CHECK(full.report().failure->cause == "cannot be written: No space left on device");
}

/// A format of one's own, that refuses negative numbers half-way.
struct tally_marks {
    bool encode(int const& n, weir::byte_buffer& into, weir::error& why) const {
        into.append("marks ");
        if (n < 0) {
            why = {.component = "tally_marks", .cause = "a negative number"};
            return false;
        }
        for (int i = 0; i < n; ++i) into.push_back('|');
        into.push_back('\n');
        return true;
    }
};

TEST_CASE("a row that the format refuses is a dead letter, and leaves no trace in the file") {
    scratch folder;
    auto job = weir::from(weir::values({2, -1, 3})) | weir::file(folder.path("out"), tally_marks());
    CHECK(run_to_end(job) == weir::progress::ended);
    CHECK(folder.read("out") == "marks ||\nmarks |||\n");
    CHECK(job.report().total().dead_lettered == 1);
    CHECK(job.report().balanced());
    CHECK(job.report().dead_letter_samples.at(0).cause == "a negative number");
}

TEST_CASE("the source and the sink of the same name stand side by side") {
    scratch folder;
    std::string const in = folder.write("in", "a\nb\n");
    auto job = weir::from(weir::file(in)) | weir::file(folder.path("out"), weir::ndjson());
    CHECK(run_to_end(job) == weir::progress::ended);
    CHECK(folder.read("out") == "\"a\"\n\"b\"\n");
}

}  // namespace weir_test::sink_file
