// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/redis/detail/value_reply.hpp>
#include <weir/adapter/redis/options.hpp>
#include <weir/base/columns.hpp>
#include <weir/base/epoch.hpp>
#include <weir/base/error.hpp>
#include <weir/base/reflect.hpp>
#include <weir/codec/csv_reader.hpp>
#include <weir/codec/detail/names_columns.hpp>
#include <weir/time/parse_time.hpp>

#include <concepts>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::redis::detail {

template <class T>
struct without_optional {
    using type = T;
    static constexpr bool may_be_missing = false;
};
template <class T>
struct without_optional<std::optional<T>> {
    using type = T;
    static constexpr bool may_be_missing = true;
};

/// What the text of a field can be read into.
template <class T>
concept readable_field = [] {
    using plain = typename without_optional<T>::type;
    return std::is_arithmetic_v<plain> || std::is_enum_v<plain> || std::is_same_v<plain, std::string> ||
           std::is_same_v<plain, std::string_view> || std::is_same_v<plain, timestamp> || requires {
               typename plain::rep;
               typename plain::period;
           };
}();

/// A plain struct whose every member is made of a field of its name.
template <class Row>
concept readable_row =
    weir::detail::knows_columns<Row> && describable<Row> && std::default_initializable<Row> && std::copyable<Row> &&
    []<std::size_t... I>(std::index_sequence<I...>) {
        return sizeof...(I) != 0 && (readable_field<column_type<Row, I>> && ...);
    }(std::make_index_sequence<column_count<Row>>{});

/// The unit in which such texts say times.
[[nodiscard]] constexpr epoch unit_of(time_text form) noexcept {
    switch (form) {
        case time_text::seconds: return epoch::seconds;
        case time_text::milliseconds: return epoch::milliseconds;
        case time_text::microseconds: return epoch::microseconds;
        case time_text::iso:
        case time_text::iso_without_zone: break;
    }
    return epoch::iso8601;
}

/// How texts become the members of a row.
struct field_form {
    time_text times = time_text::iso;
    time_range plausible{};
    bool named = true;  ///< they are the fields of a hash; else there is one, which has no name
};

/// Reads the text of one field; what is wrong with it goes to `why`.
template <class Row, std::size_t I>
[[nodiscard]] bool read_field(std::string_view text, column_type<Row, I>& into, field_form const& form, error& why) {
    constexpr auto own_unit = member_options<Row, I>.unit;
    [[maybe_unused]] char with_zone[40];
    if constexpr (std::is_same_v<typename without_optional<column_type<Row, I>>::type, timestamp>) {
        if (form.times == time_text::iso_without_zone && !own_unit && text.size() < sizeof with_zone) {
            std::memcpy(with_zone, text.data(), text.size());
            with_zone[text.size()] = 'Z';
            text = {with_zone, text.size() + 1};
        }
    }
    why.cause = weir::detail::read_csv({text, true}, into, own_unit ? own_unit : unit_of(form.times), form.plausible, why.advice);
    return why.cause.empty();
}

/// Makes a row of an answer that is not empty; its texts stand in `texts`, which may be a copy of the answer's own. False:
/// `why` says which field is at fault, and how.
template <class Row>
[[nodiscard]] bool read_fields(value_reply const& from, char const* texts, Row& into, field_form const& form, error& why) {
    bool good = true;
    for_each_column<Row>([&](auto i) {
        if (!good) return;
        using column = column_type<Row, i()>;
        why.advice.clear();
        if (from.has(i())) {
            std::string_view const text = from.size_of(i()) == 0 ? std::string_view("") : std::string_view(texts + from.begin_of(i()), from.size_of(i()));
            good = read_field<Row, i()>(text, column_value<i()>(into), form, why);
        } else if constexpr (without_optional<column>::may_be_missing) {
            column_value<i()>(into).reset();
        } else {
            good = false;
            why.cause = "the hash has no such field";
            why.advice = "where fields may be missing, the member is a std::optional";
        }
        if (!good) why.place = form.named ? "field '" + std::string(column_name<Row, i()>) + "'" : std::string("the value");
    });
    return good;
}

}  // namespace weir::redis::detail
