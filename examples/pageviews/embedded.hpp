// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "generator.hpp"
#include "options.hpp"

#include <weir/adapter/avro.hpp>
#include <weir/adapter/kafka.hpp>

#include <string>

namespace pageviews {

/// The number that the schema has where there is no registry to give it one.
inline weir::avro::schema_id const number_of_schema{1};

/// Sends made-up views to partition 0 of a broker inside the program, framed and encoded as Confluent's serializer does it.
inline weir::result<void> send_views(weir::kafka::embedded_broker& broker, options const& chosen) {
    generator views(chosen.seed);
    weir::byte_buffer bytes;
    weir::error why;
    weir::result<void> sent = broker.create_topic(chosen.topic, 1);
    for (std::uint64_t made = 0; sent && made < chosen.events; ++made) {
        views.next();
        bytes.clear();
        weir::avro::append_schema_id(number_of_schema, bytes);
        if (!weir::avro::append(views.view(), bytes, why)) return why;
        sent = broker.produce(chosen.topic, 0, views.key(), bytes.view(), views.time());
    }
    return sent ? broker.flush() : sent;
}

}  // namespace pageviews
