// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/simdjson.hpp>

#include <catch.hpp>
#include <memory>
#include <random>
#include <string>
#include <support/naive_json.hpp>
#include <vector>

namespace weir_test::adapter_simdjson_detail_validator {

struct any_object {
    std::optional<std::string_view> never;
};

/// Whether an object is accepted none of whose fields is asked for: all that happens is that it is checked.
bool accepted(std::string_view text) {
    static auto decoder = weir::json<any_object>();
    // An allocation of its own, so that a sanitizer sees one byte too many.
    std::unique_ptr<char[]> const bytes(new char[text.size()]);
    text.copy(bytes.get(), text.size());
    any_object item;
    weir::error why;
    return decoder.decode({bytes.get(), text.size()}, item, why);
}

void check(std::string const& value) {
    std::string const text = "{\"x\":" + value + "}";
    INFO(text);
    CHECK(accepted(text) == naive_json(text).valid());
    // In the middle of a document, and at its end.
    std::string const nested = "{\"a\":[" + value + ",{\"b\":" + value + "}]}";
    CHECK(accepted(nested) == naive_json(nested).valid());
}

std::string const good[] = {"0",
                            "-0",
                            "1",
                            "-1",
                            "10",
                            "123456789012345678901234567890",
                            "0.5",
                            "-0.0",
                            "1e5",
                            "1E+5",
                            "1e-5",
                            "0e0",
                            "1.25e10",
                            "1E400",
                            "-1e-400",
                            "true",
                            "false",
                            "null",
                            "\"\"",
                            "\" \"",
                            "\"a\"",
                            "\"\\\"\"",
                            "\"\\\\\"",
                            "\"\\/\\b\\f\\n\\r\\t\"",
                            "\"\\u0000\"",
                            "\"\\u00e9\\uABCD\"",
                            "\"\\ud83d\\ude00\"",
                            "\"\\\\u12\"",
                            "\"\\\\\\\"\"",
                            "\"\xc3\xa9\"",
                            "\"\xe2\x82\xac\"",
                            "\"\xf0\x9f\x98\x80\"",
                            "\"\x7f\"",
                            "\"\xef\xbf\xbf\"",
                            "[]",
                            "[ ]",
                            "[[]]",
                            "[1]",
                            "[1,2]",
                            "[1 , 2]",
                            "[\t1,\r\n2]",
                            "{}",
                            "{ }",
                            "{\"\":0}",
                            "{\"a\":1,\"a\":2}",
                            "{\"a\" : 1 , \"b\" : [ ] }",
                            "[[],{}]",
                            "[{\"a\":[{}]},null]",
                            "\"{\"",
                            "\"[,:]\"",
                            "[\"\",\"\\u0041\"]",
                            " 1 ",
                            "\n[\n]\n",
                            "[true,false,null]",
                            "{\"\\u0061\\\"\":\"}\"}"};

std::string const bad[] = {
    // numbers
    "-", "+1", "01", "-01", "00", "1.", ".5", "-.5", "1.e5", "1e", "1e+", "1E-", "0x1", "1a", "1 2", "1.2.3", "--1",
    "1-", "1+1", "1e1.5", "NaN", "-NaN", "Infinity", "-Infinity", "inf", "1_0", "0.e1", "0e", "-a", "1eE2", "2.e+3",
    "0.3e", "9.e-3", "\xef\xbc\x91", "1\"\"", "1[]", "1{}", "1true", "1:", "-1-1", "1\f", "1\v",
    // literals
    "tru", "truee", "True", "TRUE", "fals", "falsee", "nul", "nulll", "nil", "undefined", "true false", "truefalse",
    "true1", "t", "f", "n", "null\"\"", "true[]", "none", "tRue",
    // strings
    "\"", "\"a", "a\"", "'a'", "`a`", "\"\\\"", "\"\\\"\\", "\"\\x\"", "\"\\a\"", "\"\\u\"", "\"\\u1\"", "\"\\u12\"",
    "\"\\u123\"", "\"\\u123g\"", "\"\\uD800\"", "\"\\uDC00\"", "\"\\uD800\\n\"", "\"\\uD800\\u0041\"",
    "\"\\uD800\\uD800\"", "\"\\U0041\"", "\"\\ \"", "\"\\0\"", "\"\\\n\"", "\"\n\"", "\"\t\"", "\"\x01\"", "\"\x1f\"",
    "\"a\"b", "\"a\" \"b\"", "\"a\"\"b\"", "a", "\\n", "\"\\", "\"\\u00e\\u0041\"", "\"\\\\\\\"",
    // UTF-8
    "\"\x80\"", "\"\xbf\"", "\"\xc0\x80\"", "\"\xc1\xbf\"", "\"\xc3\"", "\"\xc3\x28\"", "\"\xe0\x80\x80\"",
    "\"\xe0\x9f\xbf\"", "\"\xe2\x82\"", "\"\xed\xa0\x80\"", "\"\xed\xbf\xbf\"", "\"\xf0\x80\x80\x80\"",
    "\"\xf0\x8f\xbf\xbf\"", "\"\xf0\x9f\x98\"", "\"\xf4\x90\x80\x80\"", "\"\xf5\x80\x80\x80\"", "\"\xff\"", "\"\xfe\"",
    "\xff", "\xc3\xa9", "1\xff", "[\xe2\x82\xac]",
    // arrays
    "[", "]", "[1", "[1,", "[,", "[,1]", "[1,]", "[1,,2]", "[1 2]", "[1]]", "[[1]", "[1;2]", "[1:2]", "[\"a\":1]", "[}",
    "[1}", "[\"a\"", "[,]", "[1,\n1\n,1", "[\"x\"]]", "[x", "[a]", "[3[4]]", "[1,2", "[][]", "[\"\",]", "[*]", "<.>",
    "[<null>]", "[\"a", "[1]x", "[True]",
    // objects
    "{", "}", "{]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\"}", "{\"a\",1}", "{:1}",
    "{1:1}", "{a:1}", "{'a':1}", "{\"a\":1 \"b\":2}", "{\"a\"::1}", "{\"a\":1:2}", "{\"a\":1,,\"b\":2}", "{\"a\" 1}",
    "{null:1}", "{[]:1}", "{\"a\":}", "{\"a\":1}}", "{\"a\":1}{\"b\":2}", "{\"a\":1]", "{\"a\":\"b\",\"c\"}",
    "{\"x\"::\"b\"}", "{\"a\":\"b\"}/**/", "{\"a\":/*c*/1}", "{\"a\":\"b\"}#", "{\"a\":\"b\"}//", "{\"a\":\"a\" 123}",
    "{\"a\":{}", "{\"\\x\":1}", "{\"\\ud800\":1}", "{\"\n\":1}", "{\"a\xff\":1}", "{\"a\":[}", "{\"a\":[]]}",
    "{\"a\":1,2}", "{,\"a\":1}", "{\"a\":1;\"b\":2}",
    // blanks and others
    "", " ", ",", ":", "\f1", "1\f", "\v1", "\xc2\xa0\x31", "\xe2\x81\xa0", "\xef\xbb\xbf\x31", "//", "/* */1", "1//",
    "\\", "\x01", "\x1a", "\x0c", "&", "1 &", "@", "[\x0c]", "[1\x0c]",
    "{\"a\"\x1a"
    "1}",
    "[1\x0c"
    "2]",
    "{\x0c}", "\x7f"};

TEST_CASE("every rule of the grammar is kept, also in fields that nobody asks for") {
    for (std::string const& value : good) {
        check(value);
        CHECK(naive_json(value).valid());
        CHECK(accepted("{\"x\":" + value + "}"));
    }
    for (std::string const& value : bad) {
        check(value);
        INFO(value);
        CHECK_FALSE(accepted("{\"x\":[" + value + ",1]}"));
    }
    check(std::string("1\0", 2));
    check(std::string("\"\0\"", 3));
    check(std::string("\0", 1));
    for (int c = 0; c < 256; ++c) {
        std::string const one(1, static_cast<char>(c));
        check(one);
        check("1" + one);
        check("[1" + one + "2]");
        check("\"" + one + "\"");
        check("\"\\" + one + "\"");
        check("\"\\u00" + one + "0\"");
        check("tru" + one);
        check("{\"a\"" + one + "1}");
    }
}

/// A random value; `room` bounds how much nests in it.
std::string random_value(std::mt19937_64& random, int room) {
    auto const blank = [&] { return std::string(random() % 8 == 0 ? random() % 3 : 0, " \t\n\r"[random() % 4]); };
    switch (random() % (room > 0 ? 10 : 6)) {
        case 0: return good[random() % 15];
        case 1: return "\"" + std::string(random() % 70, 'q') + "\"";
        case 2: return random() % 2 == 0 ? "true" : "null";
        case 3: return std::to_string(static_cast<std::int64_t>(random() >> (random() % 64)));
        case 4: return good[18 + random() % 17];
        case 5: return "\"" + std::string(random() % 40, '\\').append(random() % 2 == 0 ? "n" : "") + "\"";
        case 6:
        case 7: {
            std::string text = "[" + blank();
            for (auto n = random() % 5; n > 0; --n)
                text += random_value(random, room - 1) + blank() + (n > 1 ? "," : "") + blank();
            return text + "]";
        }
        default: {
            std::string text = "{" + blank();
            for (auto n = random() % 5; n > 0; --n)
                text += "\"" + std::string(random() % 20, 'k') + "\"" + blank() + ":" + blank() +
                        random_value(random, room - 1) + (n > 1 ? "," : "") + blank();
            return text + "}";
        }
    }
}

TEST_CASE("random documents, whole and mutilated, are accepted exactly when the grammar accepts them") {
    std::mt19937_64 random(8259);
    std::string const splinters = "{}[]:,\"\\ \n0123456789-+.eEtrufalsn/\x01\x7f\x80\xbf\xc3\xe2\xf0\xff";
    int accepted_count = 0;
    for (int i = 0; i < 30000; ++i) {
        std::string text = "{\"x\":" + random_value(random, 6) + "}";
        for (auto edits = random() % 4; edits > 0 && !text.empty(); --edits) {
            auto const where = random() % text.size();
            char const splinter = splinters[random() % splinters.size()];
            switch (random() % 4) {
                case 0: text[where] = splinter; break;
                case 1: text.erase(where, 1 + random() % 3); break;
                case 2: text.insert(where, 1, splinter); break;
                default: std::swap(text[where], text[random() % text.size()]); break;
            }
        }
        bool const good_text = text.find_first_of('{') == text.find_first_not_of(" \t\r\n") && naive_json(text).valid();
        INFO(text);
        CHECK(accepted(text) == good_text);
        accepted_count += good_text ? 1 : 0;
    }
    // Neither sort is rare.
    CHECK(accepted_count > 5000);
    CHECK(accepted_count < 25000);
}

}  // namespace weir_test::adapter_simdjson_detail_validator
