// SPDX-License-Identifier: Apache-2.0
// needs: libavro
// Avro held against libavro, Apache's own implementation in C, in both directions: it writes what weir reads by resolving
// random schemas of a writer, and reads what weir writes of that; both must come to what libavro resolves by itself.
#include <weir/codec/avro.hpp>

#include <avro.h>
#include <catch.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <support/cases.hpp>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir_test::oracle_avro {

enum class suit { spades, hearts, clubs, diamonds };

struct spot {
    std::string_view city;
    std::int64_t code;
};

/// What is read: its members are the fields that the random schemas below know.
struct sample {
    bool truth;
    std::int32_t number;
    std::int64_t whole;
    float single;
    double real;
    std::string_view text;
    std::vector<std::byte> raw;
    suit card;
    std::array<std::byte, 4> fixed;
    std::optional<std::int64_t> maybe;
    std::vector<double> reals;
    std::map<std::string, std::int64_t> counts;
    spot where;
    std::vector<spot> spots;
    std::optional<spot> perhaps;
    weir::timestamp time;
    std::vector<std::vector<std::optional<std::string>>> deep;
    std::string country = "PL";
    std::int32_t version = 3;
};

constexpr char const* card_type = R"({"type":"enum","name":"suit","symbols":["spades","hearts","clubs","diamonds"]})";
constexpr char const* fixed_type = R"({"type":"fixed","name":"fixed_4","size":4})";
constexpr char const* time_type = R"({"type":"long","logicalType":"timestamp-micros"})";

using generator = std::mt19937_64;

struct schema_handle {
    avro_schema_t made = nullptr;
    explicit schema_handle(std::string const& text) {
        INFO(text);
        INFO(avro_strerror());
        REQUIRE(avro_schema_from_json_length(text.data(), text.size(), &made) == 0);
    }
    schema_handle(schema_handle const&) = delete;
    schema_handle& operator=(schema_handle const&) = delete;
    ~schema_handle() { avro_schema_decref(made); }
};

struct value_handle {
    avro_value_t made{};
    explicit value_handle(avro_schema_t schema) {
        avro_value_iface_t* const how = avro_generic_class_from_schema(schema);
        REQUIRE(avro_generic_value_new(how, &made) == 0);
        avro_value_iface_decref(how);
    }
    value_handle(value_handle const&) = delete;
    value_handle& operator=(value_handle const&) = delete;
    ~value_handle() { avro_value_decref(&made); }

    [[nodiscard]] std::string bytes() const {
        std::size_t size = 0;
        REQUIRE(avro_value_sizeof(const_cast<avro_value_t*>(&made), &size) == 0);
        std::string text(size + 1, '\0');
        avro_writer_t const to = avro_writer_memory(text.data(), static_cast<std::int64_t>(size));
        REQUIRE(avro_value_write(to, const_cast<avro_value_t*>(&made)) == 0);
        avro_writer_free(to);
        text.resize(size);
        return text;
    }
};

std::string json_of(avro_value_t const& value) {
    char* text = nullptr;
    if (avro_value_to_json(&value, 1, &text) != 0) return avro_strerror();
    std::string copy(text);
    std::free(text);
    return copy;
}

std::string random_text(generator& random) {
    constexpr std::string_view letters[] = {"a", "Z", "0", " ", "\"", "\\", "ż", "漢", "😀"};
    std::string text;
    for (auto left = random() % 12; left != 0; --left) text += letters[random() % 9];
    return text;
}

/// Any value of a schema.
void fill(avro_value_t value, generator& random) {
    std::int64_t const number = static_cast<std::int64_t>(random() >> (random() % 64)) * (random() % 2 ? 1 : -1);
    switch (value.iface->get_type(value.iface, value.self)) {
        case AVRO_NULL: avro_value_set_null(&value); break;
        case AVRO_BOOLEAN: avro_value_set_boolean(&value, static_cast<int>(random() % 2)); break;
        case AVRO_INT32: avro_value_set_int(&value, static_cast<std::int32_t>(number)); break;
        case AVRO_INT64: avro_value_set_long(&value, number); break;
        case AVRO_FLOAT: avro_value_set_float(&value, static_cast<float>(number) / 3); break;
        case AVRO_DOUBLE: avro_value_set_double(&value, static_cast<double>(number) / 7); break;
        case AVRO_ENUM: avro_value_set_enum(&value, static_cast<int>(random() % 4)); break;
        case AVRO_STRING: {
            std::string const text = random_text(random);
            avro_value_set_string_len(&value, text.c_str(), text.size() + 1);
            break;
        }
        case AVRO_BYTES: {
            std::string text = random_text(random);
            avro_value_set_bytes(&value, text.data(), text.size());
            break;
        }
        case AVRO_FIXED: {
            std::string text(static_cast<std::size_t>(avro_schema_fixed_size(avro_value_get_schema(&value))), '\0');
            for (char& c : text) c = static_cast<char>(random());
            avro_value_set_fixed(&value, text.data(), text.size());
            break;
        }
        case AVRO_ARRAY:
            for (auto left = random() % 4; left != 0; --left) {
                avro_value_t item{};
                avro_value_append(&value, &item, nullptr);
                fill(item, random);
            }
            break;
        case AVRO_MAP:
            for (auto left = random() % 4; left != 0; --left) {
                avro_value_t item{};
                avro_value_add(&value, random_text(random).c_str(), &item, nullptr, nullptr);
                fill(item, random);
            }
            break;
        case AVRO_UNION: {
            avro_value_t branch{};
            auto const count = avro_schema_union_size(avro_value_get_schema(&value));
            avro_value_set_branch(&value, static_cast<int>(random() % count), &branch);
            fill(branch, random);
            break;
        }
        case AVRO_RECORD: {
            std::size_t count = 0;
            avro_value_get_size(&value, &count);
            for (std::size_t i = 0; i < count; ++i) {
                avro_value_t field{};
                avro_value_get_by_index(&value, i, &field, nullptr);
                fill(field, random);
            }
            break;
        }
        default: FAIL("a type that libavro does not name");
    }
}

/// A writer's schema in the making.
class random_schema {
public:
    explicit random_schema(generator& random) : random_(&random) {}

    /// One of these.
    std::string pick(std::initializer_list<std::string> all) { return all.begin()[(*random_)() % all.size()]; }
    static std::string quoted(std::string const& name) { return "\"" + name + "\""; }

    /// What may be promoted to it, alone or in a union of one.
    std::string may_become(std::initializer_list<std::string> all) {
        std::string const type = pick(all);
        return (*random_)() % 4 == 0 ? "[" + type + "]" : type;
    }
    std::string optional(std::string const& type) { return pick({type, "[\"null\"," + type + "]", "[" + type + ",\"null\"]"}); }
    std::string array(std::string const& type) { return R"({"type":"array","items":)" + type + "}"; }
    std::string whole() { return may_become({"\"int\"", "\"long\""}); }
    std::string real() { return may_become({"\"int\"", "\"long\"", "\"float\"", "\"double\""}); }

    /// The name of a record that is defined at its first use.
    std::string spot() {
        if (std::exchange(spot_known_, true)) return "\"spot\"";
        std::string const city = field("city", "\"string\"");
        std::string const code = field("code", whole());
        std::string const other = field("other", anything(2));
        return R"({"type":"record","name":"spot","fields":[)" +
               pick({city + "," + code, code + "," + other + "," + city, other + "," + city + "," + code}) + "]}";
    }

    std::string anything(int deepest) {
        static constexpr int plain = 8;
        auto const choice = static_cast<int>((*random_)() % (deepest == 0 ? plain : plain + 5));
        std::string const name = "extra" + std::to_string(++names_);
        switch (choice) {
            case 8: return array(anything(deepest - 1));
            case 9: return R"({"type":"map","values":)" + anything(deepest - 1) + "}";
            case 10:
                return R"({"type":"record","name":")" + name + R"(","fields":[)" + field("x", anything(deepest - 1)) + "," +
                       field("y", anything(deepest - 1)) + "]}";
            case 11: return R"({"type":"enum","name":")" + name + R"(","symbols":["a","b","c","d"]})";
            case 12: return R"(["null",)" + array(anything(deepest - 1)) + ",\"long\"]";
            default:
                return quoted(std::string(std::vector<std::string>{"null", "boolean", "int", "long", "float", "double", "bytes",
                                                                   "string"}[static_cast<std::size_t>(choice)]));
        }
    }

    static std::string field(std::string const& name, std::string const& type) {
        return R"({"name":")" + name + R"(","type":)" + type + "}";
    }

private:
    generator* random_;
    int names_ = 0;
    bool spot_known_ = false;
};

struct writers_field {
    std::string name;
    std::string text;
};

/// The fields in random order, with further ones between them; some that have a default are left out of `short_one`, and are
/// what they are by default in `whole`, for libavro fills in no defaults.
std::vector<writers_field> random_fields(generator& random) {
    random_schema make(random);
    // Spots stand in the order in which they are made: the first defines the name.
    std::vector<std::pair<std::string, std::string>> types = {
        {"truth", make.may_become({"\"boolean\""})},
        {"number", make.may_become({"\"int\""})},
        {"whole", make.whole()},
        {"single", make.may_become({"\"int\"", "\"long\"", "\"float\""})},
        {"real", make.real()},
        {"text", make.may_become({"\"string\""})},
        {"raw", make.may_become({"\"bytes\""})},
        {"card", card_type},
        {"fixed", fixed_type},
        {"maybe", make.optional(make.pick({"\"int\"", "\"long\""}))},
        {"reals", make.array(make.real())},
        {"counts", R"({"type":"map","values":)" + make.whole() + "}"},
        {"time", make.may_become({time_type})},
        {"deep", make.array(make.array(make.optional("\"string\"")))},
        {"country", "\"string\""},
        {"version", "\"int\""},
    };
    std::shuffle(types.begin(), types.end(), random);
    for (std::string const name : {"where", "spots", "perhaps"}) {
        auto const at = types.begin() + static_cast<std::ptrdiff_t>(random() % (types.size() + 1));
        types.insert(at, {name, ""});
    }
    for (int i = 0; i < 3; ++i)
        types.insert(types.begin() + static_cast<std::ptrdiff_t>(random() % (types.size() + 1)),
                     {"extra_field" + std::to_string(i), make.anything(3)});
    std::vector<writers_field> fields;
    for (auto& [name, type] : types) {
        if (name == "where") type = make.spot();
        if (name == "spots") type = make.array(make.spot());
        if (name == "perhaps") type = make.optional(make.spot());
        fields.push_back({name, random_schema::field(name, type)});
    }
    return fields;
}

std::string record_of(std::vector<writers_field> const& fields, bool with_defaults) {
    std::string text;
    for (auto const& [name, field] : fields)
        if (with_defaults || (name != "country" && name != "version")) text += (text.empty() ? "" : ",") + field;
    return R"({"type":"record","name":"sample","fields":[)" + text + "]}";
}

/// Each field by a generator of its own, so that two schemas with the same field have the same value there.
void fill_fields(value_handle& value, std::vector<writers_field> const& fields, bool defaults, std::uint64_t seed) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        avro_value_t field{};
        std::string const& name = fields[i].name;
        if (avro_value_get_by_name(&value.made, name.c_str(), &field, nullptr) != 0) continue;
        if (defaults && name == "country") avro_value_set_string(&field, "PL");
        else if (defaults && name == "version") avro_value_set_int(&field, 3);
        else {
            generator own(seed + i);
            fill(field, own);
        }
    }
}

TEST_CASE("avro: libavro's bytes are read, and weir's are read by libavro, to the same values") {
    schema_handle const reader(weir::avro::schema_of<sample>());
    sample item{};
    weir::byte_buffer written;
    weir::error why;
    std::uint64_t const all = cases(2000);
    for (std::uint64_t seed = 1; seed <= all; ++seed) {
        generator random(seed);
        auto const fields = random_fields(random);
        bool const lacks_some = random() % 2 == 0;
        std::string const schema_text = record_of(fields, !lacks_some);
        INFO("seed " << seed << " " << schema_text);
        schema_handle const schema(schema_text);
        schema_handle const full_schema(record_of(fields, true));
        auto const how = weir::avro::reading<sample>::of(schema_text);
        if (!how) FAIL(to_string(how.problem()));
        avro_value_iface_t* const resolving = avro_resolved_reader_new(full_schema.made, reader.made);
        INFO(avro_strerror());
        REQUIRE(resolving != nullptr);
        for (std::uint64_t document = 0; document < 4; ++document) {
            value_handle value(schema.made);
            value_handle full(full_schema.made);
            fill_fields(value, fields, false, seed * 1000 + document * 100);
            fill_fields(full, fields, lacks_some, seed * 1000 + document * 100);
            std::string const bytes = value.bytes();
            if (!how->decode(bytes, item, why)) FAIL(to_string(why));
            written.clear();
            if (!weir::avro::append(item, written, why)) FAIL(to_string(why));

            value_handle read_again(reader.made);
            avro_reader_t const from = avro_reader_memory(written.view().data(), static_cast<std::int64_t>(written.size()));
            REQUIRE(avro_value_read(from, &read_again.made) == 0);
            avro_reader_free(from);
            avro_value_t resolved{};
            REQUIRE(avro_resolved_reader_new_value(resolving, &resolved) == 0);
            avro_resolved_reader_set_source(&resolved, &full.made);
            if (avro_value_equal(&resolved, &read_again.made) == 0) CHECK(json_of(resolved) == json_of(read_again.made));
            avro_value_decref(&resolved);
        }
        avro_value_iface_decref(resolving);
    }
}

}  // namespace weir_test::oracle_avro
