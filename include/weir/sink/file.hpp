// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/byte_buffer.hpp>
#include <weir/base/callback.hpp>
#include <weir/base/detail/file_handle.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/error.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/pipeline/record.hpp>
#include <weir/sink/encoded_batch.hpp>

#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

/// Settings of the sink `file`.
struct file_output {
    bool append = false;  ///< go on behind what the file holds; else it is written anew
    /// Write to `path` + `.part`, and give the file its name only when it is complete. What a job leaves behind that
    /// fails stays under that name. Not together with `append`.
    bool rename_when_complete = false;
    std::size_t buffer = std::size_t{64} << 10;  ///< bytes that are gathered before they are written
    /// Called when the file is complete, before it gets its name; false is a failure. The standard library cannot ask
    /// the system to bring a file to the disk, so a host that wants it says
    /// `[](std::FILE* f) { return fsync(fileno(f)) == 0; }`.
    callback<bool(std::FILE*)> synchronize = {};
};

namespace detail {

template <class Format, class Item>
concept begins_file = requires(Format& format, Item const& item, byte_buffer& into) { format.begin(item, into); };

template <class Item, class Format>
class file_sink {
public:
    static constexpr std::string_view name = "file";

    file_sink(std::string path, Format format, file_output options)
        : path_(std::move(path)), format_(std::move(format)), options_(std::move(options)) {
        if (options_.append && options_.rename_when_complete)
            failure_ = error{
                .component = "file", .place = path_, .cause = "append and rename_when_complete exclude each other"};
    }

    void on_tick(timestamp, auto&) {
        open();
        write();
    }

    void on_item(Item const& item, auto& out) {
        ++in_;
        open();
        begin(item);
        std::size_t const before = rows_.size();
        error why;
        if (!format_.encode(item, rows_, why)) [[unlikely]] {
            ++dead_lettered_;
            out.dead_letter(why, rows_.view().substr(before));
            rows_.truncate(before);
            return;
        }
        ++waiting_;
        oldest_ = min_of(oldest_, out.at().epoch);
        if (rows_.size() >= options_.buffer) write();
    }

    void flush(auto&) { complete(); }
    void on_end(auto&) {
        // A file without a row has its header all the same, where the columns are known without one.
        if constexpr (std::default_initializable<Item> && !std::is_same_v<Item, record>) begin(Item{});
        complete();
    }
    void close() { file_.reset(); }

    [[nodiscard]] std::uint64_t oldest_held() const noexcept { return oldest_; }
    [[nodiscard]] error const* failure() const { return failure_ ? &*failure_ : nullptr; }

    void account(tally& count) const {
        count.dead_lettered = dead_lettered_;
        count.in_flight = waiting_;
        count.passed = count.in - dead_lettered_ - waiting_;
    }

private:
    [[nodiscard]] std::string written_path() const { return options_.rename_when_complete ? path_ + ".part" : path_; }

    void open() {
        if (opened_ || failure_) return;
        opened_ = true;
        errno = 0;
        file_.reset(std::fopen(written_path().c_str(), options_.append ? "ab" : "wb"));
        if (!file_) return fail("cannot be opened", errno);
        std::setvbuf(file_.get(), nullptr, _IONBF, 0);
        if (options_.append && std::fseek(file_.get(), 0, SEEK_END) == 0) begun_ = std::ftell(file_.get()) > 0;
    }

    void begin(Item const& item) {
        if (begun_) return;
        begun_ = true;
        if constexpr (begins_file<Format, Item>) format_.begin(item, rows_);
    }

    void write() {
        if (failure_ || !file_ || rows_.empty()) return;
        errno = 0;
        if (std::fwrite(rows_.view().data(), 1, rows_.size(), file_.get()) != rows_.size())
            return fail("cannot be written", errno);
        rows_.clear();
        waiting_ = 0;
        oldest_ = nothing_held;
    }

    void complete() {
        open();
        write();
        if (failure_ || !file_) return;
        errno = 0;
        if (options_.synchronize && !options_.synchronize(file_.get()))
            return fail("cannot be brought to the disk", errno);
        if (std::fclose(file_.release()) != 0) return fail("cannot be closed", errno);
        if (options_.rename_when_complete && std::rename(written_path().c_str(), path_.c_str()) != 0)
            fail("cannot be given its name", errno);
    }

    void fail(std::string_view what, int code) { failure_ = file_error(path_, what, code); }

    std::string path_;
    Format format_;
    file_output options_;
    file_handle file_{};
    byte_buffer rows_{};
    std::uint64_t in_ = 0;
    std::uint64_t waiting_ = 0;
    std::uint64_t dead_lettered_ = 0;
    std::uint64_t oldest_ = nothing_held;
    std::optional<error> failure_{};
    bool opened_ = false;
    bool begun_ = false;
};

template <class Format>
struct file_sink_blueprint {
    using is_blueprint = void;
    std::string path;
    Format format;
    file_output options;

    template <class Stream>
    auto bind(Stream&) && {
        using item = typename Stream::item;
        if constexpr (encoder_for<Format, item>) {
            return file_sink<item, Format>(std::move(path), std::move(format), std::move(options));
        } else {
            static_assert(never<Stream>,
                          "weir: the format given to the sink `file` cannot write the item that comes before it. A "
                          "format is `struct f { bool encode(item const&, weir::byte_buffer& into, weir::error& "
                          "why); };`.");
            return broken{};
        }
    }
};

}  // namespace detail

/// Writes items to a file: `file("minutes.ndjson", ndjson())`, `file("minutes.csv", csv())`, or by a format of one's
/// own.
///
/// A format has `bool encode(item const&, byte_buffer& into, error& why)`, and where something comes before the first
/// item, `void begin(item const&, byte_buffer& into)`. An item that it refuses is a dead letter. Rows are written at
/// each tick and whenever the buffer is full, so a crash of the program loses no row that the source was told is done.
/// A file that cannot be opened, written or closed is a failure that names it.
template <class Format>
[[nodiscard]] auto file(std::string path, Format format, file_output options = {}) {
    return detail::file_sink_blueprint<Format>{std::move(path), std::move(format), std::move(options)};
}

}  // namespace weir
