// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "click_generator.hpp"

#include <weir/adapter/kafka/embedded_broker.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace web_clicks {

/// Clicks that come into the broker inside the program one by one, so many a second.
class live_clicks {
public:
    live_clicks(weir::kafka::embedded_broker& broker, std::string topic, click_options const& clicks, double rate,
                std::uint64_t events)
        : broker_(broker), topic_(std::move(topic)), clicks_(clicks), rate_(rate), events_(events) {}

    /// Produces what is due by now, but not too much more than was read: the broker would forget it.
    weir::result<void> produce(std::uint64_t read) {
        std::chrono::duration<double> const passed = std::chrono::steady_clock::now() - start_;
        auto const due = static_cast<std::uint64_t>(passed.count() * rate_);
        weir::result<void> sent;
        for (; sent && made_ < due && (events_ == 0 || made_ < events_) && made_ < read + most_unread; ++made_)
            sent = broker_.produce(topic_, 0, std::nullopt, clicks_.next());
        return sent;
    }

    [[nodiscard]] bool all_read(std::uint64_t read) const { return events_ != 0 && made_ == events_ && read >= made_; }

private:
    static constexpr std::uint64_t most_unread = 8192;

    weir::kafka::embedded_broker& broker_;
    std::string topic_;
    click_generator clicks_;
    double rate_;
    std::uint64_t events_;
    std::uint64_t made_ = 0;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace web_clicks
