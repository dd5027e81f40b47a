// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/detail/connection.hpp>
#include <weir/adapter/kafka/detail/owned_message.hpp>
#include <weir/adapter/kafka/detail/posting.hpp>
#include <weir/adapter/kafka/detail/unanswered.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::kafka::detail {

/// All of the sink but its types: the client, what is on its way, and what became of it.
class producer : client_base<sink_options> {
public:
    explicit producer(sink_options given) : client_base(std::move(given)) {}
    ~producer() { destroy(); }

    /// Makes the client when there is none, serves delivery reports, sends what had to wait.
    void tick(timestamp at) {
        if (opened_at == beginning_of_time || at < opened_at) opened_at = at;
        now = at;
        open();
        if (!client) return;
        sent_.seal();
        rd_kafka_poll(client, 0);
        take_troubles();
        check_connected();
        take_deliveries();
        while (!waiting_.empty() && !failure) {
            held const& first = waiting_.front();
            rd_kafka_resp_err_t const code = first.goods.with([&](message const& m) { return produce(m, first.number); });
            if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) break;
            if (code) first.goods.with([&](message const& m) { refuse(m, first.number, code); });
            waiting_.pop_front();
        }
    }

    /// Takes one message; what becomes of it is told later.
    void send(message const& goods, stamp const& at) {
        std::uint32_t const number = sent_.add(at);
        if (failure || !open()) return;  // it stays unanswered
        rd_kafka_resp_err_t const code = waiting_.empty() ? produce(goods, number) : RD_KAFKA_RESP_ERR__QUEUE_FULL;
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) [[likely]] return;
        if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) waiting_.push_back({owned_message(goods), number});
        else refuse(goods, number, code);
    }

    /// Hands what cannot be delivered to `put_aside(error, payload, stamp)`.
    template <class PutAside>
    void put_aside_refused(PutAside&& put_aside) {
        for (refusal& each : std::exchange(refused_, {})) {
            put_aside(each.why, std::string_view(each.payload), sent_.at(each.number));
            sent_.remove(each.number);
            ++put_aside_;
        }
    }

    [[nodiscard]] bool ready() const noexcept { return waiting_.empty() && sent_.count() < options.max_in_flight; }
    [[nodiscard]] std::size_t unsettled() const noexcept { return sent_.count(); }
    [[nodiscard]] std::uint64_t oldest() const noexcept { return sent_.oldest(); }
    [[nodiscard]] std::uint64_t delivered() const noexcept { return delivered_; }
    [[nodiscard]] std::uint64_t put_aside() const noexcept { return put_aside_; }
    [[nodiscard]] error const* problem() const noexcept { return failure ? &*failure : nullptr; }
    [[nodiscard]] timestamp next_wake() const noexcept {
        if (failure) return end_of_time;
        return sent_.count() != 0 || !connected ? saturating_add(now, std::chrono::milliseconds(1)) : end_of_time;
    }

    /// Gives what is on its way a last chance, `close_timeout` at the most; what is not delivered by then stays unanswered.
    void close() {
        if (!client) return;
        if (!failure && sent_.count() != 0) rd_kafka_flush(client, milliseconds_of(options.close_timeout));
        take_deliveries();
        destroy();
    }

private:
    struct held {
        owned_message goods;
        std::uint32_t number;
    };
    struct refusal {
        error why;
        std::string payload;
        std::uint32_t number;
    };

    bool open() {
        if (client) return true;
        if (failure) return false;
        opened_at = now;
        configuration conf(options.brokers);
        bool const flawed = faults_of(rd_kafka_version()).idempotence_breaks;
        bool const idempotent =
            options.idempotent == idempotence::on || (options.idempotent == idempotence::automatic && !flawed &&
                                                      options.acks == acknowledged_by::all_replicas);
        conf.set("enable.idempotence", idempotent ? "true" : "false");
        // Retries must not overtake each other; where the broker does not see to it, only one request may be on its way.
        if (!idempotent) conf.set("max.in.flight.requests.per.connection", "1");
        conf.set("acks", options.acks == acknowledged_by::all_replicas ? "all" : "1");
        conf.set("compression.type", name_of(options.compress));
        conf.set("partitioner", options.partitioner);
        conf.set("linger.ms", std::to_string(milliseconds_of(options.linger)));
        conf.set("message.timeout.ms", std::to_string(std::max(milliseconds_of(options.delivery_timeout), 1)));
        conf.set("queue.buffering.max.messages", std::to_string(std::max<std::size_t>(options.max_in_flight, 1)));
        conf.set("reconnect.backoff.max.ms", "2000");
        conf.pass_on(options.settings, reserved_by_sink);
        box.receive_from(conf, static_cast<bool>(options.on_trouble));
        box.receive_deliveries_from(conf);
        client = conf.make_client(RD_KAFKA_PRODUCER, hidden);
        if (!client) {
            failure = conf.problem();
            return false;
        }
        if (options.on_trouble) rd_kafka_set_log_queue(client, nullptr);
        start_connecting(client);
        return true;
    }

    rd_kafka_resp_err_t produce(message const& goods, std::uint32_t number) {
        return posts_.post(client, goods.topic.empty() ? std::string_view(options.topic) : goods.topic, goods, number);
    }

    void take_deliveries() {
        for (std::uint32_t const number : box.deliveries) sent_.remove(number);
        delivered_ += box.deliveries.size();
        box.deliveries.clear();
        for (mailbox::undelivered& each : std::exchange(box.failed_deliveries, {}))
            refuse(each.number, each.code, std::move(each.place), std::move(each.payload));
    }

    void refuse(message const& goods, std::uint32_t number, rd_kafka_resp_err_t code) {
        std::string where = goods.topic.empty() ? options.topic : std::string(goods.topic);
        if (goods.partition >= 0) where = place_of(where, goods.partition);
        refuse(number, code, std::move(where), std::string(goods.value.value_or("")));
    }

    void refuse(std::uint32_t number, rd_kafka_resp_err_t code, std::string where, std::string payload) {
        std::string cause = code == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT
                                ? "not delivered within " + in_seconds(options.delivery_timeout) + after_trouble()
                                : std::string("not delivered: ") + rd_kafka_err2str(code);
        error why = make_error(std::move(where), hidden.masked(std::move(cause)), advice_for(code));
        // What is wrong with one message stops no other.
        bool const its_own_fault = code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || code == RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP;
        if (its_own_fault || options.on_undeliverable == undeliverable::dead_letter)
            refused_.push_back({std::move(why), std::move(payload), number});
        else fail(std::move(why));
    }

    void destroy() {
        posts_.clear();
        if (client) rd_kafka_destroy(std::exchange(client, nullptr));
    }

    unanswered sent_{};
    std::deque<held> waiting_{};
    std::vector<refusal> refused_{};
    posting posts_{};
    std::uint64_t delivered_ = 0;
    std::uint64_t put_aside_ = 0;
};

}  // namespace weir::kafka::detail
