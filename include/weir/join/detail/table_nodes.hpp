// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/series.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace weir::detail {

/// Objects that stay where they are until they are taken back, each known by a number; the number of one that was taken back
/// is given out again.
template <class Node>
class table_nodes {
public:
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    table_nodes() = default;
    table_nodes(table_nodes const&) = delete;
    table_nodes& operator=(table_nodes const&) = delete;
    ~table_nodes() {
        for_each([](Node& each) { each.~Node(); });
        for (chunk const& each : chunks_) ::operator delete(each.nodes, std::align_val_t(alignof(Node)));
    }

    /// How many bytes more the next object takes from the system.
    [[nodiscard]] std::size_t growth() const noexcept { return free_.empty() && used_ == room() ? chunk_bytes : 0; }

    /// Makes an object; its number.
    template <class... Arguments>
    std::uint32_t make(Arguments&&... arguments) {
        if (growth() != 0)
            chunks_.push_back({static_cast<Node*>(::operator new(chunk_nodes * sizeof(Node), std::align_val_t(alignof(Node)))), 0});
        std::uint32_t const number = free_.empty() ? used_ : free_.back();
        ::new (static_cast<void*>(place_of(number))) Node{std::forward<Arguments>(arguments)...};
        if (free_.empty()) ++used_;
        else free_.pop_back();
        chunks_[number / chunk_nodes].live |= bit_of(number);
        return number;
    }

    void take_back(std::uint32_t number) {
        place_of(number)->~Node();
        chunks_[number / chunk_nodes].live &= ~bit_of(number);
        free_.push_back(number);
    }

    [[nodiscard]] Node& operator[](std::uint32_t number) noexcept { return *place_of(number); }

    /// Asks for the memory of an object.
    [[gnu::always_inline]] void approach(std::uint32_t number) noexcept { __builtin_prefetch(place_of(number)); }

    /// Visits all objects, by their numbers.
    template <class Visit>
    void for_each(Visit&& visit) {
        for (chunk const& each : chunks_)
            for (std::uint64_t left = each.live; left != 0; left &= left - 1) visit(each.nodes[std::countr_zero(left)]);
    }

    [[nodiscard]] std::size_t memory() const noexcept { return chunks_.size() * chunk_bytes; }

private:
    static constexpr std::uint32_t chunk_nodes = 64;
    // Beside the objects: what is noted of the chunk, and the numbers of those that were taken back.
    static constexpr std::size_t chunk_bytes = chunk_nodes * (sizeof(Node) + sizeof(std::uint32_t)) + 2 * sizeof(void*);

    struct chunk {
        Node* nodes;
        std::uint64_t live;
    };

    [[nodiscard]] std::size_t room() const noexcept { return chunks_.size() * chunk_nodes; }
    [[nodiscard]] Node* place_of(std::uint32_t number) noexcept { return chunks_[number / chunk_nodes].nodes + number % chunk_nodes; }
    [[nodiscard]] static std::uint64_t bit_of(std::uint32_t number) noexcept { return std::uint64_t{1} << (number % chunk_nodes); }

    series<chunk> chunks_{};
    series<std::uint32_t> free_{};
    std::uint32_t used_ = 0;
};

}  // namespace weir::detail
