// SPDX-License-Identifier: Apache-2.0
#include <weir/sink/dead_letter.hpp>

#include <catch.hpp>
#include <cstdint>
#include <string>
#include <support/scratch.hpp>
#include <support/scripted.hpp>
#include <support/scripted_transport.hpp>
#include <vector>
#include <weir/base/row.hpp>
#include <weir/codec/ndjson.hpp>
#include <weir/sink/batch.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

namespace weir_test::sink_dead_letter {

std::string line(weir::dead_letter const& letter) {
    weir::byte_buffer to;
    weir::error why;
    REQUIRE(weir::dead_letter_ndjson().encode(letter, to, why));
    return std::string(to.view());
}

TEST_CASE("a dead letter is written with its reason, its place and its bytes") {
    CHECK(line({{"json", "web.clicks/3/1042: user.age", "not a number", "check the producer"},
                "{\"a\":\n1}",
                {.position = 1042, .lane = 3}}) ==
          "{\"component\":\"json\",\"place\":\"web.clicks/3/1042: user.age\",\"cause\":\"not a "
          "number\",\"advice\":\"check the producer\","
          "\"lane\":3,\"position\":1042,\"payload\":\"{\\\"a\\\":\\n1}\"}\n");
    CHECK(line({{"x", "", "y", ""}, std::string_view("\xFF\0z", 3), {.time = seconds(60)}}) ==
          "{\"component\":\"x\",\"place\":\"\",\"cause\":\"y\",\"lane\":0,\"position\":0,\"time\":\"1970-01-01T00:01:"
          "00Z\","
          "\"payload_base64\":\"/wB6\"}\n");
}

TEST_CASE("base64 as in RFC 4648, section 10") {
    auto const base64 = [](std::string_view bytes) {
        weir::byte_buffer to;
        weir::append_base64(to, bytes);
        return std::string(to.view());
    };
    CHECK(base64("").empty());
    CHECK(base64("f") == "Zg==");
    CHECK(base64("fo") == "Zm8=");
    CHECK(base64("foo") == "Zm9v");
    CHECK(base64("foob") == "Zm9vYg==");
    CHECK(base64("fooba") == "Zm9vYmE=");
    CHECK(base64("foobar") == "Zm9vYmFy");
    CHECK(base64(std::string_view("\xFF\xFE\xFD\0a", 5)) == "//79AGE=");
}

TEST_CASE("what a job puts aside is in the file when it has ended") {
    scratch folder;
    auto job =
        weir::from(scripted_source{{{{names{0, "clicks"}, puts_aside{"bad", 0, 17}, emits{1}}}}}) | weir::discard();
    job.dead_letters_to(weir::dead_letter_file(folder.path("rejected.ndjson")));
    CHECK(run_to_end(job) == weir::progress::ended);
    CHECK(folder.read("rejected.ndjson") ==
          "{\"component\":\"scripted\",\"place\":\"clicks/17\",\"cause\":\"as "
          "told\",\"lane\":0,\"position\":17,\"payload\":\"bad\"}\n");
}

TEST_CASE("what the server refuses when the input has ended is in the file too") {
    scratch folder;
    scripted_transport server;
    server->pending_polls = 3;
    server->judge = [](weir::shipment const&) { return weir::outcome::rejected({.component = "server", .cause = "no"}); };
    auto job = weir::from(weir::values({weir::row<weir::column<"n", int>>{{7}}})) | weir::batch({}, weir::ndjson(), server);
    job.dead_letters_to(weir::dead_letter_file(folder.path("rejected.ndjson")));
    CHECK(run_to_end(job) == weir::progress::ended);
    CHECK(job.report().dead_letters == 1);
    CHECK(folder.read("rejected.ndjson").find("\"cause\":\"no\"") != std::string::npos);
}

TEST_CASE("a dead letter that is refused itself fails the job, and does not go round for ever") {
    scripted_transport server;
    server->judge = [](weir::shipment const&) { return weir::outcome::rejected({.component = "server", .cause = "no"}); };
    scripted_source const source{{{{emits{1}}}, {{puts_aside{"bad", 0, 17}}}, {{emits{2}}}}, true};
    auto job = weir::from(scripted_source(source)) | weir::discard();
    job.dead_letters_to(weir::batch({.rows = 1}, weir::dead_letter_ndjson(), server));
    for (int i = 0; i < 10 && !job.finished(); ++i) job.step(100, seconds(0));
    REQUIRE(job.finished());
    CHECK(job.report().failure->component == "server");
    CHECK(job.report().failure->cause == "a dead letter was refused: no");
    CHECK(job.report().dead_letters == 1);
    CHECK(server->received.size() == 1);
    CHECK(source.seen->acknowledged == std::vector<std::uint64_t>{2});
}

TEST_CASE("dead letters that cannot be written fail the job") {
    scratch folder;
    auto job = weir::from(scripted_source{{{{puts_aside{"bad"}}}}}) | weir::discard();
    job.dead_letters_to(weir::dead_letter_file(folder.path("no/such/folder")));
    CHECK(run_to_end(job) == weir::progress::failed);
    CHECK(job.report().failure->component == "file");
}

}  // namespace weir_test::sink_dead_letter
