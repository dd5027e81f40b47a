// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/redis/detail/commands.hpp>
#include <weir/adapter/redis/detail/inquiry.hpp>
#include <weir/adapter/redis/detail/pattern.hpp>
#include <weir/adapter/redis/lookup_options.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/columns.hpp>

#include <cstddef>
#include <string>
#include <type_traits>

namespace weir::redis::detail {

/// What a look-up reads out of its options, once: where a value is, by patterns held against the item's columns; the command
/// around it; and what is wrong.
struct lookup_plan {
    pattern key{};
    pattern field{};
    std::string before{};  ///< the command up to the key
    std::string behind{};  ///< and behind it, or behind the field
    inquiry::form wanted{};
    std::string problem{};

    template <class Row>
    static lookup_plan of(lookup_options const& chosen, known_columns const& known, std::type_identity<Row>) {
        lookup_plan plan;
        plan.key = pattern::read(chosen.key, "key", known, plan.problem);
        plan.field = pattern::read(chosen.field, "field", known, plan.problem);
        bool const hash = chosen.type == data_type::hash;
        bool const by_members = hash && chosen.field.empty();
        constexpr std::size_t members = column_count<Row>;
        if (plan.problem.empty()) plan.problem = misuse(chosen, by_members, members);
        byte_buffer text;
        append_command(text, by_members ? 2 + members : hash ? 3 : 2);
        append_argument(text, by_members ? "HMGET" : hash ? "HGET" : "GET");
        plan.before = std::string(text.view());
        text.clear();
        if (by_members) for_each_column<Row>([&](auto i) { append_argument(text, column_name<Row, i()>); });
        plan.behind = std::string(text.view());
        plan.wanted = {.list = by_members, .count = by_members ? members : 1};
        return plan;
    }

private:
    [[nodiscard]] static std::string misuse(lookup_options const& chosen, bool by_members, std::size_t members) {
        if (chosen.type != data_type::hash && chosen.type != data_type::string)
            return "options::type is neither data_type::hash nor data_type::string: nothing else is looked up";
        if (chosen.key.empty()) return "options::key is empty";
        if (chosen.type == data_type::string && !chosen.field.empty()) return "options::field belongs to data_type::hash";
        if (!by_members && members != 1)
            return std::string(chosen.type == data_type::string ? "a string" : "options::field") + " brings one value, and the row has " +
                   std::to_string(members) + " members";
        return {};
    }
};

}  // namespace weir::redis::detail
