// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/file_handle.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/source/detail/line_cutter.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// Settings of the source `file`.
struct file_options {
    bool keep_empty = false;     ///< emit empty lines too; else they are counted as filtered
    std::size_t skip_first = 0;  ///< lines to leave out at the beginning of each file, such as a header
    std::size_t longest_line = std::size_t{16} << 20;  ///< bytes; a longer line goes to the dead letters
    std::size_t block = std::size_t{256} << 10;        ///< bytes that are read at once
    /// Several files are one lane, read one after another: the parts of a log that was rotated, oldest first. Else each
    /// file is a lane of its own, they are read in turn, block by block, and the watermark waits for the slowest.
    bool consecutive = false;
};

namespace detail {

class file_source {
public:
    using output = std::string_view;
    static constexpr std::string_view name = "file";

    file_source(std::vector<std::string> paths, file_options options) : options_(options) {
        for (std::string& path : paths)
            files_.push_back({std::move(path),
                              {},
                              line_cutter({options.keep_empty, options.skip_first, options.longest_line,
                                           max_of<std::size_t>(options.block, 1)})});
        left_ = files_.size();
    }

    poll_result poll(auto& out) {
        if (failure_) return poll_result::idle;
        if (!begun_ && !begin(out)) return poll_result::idle;
        if (left_ == 0) return poll_result::end;
        input& file = files_[turn_];
        std::uint32_t const lane = options_.consecutive ? 0 : static_cast<std::uint32_t>(turn_);
        poll_result const polled =
            file.lines.poll([&](char* into, std::size_t size) { return read(file, into, size); }, name, lane, out);
        if (failure_) return poll_result::idle;
        if (polled == poll_result::end) {
            file.handle.reset();
            --left_;
            if (!options_.consecutive || left_ == 0) out.lane({lane, lane_event::kind::ended});
            if (left_ == 0) return poll_result::end;
        }
        if (!options_.consecutive) {
            do turn_ = (turn_ + 1) % files_.size();
            while (!files_[turn_].handle);
        } else if (polled == poll_result::end) {
            ++turn_;
            if (!open(files_[turn_])) return poll_result::idle;
            out.name_lane(0, files_[turn_].path);
        }
        return poll_result::ready;
    }

    void account(tally& count) const {
        for (input const& file : files_) file.lines.account(count);
    }
    [[nodiscard]] error const* failure() const { return failure_ ? &*failure_ : nullptr; }
    void close() {
        for (input& file : files_) file.handle.reset();
    }

private:
    struct input {
        std::string path;
        file_handle handle;
        line_cutter lines;
    };

    /// Opens every file, so that a missing one is found before anything is read; those that have to wait are closed
    /// again.
    bool begin(auto& out) {
        begun_ = true;
        for (std::size_t i = 0; i < files_.size(); ++i) {
            if (!open(files_[i])) return false;
            if (options_.consecutive && i > 0) {
                files_[i].handle.reset();
                continue;
            }
            auto const lane = static_cast<std::uint32_t>(i);
            out.name_lane(lane, files_[i].path);
            out.lane({lane, lane_event::kind::opened});
        }
        return true;
    }

    bool open(input& file) {
        errno = 0;
        file.handle.reset(std::fopen(file.path.c_str(), "rb"));
        if (!file.handle) {
            failure_ = file_error(file.path, "cannot be opened", errno);
            return false;
        }
        // Blocks go straight into the buffer that they are cut in.
        std::setvbuf(file.handle.get(), nullptr, _IONBF, 0);
        return true;
    }

    std::optional<std::size_t> read(input& file, char* into, std::size_t size) {
        errno = 0;
        std::size_t const got = std::fread(into, 1, size, file.handle.get());
        if (got != 0 || !std::ferror(file.handle.get())) return got;
        if (errno == EINTR) std::clearerr(file.handle.get());
        else failure_ = file_error(file.path, "cannot be read", errno);
        return std::nullopt;
    }

    file_options options_;
    series<input> files_{};
    std::size_t turn_ = 0;
    std::size_t left_ = 0;
    std::optional<error> failure_{};
    bool begun_ = false;
};

}  // namespace detail

/// The lines of a file, as views without the line break (`\n` or `\r\n`), their numbers, from 1, as positions; the lane
/// bears the path's name.
///
/// A view is valid until the next poll; behind the last line of a poll 64 more bytes may be read. The last line needs
/// no line break. A byte order mark is left out. A file that cannot be opened or read is a failure that names it. What
/// is appended to a file after its end was reached is not read.
[[nodiscard]] inline auto file(std::string path, file_options options = {}) {
    return detail::file_source({std::move(path)}, options);
}

/// The lines of several files, each a lane of its own.
[[nodiscard]] inline auto file(std::vector<std::string> paths, file_options options = {}) {
    return detail::file_source(std::move(paths), options);
}
[[nodiscard]] inline auto file(std::initializer_list<std::string> paths, file_options options = {}) {
    return detail::file_source(paths, options);
}

}  // namespace weir
