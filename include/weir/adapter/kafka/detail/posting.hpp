// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/detail/mailbox.hpp>
#include <weir/adapter/kafka/message.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weir::kafka::detail {

[[nodiscard]] inline std::string name_of(compression codec) {
    constexpr std::string_view names[] = {"none", "gzip", "snappy", "lz4", "zstd"};
    return std::string(names[static_cast<int>(codec)]);
}

/// Hands messages to a producing client, which copies them.
class posting {
public:
    [[nodiscard]] rd_kafka_resp_err_t post(rd_kafka_t* client, std::string_view topic_name, message const& goods,
                                           std::uint32_t number) {
        rd_kafka_topic_t* const topic = topic_for(client, topic_name);
        if (!topic) return RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
        auto const [value, value_size] = bytes_of(goods.value);
        auto const [key, key_size] = bytes_of(goods.key);
        void* const tag = mailbox::tag_of(number);
        if (!goods.time && goods.headers.empty()) [[likely]] {
            if (rd_kafka_produce(topic, goods.partition, RD_KAFKA_MSG_F_COPY, value, value_size, key, key_size, tag) == 0)
                return RD_KAFKA_RESP_ERR_NO_ERROR;
            return rd_kafka_last_error();
        }
        std::int64_t milliseconds = 0;
        if (goods.time) {
            milliseconds = std::chrono::floor<std::chrono::milliseconds>(*goods.time).time_since_epoch().count();
            // Kafka has no time before 1970, and to librdkafka the very first millisecond means "now".
            if (milliseconds <= 0) return RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP;
        }
        headers_handle headers(goods.headers.empty() ? nullptr : rd_kafka_headers_new(goods.headers.size()));
        for (header const& each : goods.headers)
            rd_kafka_header_add(headers.get(), each.name.data(), static_cast<ssize_t>(each.name.size()),
                                bytes_of(each.value).first, static_cast<ssize_t>(each.value ? each.value->size() : 0));
        // Not `produceva`: before 2.12.0 (#4628) it frees the headers twice when it fails.
        rd_kafka_resp_err_t const code = rd_kafka_producev(
            client, RD_KAFKA_VTYPE_RKT, topic, RD_KAFKA_VTYPE_PARTITION, goods.partition, RD_KAFKA_VTYPE_MSGFLAGS,
            int{RD_KAFKA_MSG_F_COPY}, RD_KAFKA_VTYPE_VALUE, value, value_size, RD_KAFKA_VTYPE_KEY, key, key_size,
            RD_KAFKA_VTYPE_TIMESTAMP, milliseconds, RD_KAFKA_VTYPE_OPAQUE, tag, RD_KAFKA_VTYPE_HEADERS, headers.get(),
            RD_KAFKA_VTYPE_END);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) static_cast<void>(headers.release());  // they belong to the message now
        return code;
    }

    /// Lets go of the client's topics, before the client is destroyed.
    void clear() noexcept {
        last_topic_ = nullptr;
        topics_.clear();
    }

private:
    /// Null stays null, and empty is not null.
    [[nodiscard]] static std::pair<void*, std::size_t> bytes_of(std::optional<std::string_view> const& text) noexcept {
        if (!text) return {nullptr, 0};
        return {const_cast<char*>(text->empty() ? "" : text->data()), text->size()};
    }

    [[nodiscard]] rd_kafka_topic_t* topic_for(rd_kafka_t* client, std::string_view name) {
        if (last_topic_ && name == last_name_) [[likely]] return last_topic_;
        auto found = topics_.find(name);
        if (found == topics_.end()) {
            topic_handle made(rd_kafka_topic_new(client, std::string(name).c_str(), nullptr));
            if (!made) return nullptr;
            found = topics_.emplace(std::string(name), std::move(made)).first;
        }
        last_name_ = found->first;
        return last_topic_ = found->second.get();
    }

    std::map<std::string, topic_handle, std::less<>> topics_{};
    rd_kafka_topic_t* last_topic_ = nullptr;
    std::string_view last_name_{};
};

}  // namespace weir::kafka::detail
