// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <type_traits>
#include <utility>

namespace weir::detail {

/// The object whose member is meant: the item, or what it points or refers to.
template <class Class, class Item>
[[gnu::always_inline]] constexpr auto& object_of(Item& item) {
    if constexpr (std::is_base_of_v<Class, std::remove_const_t<Item>>) return item;
    else if constexpr (requires { *item; }) return *item;
    else return item.get();
}

/// Calls a function, which may be a pointer to a member of the item, as std::invoke does. That one comes with all of
/// <functional>, which would cost every program its compile time.
template <class Function, class Item, class... More>
    requires(!std::is_member_pointer_v<Function>)
[[gnu::always_inline]] constexpr decltype(auto) invoke(Function& function, Item& item, More&&... more) {
    return function(item, std::forward<More>(more)...);
}
template <class Type, class Class, class Item, class... More>
[[gnu::always_inline]] constexpr decltype(auto) invoke(Type Class::*member, Item& item, More&&... more) {
    if constexpr (std::is_function_v<Type>) return (object_of<Class>(item).*member)(std::forward<More>(more)...);
    else return (object_of<Class>(item).*member);
}

}  // namespace weir::detail
