// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file Avro with a schema registry: everything the component `avro` has.

#include <weir/adapter/avro/decode.hpp>
#include <weir/adapter/avro/encode.hpp>
#include <weir/adapter/avro/registry.hpp>
