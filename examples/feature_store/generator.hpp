// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "../shared/random.hpp"

#include <weir/time/format_time.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace feature_store {

/// The events that the published README describes (`user_id`, `session_id`, `timestamp`, `page`, fifty a second; the
/// program that made them is lost), and what a test wants beside them: some come out of order, some too late for the
/// stream and so only for the batch, some are broken.
class generator {
public:
    /// With a rate, so many events a second from now on; without, fifty a second of the tenth of June 2025.
    explicit generator(std::uint64_t seed, double rate = 0) : random_(seed) {
        if (rate <= 0) return;
        start_ = std::chrono::floor<weir::duration>(std::chrono::system_clock::now());
        events_per_second_ = rate;
    }

    /// The next event as a line of JSON; the view lives until the next call.
    std::string_view next() {
        auto const since = std::chrono::duration<double>(static_cast<double>(made_++) / events_per_second_);
        weir::timestamp const now = start_ + std::chrono::duration_cast<weir::duration>(since);
        text_ = "{\"user_id\":\"user_";
        text_ += std::to_string(random_.below(500));
        text_ += "\",\"session_id\":\"";
        random_.append_uuid(text_);
        text_.append("\",\"timestamp\":\"").append(weir::format_time(now - delay()));
        text_.append("\",\"page\":\"").append(random_.one_of(pages)).append("\"}");
        if (random_.chance(0.002)) break_it();
        return text_;
    }

private:
    static constexpr examples::weights<6> pages{
        {{"/home", 0.35}, {"/products", 0.25}, {"/cart", 0.15}, {"/checkout", 0.1}, {"/search", 0.1}, {"/deals & \\\"more\\\"", 0.05}}};

    weir::duration delay() {
        std::uint64_t const most = random_.chance(0.005) ? 180'000'000 : random_.chance(0.5) ? 4'900'000 : 1;
        return weir::duration(static_cast<std::int64_t>(random_.below(most)));
    }

    void break_it() {
        auto const replace = [&](std::string_view what, std::string_view by) { text_.replace(text_.find(what), what.size(), by); };
        switch (random_.below(4)) {
            case 0: text_.resize(text_.size() / 2); break;
            case 1: replace("\"page\"", "\"pages\""); break;
            case 2: replace("\"timestamp\":", "\"timestamp\":null,\"was\":"); break;
            default: replace("\"timestamp\":\"", "\"timestamp\":\"June "); break;
        }
    }

    examples::random random_;
    weir::timestamp start_{std::chrono::sys_days(std::chrono::year(2025) / 6 / 10) + std::chrono::hours(5)};
    double events_per_second_ = 50;
    std::uint64_t made_ = 0;
    std::string text_;
};

}  // namespace feature_store
