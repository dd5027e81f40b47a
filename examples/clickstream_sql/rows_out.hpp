// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "documents.hpp"
#include "options.hpp"

#include <weir/adapter/elasticsearch.hpp>
#include <weir/adapter/kafka.hpp>
#include <weir/codec/ndjson.hpp>
#include <weir/pipeline/boxed.hpp>
#include <weir/sink/file.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file Where streams and tables go: to Kafka and Elasticsearch, or all to files. Each is boxed: the choice is made at run
/// time, and the compiler has less to do.

namespace clickstream_sql {

/// A row of a stream as a record: its time, its key as a text, its members as JSON.
template <auto Key>
class as_record {
public:
    using row_type = weir::member_class<Key>;

    weir::kafka::message operator()(row_type const& row) {
        value_.clear();
        weir::append_json(value_, row);
        weir::kafka::message record{.value = value_.view(), .time = row.time};
        if (std::optional<int> const key = row.*Key) record.key = key_ = std::to_string(*key);
        return record;
    }

    /// The same as a line, as `kcat -C -f '%T\t%k\t%s\n'` prints it.
    bool encode(row_type const& row, weir::byte_buffer& into, weir::error&) {
        auto const record = (*this)(row);
        weir::append_json(into, std::chrono::floor<std::chrono::milliseconds>(row.time.time_since_epoch()).count());
        for (std::string_view part : {std::string_view("\t"), record.key.value_or(""), std::string_view("\t"), *record.value,
                                      std::string_view("\n")})
            into.append(part);
        return true;
    }

private:
    weir::byte_buffer value_;
    std::string key_;
};

/// A stream goes to the topic of its name.
template <auto Key, class Row = weir::member_class<Key>>
weir::boxed<Row> stream_out(options const& chosen, std::string const& name) {
    if (!chosen.output.empty()) return weir::boxed<Row>(weir::file(chosen.output + "/" + name + ".tsv", as_record<Key>()));
    return weir::boxed<Row>(weir::kafka::sink({.brokers = chosen.brokers, .topic = chosen.output_prefix + name},
                                              [record = as_record<Key>()](Row const& row) mutable { return record(row); }));
}

/// What flows behind a window whose rows come anew and may be taken back.
template <class Row>
using changes_of = weir::stream<weir::change<Row>, weir::timed, weir::unkeyed, weir::unwindowed, weir::erasing>;

/// A table goes to the index of its name: kept up to date by `key`, or as its whole changelog, whose tombstones are dropped.
template <class Row>
auto table_out(options const& chosen, std::string const& name, std::vector<std::string> key) {
    using box = weir::boxed<weir::change<Row>, changes_of<Row>>;
    auto const make = [&] {
        if (!chosen.output.empty())
            return box(weir::chain(weir::changelog()) | weir::file(chosen.output + "/" + name + ".ndjson", weir::ndjson()));
        weir::elasticsearch::options to = documents_of<Row>(chosen.output_prefix + name);
        to.url = chosen.elasticsearch;
        to.user = chosen.user;
        to.password = chosen.password;
        to.mode = chosen.append ? weir::elasticsearch::write_mode::append_once : weir::elasticsearch::write_mode::upsert;
        if (!chosen.append) to.key = std::move(key);
        to.drop_erased = chosen.append;
        to.put_template = true;
        to.replicas = 0;
        to.batch.retry.give_up_after = std::chrono::seconds(chosen.give_up_after);
        return box(weir::elasticsearch::sink(to));
    };
    return weir::chain(weir::changelog()) | make();
}

}  // namespace clickstream_sql
