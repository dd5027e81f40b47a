// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/message.hpp>

#include <string>
#include <utility>
#include <vector>

namespace weir::kafka::detail {

/// The bytes of a message that librdkafka had no room for.
class owned_message {
public:
    explicit owned_message(message const& from) : shape_(from) {
        if (from.key) key_ = *from.key;
        if (from.value) value_ = *from.value;
        topic_ = from.topic;
        for (header const& each : from.headers) headers_.push_back({std::string(each.name), std::string(each.value.value_or("")), each.value.has_value()});
    }
    /// Calls `use(message)`.
    template <class Use>
    auto with(Use&& use) const {
        std::vector<header> headers;
        for (owned_header const& each : headers_) {
            headers.push_back({.name = each.name, .value = {}});
            if (each.has_value) headers.back().value = each.value;
        }
        message whole = shape_;
        if (whole.key) whole.key = key_;
        if (whole.value) whole.value = value_;
        whole.topic = topic_;
        whole.headers = headers;
        return use(std::as_const(whole));
    }

private:
    struct owned_header {
        std::string name;
        std::string value;
        bool has_value;
    };
    message shape_;
    std::string key_{}, value_{}, topic_{};
    std::vector<owned_header> headers_{};
};

}  // namespace weir::kafka::detail
