// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/poll_memory.hpp>
#include <weir/base/detail/shown_text.hpp>
#include <weir/base/enum_name.hpp>
#include <weir/base/error.hpp>
#include <weir/base/reflect.hpp>
#include <weir/time/parse_time.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

/// Settings of the CSV reader.
struct csv_columns {
    char separator = ',';
    /// The header line: which column is which member, in whatever order; columns that no member has are passed over.
    /// Empty: the columns are the members, in their order.
    std::string_view columns{};
    time_range plausible{};  ///< a time outside of it is an error
};

namespace detail {

struct csv_field {
    std::string_view text{};
    bool quoted = false;
};

/// Cuts a line of CSV into fields.
class csv_fields {
public:
    csv_fields(std::string_view line, char separator, poll_memory& memory)
        : rest_(line), separator_(separator), memory_(&memory) {}

    /// Takes the next field; false when there is none, or it is malformed, and then `fault()` says how.
    bool next(csv_field& into) {
        if (done_) return false;
        if (!rest_.starts_with('"')) {
            std::size_t const end = rest_.find(separator_);
            into = {rest_.substr(0, end), false};
            if (into.text.find('"') != std::string_view::npos)
                return fail("there is a quote in a field that does not begin with one");
            return behind(end);
        }
        rest_.remove_prefix(1);
        std::size_t const quote = rest_.find('"');
        if (quote == std::string_view::npos) return fail("its closing quote is missing");
        std::size_t end = quote;
        bool doubled = false;
        while (end + 1 < rest_.size() && rest_[end + 1] == '"') {
            doubled = true;
            end = rest_.find('"', end + 2);
            if (end == std::string_view::npos) return fail("its closing quote is missing");
        }
        into = {rest_.substr(0, end), true};
        if (doubled) into.text = single_quotes(into.text);
        if (end + 1 == rest_.size()) return behind(std::string_view::npos);
        if (rest_[end + 1] != separator_) return fail("something stands behind its closing quote");
        return behind(end + 1);
    }

    [[nodiscard]] char const* fault() const noexcept { return fault_; }

private:
    bool fail(char const* fault) {
        fault_ = fault;
        done_ = true;
        return false;
    }
    bool behind(std::size_t separator) {
        done_ = separator == std::string_view::npos;
        if (!done_) rest_.remove_prefix(separator + 1);
        return true;
    }
    std::string_view single_quotes(std::string_view text) {
        char* const begin = memory_->take(text.size());
        char* to = begin;
        for (std::size_t i = 0; i < text.size(); ++i) {
            *to++ = text[i];
            if (text[i] == '"') ++i;
        }
        return {begin, static_cast<std::size_t>(to - begin)};
    }

    std::string_view rest_;
    char separator_;
    poll_memory* memory_;
    char const* fault_ = nullptr;
    bool done_ = false;
};

/// Reads one field into a member; the error is empty when it could be read. Where it says more than what is wrong, that is in
/// `advice`.
template <class T>
[[nodiscard]] std::string read_csv(csv_field const& field, T& into, std::optional<epoch> unit, time_range const& plausible,
                                   std::string& advice) {
    if constexpr (requires {
                      into.has_value();
                      into.emplace();
                  }) {
        if (field.text.empty() && !field.quoted) {
            into.reset();
            return {};
        }
        return read_csv(field, into.emplace(), unit, plausible, advice);
    } else if constexpr (std::is_same_v<T, std::string_view> || std::is_same_v<T, std::string>) {
        into = field.text;
        return {};
    } else if constexpr (std::is_same_v<T, timestamp>) {
        auto const time = parse_time(field.text, unit.value_or(epoch::iso8601), plausible);
        if (!time) {
            advice = time.problem().advice;
            return time.problem().cause;
        }
        into = *time;
        return {};
    } else if constexpr (requires {
                             typename T::rep;
                             typename T::period;
                             into.count();
                         }) {
        typename T::rep count{};
        std::string why = read_csv(field, count, unit, plausible, advice);
        if (why.empty()) into = T(count);
        return why;
    } else {
        if constexpr (std::is_same_v<T, bool>) {
            if (field.text == "true" || field.text == "1") return into = true, std::string{};
            if (field.text == "false" || field.text == "0") return into = false, std::string{};
        } else if constexpr (std::is_enum_v<T>) {
            for (T value : enum_values<T>)
                if (enum_name(value) == field.text) return into = value, std::string{};
        } else {
            static_assert(std::is_arithmetic_v<T>,
                          "weir: a member of this type cannot be read from CSV: it is no number, text, "
                          "time, enum or optional of these.");
            char const* const end = field.text.data() + field.text.size();
            auto const [at, problem] = std::from_chars(field.text.data(), end, into);
            if (problem == std::errc() && at == end) return {};
            if (problem == std::errc::result_out_of_range && at == end)
                return "\"" + shown_text(field.text) + "\" does not fit";
        }
        constexpr char const* wanted = std::is_same_v<T, bool>       ? "true or false"
                                       : std::is_enum_v<T>           ? "one of the names that are allowed"
                                       : std::is_floating_point_v<T> ? "a number"
                                       : std::is_unsigned_v<T>       ? "a whole number, zero or more"
                                                                     : "a whole number";
        return "\"" + shown_text(field.text) + "\" is not " + wanted;
    }
}

template <class T>
class csv_decoder {
    static_assert(describable<T>, "weir: `csv<T>()` reads into a plain struct, or a type that lists its members.");

public:
    using output = T;
    static constexpr std::string_view name = "csv";

    explicit csv_decoder(csv_columns columns) : separator_(columns.separator), plausible_(columns.plausible) {
        if (columns.columns.empty()) {
            for (std::size_t i = 0; i < member_count<T>; ++i) members_.push_back(i);
            return;
        }
        std::array<bool, member_count<T> + 1> found{};
        poll_memory memory;
        csv_fields fields(columns.columns, separator_, memory);
        for (csv_field field; fields.next(field);) {
            std::size_t const member = member_index<T>(field.text);
            members_.push_back(member);
            if (member < member_count<T> && std::exchange(found[member], true))
                refuse("the column \"" + shown_text(field.text) + "\" is there twice");
        }
        if (fields.fault()) refuse(std::string("in the header line: ") + fields.fault());
        for (std::size_t i = 0; i < member_count<T>; ++i)
            if (!found[i]) refuse("the header line has no column \"" + std::string(member_names<T>[i]) + "\"");
    }

    bool decode(std::string_view payload, T& into, error& why) {
        if (problem_) {
            why = *problem_;
            return false;
        }
        csv_fields fields(payload, separator_, memory_);
        csv_field field;
        std::size_t column = 0;
        for (; column < members_.size() && fields.next(field); ++column) {
            if (members_[column] == member_count<T>) continue;
            std::string fault, advice;
            visit_member(into, members_[column], [&](auto index, auto& member) {
                fault = read_csv(field, member, member_options<T, index()>.unit, plausible_, advice);
            });
            if (!fault.empty()) return fail(column, std::move(fault), why, std::move(advice));
        }
        if (fields.fault()) return fail(column, fields.fault(), why);
        if (column < members_.size())
            return fail(column,
                        "the line has " + std::to_string(column) + " fields and not " + std::to_string(members_.size()),
                        why);
        if (fields.next(field) || fields.fault())
            return fail(column, "the line has more than " + std::to_string(members_.size()) + " fields", why);
        return true;
    }

    /// The poll is over.
    void settle() { memory_.clear(); }

private:
    void refuse(std::string cause) {
        if (!problem_)
            problem_ = error{.component = "csv",
                             .cause = std::move(cause),
                             .advice = "csv_columns::columns names the columns of the input"};
    }

    [[gnu::noinline]] bool fail(std::size_t column, std::string cause, error& why, std::string advice = {}) const {
        bool const named = column < members_.size() && members_[column] < member_count<T>;
        why = {.component = "csv",
               .place = named ? std::string(member_names<T>[members_[column]]) : "column " + std::to_string(column + 1),
               .cause = std::move(cause),
               .advice = std::move(advice)};
        return false;
    }

    char separator_;
    time_range plausible_;
    std::vector<std::size_t> members_{};  ///< which member each column is; `member_count`: none
    std::optional<error> problem_{};
    poll_memory memory_{};
};

}  // namespace detail

/// Reads lines of CSV into a struct: a decoder, to be used as `decode(csv<click>())`. Each line is one row, so a line
/// break within quotes is an error.
///
/// Fields go to the members in their order, or, where `columns` gives the header line, by name; a header line in the
/// input is left out by the source (`skip_first`). A field is converted as a whole or is an error that names its
/// column. An empty field is an absent optional; in quotes it is an empty text. Times are ISO 8601 unless the member is
/// annotated with a unit. Texts are views into the line, or, where quotes were doubled in them, into memory of the
/// decoder.
template <class T>
[[nodiscard]] auto csv(csv_columns columns = {}) {
    return detail::csv_decoder<T>(columns);
}

}  // namespace weir
