// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "random.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace examples {

/// The pages of the published producer of clicks.
inline constexpr weights<11> published_pages{{{"/", .25},
                                              {"/search", .15},
                                              {"/product/42", .12},
                                              {"/cart", .10},
                                              {"/product/101", .08},
                                              {"/checkout", .08},
                                              {"/user/profile", .07},
                                              {"/product/205", .05},
                                              {"/help", .05},
                                              {"/about", .03},
                                              {"/contact", .02}}};

/// Somebody who looks at pages, from one country and with one device.
struct visitor {
    std::string id;
    std::string_view country, device;
    std::string_view page{};  ///< seen last; empty: none yet
};

/// Those who are there, as the published producer has them: seven clicks of ten come from one of them, for one of twenty of
/// whom it was the last, whereupon somebody new comes; at most 5000 are there.
class visitors {
public:
    /// Who clicks next.
    visitor& next(random& dice) {
        if (!active_.empty() && (dice.chance(0.7) || active_.size() == most_active)) {
            std::size_t const at = dice.below(active_.size());
            if (!dice.chance(0.05)) return active_[at];
            std::swap(active_[at], active_.back());
            active_.pop_back();
        }
        std::string const number = std::to_string(1 + dice.below(999'999));
        active_.push_back({"u" + std::string(6 - number.size(), '0') + number, dice.one_of(countries), dice.one_of(devices)});
        return active_.back();
    }

private:
    static constexpr weights<8> countries{
        {{"US", .35}, {"IN", .20}, {"DE", .12}, {"FR", .10}, {"JP", .08}, {"GB", .07}, {"CA", .05}, {"AU", .03}}};
    static constexpr weights<3> devices{{{"mobile", .60}, {"desktop", .35}, {"tablet", .05}}};
    static constexpr std::size_t most_active = 5000;

    std::vector<visitor> active_;
};

}  // namespace examples
