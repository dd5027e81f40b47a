// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/time/timestamp.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clickstream {

/// What the generator makes, and how badly it behaves.
struct generator_options {
    std::uint64_t seed = 1;
    weir::timestamp start = weir::timestamp(std::chrono::seconds(1767225600));  ///< 2026-01-01T00:00:00Z
    double clicks_per_second = 1000;       ///< of event time
    weir::duration disorder = std::chrono::seconds(5);  ///< most clicks come up to this late
    double late_share = 0.0005;            ///< come a minute or two late
    double malformed_share = 0.0005;       ///< are cut off in the middle
};

/// Visitors who open pages: sessions of a few pages, a few pages that everybody opens, a country and a device each. Equal
/// seeds make equal clicks, to the byte.
class generator {
public:
    explicit generator(generator_options options) : options_(options), state_(options.seed) {}

    /// The next click as one line of JSON; the view lives until the next call. `key` is the user.
    std::string_view next() {
        visitor& who = pick_visitor();
        std::string_view const from = who.page;
        who.page = weighted(pages);
        weir::timestamp const now =
            options_.start + weir::duration(static_cast<std::int64_t>(static_cast<double>(made_) / options_.clicks_per_second * 1e6));
        weir::timestamp const when = now - delay();
        text_.clear();
        text_ += "{\"event_id\":\"e";
        text_ += std::to_string(made_++);
        text_ += "\",\"user_id\":\"";
        text_ += who.id;
        text_ += "\",\"ts\":";
        text_ += std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count());
        for (auto const& [name, value] : {std::pair<std::string_view, std::string_view>{"page", who.page},
                                          {"referrer", from},
                                          {"country", who.country},
                                          {"device", who.device}})
            text_.append(",\"").append(name).append("\":\"").append(value).append("\"");
        text_ += '}';
        if (chance() < options_.malformed_share) text_.resize(text_.size() / 2);
        key_ = who.id;
        return text_;
    }

    /// The user of the click made last.
    [[nodiscard]] std::string_view key() const noexcept { return key_; }

private:
    struct visitor {
        std::string id;
        std::string_view country, device;
        std::string_view page = "/";
    };
    template <std::size_t N>
    using weights = std::array<std::pair<std::string_view, double>, N>;

    static constexpr weights<11> pages{{{"/", .25},
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
    static constexpr weights<8> countries{
        {{"US", .35}, {"IN", .20}, {"DE", .12}, {"FR", .10}, {"JP", .08}, {"GB", .07}, {"CA", .05}, {"AU", .03}}};
    static constexpr weights<3> devices{{{"mobile", .60}, {"desktop", .35}, {"tablet", .05}}};
    static constexpr std::size_t most_active = 5000;

    /// The next number of the splitmix64 sequence (Steele, Lea and Flood, OOPSLA 2014).
    std::uint64_t random() noexcept {
        std::uint64_t x = state_ += 0x9e3779b97f4a7c15;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }
    double chance() noexcept { return static_cast<double>(random() >> 11) * 0x1p-53; }

    template <std::size_t N>
    std::string_view weighted(weights<N> const& choices) noexcept {
        double left = chance();
        for (auto const& [name, weight] : choices)
            if ((left -= weight) < 0) return name;
        return choices.front().first;
    }

    // Seven clicks of ten come from somebody who is already there; one of twenty of those was the visitor's last.
    visitor& pick_visitor() {
        if (!active_.empty() && (chance() < 0.7 || active_.size() >= most_active)) {
            std::size_t const at = random() % active_.size();
            if (chance() >= 0.05) return active_[at];
            std::swap(active_[at], active_.back());
            active_.pop_back();
        }
        std::string number = std::to_string(1 + random() % 999999);
        active_.push_back({"u" + std::string(6 - number.size(), '0') + number, weighted(countries), weighted(devices)});
        return active_.back();
    }

    weir::duration delay() {
        if (chance() < options_.late_share) return std::chrono::seconds(60 + static_cast<std::int64_t>(random() % 60));
        if (options_.disorder.count() <= 0 || chance() < 0.5) return {};
        return weir::duration(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(options_.disorder.count())));
    }

    generator_options options_;
    std::uint64_t state_;
    std::uint64_t made_ = 0;
    std::vector<visitor> active_;
    std::string text_;
    std::string key_;
};

}  // namespace clickstream
