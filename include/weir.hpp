// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Every core room of weir; the standard library is all it needs. Adapters are included one by one:
/// `<weir/adapter/kafka.hpp>` and so on.

#include <weir/version.hpp>

#include <weir/base/columns.hpp>
#include <weir/base/result.hpp>

#include <weir/time/watermark.hpp>

#include <weir/pipeline/boxed.hpp>
#include <weir/pipeline/job.hpp>
#include <weir/pipeline/record.hpp>

#include <weir/source/push.hpp>
#include <weir/source/values.hpp>

#include <weir/transform/event_time.hpp>
#include <weir/transform/filter.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/transform/map.hpp>

#include <weir/aggregate/count.hpp>
#include <weir/aggregate/distinct.hpp>
#include <weir/aggregate/mean.hpp>
#include <weir/aggregate/minmax.hpp>
#include <weir/aggregate/sum.hpp>

#include <weir/window/aggregate.hpp>
#include <weir/window/tumbling.hpp>
#include <weir/window/window.hpp>

#include <weir/sink/call.hpp>

#include <weir/run/runner.hpp>
