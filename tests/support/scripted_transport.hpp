// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/sink/delivery.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weir_test {

/// A server without a network: answers each shipment as the script says, by default with "acknowledged". It keeps what
/// it was sent. Copies share one script, so that a test holds one while the outbox holds the other.
class scripted_transport {
public:
    struct sent {
        std::string bytes;
        std::string token;
        std::size_t rows;
        std::uint32_t attempt;
        weir::timestamp at;
    };

    struct shared_state {
        std::deque<weir::outcome> answers;                          // taken first, one an attempt
        std::function<weir::outcome(weir::shipment const&)> judge;  // asked when they are used up
        std::vector<sent> received;
        int pending_polls = 0;  // how often each is pending before it is known
        int cancelled = 0;
        bool under_way = false;
        int out_of_turn = 0;  // calls in an order that is not allowed
    };

    shared_state* operator->() const { return state_.get(); }

    void start(weir::shipment const& goods, weir::timestamp now) {
        if (state_->under_way) ++state_->out_of_turn;
        state_->under_way = true;
        still_pending_ = state_->pending_polls;
        state_->received.push_back(
            {std::string(goods.bytes), std::string(goods.token), goods.rows, goods.attempt, now});
        if (!state_->answers.empty()) {
            answer_ = state_->answers.front();
            state_->answers.pop_front();
        } else {
            answer_ = state_->judge ? state_->judge(goods) : weir::outcome::acknowledged();
        }
    }

    weir::outcome poll(weir::timestamp) {
        if (!state_->under_way) ++state_->out_of_turn;
        if (still_pending_-- > 0) return weir::outcome::pending();
        if (answer_.what != weir::outcome::kind::pending) state_->under_way = false;
        return answer_;
    }

    void cancel() {
        ++state_->cancelled;
        state_->under_way = false;
    }

private:
    std::shared_ptr<shared_state> state_ = std::make_shared<shared_state>();
    weir::outcome answer_{};
    int still_pending_ = 0;
};

}  // namespace weir_test
