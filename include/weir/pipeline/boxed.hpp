// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/owner.hpp>
#include <weir/pipeline/describe.hpp>
#include <weir/pipeline/explain.hpp>
#include <weir/pipeline/pipe.hpp>

#include <utility>

namespace weir {

namespace detail {

/// A flow behind a wall: one virtual call an item, and the flow's type no longer shows.
template <class T>
struct walled_flow {
    virtual ~walled_flow() = default;
    virtual void attach(job_context&) = 0;
    virtual void accept(T const&, stamp const&) = 0;
    virtual void accept_batch(std::span<T const>, stamp const&) = 0;
    virtual void watermark(timestamp) = 0;
    virtual void lane(lane_event) = 0;
    virtual void tick() = 0;
    virtual void settle() = 0;
    virtual void flush() = 0;
    virtual void end() = 0;
    virtual void close() = 0;
    virtual bool ready() = 0;
    virtual bool busy() = 0;
    virtual bool waiting() = 0;
    virtual bool satisfied() = 0;
    virtual std::uint64_t oldest_held() = 0;
    virtual timestamp next_wake() = 0;
    virtual error const* failure() = 0;
    virtual void account(visit_seen const&, int) = 0;
    virtual void explain(explainer&) = 0;
};

template <class T, class Flow>
struct walled final : walled_flow<T> {
    explicit walled(Flow inside) : inside_(std::move(inside)) {}
    void attach(job_context& context) override { inside_.attach(context); }
    void accept(T const& item, stamp const& at) override {
        ++in_;
        inside_.accept(item, at);
    }
    void accept_batch(std::span<T const> items, stamp const& at) override {
        in_ += items.size();
        inside_.accept_batch(items, at);
    }
    void watermark(timestamp w) override { inside_.watermark(w); }
    void lane(lane_event event) override { inside_.lane(event); }
    void tick() override { inside_.tick(); }
    void settle() override { inside_.settle(); }
    void flush() override { inside_.flush(); }
    void end() override { inside_.end(); }
    void close() override { inside_.close(); }
    bool ready() override { return inside_.ready(); }
    bool busy() override { return inside_.busy(); }
    bool waiting() override { return inside_.waiting(); }
    bool satisfied() override { return inside_.satisfied(); }
    std::uint64_t oldest_held() override { return inside_.oldest_held(); }
    timestamp next_wake() override { return inside_.next_wake(); }
    error const* failure() override { return inside_.failure(); }
    void account(visit_seen const& visit_one, int depth) override {
        inside_.account(
            in_, [&](auto const& stage, tally const& count, int at) { visit_one(seen(stage), count, at); }, depth);
    }
    void explain(explainer& into) override { inside_.explain(into); }

private:
    Flow inside_;
    std::uint64_t in_ = 0;
};

template <class Box, class T>
class boxed_stage;

}  // namespace detail

/// The type-erased seam: a sink for items of type `T` whose inside does not show in its type.
///
/// Use it where compile time matters more than one virtual call an item, or to keep sinks of different types in one
/// container (`split` takes a vector of them). `boxed<T>(branch)` takes a sink or a chain that ends in one;
/// `boxed<T>()` is empty and discards.
template <class T, class Stream = stream<T, timed>>
class boxed {
public:
    using is_blueprint = void;

    boxed() = default;

    template <class Branch>
        requires(!std::is_same_v<std::remove_cvref_t<Branch>, boxed>)
    explicit boxed(Branch&& branch) {
        auto inside = detail::bind_branch(Stream{}, std::forward<Branch>(branch));
        if constexpr (!std::is_same_v<decltype(inside), broken>)
            inside_.reset(new detail::walled<T, decltype(inside)>(std::move(inside)));
    }

    template <class Before>
    constexpr auto bind(Before&) && {
        if constexpr (std::is_same_v<typename Before::item, T>) {
            return detail::boxed_stage<boxed, T>(std::move(*this));
        } else {
            static_assert(detail::never<Before>,
                          "weir: this `boxed<T>` is made for another type of item than the one that comes "
                          "before it.");
            return broken{};
        }
    }

    void attach(job_context& context) {
        if (inside_) inside_->attach(context);
    }
    void accept(T const& item, stamp const& at) {
        if (inside_) inside_->accept(item, at);
    }
    void accept_batch(std::span<T const> items, stamp const& at) {
        if (inside_) inside_->accept_batch(items, at);
    }
    void watermark(timestamp w) {
        if (inside_) inside_->watermark(w);
    }
    void lane(lane_event event) {
        if (inside_) inside_->lane(event);
    }
    void tick() {
        if (inside_) inside_->tick();
    }
    void settle() {
        if (inside_) inside_->settle();
    }
    void flush() {
        if (inside_) inside_->flush();
    }
    void end() {
        if (inside_) inside_->end();
    }
    void close() {
        if (inside_) inside_->close();
    }
    void visit(auto&&) {}
    void account(auto&& visit_one, int depth) {
        if (inside_) inside_->account([&](auto const&... seen) { visit_one(seen...); }, depth);
    }
    void explain(auto& into) {
        if (inside_) inside_->explain(into);
    }

    [[nodiscard]] bool ready() const { return !inside_ || inside_->ready(); }
    [[nodiscard]] bool busy() const { return inside_ && inside_->busy(); }
    [[nodiscard]] bool waiting() const { return inside_ && inside_->waiting(); }
    [[nodiscard]] bool satisfied() const { return inside_ && inside_->satisfied(); }
    [[nodiscard]] std::uint64_t oldest_held() const { return inside_ ? inside_->oldest_held() : nothing_held; }
    [[nodiscard]] timestamp next_wake() const { return inside_ ? inside_->next_wake() : end_of_time; }
    [[nodiscard]] error const* failure() const { return inside_ ? inside_->failure() : nullptr; }

private:
    detail::owner<detail::walled_flow<T>> inside_;
};

namespace detail {

/// A box standing in a pipeline.
template <class Box, class T>
class boxed_stage {
public:
    static constexpr std::string_view name = "boxed";

    explicit boxed_stage(Box box) : box_(std::move(box)) {}

    void on_item(T const& item, auto& out) { box_.accept(item, out.at()); }
    void on_batch(std::span<T const> items, auto& out) { box_.accept_batch(items, out.at()); }
    void on_lane(lane_event event, auto&) { box_.lane(event); }
    void branches(auto&& visit_one) { visit_one(box_); }
    void account_branches(auto&& visit_one, int depth) { box_.account(visit_one, depth); }
    void close() { box_.close(); }

    [[nodiscard]] bool ready() const { return box_.ready(); }
    [[nodiscard]] bool busy() const { return box_.busy(); }
    [[nodiscard]] bool waiting() const { return box_.waiting(); }
    [[nodiscard]] bool satisfied() const { return box_.satisfied(); }
    [[nodiscard]] std::uint64_t oldest_held() const { return box_.oldest_held(); }
    [[nodiscard]] timestamp next_wake() const { return box_.next_wake(); }
    [[nodiscard]] error const* failure() const { return box_.failure(); }

private:
    Box box_;
};

}  // namespace detail
}  // namespace weir
