// SPDX-License-Identifier: Apache-2.0
#include <weir/aggregate/distinct_sketch.hpp>

#include <catch.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <oracle/random_stream.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>
#include <weir/time/timestamp.hpp>

namespace weir_test::aggregate_distinct_sketch {

using counts = std::initializer_list<std::uint64_t>;

/// Puts the numbers from `first` on in, each twice.
template <int Precision>
void add_numbers(weir::distinct_sketch<Precision>& sketch, std::uint64_t first, std::uint64_t count, weir::arena& memory) {
    for (std::uint64_t i = 0; i < count; ++i) sketch.add(first + i, memory);
    for (std::uint64_t i = count; i > 0; i -= i > 7 ? 7 : i) sketch.add(first + i - 1, memory);
}

template <int Precision>
[[nodiscard]] std::string bytes_of_numbers(std::uint64_t first, std::uint64_t count) {
    weir::arena memory;
    weir::distinct_sketch<Precision> sketch;
    add_numbers(sketch, first, count, memory);
    return sketch.bytes();
}

TEST_CASE("up to a few values the sketch counts exactly") {
    weir::arena memory;
    weir::distinct_sketch<12> sketch;
    CHECK(sketch.estimate() == 0);
    for (std::uint64_t i = 1; i <= sketch.few; ++i) {
        sketch.add(i * 7919, memory);
        sketch.add(i * 7919, memory);
        REQUIRE(sketch.estimate() == static_cast<double>(i));
    }
    CHECK(sketch.bytes().size() == 12 + 4 * std::size_t{sketch.few});
    sketch.add(-1, memory);
    CHECK(sketch.bytes().size() == 8 + 4096);
    CHECK(std::abs(sketch.estimate() / (sketch.few + 1.0) - 1) < 0.05);
    CHECK(memory.capacity() < 16 * 1024);
}

/// Of many sketches of `count` values each: how far off the mean is, and the root of the mean square, both relative to the
/// standard error.
template <int Precision>
void check_errors(std::uint64_t count, int sketches, bool texts) {
    using sketch_type = weir::distinct_sketch<Precision>;
    double sum = 0, squares = 0;
    for (int number = 0; number < sketches; ++number) {
        weir::arena memory;
        sketch_type sketch;
        std::uint64_t const first = static_cast<std::uint64_t>(number) * 1'000'003;
        for (std::uint64_t i = 0; i < count; ++i)
            texts ? sketch.add("user-" + std::to_string(first + i), memory) : sketch.add(first + i, memory);
        double const error = (sketch.estimate() / static_cast<double>(count) - 1) / sketch_type::standard_error;
        INFO("precision " << Precision << ", " << count << " values, sketch " << number);
        CHECK(std::abs(error) < 6);
        sum += error;
        squares += error * error;
    }
    INFO("precision " << Precision << ", " << count << (texts ? " texts" : " numbers"));
    CHECK(std::abs(sum / sketches) < 4 / std::sqrt(sketches));
    // A mean square of n squares of unit variance varies by sqrt(2 / n); few values are known better than many.
    double const mean_square = squares / sketches;
    CHECK(mean_square < 1 + 4 * std::sqrt(2.0 / sketches));
    if (count > 10 * sketch_type::registers) CHECK(mean_square > 1 - 4 * std::sqrt(2.0 / sketches));
}

TEST_CASE("the error is as stated, and without bias, for few values and for many") {
    // Around few, and where older estimators change over from one formula to another: 2.5 and 5 times the registers.
    for (std::uint64_t const count : counts{10, 33, 64, 200, 640, 700, 1000, 1280, 2000, 5000, 30000})
        check_errors<8>(count, 400, false);
    for (std::uint64_t const count : counts{513, 4000, 10000, 20000, 50000}) check_errors<12>(count, 60, false);
    for (std::uint64_t const count : counts{100, 700, 5000}) check_errors<8>(count, 200, true);
    check_errors<7>(5000, 400, false);
    check_errors<13>(100000, 40, true);
    CHECK(weir::distinct_sketch<12>::standard_error == Catch::Approx(1.04 / 64));
    CHECK(weir::distinct_sketch<13>::standard_error == Catch::Approx(1.04 / std::sqrt(8192)));
}

TEST_CASE("hashes of more values than there can be: the estimate goes on") {
    weir::arena memory;
    weir::distinct_sketch<7> sketch;
    for (std::uint64_t i = 0; i < 128; ++i) sketch.add_hash(i << 57 | 1, memory);  // the rank before the highest, in each
    double const many = sketch.estimate();
    CHECK(many > 1e18);
    for (std::uint64_t i = 0; i < 64; ++i) sketch.add_hash(i << 57, memory);
    // Half of the registers at the highest rank, half below: Ertl's formula, computed in another language.
    CHECK(sketch.estimate() == Catch::Approx(2.047377935994915e19).epsilon(1e-12));
    for (std::uint64_t i = 0; i < 127; ++i) sketch.add_hash(i << 57, memory);
    CHECK(sketch.estimate() > 2 * many);
    CHECK(std::isfinite(sketch.estimate()));
}

TEST_CASE("merged in any order and grouping, a sketch is what the values would have made of one") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        dice roll(seed);
        weir::arena memory;
        using sketch_type = weir::distinct_sketch<7>;  // apart up to 16
        std::vector<sketch_type> parts(static_cast<std::size_t>(roll.between(1, 8)));
        std::vector<std::uint64_t> values;
        std::int64_t const range = roll.once_in(2) ? 30 : 2000;
        for (std::int64_t i = roll.between(0, roll.once_in(2) ? 20 : 1000); i > 0; --i) {
            values.push_back(static_cast<std::uint64_t>(roll.between(0, range)));
            parts[static_cast<std::size_t>(roll.between(0, static_cast<std::int64_t>(parts.size()) - 1))].add(values.back(), memory);
        }
        sketch_type whole;
        std::set<std::uint64_t> const oracle(values.begin(), values.end());
        for (std::uint64_t each : oracle) whole.add(each, memory);
        std::vector<std::string> before;
        for (auto const& each : parts) before.push_back(each.bytes());
        sketch_type forwards, backwards;
        for (auto const& each : parts) forwards.merge(each, memory);
        for (auto each = parts.rbegin(); each != parts.rend(); ++each) backwards.merge(*each, memory);
        INFO("seed " << seed);
        REQUIRE(forwards.bytes() == whole.bytes());
        REQUIRE(backwards.bytes() == whole.bytes());
        REQUIRE(forwards.estimate() == whole.estimate());
        if (oracle.size() <= sketch_type::few) REQUIRE(whole.estimate() == static_cast<double>(oracle.size()));
        for (std::size_t i = 0; i < parts.size(); ++i) REQUIRE(parts[i].bytes() == before[i]);
    }
}

TEST_CASE("the bytes of a sketch come back as they were, and what they say can be gone on with") {
    for (std::uint64_t const count : counts{0, 1, 15, 16, 17, 500}) {
        weir::arena memory;
        std::string const bytes = bytes_of_numbers<7>(1, count);
        auto read = weir::distinct_sketch<7>::from_bytes(bytes, memory);
        REQUIRE(read);
        CHECK(read->bytes() == bytes);
        add_numbers(*read, 400, 300, memory);
        weir::distinct_sketch<7> both;
        add_numbers(both, 400, 300, memory);
        add_numbers(both, 1, count, memory);
        CHECK(read->bytes() == both.bytes());
    }
}

[[nodiscard]] std::string hex(std::string_view bytes) {
    std::string text;
    for (char each : bytes) {
        for (int shift : {4, 0}) text += "0123456789abcdef"[static_cast<unsigned char>(each) >> shift & 15];
    }
    return text;
}

TEST_CASE("the bytes are those of earlier versions") {
    CHECK(hex(bytes_of_numbers<12>(0, 0)) == "574453310c00000000000000");
    CHECK(hex(bytes_of_numbers<12>(1, 3)) == "574453310c00000003000000c15e531e021692568238d2db");
    // Its 128 registers, computed by other means from the definitions.
    CHECK(hex(bytes_of_numbers<7>(1, 100)) ==
          "5744533107010000000100010300000300020000000001030100010100000200040303010000020001010100010500010000"
          "0602020200000004010500010001000000000100000000030101000200000003000201020005000003040004010200020202"
          "000001000100000300010001010001040101020401010000020000000002000001010102");
    weir::arena memory;
    weir::distinct_sketch<7> texts;
    for (std::string_view each : {"", "a"}) texts.add(each, memory);
    CHECK(hex(texts.bytes()) == "574453310700000002000000c1617e5f8134ce9e");
    CHECK(weir::stable_hash(std::string_view("five!")) == 0xe91d3f87af7c2715);
    CHECK(weir::stable_hash(std::string_view("eleven char")) == 0x774bf0c205c744ea);
    CHECK(weir::stable_hash(std::string_view("more than sixteen characters, in all")) == 0x6c131827792e5e6a);
}

TEST_CASE("a value has one hash whatever the width of its type") {
    CHECK(weir::stable_hash(std::int16_t{-5}) == weir::stable_hash(std::int64_t{-5}));
    CHECK(weir::stable_hash(std::uint8_t{200}) == weir::stable_hash(200));
    CHECK(weir::stable_hash(-0.0) == weir::stable_hash(0.0));
    CHECK(weir::stable_hash(0.5F) == weir::stable_hash(0.5));
    CHECK(weir::stable_hash(std::string("a")) == weir::stable_hash(std::string_view("a")));
    CHECK(weir::stable_hash(weir::timestamp(weir::duration(7))) == weir::stable_hash(7));
    CHECK(weir::stable_hash(weir::duration(7)) == weir::stable_hash(7));
    CHECK(weir::stable_hash(std::chrono::days(1)) != weir::stable_hash(0));
}

TEST_CASE("bytes that are no sketch are refused, in words") {
    auto const cause = [](std::string_view bytes) {
        weir::arena memory;
        auto const read = weir::distinct_sketch<7>::from_bytes(bytes, memory);
        return read ? std::string("read") : read.problem().component + ": " + read.problem().cause;
    };
    std::string const apart = bytes_of_numbers<7>(1, 2), ranks = bytes_of_numbers<7>(1, 100);
    REQUIRE(cause(apart) == "read");
    REQUIRE(cause(ranks) == "read");
    for (std::string_view wrong : {std::string_view(), std::string_view(apart).substr(0, 11)})
        CHECK(cause(wrong) == "distinct_sketch: the bytes are not those of a distinct_sketch");
    CHECK(cause("WDS2" + apart.substr(4)) == "distinct_sketch: the bytes are not those of a distinct_sketch");
    CHECK(cause(bytes_of_numbers<8>(1, 2)) == "distinct_sketch: the sketch has precision 8, and 7 is wanted");
    auto const with = [](std::string bytes, std::size_t at, int value) {
        bytes.at(at) = static_cast<char>(value);
        return bytes;
    };
    CHECK(cause(with(apart, 5, 2)) == "distinct_sketch: the sketch is of an unknown form");
    for (std::string const& wrong : {apart + "1", with(apart, 8, 1), with(apart, 11, 1), ranks + "1", ranks.substr(0, 100),
                                     bytes_of_numbers<7>(1, 16).replace(8, 1, "\x11") + "1234"})
        CHECK(cause(wrong) == "distinct_sketch: the sketch is not of the length that it says");
    std::string const swapped = apart.substr(0, 12) + apart.substr(16, 4) + apart.substr(12, 4);
    std::string const twice = apart.substr(0, 16) + apart.substr(12, 4);
    std::string const rank_none = with(apart, 12, static_cast<unsigned char>(apart[12]) & 0xc0);
    std::string const rank_40 = with(apart, 12, (static_cast<unsigned char>(apart[12]) & 0xc0) | 40);
    for (std::string const& wrong : {swapped, twice, rank_none, rank_40})
        CHECK(cause(wrong) == "distinct_sketch: the values of the sketch are damaged");
    CHECK(cause(with(apart, 12, (static_cast<unsigned char>(apart[12]) & 0xc0) | 39)) == "read");
    CHECK(cause(with(ranks, 20, 58)) == "read");
    CHECK(cause(with(ranks, 20, 59)) == "distinct_sketch: the registers of the sketch are damaged");
}

template <int Precision>
void check_memory() {
    weir::arena memory(std::size_t{1} << 20);
    char const* const before = memory.allocate<char>(1);
    weir::distinct_sketch<Precision> sketch;
    for (std::uint32_t i = 0; i < 50'000; ++i) sketch.add(i, memory);
    CHECK(memory.allocate<char>(1) - before <= std::ptrdiff_t{2} * sketch.registers);
}

TEST_CASE("a sketch takes twice as many bytes as it has registers at the most, with those that it outgrew") {
    check_memory<7>();
    check_memory<12>();
    check_memory<16>();
}

}  // namespace weir_test::aggregate_distinct_sketch
