// SPDX-License-Identifier: Apache-2.0
#include <weir/pipeline/stream.hpp>

#include <catch.hpp>
#include <string>
#include <type_traits>
#include <vector>
#include <weir/pipeline/job.hpp>
#include <weir/sink/call.hpp>
#include <weir/source/values.hpp>

namespace weir_test::pipeline_stream {

static_assert(!weir::stream<int>::is_timed);
static_assert(weir::stream<int, weir::timed>::is_timed);
static_assert(std::is_empty_v<weir::stream<int>>);
static_assert(std::is_same_v<weir::stream<int>::key, weir::unkeyed>);
static_assert(std::is_same_v<decltype(weir::broken{} | 5 | std::string()), weir::broken>);

/// A user's blueprint: a stage made to measure for whatever comes before it.
struct twice {
    using is_blueprint = void;
    template <class Item>
    struct stage {
        using output = Item;
        void on_item(Item const& item, auto& out) {
            out.emit(item);
            out.emit(item);
        }
    };
    template <class Stream>
    auto bind(Stream&) && {
        return stage<typename Stream::item>{};
    }
};

/// A blueprint that adds no stage, only knowledge.
struct declare_timed {
    using is_blueprint = void;
    template <class Stream>
    auto bind(Stream&) && {
        using next = weir::stream<typename Stream::item, weir::timed>;
        return weir::annotated<next>{};
    }
};

/// A sink that asks what is known of the stream.
struct expects_time {
    using is_blueprint = void;
    bool* timed;
    template <class Stream>
    auto bind(Stream&) && {
        *timed = Stream::is_timed;
        return weir::discard{};
    }
};

TEST_CASE("a user's blueprint makes its stage for the stream before it") {
    std::vector<int> numbers;
    std::vector<std::string> texts;
    auto job = weir::from(weir::values({1, 2})) | twice{} | weir::call([&](int n) { numbers.push_back(n); });
    while (!job.finished()) job.step(10, weir::timestamp{});
    auto other = weir::from(weir::values({std::string("a")})) | twice{} | twice{} |
                 weir::call([&](std::string const& t) { texts.push_back(t); });
    while (!other.finished()) other.step(10, weir::timestamp{});
    CHECK(numbers == std::vector{1, 1, 2, 2});
    CHECK(texts.size() == 4);
}

TEST_CASE("a blueprint may change only what is known of the stream; no stage is added") {
    bool timed = false;
    auto job = weir::from(weir::values({1})) | declare_timed{} | expects_time{&timed};
    CHECK(timed);
    CHECK(job.report().stages.size() == 2);
    auto untimed = weir::from(weir::values({1})) | expects_time{&timed};
    CHECK_FALSE(timed);
    static_cast<void>(untimed);
}

}  // namespace weir_test::pipeline_stream
