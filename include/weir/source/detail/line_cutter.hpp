// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/order.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/pipeline/context.hpp>
#include <weir/pipeline/stage.hpp>
#include <weir/source/detail/line_breaks.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::detail {

/// How lines are cut.
struct line_rules {
    bool keep_empty;
    std::size_t skip_first;
    std::size_t longest;
    std::size_t block;
};

/// Cuts bytes that come in blocks into lines that lie whole in one buffer, and emits them as views into it.
///
/// The views are valid until the next poll. Behind the last of them at least `padding` bytes may be read, so that
/// parsers can load whole registers. Where the blocks end makes no difference to what is emitted.
class line_cutter {
public:
    static constexpr std::size_t padding = line_stride;
    static constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

    explicit line_cutter(line_rules rules) : rules_(rules) {}

    /// Emits the next lines, at most about `out.budget()`. `read(into, size)` says how many bytes it wrote, 0 at the
    /// end, or nothing when nothing is there now; it is called once at most.
    template <class Read>
    poll_result poll(Read&& read, std::string_view component, std::uint32_t lane, auto& out) {
        bool waits = false;
        if (!whole_line_ && !at_end_) {
            // What was lent ends with a line.
            if (lent_ != 0 && begin_ == lent_) begin_ = searched_ = end_ = lent_ = 0;
            if (lent_ != 0) {
                end_ += min_of(rules_.block, lent_ - end_);
            } else {
                make_room();
                std::optional<std::size_t> const got = read(buffer_.get() + end_, capacity_ - end_);
                waits = !got;
                at_end_ = got == std::size_t{0};
                end_ += got.value_or(0);
                std::memset(buffer_.get() + end_, 0, padding);
            }
        }
        if (first_block_) {
            if (end_ < byte_order_mark.size() && !at_end_) return waits ? poll_result::idle : poll_result::ready;
            skip_byte_order_mark();
        }
        bool const emitted = cut(component, lane, out);
        if (at_end_ && begin_ == end_) return poll_result::end;
        return emitted || !waits ? poll_result::ready : poll_result::idle;
    }

    /// Lines of this text, which lies elsewhere and stays, are cut where they are, before anything is read; as far as
    /// there is padding behind them. Returns how much of it that is. To be called before the first poll, if at all.
    std::size_t lend(std::string_view text) noexcept {
        if (text.size() < least_lent) return 0;
        std::size_t const last = text.substr(0, text.size() - padding).rfind('\n');
        if (last == std::string_view::npos || last < byte_order_mark.size()) return 0;
        text_ = text.data();
        return lent_ = last + 1;
    }

    /// Adds what was read to a source's tally, whose counts are of what it emitted.
    void account(tally& count) const {
        count.in += left_out_ + too_long_;
        count.filtered += left_out_;
        count.dead_lettered += too_long_;
    }

private:
    static constexpr std::size_t least_lent = 4 * padding;

    /// Makes room for a block behind the unfinished line, which is moved to the front; views are void from here on.
    void make_room() {
        std::size_t const rest = end_ - begin_;
        if (!buffer_ || capacity_ - rest < max_of<std::size_t>(rules_.block / 2, 1)) {
            capacity_ = max_of(capacity_ * 2, rules_.block);
            owner<char[]> larger(new char[capacity_ + padding]);
            if (rest != 0) std::memcpy(larger.get(), buffer_.get() + begin_, rest);
            buffer_ = std::move(larger);
        } else if (begin_ != 0 && rest != 0) {
            std::memmove(buffer_.get(), buffer_.get() + begin_, rest);
        }
        text_ = buffer_.get();
        searched_ -= begin_;
        begin_ = 0;
        end_ = rest;
    }

    /// A mark at the very beginning, as some editors write it, is no part of the first line.
    void skip_byte_order_mark() {
        first_block_ = false;
        if (std::string_view(text_, end_).starts_with(byte_order_mark))
            begin_ = searched_ = byte_order_mark.size();
    }

    /// Whether there is a line that is whole.
    [[nodiscard]] bool more() noexcept {
        while (breaks_.size() == 0 && searched_ < end_) searched_ = breaks_.find(text_, searched_, end_);
        return breaks_.size() != 0;
    }

    bool cut(std::string_view component, std::uint32_t lane, auto& out) {
        std::size_t left = max_of<std::size_t>(out.budget(), 1);
        bool any = false;
        views_.clear();
        while (left != 0 && more()) {
            std::size_t const count = min_of(left, breaks_.size());
            for (std::size_t i = 0; i < count; ++i) {
                std::size_t const end = breaks_.take();
                take(end, component, lane, out);
                begin_ = end + 1;
            }
            left -= count;
            any = true;
        }
        whole_line_ = left == 0 && more();
        if (!whole_line_ && begin_ != end_) {
            if (end_ - begin_ > rules_.longest + 1) give_up_line(component, lane, out);
            if (at_end_ && left != 0 && begin_ != end_) {
                take(end_, component, lane, out);
                begin_ = end_;
                any = true;
            }
        }
        emit_views(lane, out);
        return any;
    }

    /// Handles the line from `begin_` up to `end`.
    void take(std::size_t end, std::string_view component, std::uint32_t lane, auto& out) {
        if (giving_up_) {
            giving_up_ = false;
            return;
        }
        ++line_;
        std::string_view text(text_ + begin_, end - begin_);
        if (text.ends_with('\r')) text.remove_suffix(1);
        if (text.size() > rules_.longest) {
            set_aside(text, component, lane, out);
        } else if (line_ <= rules_.skip_first || (text.empty() && !rules_.keep_empty)) {
            ++left_out_;
            emit_views(lane, out);
        } else {
            if (views_.empty()) first_ = line_;
            views_.push_back(text);
        }
    }

    /// The line that is being read is too long already: its beginning is set aside and the rest is not kept.
    void give_up_line(std::string_view component, std::uint32_t lane, auto& out) {
        if (!giving_up_) {
            ++line_;
            set_aside(std::string_view(text_ + begin_, end_ - begin_), component, lane, out);
        }
        giving_up_ = true;
        begin_ = searched_ = end_;
    }

    void set_aside(std::string_view text, std::string_view component, std::uint32_t lane, auto& out) {
        emit_views(lane, out);
        ++too_long_;
        out.dead_letter(
            error{.component = std::string(component),
                  .cause = "the line is longer than " + std::to_string(rules_.longest) + " bytes",
                  .advice = "longest_line sets how long a line may be; the dead letter holds its beginning"},
            text.substr(0, rules_.longest), stamp{.position = line_, .lane = lane});
    }

    void emit_views(std::uint32_t lane, auto& out) {
        if (views_.empty()) return;
        out.emit_batch(std::span<std::string_view const>(views_), stamp{.position = first_, .lane = lane});
        views_.clear();
    }

    line_rules rules_;
    owner<char[]> buffer_{};
    std::size_t capacity_ = 0;       ///< without the padding
    char const* text_ = nullptr;     ///< what is cut: the buffer, or what was lent
    std::size_t lent_ = 0;           ///< how much was lent; 0 once it is cut
    std::size_t begin_ = 0;          ///< of the line that is not cut off yet
    std::size_t searched_ = 0;       ///< up to here line breaks are known
    std::size_t end_ = 0;            ///< of what was read
    bool whole_line_ = false;        ///< there is a line that the budget did not allow
    line_breaks breaks_{};           ///< those before `searched_`
    std::vector<std::string_view> views_{};
    std::uint64_t line_ = 0;   ///< number of the line handled last
    std::uint64_t first_ = 0;  ///< number of the first line in `views_`
    std::uint64_t left_out_ = 0;
    std::uint64_t too_long_ = 0;
    bool at_end_ = false;
    bool first_block_ = true;
    bool giving_up_ = false;  ///< within a line that is too long
};

}  // namespace weir::detail
