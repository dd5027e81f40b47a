// SPDX-License-Identifier: Apache-2.0
#include <weir/sink/print.hpp>

#include <catch.hpp>
#include <cstdio>
#include <string>
#include <support/scratch.hpp>
#include <support/scripted.hpp>
#include <weir/base/row.hpp>
#include <weir/source/lines.hpp>
#include <weir/source/values.hpp>

namespace weir_test::sink_print {

using count_row = weir::row<weir::column<"page", std::string_view>, weir::column<"clicks", int>>;

struct file {
    std::FILE* handle;
    explicit file(std::string const& path, char const* mode = "wb") : handle(std::fopen(path.c_str(), mode)) {}
    ~file() { std::fclose(handle); }
};

TEST_CASE("print writes a line an item, flushed when the poll is over") {
    scratch folder;
    file to(folder.path("out"));
    auto job = weir::from(weir::values({count_row{{"/a", 1}}, count_row{{"/b", 2}}, count_row{{"/c", 3}}})) |
               weir::print(to.handle);
    job.step(2, seconds(0));
    CHECK(folder.read("out") == "{\"page\":\"/a\",\"clicks\":1}\n{\"page\":\"/b\",\"clicks\":2}\n");
    run_to_end(job);
    CHECK(folder.read("out").ends_with("{\"page\":\"/c\",\"clicks\":3}\n"));
}

TEST_CASE("print writes texts and numbers as they are") {
    scratch folder;
    file to(folder.path("out"));
    auto texts = weir::from(weir::lines("one \"quoted\"\ntwo")) | weir::print(to.handle);
    run_to_end(texts);
    auto numbers = weir::from(weir::values({1.5, 2.0})) | weir::print(to.handle);
    run_to_end(numbers);
    CHECK(folder.read("out") == "one \"quoted\"\ntwo\n1.5\n2\n");
}

TEST_CASE("a stream that takes no more fails the job") {
    scratch folder;
    if (!std::filesystem::exists("/dev/full")) SKIP("there is no /dev/full here");
    file full("/dev/full");
    auto job = weir::from(weir::values({1, 2})) | weir::print(full.handle);
    CHECK(run_to_end(job) == weir::progress::failed);
    CHECK(job.report().failure->cause == "the stream takes no more: No space left on device");
}

}  // namespace weir_test::sink_print
