// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/simdjson/detail/number.hpp>
#include <weir/adapter/simdjson/detail/options.hpp>
#include <weir/adapter/simdjson/detail/place.hpp>
#include <weir/adapter/simdjson/detail/shape.hpp>
#include <weir/adapter/simdjson/detail/text.hpp>
#include <weir/adapter/simdjson/detail/validator.hpp>
#include <weir/base/detail/poll_memory.hpp>
#include <weir/base/enum_name.hpp>
#include <weir/time/parse_time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::detail {

/// Which of a struct's members were seen.
template <std::size_t Members>
class member_set {
public:
    [[nodiscard]] constexpr bool contains(std::size_t i) const noexcept { return (word(i) >> (i % 64) & 1U) != 0; }
    constexpr void add(std::size_t i) noexcept { words_[index(i)] |= std::uint64_t{1} << (i % 64); }
    [[nodiscard]] constexpr bool contains_all(member_set const& others) const noexcept {
        std::uint64_t missing = 0;
        for (std::size_t i = 0; i < words; ++i) missing |= others.words_[i] & ~words_[i];
        return missing == 0;
    }

private:
    static constexpr std::size_t words = Members <= 64 ? 1 : (Members + 63) / 64;
    [[nodiscard]] static constexpr std::size_t index(std::size_t i) noexcept { return words == 1 ? 0 : i / 64; }
    [[nodiscard]] constexpr std::uint64_t word(std::size_t i) const noexcept { return words_[index(i)]; }

    std::array<std::uint64_t, words> words_{};
};

template <class S>
constexpr auto members_where(auto is_wanted) {
    member_set<member_count<S>> set;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((is_wanted.template operator()<member_at<S, I>>() ? set.add(I) : void()), ...);
    }(std::make_index_sequence<member_count<S>>{});
    return set;
}

/// The members that a document must have, and those that it may leave out.
template <class S>
inline constexpr auto required_members = members_where<S>([]<class V>() { return !container_of<V>::optional; });
template <class S>
inline constexpr auto optional_members = members_where<S>([]<class V>() { return container_of<V>::optional; });

template <class S>
inline constexpr name_table<member_count<S>> names_of = [] {
    std::array<std::string_view, member_count<S>> names{};
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = member_names<S>[i];
    return name_table<member_count<S>>(names);
}();

/// Reads a document of type `T` by its index. It is simdjson's second stage, made to measure: known fields go into
/// their members, and all others are checked and passed over.
///
/// Every function takes the next place of the index and returns the place behind what it read, or null after `fail`.
template <class T>
class json_reader : public json_validator {
public:
    using json_validator::place;

    json_reader(shape_memory<T>& shapes, poll_memory& memory, json_options const& options, std::uint64_t* levels,
                json_fault* fault) noexcept
        : json_validator(options.deepest, levels, fault), shapes_(&shapes), memory_(&memory), options_(&options) {}

    /// What is read from `copy` on refers to `original`, of which it is a copy, or the same.
    void refer(char const* copy, char const* original) noexcept {
        copy_ = copy;
        original_ = original;
    }

    [[nodiscard]] place read_document(place next, T& into) {
        depth_ = 0;
        return read<T, field_form{}>(text_, next, into);
    }

private:
    template <class V, field_form Form>
    [[gnu::always_inline]] inline place read(char const* text, place next, V& into) {
        if constexpr (json_object<V>) return read_object(text, next, into);
        else if constexpr (container_of<V>::optional) return read_optional<V, Form>(text, next, into);
        else if constexpr (container_of<V>::vector) return read_vector<V, Form>(text, next, into);
        else if constexpr (container_of<V>::array) return read_array<V, Form>(text, next, into);
        else if constexpr (json_text<V>) return read_text(text, next, into);
        else if constexpr (std::is_enum_v<V>) return read_enum(text, next, into);
        else if constexpr (std::same_as<V, bool>) return read_bool(text, next, into);
        else if constexpr (std::same_as<V, timestamp>) return read_time<Form>(text, next, into);
        else if constexpr (is_json_duration<V>) return read_duration<V, Form>(text, next, into);
        else return read_number<V, Form>(text, next, into);
    }

    // Objects

    template <class S>
    [[nodiscard]] place read_object(char const* text, place next, S& into) {
        std::uint32_t const begin = *next;
        if (text[begin] != '{') [[unlikely]] return fail_type(begin, "an object");
        if (++depth_ > deepest_) [[unlikely]] return fail_depth(begin);
        auto& order = shapes_->template order<S>();
        auto* expected = order.beginning();
        member_set<member_count<S>> seen;
        for (;;) {
            int member = expected->member;
            if (expected->text.begins(text + *next)) [[likely]] {
                expected = expected->next;
            } else {
                found_key<S> const found = look_up<S>(text, next, order, expected);
                if (found.at == nullptr) return nullptr;
                next = found.at;
                member = found.member;
                expected = found.behind;
            }
            if (member >= 0) {
                auto const number = static_cast<std::size_t>(member);
                if (seen.contains(number)) [[unlikely]] {
                    next = read_again(text, next + 3, into, number);
                } else {
                    seen.add(number);
                    next = read_member<0, member_count<S>>(text, next + 3, into, number);
                }
            } else {
                if (member == key_order_of<S>::closing) break;
                next = skip(text, next + 3);
            }
            if (next == nullptr) [[unlikely]] return nullptr;
        }
        --depth_;
        if (!seen.contains_all(required_members<S>)) [[unlikely]] return fail_missing<S>(begin, seen);
        if constexpr (!member_set<member_count<S>>{}.contains_all(optional_members<S>))
            if (!seen.contains_all(optional_members<S>)) clear_missing(into, seen);
        return next + 1;
    }

    /// Halves the members until one is left: the processor learns the way for each key of an order that stays.
    template <std::size_t First, std::size_t Last, class S>
    [[gnu::always_inline]] inline place read_member(char const* text, place next, S& into, std::size_t number) {
        if constexpr (First == Last) {
            return nullptr;  // a struct without members has no keys to be found
        } else if constexpr (Last - First == 1) {
            return read<member_at<S, First>, form_of<S, First>>(text, next, member_ref<First>(into));
        } else {
            constexpr std::size_t middle = First + (Last - First) / 2;
            if (number < middle) return read_member<First, middle>(text, next, into, number);
            return read_member<middle, Last>(text, next, into, number);
        }
    }

    template <class S>
    struct found_key {
        place at = nullptr;  ///< the comma or bracket before the key, or the closing bracket; null after a failure
        int member = key_order_of<S>::closing;
        typename key_order_of<S>::step* behind = nullptr;
    };

    /// What stands at a step where something else was expected.
    template <class S>
    [[gnu::noinline]] found_key<S> look_up(char const* text, place next, key_order_of<S>& order,
                                           typename key_order_of<S>::step* here) {
        constexpr int closing = key_order_of<S>::closing;
        char const* const at = text + *next;
        if (here == order.beginning()) {
            if (text[next[1]] == '}') return {next + 1, closing, here};
        } else if (*at == '}') {
            return {next, closing, order.learn(here, "}", closing)};
        } else if (*at != ',') {
            static_cast<void>(fail_structure(*next, "',' or '}'"));
            return {};
        }
        if (text[next[1]] != '"') {
            static_cast<void>(fail_key(next[1]));
            return {};
        }
        if (text[next[2]] != ':') {
            static_cast<void>(fail_structure(next[2], "':'"));
            return {};
        }
        char const* const begin = text + next[1] + 1;
        char const* const end = token_end(text, next + 2) - 1;
        std::string_view key(begin, static_cast<std::size_t>(end - begin));
        std::string_view step(at, static_cast<std::size_t>(text + next[2] + 1 - at));
        if (has_escape(begin, end)) {
            // Steps are known by how keys are written, and this is another way: it is looked up each time.
            step = {};
            key = unescaped(begin, end);
            if (key.data() == nullptr) return {};
        }
        int const member = names_of<S>.find(key);
        return {next, member, order.learn(here, step, member)};
    }

    /// A member whose key has come before in this object.
    template <class S>
    [[gnu::noinline]] place read_again(char const* text, place next, S& into, std::size_t number) {
        if (options_->duplicates == duplicate_key::error) {
            if (fault_ != nullptr) fault_->field = member_names<S>[number];
            return fail(next[-2], "the key is there twice", "json_options::duplicates can say which of them counts");
        }
        if (options_->duplicates == duplicate_key::last_wins)
            return read_member<0, member_count<S>>(text, next, into, number);
        return skip(text, next);
    }

    template <class S>
    [[gnu::noinline]] static void clear_missing(S& into, member_set<member_count<S>> seen) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (clear_member(member_ref<I>(into), seen.contains(I)), ...);
        }(std::make_index_sequence<member_count<S>>{});
    }
    template <class V>
    static void clear_member(V& value, bool seen) {
        if constexpr (container_of<V>::optional)
            if (!seen) value.reset();
    }

    // Containers

    template <class V, field_form Form>
    [[gnu::always_inline]] inline place read_optional(char const* text, place next, V& into) {
        if (text[*next] == 'n') [[unlikely]] {
            into.reset();
            return skip(text, next);
        }
        if (!into) into.emplace();
        return read<typename V::value_type, Form>(text, next, *into);
    }

    template <class V, field_form Form>
    [[nodiscard]] place read_vector(char const* text, place next, V& into) {
        using element = typename V::value_type;
        std::size_t count = 0;
        next = read_elements(text, next, [&](place at) {
            // Elements of the document before are written over: what they allocated is used again.
            if constexpr (std::same_as<element, bool>) {
                bool value = false;
                at = read<bool, Form>(text, at, value);
                if (count < into.size()) into[count] = value;
                else into.push_back(value);
            } else {
                if (count == into.size()) into.emplace_back();
                at = read<element, Form>(text, at, into[count]);
            }
            ++count;
            return at;
        });
        if (next != nullptr) into.resize(count);
        return next;
    }

    template <class V, field_form Form>
    [[nodiscard]] place read_array(char const* text, place next, V& into) {
        constexpr std::size_t wanted = std::tuple_size_v<V>;
        std::uint32_t const begin = *next;
        std::size_t count = 0;
        next = read_elements(text, next, [&](place at) {
            if (count == wanted) return fail_length(begin, wanted);
            if constexpr (wanted != 0) at = read<typename V::value_type, Form>(text, at, into[count]);
            ++count;
            return at;
        });
        return next != nullptr && count != wanted ? fail_length(begin, wanted) : next;
    }

    template <class ReadOne>
    [[gnu::always_inline]] inline place read_elements(char const* text, place next, ReadOne read_one) {
        std::uint32_t const begin = *next;
        if (text[begin] != '[') [[unlikely]] return fail_type(begin, "an array");
        if (++depth_ > deepest_) [[unlikely]] return fail_depth(begin);
        ++next;
        if (text[*next] == ']') {
            ++next;
        } else {
            for (;;) {
                next = read_one(next);
                if (next == nullptr) [[unlikely]] return nullptr;
                char const c = text[*next];
                ++next;
                if (c == ',') continue;
                if (c == ']') break;
                return fail_structure(next[-1], "',' or ']'");
            }
        }
        --depth_;
        return next;
    }

    // Scalars

    template <class V>
    [[gnu::always_inline]] inline place read_text(char const* text, place next, V& into) {
        std::string_view value;
        next = read_string(text, next, "a string", value);
        if (next == nullptr) [[unlikely]] return nullptr;
        if constexpr (std::same_as<V, std::string>) into.assign(value);
        else into = value;
        return next;
    }

    /// The contents of a string, as a view that lives as long as the item may.
    [[gnu::always_inline]] inline place read_string(char const* text, place next, char const* wanted,
                                                    std::string_view& into) {
        char const* const begin = text + *next + 1;
        if (begin[-1] != '"') [[unlikely]] return fail_type(*next, wanted);
        ++next;
        char const* const end = token_end(text, next) - 1;
        if (has_escape(begin, end)) [[unlikely]] {
            into = unescaped(begin, end);
            return into.data() == nullptr ? nullptr : next;
        }
        into = std::string_view(original_ + (begin - copy_), static_cast<std::size_t>(end - begin));
        return next;
    }

    /// What a string with escapes stands for, in memory that lives until the end of the poll; null after a failure.
    [[gnu::noinline]] std::string_view unescaped(char const* begin, char const* end) {
        auto const size = static_cast<std::size_t>(end - begin);
        char* const room = memory_->take(size);
        char const* wrong = nullptr;
        char const* const written = unescape(begin, end, room, wrong);
        if (written == nullptr) {
            memory_->give_back(size);
            static_cast<void>(fail_escape(wrong));
            return {};
        }
        auto const used = static_cast<std::size_t>(written - room);
        memory_->give_back(size - used);
        return {room, used};
    }

    [[gnu::always_inline]] inline place read_bool(char const* text, place next, bool& into) {
        std::uint32_t const begin = *next;
        ++next;
        char const* const end = token_end(text, next);
        bool const value = text[begin] == 't';
        if (!is_literal(text + begin, end, value ? "true" : "false")) [[unlikely]]
            return fail_type(begin, "true or false");
        into = value;
        return next;
    }

    template <class E>
    [[nodiscard]] place read_enum(char const* text, place next, E& into) {
        std::uint32_t const begin = *next;
        std::string_view name;
        next = read_string(text, next, "a name", name);
        if (next == nullptr) return nullptr;
        std::optional<E> const value = enum_from_name<E>(name);
        if (!value) [[unlikely]] return fail_name<E>(begin, name);
        into = *value;
        return next;
    }

    template <class V, field_form Form>
    [[gnu::always_inline]] inline place read_number(char const* text, place next, V& into) {
        std::uint32_t const at = *next;
        char const* begin = text + at;
        ++next;
        char const* end = token_end(text, next);
        bool room = end - text >= 16;
        if constexpr (Form.as_text) {
            if (*begin == '"') {
                std::string_view content;
                if (read_string(text, next - 1, "a number", content) == nullptr) return nullptr;
                begin = content.data();
                end = begin + content.size();
                room = false;
            }
        }
        if constexpr (json_floating<V>) {
            bool whole = false;
            bool const number = begins_number(begin, end) && json_number_end(begin, end, whole) == end;
            if (!number || !read_floating(begin, end, into)) [[unlikely]] return fail_number<V>(at, begin, end);
        } else {
            if (!read_whole(begin, end, room, into)) [[unlikely]] return fail_number<V>(at, begin, end);
        }
        return next;
    }

    /// A place that is no token's, behind the document's end, has its end before its beginning.
    [[nodiscard]] static bool begins_number(char const* begin, char const* end) noexcept {
        return begin < end && (is_json_digit(*begin) || *begin == '-');
    }

    template <field_form Form>
    [[gnu::always_inline]] inline place read_time(char const* text, place next, timestamp& into) {
        // Unless a unit was declared, a number is milliseconds and a text is ISO 8601; they cannot be mistaken for each
        // other.
        constexpr bool counts = !Form.unit_declared || Form.unit != epoch::iso8601;
        constexpr epoch unit = Form.unit_declared ? Form.unit : epoch::milliseconds;
        std::uint32_t const at = *next;
        if constexpr (counts) {
            if (text[at] != '"') [[likely]] {
                ++next;
                char const* const end = token_end(text, next);
                std::int64_t count = 0;
                if (read_whole(text + at, end, end - text >= 16, count) && time_of_count(count, unit, into) &&
                    options_->plausible.contains(into)) [[likely]]
                    return next;
                return read_odd_time(at, text + at, end, unit, into) ? next : nullptr;
            }
        }
        if constexpr (!counts || !Form.unit_declared) {
            std::string_view content;
            next = read_string(text, next, "a time in ISO 8601", content);
            if (next == nullptr) return nullptr;
            return read_time_text(at, content, epoch::iso8601, into) ? next : nullptr;
        } else if constexpr (Form.as_text) {
            std::string_view content;
            next = read_string(text, next, "a time", content);
            if (next == nullptr) return nullptr;
            return read_time_text(at, content, unit, into) ? next : nullptr;
        } else {
            return fail_type(at, "a number");
        }
    }

    template <class V, field_form Form>
    [[gnu::always_inline]] inline place read_duration(char const* text, place next, V& into) {
        typename V::rep count{};
        next = read_number<typename V::rep, Form>(text, next, count);
        if (next != nullptr) into = V(count);
        return next;
    }

    /// A number that is no whole count, or no plausible one.
    [[gnu::noinline]] bool read_odd_time(std::uint32_t at, char const* begin, char const* end, epoch unit,
                                         timestamp& into) {
        bool whole = false;
        if (!begins_number(begin, end)) {
            static_cast<void>(fail_type(at, "a time"));
            return false;
        }
        if (json_number_end(begin, end, whole) != end) {
            static_cast<void>(fail_malformed(at, begin, end));
            return false;
        }
        return read_time_text(at, {begin, static_cast<std::size_t>(end - begin)}, unit, into);
    }

    [[gnu::noinline]] bool read_time_text(std::uint32_t at, std::string_view text, epoch unit, timestamp& into) {
        time_reading const reading = unit == epoch::iso8601 ? read_iso8601(text) : read_epoch_count(text, unit);
        if (reading.fault == nullptr && options_->plausible.contains(reading.time)) {
            into = reading.time;
            return true;
        }
        if (fault_ != nullptr) {
            error why = refuse_time(text, unit, options_->plausible, reading);
            static_cast<void>(fail(at, std::move(why.cause), std::move(why.advice)));
        }
        return false;
    }

    // What is wrong, in words. Seldom called, so it may take its time; not called at all while nobody asks.

    template <class S>
    [[gnu::noinline]] place fail_missing(std::uint32_t at, member_set<member_count<S>> seen) {
        if (fault_ == nullptr) return nullptr;
        std::string names;
        for (std::size_t i = 0; i < member_count<S>; ++i)
            if (required_members<S>.contains(i) && !seen.contains(i))
                names.append(names.empty() ? "" : ", ").append(member_names<S>[i]);
        bool const many = names.find(',') != std::string::npos;
        fault_->field = many ? std::string() : names;
        return fail(at, (many ? "these fields are missing: " : "the field is missing: ") + names,
                    "a member that may be missing is a std::optional");
    }

    template <class E>
    [[gnu::noinline]] place fail_name(std::uint32_t at, std::string_view name) {
        if (fault_ == nullptr) return nullptr;
        std::string known;
        for (std::size_t i = 0; i < enum_names<E>.size() && i < 8; ++i)
            known.append(i == 0 ? "the names are " : ", ").append(enum_names<E>[i]);
        return fail(at, "there is no name \"" + shown_text(name) + "\"",
                    known + (enum_names<E>.size() > 8 ? " ..." : ""));
    }

    template <class V>
    [[gnu::noinline]] place fail_number(std::uint32_t at, char const* begin, char const* end) {
        if (fault_ == nullptr) return nullptr;
        constexpr char const* wanted = json_floating<V> ? "a number" : "a whole number";
        bool const in_string = begin != text_ + at;
        if (!in_string && !begins_number(begin, end)) return fail_type(at, wanted);
        std::string const shown = shown_text({begin, static_cast<std::size_t>(end - begin)});
        bool whole = false;
        if (json_number_end(begin, end, whole) == end) {
            if (json_whole<V> && !whole) return fail(at, shown + " is not a whole number");
            return fail(at, shown + " does not fit into " + type_in_words<V>());
        }
        if (in_string) return fail(at, "the string \"" + shown + "\" is not " + wanted);
        return fail_malformed(at, begin, end);
    }

    template <class V>
    [[nodiscard]] static std::string type_in_words() {
        std::string const bits = std::to_string(sizeof(V) * 8);
        if (json_floating<V>) return "a floating-point number of " + bits + " bits";
        return (std::is_signed_v<V> ? "a signed integer of " : "an unsigned integer of ") + bits + " bits";
    }

    shape_memory<T>* shapes_;
    poll_memory* memory_;
    json_options const* options_;
    char const* copy_ = nullptr;
    char const* original_ = nullptr;
};

}  // namespace weir::detail
