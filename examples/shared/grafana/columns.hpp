// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/columns.hpp>
#include <weir/time/timestamp.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

/// \file How queries name what is stored: by the columns of the row's type. A name that is none does not compile.

namespace examples::grafana {

namespace detail {
// Not constexpr: whoever calls them while compiling stops the compiler, which says their names.
inline void this_name_is_no_column_of_the_row() {}
inline void a_name_in_braces_is_no_column_of_the_row() {}
}  // namespace detail

/// The name of a column of `Row`, from a literal.
template <weir::columnar Row>
class column {
public:
    constexpr column() = default;
    consteval column(char const* name) : name_(name) {
        if (weir::column_index<Row>(name_) == weir::column_count<Row>) detail::this_name_is_no_column_of_the_row();
    }

    [[nodiscard]] constexpr std::string_view name() const { return name_; }
    [[nodiscard]] constexpr bool empty() const { return name_.empty(); }

private:
    std::string_view name_;
};

/// A text in which `{name}` stands for the column of `Row` of that name, and `{{` and `}}` for the braces themselves, from a
/// literal: `sum({views}) AS views`.
template <weir::columnar Row>
class pattern {
public:
    constexpr pattern() = default;
    consteval pattern(char const* text) : text_(text) {
        walk([](char) {}, [](std::string_view name) {
            if (weir::column_index<Row>(name) == weir::column_count<Row>) detail::a_name_in_braces_is_no_column_of_the_row();
        });
    }

    [[nodiscard]] constexpr bool empty() const { return text_.empty(); }

    /// With the names in their places.
    [[nodiscard]] std::string text() const { return text_with({}, {}); }

    /// With the value of one column in its place, and the names of others in theirs.
    [[nodiscard]] std::string text_with(column<Row> const& known, std::string_view value) const {
        std::string filled;
        walk([&](char c) { filled += c; }, [&](std::string_view name) { filled += name == known.name() ? value : name; });
        return filled;
    }

private:
    template <class Character, class Name>
    constexpr void walk(Character character, Name name) const {
        for (std::size_t at = 0; at < text_.size(); ++at) {
            char const c = text_[at];
            bool const brace = c == '{' || c == '}';
            bool const doubled = brace && text_.substr(at + 1).starts_with(c);
            if (!brace || doubled) {
                character(c);
                at += doubled;
                continue;
            }
            // Not by `find`: with sanitizers GCC 12 cannot call it while compiling.
            std::size_t const begin = at + 1;
            while (at < text_.size() && text_[at] != '}') ++at;
            bool const whole = at >= begin && at < text_.size();
            name(whole ? text_.substr(begin, at - begin) : std::string_view());
        }
    }

    std::string_view text_;
};

/// The row's time: its first column that is one.
template <weir::columnar Row>
consteval std::string_view time_column() {
    std::string_view found;
    weir::for_each_column<Row>([&](auto i) {
        if (found.empty() && std::is_same_v<weir::column_type<Row, i()>, weir::timestamp>) found = weir::column_name<Row, i()>;
    });
    return found;
}

}  // namespace examples::grafana
