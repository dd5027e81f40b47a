// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/error.hpp>
#include <weir/base/result.hpp>
#include <weir/codec/avro/detail/mapping.hpp>
#include <weir/codec/avro/detail/plan.hpp>
#include <weir/codec/avro/detail/schema.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::avro::detail {

/// Makes the plan by which documents of a writer's schema become objects of a plain struct.
class resolver {
public:
    explicit resolver(schema const& writer) : writer_(&writer) {}

    /// The plan, or what cannot be resolved: the field, and both types.
    template <class T>
    [[nodiscard]] result<plan> resolve_whole() {
        made_.steps.emplace_back();
        step const whole = resolve<T>(writer_->root, {});
        if (whole.what == action::refuse) {
            auto const& message = made_.messages[static_cast<std::size_t>(whole.extra)];
            return error{.component = "avro",
                         .place = message.place.empty() ? std::string() : "field '" + message.place + "'",
                         .cause = message.cause,
                         .advice = message.advice};
        }
        made_.steps.front() = whole;
        return std::move(made_);
    }

private:
    [[nodiscard]] schema_node const& at(std::uint32_t node) const noexcept { return writer_->at(node); }

    step refuse(std::string cause, std::string advice = {}) {
        std::string place;
        for (std::string const& part : path_) place += (place.empty() || part.front() == '[' ? "" : ".") + part;
        made_.messages.push_back({std::move(place), std::move(cause), std::move(advice)});
        return {.what = action::refuse, .extra = static_cast<std::int64_t>(made_.messages.size() - 1)};
    }

    template <class V>
    step mismatch(std::uint32_t node, std::string advice = {}) {
        return refuse("the writer's schema says " + writer_->words(node) + ", the struct's member is " + words_of<V>() + " (" +
                          std::string(type_name<V>) + ")",
                      std::move(advice));
    }

    [[nodiscard]] std::uint32_t room(std::size_t count) {
        std::size_t const first = made_.steps.size();
        made_.steps.resize(first + count);
        return static_cast<std::uint32_t>(first);
    }

    /// A union of the writer's: each branch is resolved by itself, and at least one must be of use.
    template <class Resolve>
    step resolve_union(std::uint32_t node, Resolve&& one) {
        std::size_t const count = at(node).inner.size();
        std::uint32_t const first = room(count);
        std::optional<step> refused;
        bool any = false;
        for (std::size_t i = 0; i < count; ++i) {
            step const branch = one(at(node).inner[i]);
            made_.steps[first + i] = branch;
            if (branch.what != action::refuse) any = true;
            else if (at(at(node).inner[i]).what != kind::null || !refused) refused = branch;
        }
        if (!any) return refused ? *refused : refuse("the writer's schema is a union of nothing");
        return {.what = action::choose, .first = first, .count = static_cast<std::uint32_t>(count)};
    }

    template <class V>
    step resolve(std::uint32_t node, form how) {
        if (at(node).what == kind::union_)
            return resolve_union(node, [&](std::uint32_t branch) { return resolve_plain<V>(branch, how); });
        return resolve_plain<V>(node, how);
    }

    template <class V>
    step resolve_plain(std::uint32_t node, form how) {
        constexpr role what = role_of<V>;
        schema_node const& from = at(node);
        if constexpr (what == role::optional) {
            if (from.what == kind::null) return {.what = action::null};
            return resolve_plain<typename traits<V>::inner>(node, how);
        } else if constexpr (what == role::boolean) {
            if (from.what == kind::boolean) return {.what = action::boolean};
        } else if constexpr (what == role::whole) {
            if (from.what == kind::int_) return {.what = action::int_};
            if (from.what == kind::long_ && !is_int<V>) return {.what = action::long_};
        } else if constexpr (what == role::floating) {
            if (from.what == kind::int_) return {.what = action::int_};
            if (from.what == kind::long_) return {.what = action::long_};
            if (from.what == kind::float_) return {.what = action::float_};
            if (from.what == kind::double_ && sizeof(V) == 8) return {.what = action::double_};
        } else if constexpr (what == role::text) {
            if (from.what == kind::string) return {.what = action::string};
            if (from.what == kind::bytes && from.means == logical::none) return {.what = action::bytes};
        } else if constexpr (what == role::bytes) {
            if (from.what == kind::bytes || from.what == kind::string) return {.what = action::bytes};
        } else if constexpr (what == role::time) {
            if (auto const found = resolve_time(from, how)) return *found;
            if (from.what == kind::long_ || from.what == kind::int_)
                return mismatch<V>(node, "say what it counts: weir::member<...>.in(weir::epoch::milliseconds) in weir::members_of");
        } else if constexpr (what == role::date) {
            if (from.what == kind::int_ && from.means == logical::date) return {.what = action::int_};
        } else if constexpr (what == role::span) {
            if (auto const found = resolve_span<V>(from)) return *found;
        } else if constexpr (what == role::decimal) {
            if (from.means == logical::decimal) return resolve_decimal<V>(node);
        } else if constexpr (what == role::uuid) {
            if (from.what == kind::string) return {.what = action::string};
            if (from.what == kind::fixed && from.size == 16) return {.what = action::fixed, .extra = 16};
        } else if constexpr (what == role::enumeration) {
            if (from.what == kind::enum_) return resolve_enum<V>(node);
        } else if constexpr (what == role::fixed) {
            if (from.what == kind::fixed && from.size == static_cast<std::int64_t>(std::tuple_size_v<V>))
                return {.what = action::fixed, .extra = from.size};
        } else if constexpr (what == role::sequence || what == role::block) {
            if (from.what == kind::array) return resolve_inner<typename traits<V>::inner>(node, how, action::array);
        } else if constexpr (what == role::dictionary) {
            if (from.what == kind::map) return resolve_inner<typename traits<V>::inner>(node, how, action::map);
        } else {
            if (from.what == kind::record) return resolve_record<V>(node);
        }
        return mismatch<V>(node);
    }

    [[nodiscard]] static std::optional<step> resolve_time(schema_node const& from, form how) {
        bool const whole = from.what == kind::long_ || from.what == kind::int_;
        action const what = from.what == kind::int_ ? action::int_ : action::long_;
        if (from.means == logical::timestamp_millis) return step{.what = what, .extra = 1000};
        if (from.means == logical::timestamp_micros) return step{.what = what, .extra = 1};
        if (from.means == logical::timestamp_nanos) return step{.what = what, .extra = -1000};
        if (from.means == logical::date) return step{.what = what, .extra = 86'400'000'000};
        if (!whole || !how.unit || from.means != logical::none) return std::nullopt;
        switch (*how.unit) {
            case epoch::seconds: return step{.what = what, .extra = 1'000'000};
            case epoch::milliseconds: return step{.what = what, .extra = 1000};
            case epoch::microseconds: return step{.what = what, .extra = 1};
            case epoch::nanoseconds: return step{.what = what, .extra = -1000};
            case epoch::iso8601: break;
        }
        return std::nullopt;
    }

    /// A time of day, or a count of the member's own unit. What could not be told exactly is refused.
    template <class V>
    [[nodiscard]] static std::optional<step> resolve_span(schema_node const& from) {
        if (from.what != kind::int_ && from.what != kind::long_) return std::nullopt;
        action const what = from.what == kind::int_ ? action::int_ : action::long_;
        if (from.means == logical::none) return step{.what = what, .extra = 1};
        using period = typename V::period;
        if constexpr (period::num == 1) {
            if (from.means == logical::time_millis && period::den % 1000 == 0)
                return step{.what = what, .extra = period::den / 1000};
            if (from.means == logical::time_micros && period::den % 1'000'000 == 0)
                return step{.what = what, .extra = period::den / 1'000'000};
        }
        return std::nullopt;
    }

    template <class V>
    step resolve_decimal(std::uint32_t node) {
        schema_node const& from = at(node);
        if (from.scale > V::scale) return mismatch<V>(node, "the member needs as many digits behind the point as the schema has");
        step made{.what = from.what == kind::fixed ? action::fixed : action::bytes, .extra = V::scale - from.scale};
        made.count = static_cast<std::uint32_t>(from.size);
        return made;
    }

    /// An enum's symbols stand in the plan once, however often its name is used.
    template <class V>
    step resolve_enum(std::uint32_t node) {
        static constexpr char type = 0;
        if (auto const found = known_.find({node, &type}); found != known_.end()) return found->second;
        schema_node const& from = at(node);
        step const made{.what = action::enum_,
                        .first = static_cast<std::uint32_t>(made_.symbols.size()),
                        .count = static_cast<std::uint32_t>(from.symbols.size())};
        bool any = from.symbols.empty();
        for (std::string const& symbol : from.symbols) {
            auto const value = enum_from_name<V>(symbol);
            any = any || value.has_value();
            made_.symbols.push_back({symbol, value ? static_cast<std::int64_t>(*value) : 0, value.has_value()});
        }
        if (!any) return known_[{node, &type}] = mismatch<V>(node, "none of the schema's symbols is an enumerator");
        return known_[{node, &type}] = made;
    }

    template <class V>
    step resolve_inner(std::uint32_t node, form how, action what) {
        std::uint32_t const first = room(1);
        path_.push_back("[]");
        step const inner = resolve<V>(at(node).inner.front(), how);
        path_.pop_back();
        if (inner.what == action::refuse) return inner;
        made_.steps[first] = inner;
        return {.what = what, .first = first, .count = 1};
    }

    template <class S, std::size_t I>
    static step resolve_member(resolver& self, std::uint32_t node) {
        return self.resolve<member_at<S, I>>(node, form_of<S, I>);
    }

    template <class S>
    static constexpr auto member_resolvers = []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<step (*)(resolver&, std::uint32_t), sizeof...(I)>{&resolve_member<S, I>...};
    }(std::make_index_sequence<member_count<S>>{});

    template <class S>
    static constexpr auto member_aliases = []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<aliases, sizeof...(I)>{member_options<S, I>.template get<aliases>()...};
    }(std::make_index_sequence<member_count<S>>{});

    template <class S>
    [[nodiscard]] static auto const& members_with_default() {
        static auto const all = []<std::size_t... I>(std::index_sequence<I...>) {
            return std::array<bool, sizeof...(I)>{has_initial<S, I>()...};
        }(std::make_index_sequence<member_count<S>>{});
        return all;
    }

    /// Which of the writer's fields each member is read from: the one of its name, else of its first alias that there is.
    template <class S>
    [[nodiscard]] std::vector<std::uint32_t> match(schema_node const& from) {
        std::vector<std::uint32_t> member_of(from.fields.size(), no_member);
        auto const take = [&](std::string_view name, std::uint32_t member) {
            for (std::size_t f = 0; f < from.fields.size(); ++f)
                if (from.fields[f].name == name && member_of[f] == no_member) return member_of[f] = member, true;
            return false;
        };
        std::vector<std::uint32_t> unmatched;
        for (std::uint32_t m = 0; m < member_count<S>; ++m)
            if (!take(member_names<S>[m], m)) unmatched.push_back(m);
        for (std::uint32_t const m : unmatched)
            for (std::string_view const other : member_aliases<S>[m].names)
                if (!other.empty() && take(other, m)) break;
        return member_of;
    }

    /// Makes the steps of a record where they are not yet made. A record that contains itself finds itself here.
    template <class Fill>
    step memoized(std::uint32_t node, void const* type, std::size_t count, Fill&& fill) {
        auto const [found, added] = known_.try_emplace({node, type});
        if (!added) return found->second;
        // A chain of records by name may be longer than the document is deep.
        if (depth_ == deepest) return found->second = refuse("the writer's schema is nested too deeply");
        step made{.what = action::record,
                  .first = room(count),
                  .count = static_cast<std::uint32_t>(count),
                  .extra = static_cast<std::int64_t>(at(node).fields.size())};
        std::uint32_t const first = made.first;
        found->second = made;
        ++depth_;
        made = fill(made);
        --depth_;
        // What it contains may contain it again, and was made when this was not yet known.
        if (made.what == action::refuse)
            for (std::size_t i = 0; i < count; ++i) made_.steps[first + i] = made;
        return found->second = made;
    }

    template <class S>
    step resolve_record(std::uint32_t node) {
        static constexpr char type = 0;
        // A record may be named as often as the schema is long.
        if (auto const found = known_.find({node, &type}); found != known_.end()) return found->second;
        std::vector<std::uint32_t> const member_of = match<S>(at(node));
        std::vector<bool> present(member_count<S>, false);
        for (std::uint32_t const m : member_of)
            if (m != no_member) present[m] = true;
        std::vector<std::uint32_t> absent;
        for (std::uint32_t m = 0; m < member_count<S>; ++m)
            if (!present[m]) absent.push_back(m);
        return memoized(node, &type, member_of.size() + absent.size(), [&](step whole) {
            for (std::size_t f = 0; f < member_of.size(); ++f) {
                std::uint32_t const field = at(node).fields[f].node;
                std::uint32_t const member = member_of[f];
                step made{};
                if (member == no_member) {
                    made = pass_over(field);
                } else {
                    path_.emplace_back(member_names<S>[member]);
                    made = member_resolvers<S>[member](*this, field);
                    path_.pop_back();
                    if (made.what == action::refuse) return made;
                }
                made.member = member;
                made_.steps[whole.first + f] = made;
            }
            for (std::size_t a = 0; a < absent.size(); ++a) {
                std::uint32_t const m = absent[a];
                if (!members_with_default<S>()[m]) return lacking<S>(node, m);
                made_.steps[whole.first + member_of.size() + a] = {.what = action::initial, .member = m};
            }
            return whole;
        });
    }

    template <class S>
    step lacking(std::uint32_t node, std::uint32_t member) {
        path_.emplace_back(member_names<S>[member]);
        std::string names;
        for (auto const& field : at(node).fields) {
            if (names.size() > 160) {
                names += ", …";
                break;
            }
            names += (names.empty() ? "" : ", ") + shown_name(field.name);
        }
        step const made = refuse("the writer's " + writer_->words(node) + " has no such field, only " +
                                     (names.empty() ? "none" : names) + "; the struct's member has no default",
                                 "name what the writer calls it with weir::avro::aliases, give the member an initializer that is "
                                 "not zero, make it a std::optional, or say weir::avro::defaulted");
        path_.pop_back();
        return made;
    }

    /// How to pass over a value that no member wants.
    step pass_over(std::uint32_t node) {
        static constexpr char type = 0;
        schema_node const& from = at(node);
        switch (from.what) {
            case kind::null: return {.what = action::null};
            case kind::boolean: return {.what = action::boolean};
            case kind::int_: return {.what = action::int_};
            case kind::long_: return {.what = action::long_};
            case kind::float_: return {.what = action::float_};
            case kind::double_: return {.what = action::double_};
            case kind::bytes:
            case kind::string: return {.what = action::bytes};
            case kind::fixed: return {.what = action::fixed, .extra = from.size};
            case kind::enum_: {
                if (auto const found = known_.find({node, &type}); found != known_.end()) return found->second;
                step const made{.what = action::enum_,
                                .first = static_cast<std::uint32_t>(made_.symbols.size()),
                                .count = static_cast<std::uint32_t>(from.symbols.size())};
                for (std::string const& symbol : from.symbols) made_.symbols.push_back({symbol, 0, false});
                return known_[{node, &type}] = made;
            }
            case kind::union_:
                if (from.inner.empty()) return refuse("the writer's schema is a union of nothing");
                return resolve_union(node, [&](std::uint32_t branch) { return pass_over(branch); });
            case kind::array:
            case kind::map: {
                if (depth_ == deepest) return refuse("the writer's schema is nested too deeply");
                std::uint32_t const first = room(1);
                ++depth_;
                step const inner = pass_over(from.inner.front());
                --depth_;
                made_.steps[first] = inner;
                return {.what = from.what == kind::array ? action::array : action::map, .first = first, .count = 1};
            }
            case kind::record: break;
        }
        return memoized(node, &type, from.fields.size(), [&](step whole) {
            for (std::size_t f = 0; f < whole.count; ++f) made_.steps[whole.first + f] = pass_over(at(node).fields[f].node);
            return whole;
        });
    }

    static constexpr std::size_t deepest = 128;

    schema const* writer_;
    std::size_t depth_ = 0;
    plan made_{};
    std::map<std::pair<std::uint32_t, void const*>, step> known_{};
    std::vector<std::string> path_{};
};

}  // namespace weir::avro::detail
