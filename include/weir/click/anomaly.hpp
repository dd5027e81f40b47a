// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/columns.hpp>
#include <weir/base/detail/order.hpp>
#include <weir/base/flat_table.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/transform/key_by.hpp>
#include <weir/window/detail/emission_plan.hpp>
#include <weir/window/state_limit.hpp>

#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

/// Which values of its key a row is scored against.
enum class score_against {
    earlier,          ///< those before it
    earlier_and_own,  ///< those before it and its own: of n values none is then further than (n - 1) / sqrt(n) from the mean
};

/// How `anomaly` scores.
struct anomaly_settings {
    /// A row is an anomaly when its score is further than this from zero.
    double threshold = 2.5;
    /// How many values of its key must come before a row that is scored; less than two say nothing of how they vary.
    std::uint64_t least = 5;
    score_against against = score_against::earlier;
    /// The standard deviation counts as no less, so that also what never varied has a score.
    double least_deviation = 0;
    /// How far apart windows begin: those in which a key has no row count as zeros. By default they do not count.
    duration silent_every{};
};

/// An item and its score: what `anomaly` makes of a plain struct. As a row it has the item's columns and two more.
template <class Item>
struct scored {
    Item item{};
    std::optional<double> z_score{};  ///< absent: not scored
    bool is_anomaly = false;

    friend bool operator==(scored const&, scored const&) = default;
};

namespace detail {

template <columnar Item>
struct column_access<scored<Item>> {
    static constexpr std::size_t own = column_count<Item>;
    static constexpr std::size_t count = own + 2;
    template <std::size_t I>
    static constexpr std::string_view name = [] {
        if constexpr (I < own) return column_name<Item, I>;
        else return std::string_view(I == own ? "z_score" : "is_anomaly");
    }();
    template <std::size_t I>
    [[nodiscard]] static constexpr auto const& value(scored<Item> const& each) noexcept {
        if constexpr (I < own) return column_value<I>(each.item);
        else if constexpr (I == own) return each.z_score;
        else return each.is_anomaly;
    }
    template <std::size_t I>
    [[nodiscard]] static constexpr auto& value(scored<Item>& each) noexcept {
        if constexpr (I < own) return column_value<I>(each.item);
        else if constexpr (I == own) return each.z_score;
        else return each.is_anomaly;
    }
};

/// Count, mean and sum of squared deviations of values that come one by one.
/// Source: B. P. Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products" (Technometrics 4, 1962);
/// many at once: T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample
/// Variances" (Stanford STAN-CS-79-773, 1979).
struct running_moments {
    std::uint64_t count = 0;
    double mean = 0;
    double squares = 0;  ///< of the deviations from the mean

    void add(double value) noexcept {
        ++count;
        double const from_mean = value - mean;
        mean += from_mean / static_cast<double>(count);
        squares += from_mean * (value - mean);
    }
    void add_zeros(std::uint64_t zeros) noexcept {
        double const known = static_cast<double>(count);
        double const added = static_cast<double>(zeros);
        double const all = known + added;
        squares += mean * mean * known * (added / all);
        mean *= known / all;
        count += zeros;
    }
    /// Of a sample: divided by one less than its count, which must be two at least.
    [[nodiscard]] double deviation() const noexcept { return std::sqrt(squares / static_cast<double>(count - 1)); }
};

template <class Item>
struct scored_item {
    using type = scored<Item>;
};
template <class... Columns>
struct scored_item<row<Columns...>> {
    using type = row<Columns..., column<"z_score", std::optional<double>>, column<"is_anomaly", bool>>;
};

template <class Column>
inline constexpr bool is_number = std::is_arithmetic_v<Column> && !std::is_same_v<Column, bool>;

/// Scores a column of each item against the history of the item's key.
template <class Item, class Key, fixed_string Name>
class anomaly_stage {
    using key_type = typename Key::type;
    struct history {
        running_moments moments{};
        timestamp place{};   ///< of the latest window, or item
        timestamp latest{};  ///< event time
    };
    using table_type = flat_table<key_type, history>;

public:
    using output = typename scored_item<Item>::type;
    static constexpr std::string_view name = "anomaly";
    static constexpr bool one_to_one = true;

    anomaly_stage(Key key, expire_after expiry, anomaly_settings const& settings)
        : key_(std::move(key)), settings_(settings), sweeps_(expiry.value) {
        char const* const cause = expiry.value.count() <= 0            ? "expire_after is not positive"
                                  : !(settings.threshold >= 0)         ? "the threshold is negative or not a number"
                                  : !(settings.least_deviation >= 0)   ? "least_deviation is negative or not a number"
                                  : settings.silent_every.count() < 0  ? "silent_every is negative"
                                                                       : nullptr;
        if (cause) failure_ = error{.component = "anomaly", .cause = cause, .advice = "correct the argument of `anomaly`"};
    }

    void on_item(Item const& item, auto& out) {
        std::optional<double> const score = key_.has_key(item) ? score_of(item, out.at().time) : std::nullopt;
        bool const is_anomaly = score && std::abs(*score) > settings_.threshold;
        if constexpr (is_row<Item>::value) {
            out.emit(output{std::tuple_cat(item.values, std::tuple<std::optional<double>, bool>(score, is_anomaly))});
        } else {
            if (made_) made_->item = item;
            else made_.emplace(output{item});
            made_->z_score = score;
            made_->is_anomaly = is_anomaly;
            out.emit(std::as_const(*made_));
        }
    }

    /// A key that has expired begins anew whenever its next item comes: here only its memory is given back.
    void on_watermark(timestamp w, auto&) {
        if (!sweeps_.take_due(w)) return;
        std::size_t gone = 0;
        table_.for_each([&](auto const& each) { gone += has_expired(each.state, w) ? 1U : 0U; });
        if (gone * 2 > table_.size()) forget_expired(w);
    }

    /// How many keys it remembers.
    [[nodiscard]] std::size_t keys() const noexcept { return table_.size(); }
    [[nodiscard]] error const* failure() const noexcept { return failure_ ? &*failure_ : nullptr; }

private:
    /// Squares of what is larger, added up, soon leave the range of a double, and the history would be spoilt for ever.
    static constexpr double largest = 1e150;
    static constexpr std::size_t column = column_index<Item>(Name.view());

    [[nodiscard]] bool has_expired(history const& of, timestamp time) const noexcept {
        return saturating_add(of.latest, sweeps_.period()) <= time;
    }

    /// Where an item lies among the windows.
    [[nodiscard]] static timestamp place_of(Item const& item, timestamp time) noexcept {
        constexpr std::size_t start = column_index<Item>("window_start");
        if constexpr (start < column_count<Item>) {
            if constexpr (std::is_same_v<column_type<Item, start>, timestamp>) return column_value<start>(item);
        }
        return time;
    }

    [[nodiscard]] std::optional<double> score_of(Item const& item, timestamp time) {
        timestamp const place = place_of(item, time);
        key_type const key = key_.of(item);
        history& of = table_.find_or_insert(key, table_.hash(key), texts_, [&] { return history{{}, place, time}; }).state;
        if (has_expired(of, time)) of = {{}, place, time};
        count_silence(of, place);
        of.latest = max_of(of.latest, time);
        auto const& value = column_value<column>(item);
        if (is_null(value)) return std::nullopt;
        return score(of.moments, static_cast<double>(part_of(value)));
    }

    /// The windows between the one before and this one had no row.
    void count_silence(history& of, timestamp place) const noexcept {
        if (place <= of.place) return;
        auto const apart = static_cast<std::uint64_t>(place.time_since_epoch().count()) -
                           static_cast<std::uint64_t>(of.place.time_since_epoch().count());
        of.place = place;
        auto const every = static_cast<std::uint64_t>(settings_.silent_every.count());
        if (every == 0) return;
        std::uint64_t const windows = apart / every + (apart % every * 2 >= every ? 1U : 0U);
        if (windows > 1) of.moments.add_zeros(windows - 1);
    }

    [[nodiscard]] std::optional<double> score(running_moments& of, double value) const noexcept {
        if (!(std::abs(value) <= largest)) return std::nullopt;
        running_moments with = of;
        with.add(value);
        if (!std::isfinite(with.squares)) return std::nullopt;
        running_moments const before = std::exchange(of, with);
        running_moments const& against = settings_.against == score_against::earlier ? before : with;
        if (before.count < settings_.least || against.count < 2) return std::nullopt;
        double const deviation = max_of(against.deviation(), settings_.least_deviation);
        double const distance = (value - against.mean) / deviation;
        return deviation > 0 && std::isfinite(distance) ? std::optional(distance) : std::nullopt;
    }

    void forget_expired(timestamp w) {
        table_type living(process_seed);
        arena texts;
        table_.for_each([&](auto const& each) {
            if (has_expired(each.state, w)) return;
            key_type const key = each.key;
            living.find_or_insert(key, living.hash(key), texts, [&] { return each.state; });
        });
        table_ = std::move(living);
        texts_ = std::move(texts);
    }

    [[no_unique_address]] Key key_;
    anomaly_settings settings_;
    period_marks sweeps_;
    table_type table_{process_seed};
    arena texts_;
    std::optional<output> made_{};  ///< kept, so that its strings keep their memory
    std::optional<error> failure_;
};

template <fixed_string Name>
struct anomaly_blueprint {
    using is_blueprint = void;
    expire_after expiry;
    anomaly_settings settings;

    template <class Stream>
    constexpr auto bind(Stream& before) && {
        using item = typename Stream::item;
        if constexpr (!Stream::is_timed) {
            static_assert(never<Stream>, "weir: `anomaly` forgets keys by event time. Put `| weir::event_time<&T::time>(...)` before it, "
                                         "or a window and an aggregate.");
            return broken{};
        } else if constexpr (std::is_same_v<typename Stream::key, unkeyed>) {
            static_assert(never<Stream>, "weir: `anomaly` scores a row against the rows of its key. Put `| weir::key_by<\"page\">()` before "
                                         "it (a row of an aggregate has the columns of its key), or, for one history of all rows, `| "
                                         "weir::key_by([](auto const&) { return true; })`.");
            return broken{};
        } else if constexpr (!columnar<item>) {
            static_assert(never<Stream>, "weir: `anomaly` needs a row or a plain struct before it, whose columns have names.");
            return broken{};
        } else if constexpr (constexpr std::size_t at = column_index<item>(Name.view()); at >= column_count<item>) {
            static_assert(never<Stream>, "weir: `anomaly<\"name\">` names a column that the item before it does not have.");
            return broken{};
        } else if constexpr (!is_number<typename held<column_type<item, at>>::type>) {
            static_assert(never<Stream>, "weir: `anomaly<\"name\">` names a column that is not a number.");
            return broken{};
        } else if constexpr (column_index<item>("z_score") < column_count<item> ||
                             column_index<item>("is_anomaly") < column_count<item>) {
            static_assert(never<Stream>, "weir: `anomaly` adds the columns `z_score` and `is_anomaly`, and the item before it has one of "
                                         "that name already. Give it another with `map` or `to`.");
            return broken{};
        } else {
            return anomaly_stage<item, typename Stream::key, Name>(std::move(before.key_choice), expiry, settings);
        }
    }
};

}  // namespace detail

/// Scores a numeric column of each row against the earlier rows of its key, by how many standard deviations it is from
/// their mean: `key_by<"page">() | anomaly<"clicks">(expire_after(24h), {.threshold = 3})`.
///
/// Every row passes, with two columns more: `z_score`, an optional double that is absent where the row was not scored, and
/// `is_anomaly`. A plain struct comes as `scored<T>`. A row that has no key or no value, one of a key with less than
/// `least` values, and one whose key never varied are not scored. A value that is not finite, or beyond 1e150, is not scored
/// and does not count. A key begins anew when it had no row for `expiry`, by event time. With `silent_every`
/// windows without a row of the key, between two that had one, count as zeros before the second is scored.
/// Settings that make no sense stop the job. Costs a look into a table a row; 40 bytes a key beside the key itself.
template <fixed_string Name>
[[nodiscard]] constexpr auto anomaly(expire_after expiry, anomaly_settings const& settings = {}) {
    return detail::anomaly_blueprint<Name>{expiry, settings};
}

}  // namespace weir
