// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/byte_buffer.hpp>
#include <weir/codec/detail/exposition_text.hpp>
#include <weir/time/latency_histogram.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>

namespace weir {

/// The two texts that Prometheus, and whatever scrapes like it, reads.
enum class exposition_format {
    text,          ///< Prometheus text format 0.0.4
    open_metrics,  ///< OpenMetrics 1.0.0
};

/// What the header `Content-Type` says of a format.
[[nodiscard]] constexpr std::string_view content_type_of(exposition_format format) noexcept {
    return format == exposition_format::open_metrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                                     : "text/plain; version=0.0.4; charset=utf-8";
}

/// The format that a request's header `Accept` prefers: OpenMetrics where it is asked for, else, and where the header says
/// nothing that is understood, the text format.
[[nodiscard]] constexpr exposition_format format_for(std::string_view accept) noexcept {
    int text = 0;
    int open_metrics = 0;
    while (!accept.empty()) {
        detail::media_range const range = detail::next_media_range(accept);
        bool const takes_text = range.type == "*/*" || range.type == "text/*" || range.type == "text/plain";
        if (range.type == "application/openmetrics-text") {
            if (range.version.empty() || range.version == "1.0.0")
                open_metrics = range.quality > open_metrics ? range.quality : open_metrics;
        } else if (takes_text && (range.version.empty() || range.version == "0.0.4")) {
            text = range.quality > text ? range.quality : text;
        }
    }
    return open_metrics > 0 && open_metrics >= text ? exposition_format::open_metrics : exposition_format::text;
}

/// A label of a sample. Any bytes will do: names are made valid, values escaped, and what is not UTF-8 is replaced.
struct metric_label {
    std::string_view name{};
    std::string_view value{};
};

/// What a family of samples is.
enum class metric_kind { counter, gauge, histogram, info };

/// Writes metrics as text: a family, its samples, the next family, and at last `end`.
///
///     weir::exposition page(bytes, weir::exposition_format::text);
///     page.family(weir::metric_kind::counter, "orders", "Orders taken.");   // samples will be called orders_total
///     page.sample({{"country", "FR"}}, 17);
///     page.end();
///
/// The two formats differ in how counters are declared, in how help is escaped, and in the last line; the samples are the
/// same. A family without a sample is left out. Names of families must differ, and labels of the samples of one family: that
/// is the caller's affair.
class exposition {
public:
    exposition(byte_buffer& into, exposition_format format) noexcept : into_(&into), format_(format) {}

    /// These labels are put before those of each sample from now on; borrowed. A sample's own label of the same name wins,
    /// and of two here the first.
    void common(std::span<metric_label const> labels) noexcept { common_ = labels; }

    /// What follows are samples of this family. `name` is without `_total`, and ends with the unit, if it has one; `help` is
    /// one sentence.
    void family(metric_kind kind, std::string_view name, std::string_view help, std::string_view unit = {}) {
        kind_ = kind;
        name_.clear();
        detail::append_metric_name(name_, name);
        help_ = help;
        unit_ = unit;
        declared_ = false;
    }

    /// One sample: a count, a number, a time as seconds, or a flag as 0 or 1.
    void sample(std::initializer_list<metric_label> labels, std::uint64_t value) {
        begin_line(labels);
        detail::append_number(*into_, value);
        end_line();
    }
    void sample(std::initializer_list<metric_label> labels, double value) {
        begin_line(labels);
        detail::append_number(*into_, value);
        end_line();
    }
    void sample(std::initializer_list<metric_label> labels, duration value) {
        begin_line(labels);
        detail::append_seconds(*into_, value, false);
        end_line();
    }
    void sample(std::initializer_list<metric_label> labels, timestamp value) { sample(labels, value.time_since_epoch()); }
    void sample(std::initializer_list<metric_label> labels, bool value) {
        sample(labels, static_cast<std::uint64_t>(value ? 1 : 0));
    }

    /// The samples of a histogram, its bounds in seconds.
    void sample(std::initializer_list<metric_label> labels, latency_histogram const& histogram) {
        declare();
        std::uint64_t below = 0;
        for (std::size_t bucket = 0; bucket < latency_histogram::size; ++bucket) {
            below += histogram.in_bucket(bucket);
            bound_.clear();
            if (bucket + 1 == latency_histogram::size) bound_.append("+Inf");
            else detail::append_seconds(bound_, latency_histogram::bounds[bucket], true);
            append_name("_bucket");
            append_labels(labels, bound_.view());
            detail::append_number(*into_, below);
            end_line();
        }
        append_name("_sum");
        append_labels(labels, {});
        detail::append_seconds(*into_, histogram.sum(), false);
        end_line();
        append_name("_count");
        append_labels(labels, {});
        detail::append_number(*into_, below);
        end_line();
    }

    /// The last line, if the format has one.
    void end() {
        if (format_ == exposition_format::open_metrics) into_->append("# EOF\n");
    }

private:
    void begin_line(std::initializer_list<metric_label> labels) {
        declare();
        append_name(kind_ == metric_kind::counter ? "_total" : kind_ == metric_kind::info ? "_info" : "");
        append_labels(labels, {});
    }
    void end_line() { into_->push_back('\n'); }

    void append_name(std::string_view suffix) {
        into_->append(name_.view());
        into_->append(suffix);
    }

    void declare() {
        if (std::exchange(declared_, true)) return;
        bool const open_metrics = format_ == exposition_format::open_metrics;
        // The older format names what it declares as the samples are named, and knows no info.
        std::string_view const suffix = open_metrics                     ? ""
                                        : kind_ == metric_kind::counter ? "_total"
                                        : kind_ == metric_kind::info    ? "_info"
                                                                        : "";
        into_->append("# HELP ");
        append_name(suffix);
        into_->push_back(' ');
        detail::append_escaped(*into_, help_, open_metrics);
        into_->append("\n# TYPE ");
        append_name(suffix);
        into_->append(kind_ == metric_kind::counter                   ? " counter"
                      : kind_ == metric_kind::histogram               ? " histogram"
                      : kind_ == metric_kind::info && open_metrics    ? " info"
                                                                      : " gauge");
        into_->push_back('\n');
        if (!open_metrics || unit_.empty()) return;
        into_->append("# UNIT ");
        append_name("");
        into_->push_back(' ');
        into_->append(unit_);
        into_->push_back('\n');
    }

    void append_labels(std::initializer_list<metric_label> own, std::string_view bound) {
        char before = '{';
        auto const add = [&](metric_label const& label) {
            into_->push_back(std::exchange(before, ','));
            detail::append_label_name(*into_, label.name);
            into_->append("=\"");
            detail::append_escaped(*into_, label.value, true);
            into_->push_back('"');
        };
        auto const is_among = [](metric_label const& label, metric_label const* first, metric_label const* past) {
            for (; first != past; ++first)
                if (detail::same_label_name(first->name, label.name)) return true;
            return false;
        };
        for (metric_label const& label : common_) {
            bool const is_bound = !bound.empty() && detail::same_label_name(label.name, "le");
            if (!is_bound && !is_among(label, own.begin(), own.end()) && !is_among(label, common_.data(), &label)) add(label);
        }
        for (metric_label const& label : own) add(label);
        if (!bound.empty()) add({"le", bound});
        into_->append(before == '{' ? " " : "} ");
    }

    byte_buffer* into_;
    exposition_format format_;
    std::span<metric_label const> common_{};
    metric_kind kind_ = metric_kind::gauge;
    byte_buffer name_{};
    byte_buffer bound_{};
    std::string_view help_{};
    std::string_view unit_{};
    bool declared_ = false;
};

}  // namespace weir
