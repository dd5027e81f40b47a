// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "../shared/datagen.hpp"
#include "pageview.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace pageviews {

/// The page views of Kafka Connect Datagen, by its published rules: nine users, ninety pages, `viewtime` 1, 11, 21, …, which
/// is the key too; two a second on the average.
class generator {
public:
    explicit generator(std::uint64_t seed)
        : random_(seed), clock_({.seed = seed, .max_interval = std::chrono::seconds(1)}) {}

    /// The next view as a line: milliseconds, key and JSON, with tabs between them. The view lives until the next call.
    std::string_view next() {
        time_ = clock_.next(random_);
        view_.viewtime = viewtime_.next();
        key_ = std::to_string(view_.viewtime);
        user_ = "User_" + std::to_string(1 + random_.below(9));
        page_ = "Page_" + std::to_string(10 + random_.below(90));
        view_.userid = user_;
        view_.pageid = page_;
        line_.begin(time_, key_);
        line_.add("viewtime", view_.viewtime);
        line_.add("userid", view_.userid);
        line_.add("pageid", view_.pageid);
        return line_.end();
    }

    /// What the last call made.
    [[nodiscard]] pageview const& view() const noexcept { return view_; }
    [[nodiscard]] std::string_view key() const noexcept { return key_; }
    [[nodiscard]] weir::timestamp time() const noexcept { return time_; }

private:
    examples::random random_;
    examples::datagen_clock clock_;
    examples::datagen_iteration viewtime_{10};
    examples::datagen_line line_;
    pageview view_{};
    weir::timestamp time_{};
    std::string key_, user_, page_;
};

}  // namespace pageviews
