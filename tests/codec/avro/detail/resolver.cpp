// SPDX-License-Identifier: Apache-2.0
#include <weir/codec/avro/detail/resolver.hpp>

#include <catch.hpp>
#include <optional>
#include <string>
#include <vector>

namespace weir_test::codec_avro_detail_resolver {

enum class suit { spades, hearts, clubs };

/// Names itself, so that a writer may name many records that become it.
struct hand {
    std::optional<suit> card;
    std::vector<hand> more;
};

/// The plan for a union of many records, each of which has the same enum for its card.
weir::avro::detail::plan plan_of(std::string const& symbols) {
    std::string all = R"({"type":"record","name":"r0","fields":[{"name":"card","type":["null",{"type":"enum","name":"e","symbols":[)" +
                      symbols + R"(]}]},{"name":"more","type":{"type":"array","items":"r0"}}]})";
    for (int i = 1; i < 100; ++i)
        all += R"(,{"type":"record","name":"r)" + std::to_string(i) +
               R"(","fields":[{"name":"card","type":["null","e"]},{"name":"more","type":{"type":"array","items":"r0"}}]})";
    auto const schema = weir::avro::detail::schema_parser().parse(
        R"({"type":"record","name":"all","fields":[{"name":"card","type":"null"},{"name":"more","type":{"type":"array","items":[)" +
        all + "]}}]}");
    REQUIRE(schema);
    auto made = weir::avro::detail::resolver(*schema).resolve_whole<hand>();
    if (!made) FAIL(to_string(made.problem()));
    return *std::move(made);
}

TEST_CASE("avro resolver: an enum that is named often is resolved once, whether it is of use or not") {
    CHECK(plan_of(R"("spades","joker")").symbols.size() == 2);
    CHECK(plan_of(R"("joker","fool","tower")").symbols.size() == 3);
}

}  // namespace weir_test::codec_avro_detail_resolver
