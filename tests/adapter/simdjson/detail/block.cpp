// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/simdjson.hpp>

#include <catch.hpp>
#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace weir_test::adapter_simdjson_detail_block {

struct click {
    std::string_view user_id, page;
    std::optional<std::string> country;
    weir::timestamp ts;
    std::vector<std::int32_t> sizes;

    friend bool operator==(click const&, click const&) = default;
};

/// What became of a payload: the item with texts of its own, or the error.
struct outcome {
    std::string user_id{}, page{}, country{};
    weir::timestamp ts{};
    std::vector<std::int32_t> sizes{};
    weir::error why{};

    friend bool operator==(outcome const&, outcome const&) = default;
};

outcome outcome_of(click const& c) {
    return {std::string(c.user_id), std::string(c.page), c.country.value_or("(none)"), c.ts, c.sizes, {}};
}

std::vector<outcome> one_by_one(std::vector<std::string_view> const& payloads) {
    std::vector<outcome> all;
    for (std::string_view payload : payloads) {
        // Nothing is left over from the document before.
        auto decoder = weir::json<click>();
        click c;
        weir::error why;
        if (decoder.decode(payload, c, why)) all.push_back(outcome_of(c));
        else all.push_back({.why = why});
    }
    return all;
}

/// The views are looked at when the batch is over: they must still be good.
std::vector<outcome> as_batch(weir::json_decoder<click>& decoder, std::vector<std::string_view> const& payloads) {
    std::vector<outcome> all(payloads.size());
    std::vector<std::pair<std::size_t, click>> items;
    std::size_t next = 0;
    decoder.decode_batch(
        payloads,
        [&](std::size_t i, click const& c) {
            CHECK(i == next++);
            items.emplace_back(i, c);
        },
        [&](std::size_t i, weir::error const& why) {
            CHECK(i == next++);
            all[i].why = why;
        });
    CHECK(next == payloads.size());
    for (auto const& [i, c] : items) all[i] = outcome_of(c);
    decoder.settle();
    return all;
}

std::string random_click(std::mt19937_64& random) {
    std::vector<std::string> fields;
    auto const text = [&] {
        std::string some;
        for (auto n = random() % 24; n > 0; --n) some += "abc/ \xc3\xa9\xe2\x82\xac"[random() % 5];
        if (random() % 6 == 0) some += random() % 2 == 0 ? "\\n\\\"" : "\\u20ac";
        return "\"" + some + "\"";
    };
    fields.push_back("\"event_id\":" + text());
    fields.push_back("\"user_id\":" + text());
    fields.push_back("\"ts\":" + std::to_string(1767225600000 + random() % 100000));
    fields.push_back("\"page\":" + text());
    if (random() % 3 != 0) fields.push_back("\"country\":" + (random() % 5 == 0 ? std::string("null") : text()));
    fields.push_back("\"sizes\":[" + (random() % 2 == 0 ? std::string() : std::to_string(random() % 10000) + ",-7") +
                     "]");
    if (random() % 4 == 0) fields.push_back("\"a_field_of_a_name_too_long_to_be_remembered\":{\"x\":[1.5,true,{}]}");
    if (random() % 4 == 0) std::shuffle(fields.begin(), fields.end(), random);
    char const* const comma = random() % 8 == 0 ? " ,\t" : ",";
    std::string document = "{";
    for (std::size_t i = 0; i < fields.size(); ++i) document += (i == 0 ? "" : comma) + fields[i];
    return document + "}";
}

std::string mutilated(std::string text, std::mt19937_64& random) {
    std::string const splinters = "{}[]:,\"\\ \n\r0-.etn\x01\x80\xc3\xff";
    switch (random() % 8) {
        case 0: return {};
        case 1: return text + "\n" + text;
        case 2: return text + text;
        case 3: return text.substr(0, random() % text.size());
        case 4: return text.substr(random() % text.size());
        case 5: return "  \n ";
        default:
            for (auto edits = 1 + random() % 3; edits > 0; --edits)
                text[random() % text.size()] = splinters[random() % splinters.size()];
            return text;
    }
}

/// Payloads and the memory they lie in, which ends where the last of them does.
struct layout {
    std::unique_ptr<char[]> memory;
    std::vector<std::string_view> payloads;
};

layout lay_out(std::vector<std::string> const& documents, auto gap_before) {
    std::string whole;
    std::vector<std::size_t> begins;
    for (std::size_t i = 0; i < documents.size(); ++i) {
        if (i != 0) whole += gap_before(i);
        begins.push_back(whole.size());
        whole += documents[i];
    }
    layout made{std::unique_ptr<char[]>(new char[whole.size()]), {}};
    whole.copy(made.memory.get(), whole.size());
    for (std::size_t i = 0; i < documents.size(); ++i)
        made.payloads.emplace_back(made.memory.get() + begins[i], documents[i].size());
    return made;
}

void compare(weir::json_decoder<click>& decoder, layout const& made) {
    auto const expected = one_by_one(made.payloads);
    auto const found = as_batch(decoder, made.payloads);
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        INFO(i << ": " << made.payloads[i] << "\nbatch: " << to_string(found[i].why)
               << "\nalone: " << to_string(expected[i].why));
        CHECK(found[i] == expected[i]);
    }
}

TEST_CASE("a batch has the outcome of its payloads one by one, however they lie and whatever is wrong with some") {
    std::mt19937_64 random(1000003);
    auto decoder = weir::json<click>();
    std::size_t good = 0;
    for (int round = 0; round < 300; ++round) {
        std::vector<std::string> documents;
        // Every third round has nothing wrong; in others from one in two to one in thirty-two payloads.
        auto const one_in = std::uint64_t{1} << (1 + random() % 5);
        for (auto n = random() % 60; n > 0; --n) {
            documents.push_back(random_click(random));
            if (round % 3 != 0 && random() % one_in == 0) documents.back() = mutilated(documents.back(), random);
        }
        std::string const gaps[] = {"\n", "\r\n", "", "xyz", "\"", " ", "\n\n", "\r", "1", std::string(40, '\n')};
        auto const usual = random() % 3 == 0 ? "\r\n" : "\n";
        // As lines; as lines with other gaps now and then; each for itself.
        compare(decoder, lay_out(documents, [&](std::size_t) { return std::string(usual); }));
        compare(decoder,
                lay_out(documents, [&](std::size_t) { return random() % 8 == 0 ? gaps[random() % 10] : usual; }));
        compare(decoder, lay_out(documents, [&](std::size_t) { return "\0\0\0"; }));
        for (auto const& each : one_by_one(lay_out(documents, [](std::size_t) { return ""; }).payloads))
            good += each.why.cause.empty();
    }
    CHECK(good > 3000);
}

TEST_CASE("more payloads than make a block, with some that are larger than one") {
    std::mt19937_64 random(65536);
    auto decoder = weir::json<click>();
    std::vector<std::string> documents;
    for (int i = 0; i < 4000; ++i) {
        documents.push_back(random_click(random));
        if (i % 511 == 0) documents.back() = mutilated(documents.back(), random);
    }
    documents[700] = R"({"user_id":"u","page":")" + std::string(1 << 20, 'p') + R"(","ts":1767225600000,"sizes":[]})";
    documents[701] = documents[700] + "x";
    compare(decoder, lay_out(documents, [](std::size_t) { return "\n"; }));
    compare(decoder, lay_out(documents, [](std::size_t) { return "--"; }));
    compare(decoder, lay_out(documents, [](std::size_t) { return "-----"; }));
}

TEST_CASE("payloads that together make a document, or a half of one, do not help each other") {
    auto decoder = weir::json<click>();
    std::string const whole = R"({"user_id":"u","page":"p","ts":1767225600000,"sizes":[1,2]})";
    std::string const padding(200, ' ');
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        std::vector<std::string> const documents = {whole,  whole.substr(0, cut), whole.substr(cut), whole, padding,
                                                    padding};
        compare(decoder, lay_out(documents, [](std::size_t) { return "\n"; }));
        compare(decoder, lay_out(documents, [](std::size_t) { return "1"; }));
        compare(decoder, lay_out(documents, [](std::size_t) { return "   "; }));
    }
    std::vector<std::string> const numbers = {whole, R"({"user_id":"u","page":"p","sizes":[1],"ts":176722560)", "0000}",
                                              whole, padding};
    compare(decoder, lay_out(numbers, [](std::size_t) { return "0"; }));
    compare(decoder, lay_out(numbers, [](std::size_t) { return "\n"; }));
}

TEST_CASE("what lies between payloads never becomes a part of them") {
    std::vector<std::string> const numbers(100, "12");
    std::vector<std::string> texts;
    for (int i = 0; i < 100; ++i) texts.push_back(i % 10 == 4 ? "\"a" : i % 10 == 5 ? "b\"" : "\"ok\"");
    for (char const* gap : {"\n", "\r\n", "3", " ", "", "  ", ",", "\"", "\\"}) {
        INFO("between them: <" << gap << ">");
        // Lines, but for some in their midst.
        auto const gap_before = [&](std::size_t i) { return i % 10 == 5 ? gap : "\n"; };
        auto const made = lay_out(numbers, gap_before);
        std::vector<std::uint32_t> got;
        weir::json<std::uint32_t>().decode_batch(
            made.payloads, [&](std::size_t, std::uint32_t n) { got.push_back(n); },
            [](std::size_t, weir::error const& why) { FAIL(to_string(why)); });
        CHECK(got == std::vector<std::uint32_t>(100, 12));

        auto const pieces = lay_out(texts, gap_before);
        int good = 0;
        int failed = 0;
        weir::json<std::string>().decode_batch(
            pieces.payloads, [&](std::size_t, std::string const& text) { good += text == "ok" ? 1 : 0; },
            [&](std::size_t, weir::error const&) { ++failed; });
        CHECK(good == 80);
        CHECK(failed == 20);
    }
}

TEST_CASE("views refer to the payload itself, and to other memory only where a text has escapes") {
    std::vector<std::string> documents;
    for (int i = 0; i < 50; ++i)
        documents.push_back(R"({"user_id":"plain","page":"with \u20ac","ts":1767225600000,"sizes":[]})");
    for (char const* gap : {"\n", "----"}) {
        auto const made = lay_out(documents, [&](std::size_t) { return gap; });
        auto decoder = weir::json<click>();
        std::vector<std::string_view> pages;
        decoder.decode_batch(
            made.payloads,
            [&](std::size_t i, click const& c) {
                CHECK(c.user_id.data() == made.payloads[i].data() + 12);
                pages.push_back(c.page);
            },
            [](std::size_t, weir::error const& why) { FAIL(to_string(why)); });
        REQUIRE(pages.size() == 50);
        for (std::string_view page : pages) CHECK(page == "with \xe2\x82\xac");
    }
}

TEST_CASE("payloads side by side are read where they lie, and padding is not read behind the last") {
    auto const count = [](std::vector<std::string> const& documents, char const* gap) {
        auto const made = lay_out(documents, [&](std::size_t) { return gap; });
        return weir::detail::count_lying_side_by_side(made.payloads);
    };
    std::vector<std::string> const ten(10, std::string(100, 'x'));
    CHECK(count(ten, "\n") == 9);
    CHECK(count(ten, "\r\n") == 9);
    CHECK(count(ten, "") == 0);
    CHECK(count(ten, "\n\n\n") == 0);
    CHECK(count({std::string(10, 'x')}, "\n") == 0);
    std::vector<std::string> const small(20, std::string(9, 'x'));
    // 64 bytes lie behind the eleventh of them: 7 payloads of 9 with their line breaks, but for the last one.
    CHECK(count(small, "\n") == 13);
    std::vector<std::string> const many(100000, std::string(99, 'x'));
    CHECK(count(many, "\n") == (weir::detail::json_block_size + weir::detail::json_padding) / 100);
}

}  // namespace weir_test::adapter_simdjson_detail_block
