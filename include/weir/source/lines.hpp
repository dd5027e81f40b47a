// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/source/detail/line_cutter.hpp>

#include <concepts>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// Settings of `lines`.
struct line_options {
    bool keep_empty = false;                           ///< emit empty lines too; else they are counted as filtered
    std::size_t skip_first = 0;                        ///< lines to leave out at the beginning, such as a header
    std::size_t longest_line = std::size_t{16} << 20;  ///< bytes; a longer line goes to the dead letters
    std::size_t block = std::size_t{256} << 10;        ///< bytes that are read at once
};

namespace detail {

/// A text, cut where it lies as far as possible. The rest of it is read as if it came from elsewhere: its lines end up
/// in a buffer with padding behind it.
template <class Text>
struct text_bytes {
    Text text;
    std::size_t at = 0;

    std::size_t operator()(char* into, std::size_t size) {
        std::size_t const count = min_of(size, text.size() - at);
        if (count != 0) std::memcpy(into, text.data() + at, count);
        at += count;
        return count;
    }
};

template <class Read>
class lines_source {
public:
    using output = std::string_view;
    static constexpr std::string_view name = "lines";

    lines_source(Read read, line_options options)
        : read_(std::move(read)), lines_(line_rules{options.keep_empty, options.skip_first, options.longest_line,
                                                    max_of<std::size_t>(options.block, 1)}) {}

    poll_result poll(auto& out) {
        if (!begun_) {
            begun_ = true;
            if constexpr (requires { read_.text; }) read_.at = lines_.lend(read_.text);
            out.name_lane(0, "lines");
            out.lane({0, lane_event::kind::opened});
        }
        poll_result const polled = lines_.poll(
            [this](char* into, std::size_t size) -> std::optional<std::size_t> { return read_(into, size); }, name, 0,
            out);
        if (polled == poll_result::end) out.lane({0, lane_event::kind::ended});
        return polled;
    }

    void account(tally& count) const { lines_.account(count); }

private:
    Read read_;
    line_cutter lines_;
    bool begun_ = false;
};

}  // namespace detail

/// The lines of a text, as views without the line break (`\n` or `\r\n`), their numbers, from 1, as positions.
///
/// A view is valid until the next poll. The last line needs no line break. A byte order mark is left out. Behind the
/// last line of a poll 64 more bytes may be read.
[[nodiscard]] inline auto lines(std::string text, line_options options = {}) {
    return detail::lines_source<detail::text_bytes<std::string>>({std::move(text)}, options);
}

/// The same for a text that outlives the job, without a copy of the whole.
[[nodiscard]] inline auto lines(std::string_view text, line_options options = {}) {
    return detail::lines_source<detail::text_bytes<std::string_view>>({text}, options);
}
[[nodiscard]] inline auto lines(char const* text, line_options options = {}) {
    return lines(std::string_view(text), options);
}

/// The lines of what `read(char* into, std::size_t size)` reads: it returns how many bytes it wrote, 0 at the end. When
/// it returns a `std::optional<std::size_t>`, an empty one says that nothing is there now.
template <class Read>
    requires std::is_invocable_r_v<std::optional<std::size_t>, Read&, char*, std::size_t>
[[nodiscard]] auto lines(Read read, line_options options = {}) {
    return detail::lines_source<Read>(std::move(read), options);
}

}  // namespace weir
