// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/pipeline/pipe.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace weir_test {

/// A sink behind a stream of `Item`, driven as a job would, with the clock and the epochs in the test's hand.
template <class Item, class Branch, class Change = weir::append_only>
class driven_branch {
    using stream = weir::stream<Item, weir::timed, weir::unkeyed, weir::unwindowed, Change>;

public:
    explicit driven_branch(Branch branch)
        : shared_(std::make_unique<shared>()),
          flow_(weir::detail::bind_branch(stream{}, std::move(branch))) {
        shared_->context.dead_letters = [letters = shared_.get()](weir::dead_letter const& letter) {
            letters->reasons.push_back(letter.why);
            letters->payloads.emplace_back(letter.payload);
        };
        flow_.attach(shared_->context);
    }

    /// One poll that reads `items`, in order, from the next epoch and positions.
    template <class... Items>
    void poll(Items const&... items) {
        ++shared_->context.epoch;
        (accept(items), ...);
        flow_.settle();
    }
    void accept(Item const& item) {
        ++in_;
        flow_.accept(item, weir::stamp{.time = now(), .position = in_, .epoch = shared_->context.epoch});
    }
    void tick(weir::timestamp now) {
        shared_->context.now = now;
        flow_.tick();
    }
    void end() { flow_.end(); }
    void close() { flow_.close(); }
    /// Ticks from wake to wake until nothing is on its way or it has failed.
    void run_until_idle() {
        for (int i = 0; i < 100'000 && flow_.busy() && !flow_.failure(); ++i) tick(std::max(now(), flow_.next_wake()));
    }

    /// The same for a sink that talks to a server: what it waits for comes in real time, so the clock in hand stands
    /// still while it asks again soon, and jumps over the pauses. Gives up after a minute of real time.
    void run_with_network() {
        auto const deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        while (flow_.busy() && !flow_.failure() && std::chrono::steady_clock::now() < deadline) {
            weir::timestamp const wake = flow_.next_wake();
            bool const asks_again_soon = wake <= weir::saturating_add(now(), std::chrono::milliseconds(10));
            tick(asks_again_soon || wake == weir::end_of_time ? now() : wake);
            std::this_thread::yield();
        }
    }

    [[nodiscard]] weir::tally account() {
        weir::tally all;
        flow_.account(in_, [&](auto const&, weir::tally const& count, int) { all = count; });
        return all;
    }
    /// How many items it was given.
    [[nodiscard]] std::uint64_t taken() const { return in_; }
    [[nodiscard]] weir::timestamp now() const { return shared_->context.now; }
    [[nodiscard]] auto& flow() { return flow_; }
    [[nodiscard]] auto& stage() { return flow_.template stage<0>(); }
    [[nodiscard]] std::vector<weir::error> const& reasons() const { return shared_->reasons; }
    [[nodiscard]] std::vector<std::string> const& payloads() const { return shared_->payloads; }
    [[nodiscard]] weir::job_context& context() { return shared_->context; }

private:
    struct shared {
        weir::job_context context{};
        std::vector<weir::error> reasons{};
        std::vector<std::string> payloads{};
    };
    std::unique_ptr<shared> shared_;
    decltype(weir::detail::bind_branch(stream{}, std::declval<Branch>())) flow_;
    std::uint64_t in_ = 0;
};

/// `drive<int>(sink)`: the sink behind a stream of int.
template <class Item, class Branch>
driven_branch<Item, Branch> drive(Branch branch) {
    return driven_branch<Item, Branch>(std::move(branch));
}

/// `drive_changes<row>(sink)`: the sink behind a stream of rows that come anew and are taken back.
template <class Row, class Branch>
auto drive_changes(Branch branch) {
    return driven_branch<weir::change<Row>, Branch, weir::erasing>(std::move(branch));
}

}  // namespace weir_test
