// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/codec/line_protocol.hpp>
#include <weir/codec/line_protocol_record.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/sink/file.hpp>

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// The sink `file` with a codec that is made to measure for the row; options that do not fit the row stop the job.
template <class Item>
class line_protocol_file_sink : public file_sink<Item, line_protocol<Item>> {
    using base = file_sink<Item, line_protocol<Item>>;

public:
    line_protocol_file_sink(std::string path, line_protocol<Item> codec, file_output output)
        : base(path, codec, std::move(output)) {
        if (codec.problem() == nullptr) return;
        problem_ = *codec.problem();
        problem_->place = std::move(path);
    }

    [[nodiscard]] error const* failure() const { return problem_ ? &*problem_ : base::failure(); }

private:
    std::optional<error> problem_{};
};

struct line_protocol_file_blueprint {
    using is_blueprint = void;
    std::string path;
    line_protocol_options options;
    file_output output;

    template <class Stream>
    auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (std::is_same_v<item, record> || line_protocol_row<item>) {
            return line_protocol_file_sink<item>(std::move(path), line_protocol<item>(std::move(options)),
                                                 std::move(output));
        } else {
            static_assert(never<Stream>,
                          "weir: `line_protocol_file` takes rows whose columns are numbers, bools, texts (std::string, "
                          "std::string_view), weir::timestamp, durations, enums, and optionals of these: a row of an "
                          "aggregate, a plain struct, or a weir::record.");
            return broken{};
        }
    }
};

}  // namespace detail

/// Writes rows to a file in InfluxDB's line protocol, a point a line: `line_protocol_file("minutes.lp", {.measurement =
/// "page_minute"})`. What the codec refuses is a dead letter; what the file does is said at `file`.
[[nodiscard]] inline auto line_protocol_file(std::string path, line_protocol_options options, file_output output = {}) {
    return detail::line_protocol_file_blueprint{std::move(path), std::move(options), std::move(output)};
}

}  // namespace weir
