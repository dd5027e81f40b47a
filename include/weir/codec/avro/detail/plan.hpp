// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/int128.hpp>
#include <weir/codec/detail/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::avro::detail {

/// What lies in the bytes at one step of the plan, and what to do with it.
enum class action : std::uint8_t {
    null, boolean, int_, long_, float_, double_, bytes, string, fixed, enum_, record, array, map,
    choose,   ///< a union: which branch follows is read from the bytes
    initial,  ///< nothing in the bytes: the member's initial value
    refuse,   ///< a branch that cannot become the member
};

/// Which member a step of a record fills; none: its bytes are passed over.
inline constexpr std::uint32_t no_member = ~std::uint32_t{0};

struct step {
    action what = action::null;
    std::uint32_t member = no_member;
    std::uint32_t first = 0;  ///< the first of the steps or symbols inside
    std::uint32_t count = 0;
    std::int64_t extra = 0;   ///< a size, a factor, the number of a message or of the writer's fields: as `what` has it
};

/// What a writer's schema and a struct have come to: made once, run for each item.
struct plan {
    struct symbol {
        std::string name;
        std::int64_t value;
        bool known;
    };
    struct message {
        std::string place;
        std::string cause;
        std::string advice;
    };

    std::vector<step> steps{};  ///< the first is the whole
    std::vector<symbol> symbols{};
    std::vector<message> messages{};
};

/// How far a document may go.
struct limits {
    std::size_t deepest = 64;
    std::size_t most_items = std::size_t{1} << 20;
};

/// Goes through the bytes of one document. Every read checks that the bytes are there.
class machine {
public:
    machine(plan const& program, limits bounds, std::string_view bytes) noexcept
        : plan_(&program), at_(bytes.data()), end_(bytes.data() + bytes.size()), items_left_(bounds.most_items),
          levels_left_(bounds.deepest), fields_left_(bounds.most_items + bounds.deepest * bytes.size()) {}

    [[nodiscard]] step const& root() const noexcept { return plan_->steps.front(); }
    [[nodiscard]] step const& inside(step const& s, std::size_t i = 0) const noexcept { return plan_->steps[s.first + i]; }
    [[nodiscard]] std::span<step const> all_inside(step const& s) const noexcept {
        return {plan_->steps.data() + s.first, s.count};
    }
    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }

    /// Keeps the first reason.
    [[gnu::cold, gnu::noinline]] bool fail(std::string_view cause) {
        if (cause_.empty()) cause_ = cause;
        return false;
    }
    [[gnu::cold, gnu::noinline]] bool fail_in(std::string_view field) {
        bool const joined = place_.empty() || place_.front() == '[';
        place_ = std::string(field) + (joined ? "" : ".") + place_;
        return false;
    }
    [[gnu::cold, gnu::noinline]] bool refuse(step const& s) {
        auto const& message = plan_->messages[static_cast<std::size_t>(s.extra)];
        return fail(message.cause);
    }
    [[nodiscard]] std::string const& cause() const noexcept { return cause_; }
    [[nodiscard]] std::string const& place() const noexcept { return place_; }

    [[nodiscard]] bool descend() { return levels_left_-- > 0 || (levels_left_ = 0, fail("the value is nested too deeply")); }
    void ascend() noexcept { ++levels_left_; }
    /// Records may have no bytes at all: without a bound a schema of sixty records, each with two of the next, would be gone
    /// through for ever. A record of any use has a byte a field, or lies around one that has.
    [[nodiscard]] bool enter_record(step const& s) {
        auto const fields = static_cast<std::size_t>(s.extra);
        if (fields > fields_left_) [[unlikely]] return fail("there are too many fields without bytes");
        fields_left_ -= fields;
        return descend();
    }

    [[nodiscard, gnu::always_inline]] bool read_long(std::int64_t& into) {
        if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80) [[likely]] {
            into = unzigzag(static_cast<unsigned char>(*at_++));
            return true;
        }
        return read_long_number(into);
    }
    [[nodiscard]] bool read_int(std::int64_t& into) {
        if (!read_long(into)) return false;
        if (into < std::numeric_limits<std::int32_t>::min() || into > std::numeric_limits<std::int32_t>::max())
            return fail("an int has more than 32 bits");
        return true;
    }
    [[nodiscard]] bool read_raw(std::size_t size, std::string_view& into) {
        if (left() < size) [[unlikely]] return fail("the bytes end too early");
        into = {at_, size};
        at_ += size;
        return true;
    }
    /// A number of bytes, and the bytes.
    [[nodiscard]] bool read_bytes(std::string_view& into) {
        std::int64_t size = 0;
        if (!read_long(size)) return false;
        if (size < 0) [[unlikely]] return fail("a length is negative");
        if (static_cast<std::uint64_t>(size) > left()) [[unlikely]] return fail("a length is larger than what is left");
        return read_raw(static_cast<std::size_t>(size), into);
    }
    [[nodiscard]] bool read_text(std::string_view& into) {
        if (!read_bytes(into)) return false;
        return is_text(into) || fail("a string is no UTF-8");
    }
    [[nodiscard]] bool read_boolean(bool& into) {
        std::string_view byte;
        if (!read_raw(1, byte)) return false;
        if (static_cast<unsigned char>(byte[0]) > 1) return fail("a boolean is neither 0 nor 1");
        into = byte[0] == 1;
        return true;
    }
    template <class Number, class Bits>
    [[nodiscard]] bool read_floating(Number& into) {
        std::string_view raw;
        if (!read_raw(sizeof(Bits), raw)) return false;
        Bits bits = 0;
        for (std::size_t i = 0; i < sizeof bits; ++i)
            bits |= static_cast<Bits>(static_cast<Bits>(static_cast<unsigned char>(raw[i])) << (8 * i));
        std::memcpy(&into, &bits, sizeof into);
        return true;
    }

    /// The step of the branch that follows, or null.
    [[nodiscard]] step const* read_branch(step const& s) {
        std::int64_t branch = 0;
        if (!read_long(branch)) return nullptr;
        if (branch < 0 || branch >= std::int64_t{s.count}) [[unlikely]] {
            static_cast<void>(fail("a union has no branch of that number"));
            return nullptr;
        }
        return &inside(s, static_cast<std::size_t>(branch));
    }
    [[nodiscard]] plan::symbol const* read_symbol(step const& s) {
        std::int64_t number = 0;
        if (!read_int(number)) return nullptr;
        if (number < 0 || number >= std::int64_t{s.count}) [[unlikely]] {
            static_cast<void>(fail("an enum has no symbol of that number"));
            return nullptr;
        }
        return &plan_->symbols[s.first + static_cast<std::size_t>(number)];
    }

    /// Calls `one()` for each item of an array or map, until one returns false.
    template <class One>
    [[nodiscard]] bool read_items(One&& one) {
        if (!descend()) return false;
        for (;;) {
            std::int64_t count = 0;
            if (!read_long(count)) return false;
            if (count == 0) break;
            if (count < 0) {
                std::int64_t size = 0;
                if (!read_long(size)) return false;
                if (size < 0 || static_cast<std::uint64_t>(size) > left()) return fail("a block is larger than what is left");
                // The smallest number has no opposite.
                if (count == std::numeric_limits<std::int64_t>::min()) return fail("a block has too many items");
                count = -count;
            }
            // Items may have no bytes at all: without a bound ten bytes could ask for any number of them.
            if (static_cast<std::uint64_t>(count) > items_left_) return fail("there are too many items");
            items_left_ -= static_cast<std::size_t>(count);
            for (; count != 0; --count)
                if (!one()) return false;
        }
        ascend();
        return true;
    }

    /// Passes over a value.
    [[nodiscard]] bool skip(step const& s) {
        std::int64_t number = 0;
        std::string_view raw;
        bool truth = false;
        switch (s.what) {
            case action::null:
            case action::initial: return true;
            case action::boolean: return read_boolean(truth);
            case action::int_: return read_int(number);
            case action::long_: return read_long(number);
            case action::float_: return read_raw(4, raw);
            case action::double_: return read_raw(8, raw);
            case action::bytes:
            case action::string: return read_bytes(raw);
            case action::fixed: return read_raw(static_cast<std::size_t>(s.extra), raw);
            case action::enum_: return read_symbol(s) != nullptr;
            case action::refuse: return refuse(s);
            case action::choose: {
                step const* const branch = read_branch(s);
                return branch && skip(*branch);
            }
            case action::array: return read_items([&] { return skip(inside(s)); });
            case action::map: return read_items([&] { return read_bytes(raw) && skip(inside(s)); });
            case action::record: break;
        }
        if (!enter_record(s)) return false;
        for (step const& each : all_inside(s))
            if (!skip(each)) return false;
        ascend();
        return true;
    }

private:
    [[nodiscard]] static std::int64_t unzigzag(std::uint64_t bits) noexcept {
        return static_cast<std::int64_t>(bits >> 1 ^ (std::uint64_t{0} - (bits & 1)));
    }

    [[gnu::noinline]] bool read_long_number(std::int64_t& into) {
        std::uint64_t bits = 0;
        for (unsigned shift = 0; at_ != end_; shift += 7) {
            std::uint64_t const byte = static_cast<unsigned char>(*at_++);
            if (shift == 63 && byte > 1) return fail("a number has more than 64 bits");
            bits |= (byte & 0x7F) << shift;
            if (byte < 0x80) {
                into = unzigzag(bits);
                return true;
            }
        }
        return fail("the bytes end too early");
    }

    [[nodiscard]] static bool is_text(std::string_view text) noexcept {
        char const* at = text.data();
        std::size_t left = text.size();
        for (std::uint64_t eight = 0; left >= 8; at += 8, left -= 8) {
            std::memcpy(&eight, at, 8);
            if (eight & 0x8080808080808080) return weir::detail::is_utf8({at, left});
        }
        for (; left != 0; ++at, --left)
            if (static_cast<unsigned char>(*at) >= 0x80) return weir::detail::is_utf8({at, left});
        return true;
    }

    plan const* plan_;
    char const* at_;
    char const* end_;
    std::size_t items_left_;
    std::size_t levels_left_;
    std::size_t fields_left_;
    std::string cause_{};
    std::string place_{};
};

}  // namespace weir::avro::detail
