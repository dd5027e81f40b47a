// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <type_traits>
#include <utility>

namespace weir::detail {

/// The object whose member is meant: the item, or what it points or refers to.
template <class Item, class Member>
[[gnu::always_inline]] constexpr auto& object_of(Item& item, Member member) {
    if constexpr (requires { item.*member; }) return item;
    else if constexpr (requires { (*item).*member; }) return *item;
    else return item.get();
}

/// Calls a function, which may be a pointer to a member of the item, as std::invoke does. That one comes with all of
/// <functional>, which would cost every program its compile time.
template <class Function, class Item, class... More>
[[gnu::always_inline]] constexpr decltype(auto) invoke(Function& function, Item& item, More&&... more) {
    if constexpr (std::is_member_object_pointer_v<Function>) return (object_of(item, function).*function);
    else if constexpr (std::is_member_function_pointer_v<Function>)
        return (object_of(item, function).*function)(std::forward<More>(more)...);
    else return function(item, std::forward<More>(more)...);
}

}  // namespace weir::detail
