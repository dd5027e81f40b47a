// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/series.hpp>
#include <weir/base/error.hpp>
#include <weir/base/hash.hpp>
#include <weir/join/detail/owned_texts.hpp>
#include <weir/join/detail/table_index.hpp>
#include <weir/join/detail/table_nodes.hpp>
#include <weir/join/detail/text_blocks.hpp>
#include <weir/pipeline/misfit.hpp>
#include <weir/window/state_limit.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

/// Says that state may grow as large as it gets: `table<int, user> users(unbounded);`.
struct unbounded_t {};
inline constexpr unbounded_t unbounded{};

namespace detail {

/// What a table stores for its key: texts as views.
template <class Key>
struct table_key {
    using type = Key;
};
template <>
struct table_key<std::string> {
    using type = std::string_view;
};
template <class... Parts>
struct table_key<std::tuple<Parts...>> {
    using type = std::tuple<typename table_key<Parts>::type...>;
};

}  // namespace detail

/// The latest value of each key, to be looked up by streams: `weir::table<int, user> users(weir::state_limit(64 << 20));`.
///
/// It is fed by streams (`| weir::to_table(users)`), files, or the host (`put`, `erase`), and asked by `lookup` or `find`. It
/// copies the texts that keys and values borrow, and uses their memory again when they change. `Key` is a number, an enum,
/// a time, a text or a tuple of these; `Value` any type that can be copied, whose borrowed members are texts.
///
/// What a `lookup` has handed out stays as it is until the end of its job's poll, whatever is put and erased meanwhile. It must
/// outlive the jobs that use it, stays where it is, and is for one thread at a time.
template <class Key, class Value>
class table {
public:
    using key_type = typename detail::table_key<Key>::type;
    using value_type = Value;

    static_assert(std::copyable<Value>, "weir: a table copies its values: the type needs a copy constructor and assignment.");
    static_assert(detail::texts_can_be_owned<Value>(),
                  "weir: a table copies the texts that its values borrow (std::string_view members), but this value borrows "
                  "other memory: a span, a pointer, or a class that weir cannot look into. Give it members that own.");
    static_assert(detail::texts_can_be_owned<key_type>() && !std::is_pointer_v<key_type>,
                  "weir: the key of a table is a number, an enum, a time, a text, or a tuple of these.");

    /// Of at most so many bytes, counting what it and its texts hold from the system; what members such as std::string hold
    /// of their own is not counted. A value that finds no room is refused.
    explicit table(state_limit<stop_when_full_t> limit) : most_(limit.bytes) {}
    /// As large as it gets.
    explicit table(unbounded_t) {}

    template <class WhenFull>
    explicit table(state_limit<WhenFull>) {
        static_assert(detail::never<WhenFull>, "weir: a table has neither windows to close nor others to count: `state_limit(bytes)` "
                                               "alone. When it is full the job that feeds it stops with an error.");
    }
    template <class Missing = Value>
    table() {
        static_assert(detail::never<Missing>, "weir: a table keeps a value for every key, so it needs a limit: `table<Key, Value> "
                                              "t(weir::state_limit(64 << 20));`, or the word `weir::unbounded`.");
    }

    table(table const&) = delete;
    table& operator=(table const&) = delete;
    ~table() {
        // Long texts belong to no chunk.
        if constexpr (borrows_texts) nodes_.for_each([this](node& each) { texts_.give_back(each.texts); });
    }

    /// Sets the value of a key. False, and nothing has changed: there was no room (`full()` says it in words).
    [[nodiscard]] bool put(key_type const& key, Value const& value) {
        std::uint64_t const hash = hash_of(key);
        std::uint32_t const found = find_number(key, hash);
        if (found == nodes::none) return insert(key, hash, value);
        return lent_ ? put_beside(found, hash, value) : overwrite(nodes_[found], value);
    }

    /// Forgets a key; false when it was not there.
    bool erase(key_type const& key) {
        std::uint64_t const hash = hash_of(key);
        std::uint32_t const found = find_number(key, hash);
        if (found == nodes::none) return false;
        index_.erase(hash, found);
        retire(found);
        return true;
    }

    /// The value of a key, or null. For the host: it lasts until the next `put` or `erase`.
    [[nodiscard]] Value const* find(key_type const& key) {
        std::uint32_t const found = find_number(key, hash_of(key));
        return found == nodes::none ? nullptr : &nodes_[found].value;
    }

    /// Calls `visit(key, value)` for each key, in an order that depends on the input only.
    template <class Visit>
    void for_each(Visit&& visit) {
        nodes_.for_each([&](node& each) {
            if (!each.retired) visit(std::as_const(each.key), std::as_const(each.value));
        });
    }

    /// How many keys there are.
    [[nodiscard]] std::size_t size() const noexcept { return index_.size(); }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    /// Bytes held from the system.
    [[nodiscard]] std::size_t memory() const noexcept { return nodes_.memory() + index_.memory() + texts_.memory(); }

    /// Why the last `put` found no room.
    [[nodiscard]] error full() const {
        return {.component = "table",
                .place = std::to_string(size()) + " keys",
                .cause = "the table is full: it holds " + std::to_string(memory()) + " of at most " + std::to_string(most_) + " bytes",
                .advice = "raise its state_limit, or keep fewer or smaller values"};
    }

    // -- for stages ----------------------------------------------------------------------------------------------------

    /// The value of a key, given its `hash_of`, or null; lent until another round of the job begins (`job_context::round`).
    [[nodiscard, gnu::always_inline]] Value const* lend(key_type const& key, std::uint64_t hash, std::uint64_t round) {
        begin(round);
        lent_ = true;
        std::uint32_t const found = find_number(key, hash);
        return found == nodes::none ? nullptr : &nodes_[found].value;
    }

    /// Hash of a key, for the other members.
    [[nodiscard]] static std::uint64_t hash_of(key_type const& key) noexcept { return hash_key(key, process_seed); }
    /// Asks for the memory where the search for a hash begins.
    [[gnu::always_inline]] void approach(std::uint64_t hash) const noexcept { index_.approach(hash); }
    /// Asks for the memory to which a hash most likely leads. Where the search begins should be in the cache by now.
    [[gnu::always_inline]] void approach_value(std::uint64_t hash) noexcept {
        if (std::uint32_t const likely = index_.find(hash, [](std::uint32_t) { return true; }); likely != nodes::none)
            nodes_.approach(likely);
    }

    /// Nothing lent in an earlier round is looked at any more.
    [[gnu::always_inline]] void begin(std::uint64_t round) {
        if (round != round_) [[unlikely]] take_back(round);
    }
    /// Nothing lent is looked at any more.
    void take_back() { take_back(0); }

private:
    using block = detail::text_blocks::block;
    struct no_block {};
    static constexpr bool borrows_texts = borrows<key_type> || borrows<Value>;

    struct node {
        key_type key;
        Value value;
        [[no_unique_address]] std::conditional_t<borrows_texts, block, no_block> texts;  ///< those of the key, then those of the value
        bool retired = false;
    };
    using nodes = detail::table_nodes<node>;

    [[nodiscard]] std::uint32_t find_number(key_type const& key, std::uint64_t hash) {
        return index_.find(hash, [&](std::uint32_t number) { return same_key(nodes_[number].key, key); });
    }

    [[nodiscard]] std::size_t left() const noexcept { return most_ - detail::min_of(most_, memory()); }

    /// Copies the texts that `owner` borrows to where `to` points, and points it to them.
    template <class Owner>
    static void own_texts(Owner& owner, char*& to) {
        detail::visit_texts(owner, [&](std::string_view& text) {
            if (text.empty()) {
                text = std::string_view(text.data() ? "" : nullptr, 0);
                return;
            }
            std::memcpy(to, text.data(), text.size());
            text = {to, text.size()};
            to += text.size();
        });
    }

    /// A block for the texts; false when there is no room.
    [[nodiscard]] bool take_block(std::size_t bytes, std::size_t reserved, block& taken) {
        if (bytes == 0) return true;
        std::size_t const room = left();
        if (reserved > room) return false;
        taken = texts_.take(bytes, room - reserved);
        return taken.size != 0;
    }

    /// A new object of such a key and value; `none` when there is no room.
    [[nodiscard]] std::uint32_t make(key_type const& key, Value const& value, std::size_t index_growth) {
        std::size_t const reserved = nodes_.growth() + index_growth;
        if (reserved > left()) return nodes::none;
        if constexpr (borrows_texts) {
            block taken;
            if (!take_block(detail::count_text_bytes(key) + detail::count_text_bytes(value), reserved, taken)) return nodes::none;
            std::uint32_t const number = nodes_.make(key, value, taken);
            char* to = taken.bytes;
            own_texts(nodes_[number].key, to);
            own_texts(nodes_[number].value, to);
            return number;
        } else {
            return nodes_.make(key, value, no_block{});
        }
    }

    [[nodiscard]] bool insert(key_type const& key, std::uint64_t hash, Value const& value) {
        std::uint32_t const number = make(key, value, index_.growth());
        if (number == nodes::none) return false;
        index_.insert(hash, number);
        return true;
    }

    /// The value before may still be looked at: the new one gets a place of its own.
    [[nodiscard]] bool put_beside(std::uint32_t before, std::uint64_t hash, Value const& value) {
        std::uint32_t const number = make(nodes_[before].key, value, 0);
        if (number == nodes::none) return false;
        index_.replace(hash, before, number);
        retire(before);
        return true;
    }

    [[nodiscard]] bool overwrite(node& known, Value const& value) {
        if constexpr (borrows<Value>) {
            std::size_t const key_bytes = detail::count_text_bytes(known.key), bytes = key_bytes + detail::count_text_bytes(value);
            // A value made of texts that stand in this block must not be copied over itself.
            if (bytes <= known.texts.size && !stands_in(known.texts, value)) {
                char* to = known.texts.bytes + key_bytes;
                known.value = value;
                own_texts(known.value, to);
                return true;
            }
            block taken;
            if (!take_block(bytes, 0, taken)) return false;
            char* to = taken.bytes;
            own_texts(known.key, to);
            known.value = value;
            own_texts(known.value, to);
            texts_.give_back(std::exchange(known.texts, taken));
        } else {
            known.value = value;
        }
        return true;
    }

    [[nodiscard]] static bool stands_in(block const& inside, Value const& value) {
        bool any = false;
        detail::visit_texts(value, [&](std::string_view const& text) {
            // Numbers, for pointers into different memory have no order.
            any = any || reinterpret_cast<std::uintptr_t>(text.data()) - reinterpret_cast<std::uintptr_t>(inside.bytes) < inside.size;
        });
        return any;
    }

    void retire(std::uint32_t number) {
        if (!lent_) return drop(number);
        nodes_[number].retired = true;
        retired_.push_back(number);
    }

    void drop(std::uint32_t number) {
        if constexpr (borrows_texts) texts_.give_back(nodes_[number].texts);
        nodes_.take_back(number);
    }

    [[gnu::noinline]] void take_back(std::uint64_t round) {
        round_ = round;
        lent_ = false;
        for (std::uint32_t const each : retired_) drop(each);
        retired_.clear();
    }

    detail::text_blocks texts_{};
    nodes nodes_{};
    detail::table_index index_{};
    detail::series<std::uint32_t> retired_{};  ///< replaced or erased, and perhaps still looked at
    std::size_t most_ = std::numeric_limits<std::size_t>::max();
    std::uint64_t round_ = 0;
    bool lent_ = false;
};

}  // namespace weir
