// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/borrows.hpp>
#include <weir/pipeline/change.hpp>
#include <weir/pipeline/flow.hpp>
#include <weir/pipeline/misfit.hpp>
#include <weir/pipeline/stream.hpp>

#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

template <class Source, class Flow>
class job;

template <class Source, class Stream, class Flow>
class open_pipeline;

/// Stages joined by `|` that have no source yet; a branch of a `split`, the road of late items, or a reusable part.
template <class... Stages>
struct unbound_chain {
    std::tuple<Stages...> stages;
};

namespace detail {

/// Behind a sink nothing flows.
struct nothing_flows {};

/// Stages that fit together, and the stream behind the last of them.
template <class Stream, class... Stages>
struct joined {
    using stream_type = Stream;
    Stream stream;
    std::tuple<Stages...> stages;
};

template <class S, class Item>
constexpr bool keeps_borrowed() {
    if constexpr (requires { S::keeps_items; }) return S::keeps_items && borrows<Item>;
    else return false;
}

template <class To, class From>
constexpr To moved_or_new(From& from) {
    if constexpr (std::is_same_v<To, From>) return std::move(from);
    else return To{};
}

/// The choices of key and window that are the same behind a stage as before it.
template <class To, class From>
constexpr To carry_over(From& from) {
    return To{moved_or_new<typename To::key>(from.key_choice), moved_or_new<typename To::window>(from.window_choice)};
}

template <class Stream, class... Stages, class S>
constexpr auto join_stage(joined<Stream, Stages...>&& left, S&& right) {
    using stage_type = std::remove_cvref_t<S>;
    using item = typename Stream::item;
    if constexpr (!stage_for<stage_type, item>) {
        explain_misfit<stage_type, item>();
        return broken{};
    } else if constexpr (has_misspelt_hook<stage_type>) {
        static_assert(never<stage_type>, "weir: this stage has a member that looks like a misspelt hook, which would never be "
                                         "called. The hooks are listed at the top of <weir/pipeline/stage.hpp>.");
        return broken{};
    } else if constexpr (has_misshaped_hook<stage_type>) {
        static_assert(never<stage_type>, "weir: a hook of this stage has the wrong parameters, or is not public, and would never "
                                         "be called. They are on_watermark(timestamp, auto& out), on_lane(lane_event, auto& out), "
                                         "on_tick(timestamp, auto& out), settle(auto& out), on_end(auto& out), "
                                         "open_windows(auto&& visit) const, measure(stage_figures&) const.");
        return broken{};
    } else if constexpr (keeps_borrowed<stage_type, item>()) {
        static_assert(never<stage_type>, "weir: this stage keeps items past the call, but the item borrows memory (a string_view, "
                                         "span or pointer member) that is gone by then. Put `| weir::to<a_struct_that_owns>()` "
                                         "before it, with std::string members.");
        return broken{};
    } else {
        auto stages = std::tuple_cat(std::move(left.stages), std::tuple<stage_type>(std::forward<S>(right)));
        if constexpr (!declares_output<stage_type>) {
            return joined<nothing_flows, Stages..., stage_type>{{}, std::move(stages)};
        } else if constexpr (requires { typename stage_type::output_stream; }) {
            return joined<typename stage_type::output_stream, Stages..., stage_type>{
                carry_over<typename stage_type::output_stream>(left.stream), std::move(stages)};
        } else if constexpr (std::is_same_v<typename stage_type::output, item>) {
            return joined<Stream, Stages..., stage_type>{std::move(left.stream), std::move(stages)};
        } else {
            using next = stream<typename stage_type::output, typename Stream::time, unkeyed, unwindowed, typename Stream::change>;
            return joined<next, Stages..., stage_type>{{}, std::move(stages)};
        }
    }
}

template <class Left, class Right>
constexpr auto join(Left&& left, Right&& right);

template <class Left, class Tuple, std::size_t... I>
constexpr auto join_all(Left&& left, Tuple&& stages, std::index_sequence<I...>) {
    if constexpr (sizeof...(I) == 0) {
        return std::forward<Left>(left);
    } else {
        return [&]<std::size_t First, std::size_t... Rest>(std::index_sequence<First, Rest...>) {
            return join_all(join(std::forward<Left>(left), std::get<First>(std::move(stages))), std::move(stages),
                            std::index_sequence<Rest...>{});
        }(std::index_sequence<I...>{});
    }
}

template <class Made>
struct is_annotated : std::false_type {};
template <class Stream>
struct is_annotated<annotated<Stream>> : std::true_type {};

template <class Right>
struct is_unbound : std::false_type {};
template <class... Stages>
struct is_unbound<unbound_chain<Stages...>> : std::true_type {};

template <class T>
struct is_change : std::false_type {};
template <class Row>
struct is_change<change<Row>> : std::true_type {
    using row = Row;
};

/// Rows of this stream come anew, or are taken back: its items are changes.
template <class Stream>
concept changing = !std::is_same_v<typename Stream::change, append_only> && is_change<typename Stream::item>::value;

template <class Stream>
struct plain_item_of {
    using type = typename Stream::item;
};
template <changing Stream>
struct plain_item_of<Stream> {
    using type = typename is_change<typename Stream::item>::row;
};

/// The item of a stream, or the row that its changes are of.
template <class Stream>
using plain_item = typename plain_item_of<Stream>::type;

/// `Right` does not say that it knows what to do with changes (`using takes_changes = void;`), and there are some.
template <class Stream, class Right>
concept meets_changes = changing<Stream> && !requires { typename Right::takes_changes; };

/// What does not know of changes gets the rows alone: a sink may write a row anew, but nothing else would be right.
template <class Left, class Right>
constexpr auto join_rows(Left&& left, Right&& right) {
    using stream_type = typename std::remove_cvref_t<Left>::stream_type;
    using row = plain_item<stream_type>;
    if constexpr (std::is_same_v<typename stream_type::change, erasing>) {
        static_assert(never<Right>, "weir: rows of this stream can be taken back, and this stage could not take them back. Put a sink "
                                    "behind it that upserts and deletes by key, or `| weir::changelog()`, which makes each change an "
                                    "item of its own.");
        return broken{};
    } else {
        auto rows = [&]<class... Stages>(joined<stream_type, Stages...>&& before) {
            using next = stream<row, typename stream_type::time>;
            return joined<next, Stages..., rows_of_changes<row>>{
                {}, std::tuple_cat(std::move(before.stages), std::tuple<rows_of_changes<row>>{})};
        }(std::move(left));
        auto whole = join(std::move(rows), std::forward<Right>(right));
        if constexpr (std::is_same_v<decltype(whole), broken>) {
            return broken{};
        } else if constexpr (!std::is_same_v<typename decltype(whole)::stream_type, nothing_flows>) {
            static_assert(never<Right>, "weir: rows of this stream come anew when they change, and this stage would take each for a "
                                        "further one. Only `filter`, `map`, `to`, `tee`, `split` and sinks may follow; `| "
                                        "weir::changelog()` makes each change an item of its own.");
            return broken{};
        } else {
            return whole;
        }
    }
}

template <class Right>
constexpr void explain_behind_sink() {
    static_assert(never<Right>, "weir: a stage stands behind a sink. A sink has no out: to send the items to several places use "
                                "`| weir::split(...)`.");
}

template <class Left, class Right>
constexpr auto join(Left&& left, Right&& right) {
    using left_type = std::remove_cvref_t<Left>;
    using right_type = std::remove_cvref_t<Right>;
    if constexpr (std::is_same_v<left_type, broken> || std::is_same_v<right_type, broken>) {
        return broken{};
    } else if constexpr (std::is_same_v<typename left_type::stream_type, nothing_flows>) {
        explain_behind_sink<right_type>();
        return broken{};
    } else if constexpr (is_unbound<right_type>::value) {
        return join_all(std::move(left), std::forward<Right>(right).stages,
                        std::make_index_sequence<std::tuple_size_v<decltype(right_type::stages)>>{});
    } else if constexpr (meets_changes<typename left_type::stream_type, right_type>) {
        return join_rows(std::move(left), std::forward<Right>(right));
    } else if constexpr (marked_blueprint<right_type>) {
        right_type blueprint = std::forward<Right>(right);
        // The stage is made first: it may move key and window out of the stream that is then passed on.
        auto made = std::move(blueprint).bind(left.stream);
        if constexpr (std::is_same_v<decltype(made), broken>) {
            return broken{};
        } else if constexpr (is_annotated<decltype(made)>::value) {
            return [&]<class Stream, class... Stages>(joined<Stream, Stages...>&& before) {
                return joined<decltype(made.stream), Stages...>{std::move(made.stream), std::move(before.stages)};
            }(std::move(left));
        } else {
            return join_stage(std::move(left), std::move(made));
        }
    } else {
        return join_stage(std::move(left), std::forward<Right>(right));
    }
}

/// A branch (a sink, or a chain that ends in one) made to fit behind `Stream`: its `flow`, or `broken`.
template <class Stream, class Branch>
constexpr auto bind_branch(Stream from, Branch&& branch) {
    auto whole = join(joined<Stream>{std::move(from), {}}, std::forward<Branch>(branch));
    if constexpr (std::is_same_v<decltype(whole), broken>) {
        return broken{};
    } else if constexpr (!std::is_same_v<typename decltype(whole)::stream_type, nothing_flows>) {
        static_assert(never<Branch>, "weir: this branch does not end in a sink, so its items would vanish. End it with one; "
                                     "`weir::discard()` says that they are not wanted.");
        return broken{};
    } else {
        return [&]<class S, class... Stages>(joined<S, Stages...>&& all) {
            return flow<Stages...>(std::move(all.stages));
        }(std::move(whole));
    }
}

}  // namespace detail

/// A source and the stages joined to it so far; it becomes a `job` when a sink is joined.
template <class Source, class Stream, class... Stages>
class pipeline {
public:
    using stream_type = Stream;
    using source_type = Source;

    pipeline(Source from, detail::joined<Stream, Stages...> links) : source_(std::move(from)), links_(std::move(links)) {}

    /// Joins the next stage; a sink makes it a `job`. A misfit is one error, in words.
    template <class Right>
    friend constexpr auto operator|(pipeline left, Right&& right) {
        auto links = detail::join(std::move(left.links_), std::forward<Right>(right));
        if constexpr (std::is_same_v<decltype(links), broken>) {
            return broken{};
        } else {
            return [&]<class Next, class... All>(detail::joined<Next, All...>&& all) {
                if constexpr (std::is_same_v<Next, detail::nothing_flows>)
                    return job<Source, flow<All...>>(std::move(left.source_), flow<All...>(std::move(all.stages)));
                else
                    return pipeline<Source, Next, All...>(std::move(left.source_), std::move(all));
            }(std::move(links));
        }
    }

    /// Makes a source of it, its stages still fused: what `merge` and `any_stream` take (pipeline/open_pipeline.hpp).
    [[nodiscard]] constexpr auto open() && {
        return open_pipeline<Source, Stream, flow<Stages...>>(std::move(source_), flow<Stages...>(std::move(links_.stages)));
    }

private:
    Source source_;
    detail::joined<Stream, Stages...> links_;
};

/// A job is complete: nothing can stand behind its sink.
template <class Source, class Flow, class Right>
constexpr broken operator|(job<Source, Flow> const&, Right&&) {
    detail::explain_behind_sink<Right>();
    return {};
}

/// Joins a stage to a chain that has no source yet. What fits is checked when the chain is joined to a stream.
template <class... Stages, class Right>
constexpr auto operator|(unbound_chain<Stages...> left, Right&& right) {
    return unbound_chain<Stages..., std::remove_cvref_t<Right>>{
        std::tuple_cat(std::move(left.stages), std::tuple<std::remove_cvref_t<Right>>(std::forward<Right>(right)))};
}

/// Begins a chain that has no source: a branch for `split`, `late_to` and the like, or a part to be reused.
template <class Stage>
[[nodiscard]] constexpr auto chain(Stage&& first) {
    return unbound_chain<std::remove_cvref_t<Stage>>{std::tuple<std::remove_cvref_t<Stage>>(std::forward<Stage>(first))};
}

namespace detail {

/// What is known of a source's stream: what it declares, else only the item.
template <class Source>
struct stream_of {
    using type = stream<typename Source::output>;
};
template <class Source>
    requires requires { typename Source::output_stream; }
struct stream_of<Source> {
    using type = typename Source::output_stream;
};

}  // namespace detail

/// Begins a pipeline with its source. A source may say more of its stream by `using output_stream = weir::stream<...>`: that
/// its items carry their event time, say.
template <class Source>
[[nodiscard]] constexpr auto from(Source&& begin) {
    using source_type = std::remove_cvref_t<Source>;
    if constexpr (std::is_same_v<source_type, broken>) {
        return broken{};
    } else if constexpr (!source<source_type>) {
        static_assert(detail::never<source_type>, "weir: `from` takes a source: `struct s { using output = T; weir::poll_result "
                                                  "poll(auto& out); };` with `poll` public and returning poll_result.");
        return broken{};
    } else {
        using first = typename detail::stream_of<source_type>::type;
        return pipeline<source_type, first>(std::forward<Source>(begin), detail::joined<first>{});
    }
}

}  // namespace weir
