// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "../shared/random.hpp"
#include "../shared/visitors.hpp"

#include <weir/time/timestamp.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

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
    explicit generator(generator_options options) : options_(options), random_(options.seed) {}

    /// The next click as one line of JSON; the view lives until the next call. `key` is the user.
    std::string_view next() {
        examples::visitor& who = visitors_.next(random_);
        std::string_view const from = who.page.empty() ? "/" : who.page;
        who.page = random_.one_of(examples::published_pages);
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
        if (random_.chance(options_.malformed_share)) text_.resize(text_.size() / 2);
        key_ = who.id;
        return text_;
    }

    /// The user of the click made last.
    [[nodiscard]] std::string_view key() const noexcept { return key_; }

private:
    weir::duration delay() {
        if (random_.chance(options_.late_share)) return std::chrono::seconds(60 + static_cast<std::int64_t>(random_.below(60)));
        if (options_.disorder.count() <= 0 || random_.chance(0.5)) return {};
        return weir::duration(static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(options_.disorder.count()))));
    }

    generator_options options_;
    examples::random random_;
    std::uint64_t made_ = 0;
    examples::visitors visitors_;
    std::string text_;
    std::string key_;
};

}  // namespace clickstream
