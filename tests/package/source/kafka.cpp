// SPDX-License-Identifier: Apache-2.0
// weir::kafka brings the adapter's header and librdkafka itself.
#include <weir/adapter/kafka.hpp>

#include <iostream>
#include <librdkafka/rdkafka.h>

int main() {
    std::cout << "librdkafka " << rd_kafka_version_str() << '\n';
    return rd_kafka_version() > 0 ? 0 : 1;
}
