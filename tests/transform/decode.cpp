// SPDX-License-Identifier: Apache-2.0
#include <weir/transform/decode.hpp>

#include <catch.hpp>
#include <memory>
#include <optional>
#include <string>
#include <support/scripted.hpp>
#include <vector>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>
#include <weir/transform/map.hpp>

namespace weir_test::transform_decode {

/// A number and the text it was read from.
struct number {
    int value = 0;
    std::string_view text{};
};

/// What was asked of a decoder.
struct asked {
    int alone = 0;
    std::vector<std::size_t> batches{};
    int settled = 0;
};

/// Reads digits; anything else is an error that says where it stands.
struct digits {
    using output = number;

    std::shared_ptr<asked> seen = std::make_shared<asked>();

    bool decode(std::string_view payload, number& into, weir::error& why) {
        ++seen->alone;
        into = {.text = payload};
        for (std::size_t i = 0; i < payload.size(); ++i) {
            if (payload[i] < '0' || payload[i] > '9') {
                why = {.component = "digits", .place = "character " + std::to_string(i), .cause = "no digit"};
                return false;
            }
            into.value = into.value * 10 + (payload[i] - '0');
        }
        why = {.component = "digits", .cause = "empty"};
        return !payload.empty();
    }
    void settle() { ++seen->settled; }
};

/// The same, many at once.
struct batched_digits : digits {
    void decode_batch(std::span<std::string_view const> payloads, auto&& each, auto&& failed) {
        seen->batches.push_back(payloads.size());
        for (std::size_t i = 0; i < payloads.size(); ++i) {
            number made;
            weir::error why;
            if (decode(payloads[i], made, why)) each(i, std::as_const(made));
            else failed(i, std::as_const(why));
            --seen->alone;
        }
    }
};

/// A record that borrows its payload and knows its own stamp, or has no payload.
struct record {
    std::optional<std::string_view> value{};
    std::uint64_t offset = 0;
    std::uint32_t partition = 0;

    [[nodiscard]] std::string_view payload() const { return value.value_or(std::string_view()); }
    [[nodiscard]] bool is_null() const { return !value; }
    [[nodiscard]] weir::stamp at() const {
        return {.time = seconds(static_cast<int>(offset)), .position = offset, .lane = partition};
    }
};

/// Emits what it has, as one batch or one by one, then ends.
template <class Item>
struct emits_all {
    using output = Item;
    std::vector<Item> items;
    bool one_by_one = false;
    bool done = false;

    weir::poll_result poll(auto& out) {
        if (done) return weir::poll_result::end;
        done = true;
        weir::stamp const first{.position = 100, .lane = 3};
        if (!one_by_one) {
            out.emit_batch(std::span<Item const>(items), first);
        } else {
            for (std::size_t i = 0; i < items.size(); ++i) {
                weir::stamp at = first;
                at.position += i;
                if constexpr (requires { items[i].at(); }) at = items[i].at();
                out.emit(items[i], at);
            }
        }
        return weir::poll_result::ready;
    }
};

/// Keeps until the poll is over what it was given, as a stage may; then writes `value:text@lane/position`, and dead
/// letters.
struct keeper {
    std::shared_ptr<std::vector<std::string>> log;
    std::vector<std::pair<number, weir::stamp>> kept{};

    void on_item(number const& n, auto& out) { kept.emplace_back(n, out.at()); }
    void settle(auto&) {
        for (auto const& [n, at] : kept)
            log->push_back(std::to_string(n.value) + ":" + std::string(n.text) + "@" + std::to_string(at.lane) + "/" +
                           std::to_string(at.position));
        kept.clear();
    }
};

struct outcome {
    std::vector<std::string> items{};
    std::vector<std::string> letters{};
    weir::tally count{};
};

template <class Item, class Decoder>
outcome decode_all(std::vector<Item> items, bool one_by_one, Decoder decoder, weir::decode_options options = {}) {
    outcome got;
    auto const log = std::make_shared<std::vector<std::string>>();
    auto job = weir::from(emits_all<Item>{std::move(items), one_by_one}) | weir::decode(std::move(decoder), options) |
               keeper{log};
    job.dead_letters_to(weir::call([&](weir::dead_letter const& letter) {
        got.letters.push_back(to_string(letter.why) + " <" + std::string(letter.payload) + ">");
    }));
    CHECK(run_to_end(job) == weir::progress::ended);
    auto const report = job.report();
    CHECK(report.balanced());
    CHECK(report.dead_letters == got.letters.size());
    got.items = *log;
    got.count = report.stages[1].count;
    return got;
}

using texts = std::vector<std::string>;

TEST_CASE("each payload becomes an item, or a dead letter with its bytes and place") {
    bool const one_by_one = GENERATE(false, true);
    auto const check = [&](auto decoder) {
        auto const got = decode_all<std::string_view>({"7", "x1", "42", "", "1y"}, one_by_one, std::move(decoder));
        CHECK(got.items == texts{"7:7@3/100", "42:42@3/102"});
        CHECK(got.letters == texts{"digits: lane 3/101: character 0: no digit <x1>", "digits: lane 3/103: empty <>",
                                   "digits: lane 3/104: character 1: no digit <1y>"});
        CHECK(got.count.in == 5);
        CHECK(got.count.passed == 2);
        CHECK(got.count.emitted == 2);
        CHECK(got.count.dead_lettered == 3);
    };
    check(digits{});
    check(batched_digits{});
}

TEST_CASE("a batch goes to the decoder as a batch") {
    digits const plain;
    decode_all<std::string_view>({"1", "2", "3"}, false, plain);
    CHECK(plain.seen->alone == 3);

    batched_digits const batched;
    decode_all<std::string_view>({"1", "2", "3"}, false, batched);
    CHECK(batched.seen->alone == 0);
    CHECK(batched.seen->batches == std::vector<std::size_t>{3});

    decode_all<std::string_view>({"1", "2", "3"}, true, batched);
    CHECK(batched.seen->alone == 3);
    CHECK(batched.seen->batches == std::vector<std::size_t>{3});
}

TEST_CASE("items that know their own stamp keep it, and say when they have no payload") {
    bool const one_by_one = GENERATE(false, true);
    std::vector<record> const records{{"1", 10, 0}, {{}, 11, 0}, {"2", 7, 1}, {"z", 8, 1},
                                      {{}, 9, 1},   {"", 12, 0}, {"3", 13, 0}};
    auto const filtered = decode_all(records, one_by_one, batched_digits{});
    CHECK(filtered.items == texts{"1:1@0/10", "2:2@1/7", "3:3@0/13"});
    CHECK(filtered.letters == texts{"digits: lane 1/8: character 0: no digit <z>", "digits: lane 0/12: empty <>"});
    CHECK(filtered.count.filtered == 2);
    CHECK(filtered.count.dead_lettered == 2);

    auto const put_aside =
        decode_all(records, one_by_one, batched_digits{}, {.nulls = weir::null_payload::dead_letter});
    CHECK(put_aside.items == filtered.items);
    REQUIRE(put_aside.letters.size() == 4);
    // In the order of the input, whether it came as a batch or not.
    CHECK(put_aside.letters[0].starts_with("decode: lane 0/11: the item has no payload"));
    CHECK(put_aside.letters[1] == filtered.letters[0]);
    CHECK(put_aside.letters[2].starts_with("decode: lane 1/9: the item has no payload"));
    CHECK(put_aside.letters[3] == filtered.letters[1]);
    CHECK(put_aside.count.filtered == 0);
    CHECK(put_aside.count.dead_lettered == 4);
}

TEST_CASE("an item that owns its bytes may be gone when the decoded one is looked at") {
    bool const one_by_one = GENERATE(false, true);
    auto const log = std::make_shared<std::vector<std::string>>();
    // The string that `map` makes lives for one call.
    auto job = weir::from(emits_all<int>{{12345678, 23456789, -5, 34567890}, one_by_one}) |
               weir::map([](int n) { return "0000000000000000" + std::to_string(n); }) |
               weir::decode(batched_digits{}) | keeper{log};
    run_to_end(job);
    CHECK(*log == texts{"12345678:000000000000000012345678@3/100", "23456789:000000000000000023456789@3/101",
                        "34567890:000000000000000034567890@3/103"});
    CHECK(job.report().dead_letters == 1);
}

TEST_CASE("what was decoded stays good until the stages behind have settled") {
    batched_digits const decoder;
    auto const log = std::make_shared<std::vector<std::string>>();
    std::vector<std::string> lines(5000);
    for (std::size_t i = 0; i < lines.size(); ++i) lines[i] = std::to_string(i);
    auto job = weir::from(weir::values(lines)) | weir::decode(decoder) | keeper{log};
    run_to_end(job, 700);
    REQUIRE(log->size() == 5000);
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (!(*log)[i].starts_with(lines[i] + ":" + lines[i] + "@")) FAIL((*log)[i]);
    // Once before each poll but the first: by then all stages have let go.
    CHECK(decoder.seen->settled == 7);
}

TEST_CASE("long batches are decoded in parts, and positions go on") {
    auto const records = [] {
        std::vector<record> many;
        for (std::uint64_t i = 0; i < 3000; ++i)
            many.push_back({i % 5 == 0 ? std::optional<std::string_view>() : "1", i, 0});
        return many;
    }();
    auto const got = decode_all(records, false, batched_digits{});
    REQUIRE(got.items.size() == 2400);
    std::size_t next = 0;
    for (std::uint64_t i = 0; i < 3000; ++i)
        if (i % 5 != 0 && got.items[next++] != "1:1@0/" + std::to_string(i)) FAIL(got.items[next - 1]);

    std::vector<std::string> const owned(3000, "1");
    auto const texts_got = decode_all(owned, false, batched_digits{});
    REQUIRE(texts_got.items.size() == 3000);
    CHECK(texts_got.items[2999] == "1:1@3/3099");
}

// Which decoders and items fit is known to the compiler.
struct returns_nothing {
    using output = int;
    void decode(std::string_view, int&, weir::error&) {}
};
static_assert(weir::decoder<digits>);
static_assert(weir::decoder<batched_digits>);
static_assert(weir::batch_decoder<batched_digits>);
static_assert(!(weir::batch_decoder<digits>));
static_assert(!(weir::decoder<returns_nothing>));
static_assert(!(weir::decoder<int>));
static_assert(weir::detail::carries_payload<std::string>);
static_assert(weir::detail::carries_payload<record>);
static_assert(!(weir::detail::carries_payload<int>));

}  // namespace weir_test::transform_decode
