// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/detail/configuration.hpp>
#include <weir/base/detail/series.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::kafka::detail {

/// What librdkafka's callbacks leave behind, to be dealt with when the call that served them has returned.
///
/// Nothing else is done inside a callback: no exception can cross C frames, the user's functions are never called there,
/// and a rebalance cannot change the assignment while a batch is being gathered. All callbacks run on the thread that
/// polls, because librdkafka's log goes through its queue too. None of them may call `rd_kafka_yield`: until 2.14 at least,
/// a batch that is cut short so drops the message it had just taken.
struct mailbox {
    struct rebalance {
        bool assigns;
        bool lost;  ///< the partitions belong to somebody else already: nothing may be committed
        partition_list partitions;
    };
    struct trouble {
        rd_kafka_resp_err_t code;
        std::string text;
    };
    struct commit_outcome {
        rd_kafka_resp_err_t code;
        partition_list partitions;
    };

    struct undelivered {
        std::uint32_t number;  ///< the one that went with the message
        rd_kafka_resp_err_t code;
        std::string place;
        std::string payload;
    };

    weir::detail::series<rebalance> rebalances{};
    std::vector<std::uint32_t> deliveries{};
    weir::detail::series<undelivered> failed_deliveries{};
    weir::detail::series<trouble> troubles{};
    weir::detail::series<commit_outcome> commits{};
    std::optional<trouble> fatal{};

    /// Makes the callbacks of `conf` deliver here. The mailbox stays where it is for as long as the client lives.
    void receive_from(configuration& conf, bool wants_log) {
        rd_kafka_conf_set_opaque(conf.get(), this);
        rd_kafka_conf_set_error_cb(conf.get(), on_error);
        rd_kafka_conf_set_log_cb(conf.get(), wants_log ? on_log : ignore_log);
        // Without this the log callback would run on librdkafka's own threads.
        if (wants_log) conf.set("log.queue", "true");
    }
    void receive_groups_from(configuration& conf) {
        rd_kafka_conf_set_rebalance_cb(conf.get(), on_rebalance);
        rd_kafka_conf_set_offset_commit_cb(conf.get(), on_commit);
    }

    void receive_deliveries_from(configuration& conf) { rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery); }

    /// A message's number as librdkafka carries it: never null.
    [[nodiscard]] static void* tag_of(std::uint32_t number) noexcept {
        return reinterpret_cast<void*>(std::uintptr_t{number} + 1);
    }

    /// Lets go of everything. librdkafka's copies of lists refer to its partitions, and a client waits without end, when it
    /// is destroyed, for the last of them to be gone.
    void clear() noexcept {
        rebalances.clear();
        commits.clear();
    }

    void add(rd_kafka_resp_err_t code, std::string text) {
        if (troubles.size() < most_troubles) troubles.push_back({code, std::move(text)});
    }

    static mailbox& of(void* opaque) noexcept { return *static_cast<mailbox*>(opaque); }

private:
    static constexpr std::size_t most_troubles = 64;  ///< of one poll; a broken network repeats itself
    static constexpr int warning = 4;                 ///< syslog's number for it

    static void on_rebalance(rd_kafka_t* client, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* partitions,
                             void* opaque) noexcept {
        of(opaque).rebalances.push_back(
            {code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS, rd_kafka_assignment_lost(client) != 0, copy_of(partitions)});
    }
    static void on_commit(rd_kafka_t*, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* partitions,
                          void* opaque) noexcept {
        of(opaque).commits.push_back({code, copy_of(partitions)});
    }
    static void on_delivery(rd_kafka_t*, rd_kafka_message_t const* message, void* opaque) noexcept {
        auto const number = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(message->_private) - 1);
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) [[likely]] {
            of(opaque).deliveries.push_back(number);
            return;
        }
        std::string place = message->rkt ? rd_kafka_topic_name(message->rkt) : "";
        if (message->partition >= 0) place = place_of(place, message->partition);
        of(opaque).failed_deliveries.push_back({number, message->err, std::move(place),
                                                std::string(static_cast<char const*>(message->payload), message->len)});
    }
    static void on_error(rd_kafka_t* client, int code, char const* text, void* opaque) noexcept {
        mailbox& box = of(opaque);
        if (code == RD_KAFKA_RESP_ERR__FATAL) {
            char said[512] = "";
            rd_kafka_resp_err_t const first = rd_kafka_fatal_error(client, said, sizeof said);
            box.fatal = trouble{first, said};
        } else {
            box.add(static_cast<rd_kafka_resp_err_t>(code), text ? text : "");
        }
    }
    static void on_log(rd_kafka_t const* client, int level, char const*, char const* text) noexcept {
        if (level <= warning) of(rd_kafka_opaque(client)).add(RD_KAFKA_RESP_ERR_NO_ERROR, text ? text : "");
    }
    static void ignore_log(rd_kafka_t const*, int, char const*, char const*) noexcept {}
};

}  // namespace weir::kafka::detail
