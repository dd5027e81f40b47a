// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/elasticsearch/bulk.hpp>
#include <weir/adapter/elasticsearch/detail/session.hpp>
#include <weir/adapter/elasticsearch/index_template.hpp>
#include <weir/adapter/elasticsearch/options.hpp>
#include <weir/codec/detail/names_columns.hpp>
#include <weir/pipeline/emitter.hpp>
#include <weir/pipeline/pipe.hpp>
#include <weir/sink/batch.hpp>

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

namespace weir::elasticsearch {

namespace detail {

/// The sink's stage: what all batching sinks are, and that rows which are taken back may stay where rows are appended.
template <class Item, bool TakesBack>
class bulk_stage : public batch_stage<Item, bulk<Item, TakesBack>, session> {
    using base = batch_stage<Item, bulk<Item, TakesBack>, session>;

public:
    bulk_stage(options const& chosen, std::string template_text)
        : base(chosen.batch, bulk<Item, TakesBack>(chosen),
               session(chosen, template_name_of(chosen), std::move(template_text))),
          drops_(chosen.drop_erased && chosen.mode != write_mode::upsert) {}

    void on_item(Item const& item, auto& out) {
        if constexpr (TakesBack) {
            if (drops_ && item.kind == change_kind::erase) {
                ++dropped_;
                return;
            }
        }
        base::on_item(item, out);
    }

    void account(tally& count) const {
        base::account(count);
        count.filtered = dropped_;
    }

private:
    std::uint64_t dropped_ = 0;
    bool drops_;
};

struct sink_blueprint {
    using is_blueprint = void;
    using takes_changes = void;
    options chosen;

    template <class Stream>
    auto bind(Stream&) && {
        using item = typename Stream::item;
        using row = weir::detail::plain_item<Stream>;
        if constexpr (weir::detail::names_columns<row>) {
            // Where rows only come anew there is nothing to say about those that are taken back.
            if constexpr (!std::is_same_v<typename Stream::change, erasing>) chosen.drop_erased = true;
            std::string text;
            if constexpr (!std::is_same_v<row, record>)
                if (chosen.put_template) text = index_template<row>(chosen);
            return bulk_stage<item, weir::detail::changing<Stream>>(chosen, std::move(text));
        } else {
            static_assert(weir::detail::never<Stream>,
                          "weir: `elasticsearch::sink` takes items with named columns: a row of an aggregate, a plain "
                          "struct, or a "
                          "weir::record. Put `| weir::to<a_struct>()` or `| weir::map(...)` before it.");
            return broken{};
        }
    }
};

}  // namespace detail

/// Writes rows as documents to Elasticsearch (7, 8, 9) or OpenSearch by `_bulk`: `elasticsearch::sink({.url =
/// "http://localhost:9200", .index = "page-minutes"})`.
///
/// Item in: a row of named columns, also of a stream whose rows come anew or are taken back. By default a row is upserted:
/// its key and its window's start are the document's `_id`, so that a row that comes again replaces the document, and one
/// that is taken back deletes it. Or every row is appended: `options::mode`.
///
/// Errors: what the server answers for each row is looked at. Rows that it puts off are sent again alone, rows at fault go
/// to the dead letters with its words, one by one; a missing right, a missing or read-only index stop the job with
/// nothing lost. State: the batches not yet acknowledged. Delivery: at least once; upserted and `append_once` documents
/// are there once all the same.
[[nodiscard]] inline auto sink(options chosen) { return detail::sink_blueprint{std::move(chosen)}; }

}  // namespace weir::elasticsearch
