// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/redis/lookup.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <support/branch.hpp>
#include <support/scripted_redis.hpp>
#include <utility>
#include <vector>
#include <weir/sink/call.hpp>

namespace weir_test::redis_lookups {

using namespace std::chrono_literals;
using reply = redis_reply;
using texts = std::vector<std::string>;

constexpr weir::timestamp noon = weir::timestamp(12h);

struct click {
    std::int64_t user_id;
    std::string_view page;
};
struct user {
    std::string_view name;
    std::optional<int> age;
};

/// What a server has, to be asked by `HMGET`, `HGET` and `GET`; the test may change it meanwhile.
class kept_values {
public:
    using hash = std::map<std::string, std::string>;

    void put(std::string const& key, hash fields) {
        std::lock_guard const lock(mutex_);
        hashes_[key] = std::move(fields);
    }
    void put(std::string const& key, std::string value) {
        std::lock_guard const lock(mutex_);
        strings_[key] = std::move(value);
    }

    reply answer(redis_command const& asked) {
        std::lock_guard const lock(mutex_);
        std::string const& key = asked.arguments.at(1);
        if (asked.name() == "GET") return {bulk(found(strings_, key))};
        auto const has = hashes_.find(key);
        hash const none;
        hash const& fields = has == hashes_.end() ? none : has->second;
        if (asked.name() == "HGET") return {bulk(found(fields, asked.arguments.at(2)))};
        if (asked.name() != "HMGET") return reply::ok();
        std::string all = "*" + std::to_string(asked.arguments.size() - 2) + "\r\n";
        for (std::size_t i = 2; i < asked.arguments.size(); ++i) all += bulk(found(fields, asked.arguments[i]));
        return {all};
    }
    scripted_redis::handler handler() {
        return [this](redis_command const& asked) { return answer(asked); };
    }

    static std::string bulk(std::optional<std::string> const& text) {
        return text ? "$" + std::to_string(text->size()) + "\r\n" + *text + "\r\n" : std::string("$-1\r\n");
    }

private:
    static std::optional<std::string> found(hash const& in, std::string const& name) {
        auto const at = in.find(name);
        return at == in.end() ? std::nullopt : std::optional(at->second);
    }

    std::mutex mutex_;
    std::map<std::string, hash> hashes_;
    hash strings_;
};

inline weir::redis::lookup_options from(scripted_redis const& server, std::string key = "user:{user_id}") {
    weir::redis::lookup_options options;
    options.url = server.url();
    options.key = std::move(key);
    return options;
}

/// `/cart@ann/30`; what is missing is `-`.
inline std::string told(std::string_view page, std::optional<std::string_view> name, std::optional<int> age) {
    return std::string(page) + "@" + std::string(name.value_or("-")) + "/" + (age ? std::to_string(*age) : "-");
}

/// Notes what it is given, and watermarks as `w3`, the seconds since noon.
struct noting_sink {
    texts* seen;
    void on_item(auto const& row, auto&) {
        std::optional<std::string_view> const name = row.template get<"name">();
        seen->push_back(told(row.template get<"page">(), name, row.template get<"age">()));
    }
    void on_watermark(weir::timestamp w, auto&) { seen->push_back("w" + std::to_string((w - noon) / 1s)); }
    void on_lane(weir::lane_event event, auto&) { seen->push_back("l" + std::to_string(event.lane)); }
};

/// A look-up of users that notes what it passes on, and time between, driven by hand.
template <class Kind = weir::left_join_t>
class driven_lookup {
public:
    explicit driven_lookup(weir::redis::lookup_options options, Kind kind = {})
        : seen_(std::make_unique<texts>()), branch_(make(std::move(options), kind, seen_.get())) {
        branch_.tick(noon);
    }

    texts const& seen() const { return *seen_; }
    auto* operator->() { return &branch_; }

    /// What the look-up itself has made of its items.
    weir::tally account() {
        weir::tally first;
        bool any = false;
        branch_.flow().account(branch_.taken(), [&](auto const&, weir::tally const& count, int) {
            if (!std::exchange(any, true)) first = count;
        });
        return first;
    }
    std::string failure() { return branch_.flow().failure() ? weir::to_string(*branch_.flow().failure()) : std::string(); }

    /// Handles these in one poll, and waits for all answers.
    template <class... Items>
    void all_of(Items const&... items) {
        branch_.poll(items...);
        branch_.run_with_network();
    }

private:
    static auto make(weir::redis::lookup_options options, Kind kind, texts* seen) {
        return drive<click>(weir::chain(weir::redis::lookup<user>(std::move(options), kind)) | noting_sink{seen});
    }

    std::unique_ptr<texts> seen_;
    decltype(make({}, Kind{}, nullptr)) branch_;
};

}  // namespace weir_test::redis_lookups
