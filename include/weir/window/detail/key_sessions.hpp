// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/owner.hpp>
#include <weir/base/detail/series.hpp>
#include <weir/time/timestamp.hpp>

#include <cstddef>
#include <utility>

namespace weir::detail {

/// The sessions of one key, which lie apart from one another, in order of time. The latest, nearly always the only one, lies
/// in it; others are owned, and stay where they are. Looking one up is a binary search.
/// Its memory may outlive its sessions: `latest.is_open()` is false when there is none.
template <class Session>
class key_sessions {
public:
    explicit key_sessions(Session first) : latest(std::move(first)) {}

    Session latest;

    [[nodiscard]] std::size_t size() const noexcept { return latest.is_open() ? count_older() + 1 : 0; }
    [[nodiscard]] Session& operator[](std::size_t at) noexcept { return at == count_older() ? latest : *older_->all[older_->first + at]; }
    [[nodiscard]] Session const& operator[](std::size_t at) const noexcept {
        return at == count_older() ? latest : *older_->all[older_->first + at];
    }
    [[nodiscard]] Session& front() noexcept { return (*this)[0]; }
    [[nodiscard]] Session const& front() const noexcept { return (*this)[0]; }

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
    Session& insert(std::size_t at, Session made) {
        if (!older_) older_.reset(new list);
        if (at == size()) {
            older_->all.push_back(owner<Session>(new Session(std::exchange(latest, std::move(made)))));
            return latest;
        }
        older_->all.insert(older_->first + at, owner<Session>(new Session(std::move(made))));
        return *older_->all[older_->first + at];
    }

    /// Takes out those from `first` to before `end`, none of which is the latest, and gives each to `rest`.
    template <class Rest>
    void take_out(std::size_t first, std::size_t end, Rest&& rest) {
        if (first == end) return;
        list& from = *older_;
        for (std::size_t i = first; i < end; ++i) rest(std::move(from.all[from.first + i]));
        if (first == 0) {
            from.first += end;
            if (from.first * 2 > from.all.size()) from.close_up(0, std::exchange(from.first, 0));
        } else {
            from.close_up(from.first + first, from.first + end);
        }
        if (from.all.empty()) older_.reset();
    }

private:
    struct list {
        series<owner<Session>> all{};
        std::size_t first = 0;  ///< those before it have been taken out

        void close_up(std::size_t to, std::size_t from) {
            for (; from < all.size(); ++from, ++to) all[to] = std::move(all[from]);
            all.shrink_to(to);
        }
    };

    [[nodiscard, gnu::always_inline]] std::size_t count_older() const noexcept { return older_ ? older_->all.size() - older_->first : 0; }

    owner<list> older_;
};

}  // namespace weir::detail
