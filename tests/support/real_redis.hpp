// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <hiredis/hiredis.h>

#include <catch.hpp>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace weir_test::real_redis {

using texts = std::vector<std::string>;

inline std::string environment_variable(char const* name) {
    char const* const value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

/// A client that waits for its answers: a test's own way to look behind the sink's back. Arrays come flat.
class onlooker {
public:
    explicit onlooker(std::string const& url) {
        std::size_t const colon = url.rfind(':');
        context_.reset(redisConnect("127.0.0.1", std::stoi(url.substr(colon + 1))));
        if (!context_ || context_->err != 0) throw std::runtime_error("the test cannot connect to " + url);
    }

    texts ask(texts const& words) {
        std::vector<char const*> starts;
        std::vector<std::size_t> sizes;
        for (auto const& word : words) starts.push_back(word.data()), sizes.push_back(word.size());
        auto* const answer = static_cast<redisReply*>(
            redisCommandArgv(context_.get(), static_cast<int>(words.size()), starts.data(), sizes.data()));
        if (answer == nullptr) throw std::runtime_error("the server does not answer the test");
        texts all;
        flatten(*answer, all);
        freeReplyObject(answer);
        return all;
    }
    std::string one(texts const& words) {
        auto const all = ask(words);
        return all.empty() ? std::string() : all.front();
    }
    std::map<std::string, std::string> hash(std::string const& key) {
        auto const all = ask({"HGETALL", key});
        std::map<std::string, std::string> fields;
        for (std::size_t i = 0; i + 1 < all.size(); i += 2) fields[all[i]] = all[i + 1];
        return fields;
    }

private:
    static void flatten(redisReply const& from, texts& into) {
        if (from.type == REDIS_REPLY_INTEGER) into.push_back(std::to_string(from.integer));
        else if (from.type == REDIS_REPLY_ARRAY)
            for (std::size_t i = 0; i < from.elements; ++i) flatten(*from.element[i], into);
        else if (from.type != REDIS_REPLY_NIL) into.emplace_back(from.str, from.len);
    }
    struct release {
        void operator()(redisContext* context) const { redisFree(context); }
    };
    std::unique_ptr<redisContext, release> context_;
};

/// The server, empty, and with nothing left of what an earlier test has set; empty when there is none.
inline std::string fresh_redis() {
    std::string url = environment_variable("WEIR_TEST_REDIS");
    if (url.empty()) return url;
    onlooker look(url);
    look.ask({"REPLICAOF", "NO", "ONE"});
    look.ask({"CONFIG", "SET", "maxmemory", "0"});
    look.ask({"CONFIG", "SET", "requirepass", ""});
    look.ask({"ACL", "LOAD"});
    look.ask({"FLUSHALL"});
    return url;
}

}  // namespace weir_test::real_redis

#define WEIR_FRESH_REDIS(url)                                     \
    std::string const url = weir_test::real_redis::fresh_redis(); \
    if (url.empty()) SKIP("WEIR_TEST_REDIS is not set: tests/services.sh starts it")
