// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/detail/handle.hpp>
#include <weir/adapter/kafka/options.hpp>
#include <weir/base/error.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::kafka::detail {

/// The values that must not be seen, and how they are hidden. librdkafka's own texts may echo a value, so every text that
/// comes from it goes through `masked`.
class secrets {
public:
    explicit secrets(settings_map const& settings) {
        for (auto const& [name, value] : settings)
            if (is_secret(name) && !value.empty()) values_.push_back(value);
        // The longest first: one secret may contain another.
        std::sort(values_.begin(), values_.end(), [](auto const& a, auto const& b) { return a.size() > b.size(); });
    }

    /// Whether a setting of this name holds something secret.
    [[nodiscard]] static bool is_secret(std::string_view name) {
        std::string lower(name);
        for (char& c : lower)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        constexpr std::array<std::string_view, 9> words = {"password", "passwd", "secret",  "key",  "token",
                                                           "credential", "jaas",   ".config", ".pem"};
        return std::any_of(words.begin(), words.end(), [&](auto word) { return lower.find(word) != std::string::npos; });
    }

    [[nodiscard]] std::string masked(std::string text) const {
        for (std::string const& value : values_)
            for (std::size_t at = text.find(value); at != std::string::npos; at = text.find(value, at + mask.size()))
                text.replace(at, value.size(), mask);
        return text;
    }

private:
    static constexpr std::string_view mask = "***";
    std::vector<std::string> values_;
};

/// A broker list without what stands before an `@`, in case somebody wrote credentials there.
[[nodiscard]] inline std::string place_of_brokers(std::string const& brokers) {
    std::string place;
    for (std::size_t begin = 0; begin <= brokers.size();) {
        std::size_t const end = std::min(brokers.find(',', begin), brokers.size());
        std::size_t const at = brokers.rfind('@', end);
        bool const credentials = at != std::string::npos && at >= begin && at < end;
        if (!place.empty()) place += ',';
        place.append(brokers, credentials ? at + 1 : begin, end - (credentials ? at + 1 : begin));
        begin = end + 1;
    }
    return place;
}

[[nodiscard]] inline std::string place_of(std::string_view topic, std::int32_t partition) {
    return std::string(topic) + "/" + std::to_string(partition);
}
[[nodiscard]] inline std::string place_of(std::string_view topic, std::int32_t partition, std::int64_t offset) {
    return offset < 0 ? place_of(topic, partition) : place_of(topic, partition) + "/" + std::to_string(offset);
}

/// What the user can do about it, where that is known.
[[nodiscard]] inline std::string_view advice_for(rd_kafka_resp_err_t code) noexcept {
    switch (code) {
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
        case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION: return "check the topic's name and partitions, or create it";
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
        case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
            return "the broker no longer has this offset (retention, or the topic was made anew); records may be lost. "
                   "Begin elsewhere by `offsets`, or with a new group";
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED: return "grant this client the right on the broker";
        case RD_KAFKA_RESP_ERR__AUTHENTICATION:
        case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
            return "check security.protocol and the sasl.* settings";
        case RD_KAFKA_RESP_ERR__SSL: return "check security.protocol and the ssl.* settings";
        case RD_KAFKA_RESP_ERR__RESOLVE: return "check the host names in `brokers`";
        case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT: return "check that the brokers are up; delivery_timeout sets the limit";
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
            return "make the message smaller, or raise message.max.bytes here and max.message.bytes of the topic";
        case RD_KAFKA_RESP_ERR__BAD_MSG:
        case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
            return "the record is damaged or in a form that this librdkafka cannot read; begin behind it by `offsets`";
        default: return {};
    }
}

[[nodiscard]] inline error make_error(std::string place, std::string cause, std::string_view advice = {}) {
    return error{.component = "kafka", .place = std::move(place), .cause = std::move(cause), .advice = std::string(advice)};
}

/// Whether this error of a partition, topic or group stays until somebody acts. All others librdkafka mends by itself.
[[nodiscard]] inline bool is_permanent(rd_kafka_resp_err_t code) noexcept {
    switch (code) {
        case RD_KAFKA_RESP_ERR__BAD_MSG:
        case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
        case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
        case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
        case RD_KAFKA_RESP_ERR__UNKNOWN_PROTOCOL:
        case RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED:
        case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
        case RD_KAFKA_RESP_ERR__AUTHENTICATION:
        case RD_KAFKA_RESP_ERR__SSL:
        case RD_KAFKA_RESP_ERR__FATAL:
        case RD_KAFKA_RESP_ERR__FENCED:
        case RD_KAFKA_RESP_ERR__INVALID_ARG:
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
        case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
        case RD_KAFKA_RESP_ERR_INVALID_MSG:
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
        case RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL:
        case RD_KAFKA_RESP_ERR_INVALID_GROUP_ID:
        case RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT:
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
        case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
        case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
        case RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT:
        case RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE:
        case RD_KAFKA_RESP_ERR_GROUP_MAX_SIZE_REACHED:
        case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID: return true;
        default: return false;
    }
}

}  // namespace weir::kafka::detail
