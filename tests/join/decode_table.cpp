// SPDX-License-Identifier: Apache-2.0
#include <weir/join/decode_table.hpp>

#include <catch.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <weir/pipeline/job.hpp>
#include <weir/run/runner.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/push.hpp>
#include <weir/source/values.hpp>
#include <weir/testing/collector.hpp>

namespace weir_test::join_decode_table {

using Catch::Matchers::ContainsSubstring;

/// As a Kafka record: key and value may each be there or not.
struct keyed_record {
    std::optional<std::string_view> maybe_key;
    std::optional<std::string_view> value;

    [[nodiscard]] std::string_view key() const { return maybe_key.value_or(""); }
    [[nodiscard]] std::string_view payload() const { return value.value_or(""); }
    [[nodiscard]] bool has_key() const { return maybe_key.has_value(); }
    [[nodiscard]] bool is_tombstone() const { return !value; }
};

/// Anything but "?" is a word.
struct word {
    using output = std::string_view;
    int* settled = nullptr;

    bool decode(std::string_view payload, std::string_view& into, weir::error& why) {
        into = payload;
        if (payload != "?") return true;
        why = {.component = "word", .place = "byte 0", .cause = "no word"};
        return false;
    }
    void settle() {
        if (settled) ++*settled;
    }
};

TEST_CASE("records become changes of a table, tombstones erase, and an empty value is a value") {
    weir::table<int, std::string_view> words(weir::unbounded);
    int settled = 0;
    auto job = weir::from(weir::values<keyed_record>({{"1", "one"}, {"2", "two"}, {"1", std::nullopt}, {"-3", "three"}, {"2", "zwei"}, {"4", ""}})) |
               weir::decode_table(weir::plain_key<int>(), word{&settled}) | weir::to_table(words);
    CHECK(weir::run(job).exit_code() == 0);
    CHECK(words.size() == 3);
    CHECK(words.find(1) == nullptr);
    CHECK(*words.find(2) == "zwei");
    CHECK(*words.find(-3) == "three");
    CHECK(words.find(4)->empty());
}

TEST_CASE("what cannot be decoded is a dead letter, and the table keeps what it had") {
    weir::table<std::string, std::string_view> words(weir::unbounded);
    weir::testing::collector<weir::dead_letter> letters;
    std::vector<std::string> causes;
    auto job = weir::from(weir::values<keyed_record>({{"1", "one"}, {"1", "?"}, {std::nullopt, "lost"}, {"", "empty key"}})) |
               weir::decode_table(weir::plain_key<std::string_view>(), word{}) | weir::to_table(words);
    job.dead_letters_to(weir::call([&](weir::dead_letter const& letter) {
        causes.push_back(to_string(letter.why) + " | " + std::string(letter.payload));
    }));
    weir::report const done = weir::run(job);
    CHECK(done.balanced());
    CHECK(done.total().dead_lettered == 2);
    REQUIRE(causes.size() == 2);
    CHECK_THAT(causes[0], ContainsSubstring("no word") && ContainsSubstring("byte 0") && ContainsSubstring("| ?"));
    CHECK_THAT(causes[1], ContainsSubstring("no key") && ContainsSubstring("| lost"));
    CHECK(*words.find("1") == "one");
    CHECK(*words.find("") == "empty key");
}

TEST_CASE("a decoder is told when what it handed out in the poll before is no longer looked at") {
    weir::table<std::string, std::string_view> words(weir::unbounded);
    int settled = 0;
    auto job = weir::from(weir::push<keyed_record>()) | weir::decode_table(weir::plain_key<std::string_view>(), word{&settled}) |
               weir::to_table(words);
    job.push(keyed_record{"1", "one"});
    CHECK(settled == 0);
    job.push(keyed_record{"2", "two"});
    CHECK(settled == 1);
    job.push(keyed_record{"3", "three"});
    CHECK(settled == 2);
}

TEST_CASE("keys that are no numbers, or too large, are dead letters whose place says `key`") {
    weir::table<std::int8_t, std::string_view> words(weir::unbounded);
    auto job = weir::from(weir::values<keyed_record>({{"127", "a"}, {"128", "b"}, {"1x", "c"}, {"", "d"}, {" 1", "e"}, {"-128", "f"}})) |
               weir::decode_table(weir::plain_key<std::int8_t>(), word{}) | weir::to_table(words);
    weir::report const done = weir::run(job);
    CHECK(done.total().dead_lettered == 4);
    CHECK_THAT(to_string(done.dead_letter_samples.at(0)), ContainsSubstring("key") && ContainsSubstring("plain_key"));
    CHECK(words.size() == 2);
    CHECK(words.find(-128) != nullptr);
}

TEST_CASE("binary keys are as Java writes them: the highest byte first") {
    weir::error why;
    std::int32_t number = 0;
    CHECK(weir::binary_key<std::int32_t>().decode(std::string_view("\0\0\1\2", 4), number, why));
    CHECK(number == 258);
    CHECK(weir::binary_key<std::int32_t>().decode("\xff\xff\xff\xfe", number, why));
    CHECK(number == -2);
    CHECK_FALSE(weir::binary_key<std::int32_t>().decode("abc", number, why));
    CHECK_THAT(to_string(why), ContainsSubstring("3 bytes"));
    std::int64_t wide = 0;
    CHECK(weir::binary_key<std::int64_t>().decode(std::string_view("\x01\0\0\0\0\0\0\x07", 8), wide, why));
    CHECK(wide == (std::int64_t{1} << 56) + 7);
}

}  // namespace weir_test::join_decode_table
