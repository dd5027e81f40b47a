// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/detail/errors.hpp>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace weir::kafka::detail {

/// A setting that has a field of its own, or that must be as we set it.
struct reserved_setting {
    std::string_view name;
    std::string_view why;
};

inline constexpr std::array<reserved_setting, 3> reserved_by_both = {{
    {"bootstrap.servers", "use the field `brokers`"},
    {"metadata.broker.list", "use the field `brokers`"},
    {"log.queue", "use the field `on_trouble`"},
}};

inline constexpr std::array<reserved_setting, 5> reserved_by_source = {{
    {"group.id", "use the field `group`"},
    {"enable.auto.commit", "offsets are committed when what came of them was acknowledged"},
    {"enable.auto.offset.store", "offsets are committed when what came of them was acknowledged"},
    {"auto.offset.reset", "use the field `start`"},
    {"enable.partition.eof", "it is needed to prove that a partition is idle"},
}};

inline constexpr std::array<reserved_setting, 8> reserved_by_sink = {{
    {"enable.idempotence", "use the field `idempotent`"},
    {"acks", "use the field `acks`"},
    {"request.required.acks", "use the field `acks`"},
    {"message.timeout.ms", "use the field `delivery_timeout`"},
    {"delivery.timeout.ms", "use the field `delivery_timeout`"},
    {"partitioner", "use the field `partitioner`"},
    {"delivery.report.only.error", "every delivery is counted"},
    {"transactional.id", "transactions are not supported"},
}};

/// librdkafka's settings, being put together. The first that is refused is kept as the problem; a secret value is in none.
class configuration {
public:
    explicit configuration(std::string brokers) : place_(place_of_brokers(brokers)), conf_(rd_kafka_conf_new()) {
        if (brokers.empty()) refuse("`brokers` is empty", "write `host:port`, several by commas");
        else set("bootstrap.servers", brokers);
        set("client.id", "weir");
    }

    void set(std::string const& name, std::string const& value) {
        char said[512] = "";
        if (problem_ || rd_kafka_conf_set(conf_.get(), name.c_str(), value.c_str(), said, sizeof said) == RD_KAFKA_CONF_OK)
            return;
        // librdkafka's sentence repeats the value.
        std::string const why = secrets::is_secret(name) ? std::string() : ": " + std::string(said);
        refuse("the setting `" + name + "` was refused" + why, "librdkafka's CONFIGURATION.md lists names and values");
    }

    /// Hands the user's own settings on, after ours, so that they win.
    void pass_on(settings_map const& settings, std::span<reserved_setting const> more_reserved) {
        secrets const hidden(settings);
        for (auto const& [name, value] : settings) {
            for (auto list : {std::span<reserved_setting const>(reserved_by_both), more_reserved})
                for (reserved_setting const& reserved : list)
                    if (name == reserved.name) refuse("the setting `" + name + "` cannot be set here", reserved.why);
            set(name, value);
        }
        if (problem_) problem_->cause = hidden.masked(problem_->cause);
    }

    void refuse(std::string cause, std::string_view advice) {
        if (!problem_) problem_ = make_error(place_, std::move(cause), advice);
    }

    [[nodiscard]] std::optional<error> const& problem() const noexcept { return problem_; }
    [[nodiscard]] rd_kafka_conf_t* get() const noexcept { return conf_.get(); }

    /// Makes the client; null, with the reason in `problem`, when librdkafka refuses.
    [[nodiscard]] rd_kafka_t* make_client(rd_kafka_type_t type, secrets const& hidden) {
        if (problem_) return nullptr;
        char said[512] = "";
        rd_kafka_t* const client = rd_kafka_new(type, conf_.get(), said, sizeof said);
        if (client) static_cast<void>(conf_.release());  // librdkafka owns it now
        else refuse(hidden.masked(said), "");
        return client;
    }

private:
    std::string place_;
    conf_handle conf_;
    std::optional<error> problem_{};
};

}  // namespace weir::kafka::detail
