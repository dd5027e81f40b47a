// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/detail/handle.hpp>
#include <weir/base/borrows.hpp>
#include <weir/pipeline/stamp.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <type_traits>

namespace weir::kafka {

/// A header of a record. Its value may be null, which is not the same as empty.
struct header {
    std::string_view name{};
    std::optional<std::string_view> value{};
};

/// Who gave a record its timestamp.
enum class time_kind {
    none,      ///< it has none
    created,   ///< the producer
    appended,  ///< the broker, when it took the record
};

/// A record's headers, in order; a name may come more than once. `for (weir::kafka::header h : record.headers())`.
class header_list {
public:
    class iterator {
    public:
        using value_type = header;
        using difference_type = std::ptrdiff_t;

        iterator() = default;
        [[nodiscard]] header operator*() const noexcept {
            char const* name = "";
            void const* value = nullptr;
            std::size_t size = 0;
            rd_kafka_header_get_all(headers(), index_, &name, &value, &size);
            header found{.name = name, .value = {}};
            if (value) found.value = std::string_view(static_cast<char const*>(value), size);
            return found;
        }
        iterator& operator++() noexcept {
            ++index_;
            return *this;
        }
        iterator operator++(int) noexcept {
            iterator const before = *this;
            ++index_;
            return before;
        }
        friend bool operator==(iterator const&, iterator const&) = default;

    private:
        friend class header_list;
        iterator(void const* headers, std::size_t index) noexcept : headers_(headers), index_(index) {}
        [[nodiscard]] rd_kafka_headers_t const* headers() const noexcept {
            return static_cast<rd_kafka_headers_t const*>(headers_);
        }

        void const* headers_ = nullptr;
        std::size_t index_ = 0;
    };

    [[nodiscard]] iterator begin() const noexcept { return {headers_, 0}; }
    [[nodiscard]] iterator end() const noexcept { return {headers_, size_}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    /// The last header of that name, which is the one that counts; nothing when there is none.
    [[nodiscard]] std::optional<header> find(std::string_view name) const noexcept {
        std::optional<header> found;
        for (header const each : *this)
            if (each.name == name) found = each;
        return found;
    }

private:
    friend class record;
    header_list() = default;
    explicit header_list(void const* headers) noexcept
        : headers_(headers), size_(rd_kafka_header_cnt(static_cast<rd_kafka_headers_t const*>(headers))) {}

    void const* headers_ = nullptr;
    std::size_t size_ = 0;
};

/// One record read from Kafka: 16 bytes that refer to librdkafka's memory, valid until the end of the source's poll.
///
/// A key or value that is null is not the same as an empty one: both read as empty here, and `has_key` and `has_value` tell
/// them apart. A record without a value is a *tombstone*: in a compacted topic it says that its key is gone. It is handed on
/// like any other, with an empty payload: a stage that wants none filters by `is_tombstone`, and a decoder for which
/// nothing is no document puts it to the dead letters.
class record {
public:
    record() = default;

    [[nodiscard]] std::string_view key() const noexcept {
        return {static_cast<char const*>(message().key), message().key_len};
    }
    [[nodiscard]] std::string_view value() const noexcept {
        return {static_cast<char const*>(message().payload), message().len};
    }
    [[nodiscard]] bool has_key() const noexcept { return message().key != nullptr; }
    [[nodiscard]] bool has_value() const noexcept { return message().payload != nullptr; }
    [[nodiscard]] bool is_tombstone() const noexcept { return !has_value(); }

    /// The value: what a decoder reads.
    [[nodiscard]] std::string_view payload() const noexcept { return value(); }

    [[nodiscard]] std::string_view topic() const noexcept { return rd_kafka_topic_name(message().rkt); }
    [[nodiscard]] std::int32_t partition() const noexcept { return message().partition; }
    [[nodiscard]] std::int64_t offset() const noexcept { return message().offset; }
    /// Its lane's number in this job.
    [[nodiscard]] std::uint32_t lane() const noexcept { return lane_; }

    /// Its timestamp, to the millisecond; `beginning_of_time` when it has none.
    [[nodiscard]] timestamp time() const noexcept {
        rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
        std::int64_t const milliseconds = rd_kafka_message_timestamp(&message(), &type);
        if (type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE) return beginning_of_time;
        // A producer may have written anything.
        constexpr std::int64_t furthest = end_of_time.time_since_epoch().count() / 1000;
        return timestamp(duration(std::clamp(milliseconds, -furthest, furthest) * 1000));
    }
    [[nodiscard]] weir::kafka::time_kind time_kind() const noexcept {
        rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
        rd_kafka_message_timestamp(&message(), &type);
        return type == RD_KAFKA_TIMESTAMP_CREATE_TIME       ? time_kind::created
               : type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME ? time_kind::appended
                                                            : time_kind::none;
    }

    /// Its headers, parsed at the first call.
    [[nodiscard]] header_list headers() const noexcept {
        rd_kafka_headers_t* found = nullptr;
        if (rd_kafka_message_headers(&message(), &found) != RD_KAFKA_RESP_ERR_NO_ERROR) return header_list();
        return header_list(found);
    }

    /// When it happened and by which road it came.
    [[nodiscard]] stamp at() const noexcept {
        return stamp{.time = time(), .position = static_cast<std::uint64_t>(message().offset), .lane = lane_};
    }

    /// For the source: refers to one of librdkafka's messages.
    explicit record(void const* message, std::uint32_t lane) noexcept : message_(message), lane_(lane) {}

private:
    [[nodiscard]] rd_kafka_message_t const& message() const noexcept {
        return *static_cast<rd_kafka_message_t const*>(message_);
    }

    void const* message_ = nullptr;
    std::uint32_t lane_ = 0;
};

}  // namespace weir::kafka

template <>
struct weir::borrows_memory<weir::kafka::record> : std::true_type {};
template <>
struct weir::borrows_memory<weir::kafka::header_list> : std::true_type {};
