// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "../shared/random.hpp"
#include "../shared/visitors.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace web_clicks {

/// What clicks there are, and what a test wants beside the published ones.
struct click_options {
    std::uint64_t seed = 1;
    double rate = 10;                 ///< a second of event time
    std::int64_t start = 1767225600;  ///< seconds since 1970, of the first click; by default 2026-01-01T00:00:00Z
    double disordered_share = 0.5;    ///< come up to twelve seconds late, a few of them too late
    double late_share = 0.002;        ///< come one or two minutes late
    double broken_share = 0.002;      ///< cannot be read
    double campaign_share = 0.5;      ///< of the clicks in every tenth minute, those that go to one product
};

/// The published producer's clicks as lines of JSON: its visitors, each with the page before as referrer. Equal options make
/// equal clicks.
class click_generator {
public:
    explicit click_generator(click_options options) : options_(options), random_(options.seed) {}

    /// The next click; the view lives until the next call.
    std::string_view next() {
        auto const after = static_cast<std::int64_t>(static_cast<double>(made_++) / options_.rate * 1e3);
        examples::visitor& who = visitors_.next(random_);
        std::string_view const referrer = who.page.empty() ? "/" : who.page;
        who.page = next_page(who, after / 60'000 % 10 == 9);
        text_ = "{\"event_id\":\"";
        random_.append_uuid(text_);
        text_.append("\",\"user_id\":\"").append(who.id);
        text_.append("\",\"ts\":").append(std::to_string(options_.start * 1000 + after - delay()));
        text_.append(",\"page\":\"").append(who.page);
        text_.append("\",\"referrer\":\"").append(referrer);
        text_.append("\",\"country\":\"").append(who.country);
        text_.append("\",\"device\":\"").append(who.device).append("\"}");
        if (random_.chance(options_.broken_share)) break_it();
        return text_;
    }

private:
    std::string_view next_page(examples::visitor const& who, bool campaign) {
        if (campaign && random_.chance(options_.campaign_share)) return "/product/205";
        if (who.page.empty() && random_.chance(0.4)) return "/";
        return random_.one_of(examples::published_pages);
    }

    /// In milliseconds.
    std::int64_t delay() {
        auto const up_to = [&](std::uint64_t most) { return static_cast<std::int64_t>(random_.below(most)); };
        if (random_.chance(options_.late_share)) return 60'000 + up_to(60'000);
        return random_.chance(options_.disordered_share) ? up_to(12'000) : 0;
    }

    void break_it() {
        auto const replace = [&](std::string_view what, std::string_view by) { text_.replace(text_.find(what), what.size(), by); };
        switch (random_.below(5)) {
            case 0: text_.resize(text_.size() / 2); break;
            case 1: replace("\"page\":", "\"path\":"); break;
            case 2: replace("\"ts\":", "\"ts\":null,\"was\":"); break;
            case 3: text_ = "GET / HTTP/1.1"; break;
            default: replace("\"ts\":", "\"ts\":\"soon\",\"was\":"); break;
        }
    }

    click_options options_;
    examples::random random_;
    std::uint64_t made_ = 0;
    examples::visitors visitors_;
    std::string text_;
};

}  // namespace web_clicks
