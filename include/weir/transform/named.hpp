// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/fixed_string.hpp>
#include <weir/pipeline/pipe.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// A stage under another name: all its members are still the stage's own.
template <fixed_string Name, class Stage>
struct named_stage : Stage {
    static constexpr std::string_view name = Name.view();
    constexpr explicit named_stage(Stage stage) : Stage(std::move(stage)) {}
};

template <class Blueprint>
struct changes_taken {};
template <class Blueprint>
    requires requires { typename Blueprint::takes_changes; }
struct changes_taken<Blueprint> {
    using takes_changes = void;
};

template <fixed_string Name, class Blueprint>
struct named_blueprint : changes_taken<Blueprint> {
    using is_blueprint = void;
    Blueprint blueprint;

    constexpr explicit named_blueprint(Blueprint chosen) : blueprint(std::move(chosen)) {}

    template <class Stream>
    constexpr auto bind(Stream& before) && {
        auto made = std::move(blueprint).bind(before);
        if constexpr (std::is_same_v<decltype(made), broken> || is_annotated<decltype(made)>::value) return made;
        else return named_stage<Name, decltype(made)>(std::move(made));
    }
};

}  // namespace detail

/// Gives a stage, or a source, a name of its own in reports and drawings: `named<"clicks a minute">(aggregate(...))`.
///
/// `key_by` and `window` are no stages and take no name.
template <fixed_string Name, class Stage>
[[nodiscard]] constexpr auto named(Stage&& stage) {
    using stage_type = std::remove_cvref_t<Stage>;
    if constexpr (std::is_same_v<stage_type, broken>) return broken{};
    else if constexpr (detail::marked_blueprint<stage_type>)
        return detail::named_blueprint<Name, stage_type>(std::forward<Stage>(stage));
    else return detail::named_stage<Name, stage_type>(std::forward<Stage>(stage));
}

}  // namespace weir
