// SPDX-License-Identifier: Apache-2.0
#include <weir/sink/encoded_batch.hpp>

#include <catch.hpp>
#include <chrono>
#include <string>
#include <string_view>

namespace weir_test::sink_encoded_batch {

using namespace std::chrono_literals;

struct as_text {
    bool encode(std::string_view row, weir::byte_buffer& into, weir::error&) {
        into.append(row);
        return true;
    }
};
static_assert(weir::encoder_for<as_text, std::string_view>);
static_assert(!weir::encoder_for<as_text, int>);

weir::encoded_batch batch_of(std::initializer_list<std::string_view> rows) {
    weir::encoded_batch batch;
    std::uint64_t position = 100;
    for (std::string_view row : rows) {
        batch.bytes().append(row);
        batch.end_row({.time = weir::timestamp(5s), .position = position++, .epoch = 200 - position, .lane = 3});
    }
    return batch;
}

TEST_CASE("any run of rows is a piece of the buffer") {
    auto const batch = batch_of({"a", "", "ccc", "dd"});
    CHECK(batch.rows() == 4);
    CHECK(batch.size() == 6);
    CHECK(batch.bytes_of(0, 4) == "acccdd");
    CHECK(batch.bytes_of(2, 2) == "cccdd");
    CHECK(batch.bytes_of(1, 1).empty());
    CHECK(batch.bytes_of(2, 0).empty());
    CHECK(batch.payload_of(3) == "dd");
    CHECK(batch.bytes_of(2, 1).data() == batch.bytes_of(0, 4).data() + 1);
}

TEST_CASE("a row remembers where it came from; the epoch is the batch's smallest") {
    auto const batch = batch_of({"a", "b", "c"});
    CHECK(batch.oldest() == 97);
    CHECK(batch.at(1).position == 101);
    CHECK(batch.at(1).lane == 3);
    CHECK(batch.at(1).time == weir::timestamp(5s));
    CHECK(batch.at(1).epoch == 97);
}

TEST_CASE("the digest differs when the content, the cut or the origin does") {
    auto const one = batch_of({"ab", "c"});
    CHECK(one.digest(0, 2) == batch_of({"ab", "c"}).digest(0, 2));
    CHECK(one.digest(0, 2) != batch_of({"ab", "d"}).digest(0, 2));
    CHECK(one.digest(0, 2) != one.digest(0, 1));
    CHECK(one.digest(0, 2) != batch_of({"", "ab", "c"}).digest(1, 2));
    CHECK(one.digest(0, 0) == one.digest(0, 0));
}

TEST_CASE("a shipment names its rows, its token and the attempt") {
    auto const batch = batch_of({"a", "bb", "c"});
    weir::shipment const goods = batch.ship(1, 2, "token", 4);
    CHECK(goods.bytes == "bbc");
    CHECK(goods.rows == 2);
    CHECK(goods.token == "token");
    CHECK(goods.attempt == 4);
}

TEST_CASE("a cleared batch is as good as new") {
    auto batch = batch_of({"a", "b"});
    batch.clear();
    CHECK(batch.rows() == 0);
    CHECK(batch.size() == 0);
    CHECK(batch.oldest() == weir::encoded_batch().oldest());
    batch.bytes().append("z");
    batch.end_row({.epoch = 7});
    CHECK(batch.payload_of(0) == "z");
    CHECK(batch.oldest() == 7);
}

}  // namespace weir_test::sink_encoded_batch
