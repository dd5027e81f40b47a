// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/job.hpp>
#include <weir/pipeline/open_pipeline.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/testing/detail/kept_texts.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::testing::detail {

/// A source as it is; a pipeline without a sink made into one.
template <class Source>
[[nodiscard]] auto as_source(Source from) {
    if constexpr (requires { std::move(from).open(); typename Source::source_type; }) return std::move(from).open();
    else return from;
}

/// The `out` that a weakened source shows to the source inside: what comes goes through `owner`.
template <class Owner, class Out>
class weakened_out {
public:
    weakened_out(Owner& owner, Out& out, std::uint64_t& count) noexcept
        : owner_(&owner), out_(&out), count_(&count), at_(own_stamp()) {}

    template <class T>
    void emit(T const& item) {
        emit(item, own_stamp());
    }
    template <class T>
    void emit(T const& item, stamp at) {
        if (at.epoch == 0) at.epoch = out_->epoch();
        ++*count_;
        owner_->take(item, at, *out_);
    }
    template <class T>
    void emit_batch(std::span<T const> items, stamp const& at) {
        for (std::size_t i = 0; i < items.size(); ++i) emit(items[i], weir::detail::stamp_of(items[i], i, at));
    }
    template <class T>
    void emit_batch(std::span<T const> items) {
        for (T const& each : items) emit(each);
    }

    [[nodiscard]] stamp const& at() noexcept { return at_ = own_stamp(); }
    [[nodiscard]] timestamp now() const { return out_->now(); }
    [[nodiscard]] std::uint64_t epoch() const { return out_->epoch(); }
    [[nodiscard]] job_context const& context() const { return out_->context(); }
    [[nodiscard]] std::size_t budget() const { return owner_->budget(out_->budget()); }
    void watermark(timestamp w) { owner_->promise(w, *out_); }
    void lane(lane_event event) {
        owner_->before_lane(*out_);
        out_->lane(event);
    }
    void name_lane(std::uint32_t lane, std::string_view name) { out_->name_lane(lane, name); }
    void dead_letter(error const& why, std::string_view payload, stamp const& at) { out_->dead_letter(why, payload, at); }

private:
    [[nodiscard]] stamp own_stamp() const { return {.position = *count_, .epoch = out_->epoch()}; }

    Owner* owner_;
    Out* out_;
    std::uint64_t* count_;
    stamp at_;
};

/// A source that stands around another and changes how it tells what it tells.
template <class Self, class Source>
class weakened_source {
public:
    using output = typename Source::output;
    using output_stream = typename weir::detail::stream_of<Source>::type;

    static_assert(
        !requires { requires Source::takes_pushes; },
        "weir: `push` cannot stand inside another source, because nobody could push into it there.");

    explicit weakened_source(Source from) : source_(std::move(from)) {}

    void attach(job_context& context) {
        if constexpr (requires { source_.attach(context); }) source_.attach(context);
    }

    poll_result poll(auto& out) {
        Self& self = static_cast<Self&>(*this);
        if constexpr (requires { self.begin_poll(); }) self.begin_poll();
        poll_result polled = poll_result::end;
        if (!over_) {
            weakened_out<Self, std::remove_reference_t<decltype(out)>> through(self, out, count_);
            polled = source_.poll(through);
        }
        if (polled != poll_result::ready) self.finish(out);  // nothing more may come for long
        return polled;
    }

    void stop(stop_mode mode) { over_ = !weir::detail::stop_source(source_, mode); }
    void close() {
        if constexpr (requires { source_.close(); }) source_.close();
    }
    void acknowledge(std::uint64_t epoch)
        requires acknowledged_source<Source>
    {
        source_.acknowledge(epoch);
    }
    void on_tick(timestamp now) {
        if constexpr (requires { source_.on_tick(now); }) source_.on_tick(now);
    }
    void keep_alive(timestamp now) {
        if constexpr (requires { source_.keep_alive(now); }) source_.keep_alive(now);
    }
    void wait(duration longest)
        requires requires(Source& s) { s.wait(longest); }
    {
        source_.wait(longest);
    }
    [[nodiscard]] std::uint64_t oldest_held() {
        std::uint64_t const own = static_cast<Self&>(*this).held();
        if constexpr (requires { source_.oldest_held(); }) return std::min<std::uint64_t>(own, source_.oldest_held());
        else return own;
    }
    [[nodiscard]] timestamp next_wake() {
        if constexpr (requires { source_.next_wake(); }) return source_.next_wake();
        else return end_of_time;
    }
    [[nodiscard]] error const* failure() {
        if constexpr (requires { source_.failure(); }) return source_.failure();
        else return nullptr;
    }
    /// Reports show the source inside, as if it stood there alone.
    std::uint64_t account_inputs(auto& visit_one, int depth) {
        weir::detail::account_source(source_, count_, visit_one, depth);
        return count_;
    }

private:
    Source source_;
    std::uint64_t count_ = 0;  ///< what came out of the source inside
    bool over_ = false;
};

}  // namespace weir::testing::detail
