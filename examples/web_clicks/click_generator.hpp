// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "../shared/random.hpp"

#include <weir/time/timestamp.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace web_clicks {

/// A click as it stands in the topic.
struct click {
    std::string event_id;
    std::string user_id;
    weir::timestamp ts;
    std::string_view page, referrer, country, device;
};

/// What clicks there are, and what a test wants beside the published ones.
struct click_options {
    std::uint64_t seed = 1;
    std::uint64_t clicks = 0;                                                   ///< 0: without end
    double rate = 100;                                                          ///< a second of event time
    weir::timestamp start = weir::timestamp(std::chrono::seconds(1767225600));  ///< 2026-01-01T00:00:00Z
    double late_share = 0;                                                      ///< come a minute or two late
    double campaign_share = 0;  ///< of the clicks in every tenth minute, those that go to one product
};

/// The published producer's clicks: seven of ten are of somebody who is there already, one of twenty of whom has left and
/// makes room for somebody new; at most 5000 are there. Everybody keeps a country and a device, and the referrer is the
/// page before. To be given to `weir::generator`; equal options make equal clicks.
class click_generator {
public:
    explicit click_generator(click_options options) : options_(options), random_(options.seed) {}

    std::optional<click> operator()() {
        if (options_.clicks != 0 && made_ == options_.clicks) return std::nullopt;
        auto const after = static_cast<std::int64_t>(static_cast<double>(made_) / options_.rate * 1e6);
        visitor& who = pick_visitor();
        std::string_view const referrer = who.page.empty() ? "/" : who.page;
        who.page = next_page(who, after / 60'000'000 % 10 == 9);
        weir::timestamp when = options_.start + weir::duration(after);
        if (options_.late_share > 0 && random_.chance(options_.late_share)) when -= std::chrono::seconds(60 + random_.below(60));
        return click{"e" + std::to_string(made_++), who.id, when, who.page, referrer, who.country, who.device};
    }

private:
    struct visitor {
        std::string id;
        std::string_view country, device;
        std::string_view page{};  ///< seen last
    };

    static constexpr examples::weights<11> pages{{{"/", .25},
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
    static constexpr examples::weights<8> countries{
        {{"US", .35}, {"IN", .20}, {"DE", .12}, {"FR", .10}, {"JP", .08}, {"GB", .07}, {"CA", .05}, {"AU", .03}}};
    static constexpr examples::weights<3> devices{{{"mobile", .60}, {"desktop", .35}, {"tablet", .05}}};
    static constexpr std::size_t most_active = 5000;

    visitor& pick_visitor() {
        if (!active_.empty() && (random_.chance(0.7) || active_.size() == most_active)) {
            std::size_t const at = random_.below(active_.size());
            if (!random_.chance(0.05)) return active_[at];
            std::swap(active_[at], active_.back());
            active_.pop_back();
        }
        std::string const number = std::to_string(1 + random_.below(999'999));
        active_.push_back({"u" + std::string(6 - number.size(), '0') + number, random_.one_of(countries), random_.one_of(devices)});
        return active_.back();
    }

    std::string_view next_page(visitor const& who, bool campaign) {
        if (campaign && random_.chance(options_.campaign_share)) return "/product/205";
        if (who.page.empty() && random_.chance(0.4)) return "/";
        return random_.one_of(pages);
    }

    click_options options_;
    examples::random random_;
    std::uint64_t made_ = 0;
    std::vector<visitor> active_;
};

}  // namespace web_clicks
