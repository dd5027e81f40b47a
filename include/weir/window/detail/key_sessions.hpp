// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/owner.hpp>
#include <weir/time/timestamp.hpp>
#include <weir/window/detail/short_list.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// The sessions of one key, which lie apart from one another, in order of time. The latest, nearly always the only one, lies
/// in it; others are in a list, and are owned one by one if they are to `Stay` where they are: else a reference to one holds
/// until one is put in or taken out. Looking one up is a binary search.
/// Its memory may outlive its sessions: `latest.is_open()` is false when there is none.
template <class Session, bool Stay>
class key_sessions {
public:
    using kept_type = std::conditional_t<Stay, owner<Session>, Session>;
    using pool_type = short_list_pool<kept_type>;

    explicit key_sessions(Session first) : latest(std::move(first)) {}

    Session latest;

    [[nodiscard]] std::size_t size() const noexcept { return latest.is_open() ? count_older() + 1 : 0; }
    [[nodiscard, gnu::always_inline]] Session& operator[](std::size_t at) noexcept {
        return at == count_older() ? latest : session_in((*older_)[at]);
    }
    [[nodiscard, gnu::always_inline]] Session const& operator[](std::size_t at) const noexcept {
        return at == count_older() ? latest : session_in((*older_)[at]);
    }
    // A list is never empty.
    [[nodiscard, gnu::always_inline]] Session& front() noexcept { return older_ ? session_in((*older_)[0]) : latest; }
    [[nodiscard, gnu::always_inline]] Session const& front() const noexcept { return older_ ? session_in((*older_)[0]) : latest; }

    /// How many there are before the first of which `holds` is true; those of which it is true must come last.
    template <class Holds>
    [[nodiscard]] std::size_t count_before(Holds&& holds) const {
        std::size_t first = 0;
        for (std::size_t end = size(); first != end;) {
            std::size_t const middle = first + (end - first) / 2;
            if (holds((*this)[middle])) end = middle;
            else first = middle + 1;
        }
        return first;
    }

    /// Puts one in, which becomes the one at `at`; it must lie apart from the others.
    Session& insert(std::size_t at, Session made, pool_type& pool) {
        if (!older_) older_ = pool.take();
        bool const is_latest = at == count_older() + 1;
        if (is_latest) std::swap(latest, made);
        short_list<kept_type>::insert(older_, is_latest ? at - 1 : at, keep(std::move(made)));
        return (*this)[at];
    }

    /// Takes out those from `first` to before `end`, none of which is the latest, and gives each to `rest`.
    template <class Rest>
    void take_out(std::size_t first, std::size_t end, pool_type& pool, Rest&& rest) {
        if (first == end) return;
        for (std::size_t i = first; i < end; ++i) rest(std::move((*older_)[i]));
        older_->erase(first, end);
        if (older_->size() == 0) pool.give_back(std::move(older_));
    }

private:
    [[nodiscard, gnu::always_inline]] std::size_t count_older() const noexcept { return older_ ? older_->size() : 0; }

    template <class Kept>
    [[nodiscard, gnu::always_inline]] static auto& session_in(Kept& kept) noexcept {
        if constexpr (Stay) return *kept;
        else return kept;
    }
    [[nodiscard]] static kept_type keep(Session made) {
        if constexpr (Stay) return owner<Session>(new Session(std::move(made)));
        else return made;
    }

    owner<short_list<kept_type>, typename short_list<kept_type>::give_back> older_;
};

}  // namespace weir::detail
