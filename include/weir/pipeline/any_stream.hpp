// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/owner.hpp>
#include <weir/pipeline/open_pipeline.hpp>

#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// The `out` of a stream behind a wall.
template <class T>
struct walled_out {
    virtual void emit(T const&, stamp const&) = 0;
    virtual void emit_batch(std::span<T const>, stamp const&) = 0;
    virtual void watermark(timestamp) = 0;
    virtual void lane(lane_event) = 0;
    virtual void name_lane(std::uint32_t, std::string_view) = 0;
    [[nodiscard]] virtual timestamp now() const = 0;

protected:
    ~walled_out() = default;
};

template <class T, class Out>
struct walled_out_for final : walled_out<T> {
    explicit walled_out_for(Out& through) noexcept : out(through) {}
    void emit(T const& item, stamp const& at) override { out.emit(item, at); }
    void emit_batch(std::span<T const> items, stamp const& at) override { out.emit_batch(items, at); }
    void watermark(timestamp w) override { out.watermark(w); }
    void lane(lane_event event) override { out.lane(event); }
    void name_lane(std::uint32_t lane, std::string_view name) override { out.name_lane(lane, name); }
    [[nodiscard]] timestamp now() const override { return out.now(); }

    Out& out;
};

/// A source behind a wall.
template <class T>
struct walled_source {
    virtual ~walled_source() = default;
    virtual void attach(job_context&) = 0;
    virtual poll_result poll(walled_out<T>&) = 0;
    virtual void stop(stop_mode) = 0;
    virtual void close() = 0;
    virtual void acknowledge(std::uint64_t) = 0;
    virtual void on_tick(timestamp) = 0;
    virtual void keep_alive(timestamp) = 0;
    virtual void wait(duration) = 0;
    [[nodiscard]] virtual bool caught_up() = 0;
    [[nodiscard]] virtual std::uint64_t oldest_held() = 0;
    [[nodiscard]] virtual timestamp next_wake() = 0;
    [[nodiscard]] virtual error const* failure() = 0;
    virtual std::uint64_t account_inputs(visit_seen const&, int) = 0;
    virtual void explain_inputs(explainer&) = 0;
};

template <class T, class Open>
struct walled_source_of final : walled_source<T> {
    explicit walled_source_of(Open from) : inside(std::move(from)) {}
    void attach(job_context& context) override { inside.attach(context); }
    poll_result poll(walled_out<T>& out) override { return inside.poll(out); }
    void stop(stop_mode mode) override { inside.stop(mode); }
    void close() override { inside.close(); }
    void acknowledge(std::uint64_t epoch) override {
        if constexpr (acknowledged_source<Open>) inside.acknowledge(epoch);
    }
    void on_tick(timestamp now) override {
        if constexpr (requires { inside.on_tick(now); }) inside.on_tick(now);
    }
    void keep_alive(timestamp now) override {
        if constexpr (requires { inside.keep_alive(now); }) inside.keep_alive(now);
    }
    void wait(duration longest) override {
        if constexpr (requires { inside.wait(longest); }) inside.wait(longest);
    }
    bool caught_up() override {
        if constexpr (catching_up_source<Open>) return inside.caught_up();
        else return false;
    }
    std::uint64_t oldest_held() override { return inside.oldest_held(); }
    timestamp next_wake() override { return inside.next_wake(); }
    error const* failure() override { return inside.failure(); }
    std::uint64_t account_inputs(visit_seen const& visit_one, int depth) override {
        auto through = [&](auto const& stage, tally const& count, int at) { visit_one(seen(stage), count, at); };
        return inside.account_inputs(through, depth);
    }
    void explain_inputs(explainer& into) override { inside.explain_inputs(into); }

    Open inside;
};

}  // namespace detail

/// A pipeline without a sink whose source and stages do not show in its type:
/// `any_stream<click> clicks = from(...) | ...;` then `from(std::move(clicks)) | ...`.
///
/// The other half of the type-erased seam (`boxed` is the half for sinks): use it to cut a long pipeline in two for the
/// compiler's sake, to choose a source at run time, or to return a stream from a function. `Time` is `timed` when event
/// time was set inside. Costs one virtual call an item, or a batch. An empty one ends at once.
template <class T, class Time = untimed>
class any_stream {
public:
    using output = T;
    using output_stream = stream<T, Time>;
    static constexpr std::string_view name = "any_stream";

    any_stream() = default;

    template <class Source, class Stream, class... Stages>
    any_stream(pipeline<Source, Stream, Stages...> from) {
        static_assert(std::is_same_v<typename Stream::item, T>,
                      "weir: this pipeline emits another type of item than the `any_stream` it is put into.");
        static_assert(
            std::is_same_v<typename Stream::time, Time>,
            "weir: `any_stream<T>` holds a stream without event time, `any_stream<T, weir::timed>` one with; this "
            "pipeline is of the other kind.");
        static_assert(std::is_same_v<typename Stream::change, append_only>,
                      "weir: an `any_stream` is append-only, but this pipeline can take rows back.");
        if constexpr (std::is_same_v<typename Stream::item, T>) {
            using open = decltype(std::move(from).open());
            inside_.reset(new detail::walled_source_of<T, open>(std::move(from).open()));
        }
    }

    void attach(job_context& context) {
        if (inside_) inside_->attach(context);
    }
    poll_result poll(auto& out) {
        if (!inside_) return poll_result::end;
        detail::walled_out_for<T, std::remove_reference_t<decltype(out)>> through(out);
        poll_result const polled = inside_->poll(through);
        ended_ = polled == poll_result::end;
        return polled;
    }
    void stop(stop_mode mode) {
        if (inside_) inside_->stop(mode);
    }
    void close() {
        if (inside_) inside_->close();
    }
    void acknowledge(std::uint64_t epoch) {
        if (inside_) inside_->acknowledge(epoch);
    }
    void on_tick(timestamp now) {
        if (inside_) inside_->on_tick(now);
    }
    void keep_alive(timestamp now) {
        if (inside_) inside_->keep_alive(now);
    }
    void wait(duration longest) {
        if (inside_) inside_->wait(longest);
    }
    /// What is inside says so, or has ended.
    [[nodiscard]] bool caught_up() { return !inside_ || ended_ || inside_->caught_up(); }
    [[nodiscard]] std::uint64_t oldest_held() { return inside_ ? inside_->oldest_held() : nothing_held; }
    [[nodiscard]] timestamp next_wake() { return inside_ ? inside_->next_wake() : end_of_time; }
    [[nodiscard]] error const* failure() { return inside_ ? inside_->failure() : nullptr; }

    std::uint64_t account_inputs(auto& visit_one, int depth) {
        if (inside_) return inside_->account_inputs([&](auto const&... seen) { visit_one(seen...); }, depth);
        visit_one(std::as_const(*this), tally{}, depth);
        return 0;
    }
    void explain_inputs(auto& into) {
        if (inside_) inside_->explain_inputs(into);
    }

private:
    detail::owner<detail::walled_source<T>> inside_;
    bool ended_ = false;
};

}  // namespace weir
