// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/redis/detail/reply_reader.hpp>

#include <catch.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <weir/adapter/redis/detail/value_reply.hpp>

namespace weir_test::adapter_redis_detail_reply_reader {

using namespace std::string_literals;
using namespace std::string_view_literals;
using weir::redis::detail::value_reply;
using reader = weir::redis::detail::reply_reader<value_reply>;

/// `[a,-]`: a list of a text and of nothing.
std::string told(value_reply const& one) {
    if (one.error.there) return "error " + std::string(one.error.view());
    std::string all;
    for (std::size_t i = 0; i < one.size(); ++i)
        all += (i == 0 ? "" : ",") + (one.has(i) ? std::string(one.texts().substr(one.begin_of(i), one.size_of(i))) : "-");
    return one.is_text() ? all : one.is_list_of(one.size()) ? "[" + all + "]" : "something else";
}

TEST_CASE("redis reply_reader: replies may be cut at any byte, and the reader moved there") {
    std::string_view const bytes =
        "*2\r\n$1\r\na\r\n$-1\r\n$4\r\n\r\n\0b\r\n$0\r\n\r\n*1\r\n$2\r\ncd\r\n"
        "-ERR x\r\n$-1\r\n+OK\r\n*2\r\n-ERR y\r\n$1\r\ne\r\n"sv;
    std::vector<std::string> const expected{"[a,-]",       "\r\n\0b"s, "",               "[cd]",
                                            "error ERR x", "-",        "something else", "something else"};
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        CAPTURE(cut);
        std::vector<std::string> seen;
        auto const note = [&](value_reply const& one) { seen.push_back(told(one)); };
        auto first = std::make_unique<reader>();
        first->restart();
        REQUIRE(first->read(bytes.data(), cut, note));
        auto second = std::make_unique<reader>(std::move(*first));
        first.reset();
        REQUIRE(second->read(bytes.data() + cut, bytes.size() - cut, note));
        CHECK(seen == expected);
    }
}

}  // namespace weir_test::adapter_redis_detail_reply_reader
