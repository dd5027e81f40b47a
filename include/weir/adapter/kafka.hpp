// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/kafka/embedded_broker.hpp>
#include <weir/adapter/kafka/message.hpp>
#include <weir/adapter/kafka/options.hpp>
#include <weir/adapter/kafka/record.hpp>
#include <weir/adapter/kafka/sink.hpp>
#include <weir/adapter/kafka/source.hpp>
#include <weir/adapter/kafka/table_source.hpp>
