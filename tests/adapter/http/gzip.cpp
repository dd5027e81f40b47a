// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/http/gzip.hpp>

#include <catch.hpp>
#include <random>
#include <string>
#include <support/scripted_http_server.hpp>

namespace weir_test::adapter_http_gzip {

std::string unpacked(std::string_view packed) {
    http_request carrier;
    carrier.headers["content-encoding"] = "gzip";
    carrier.body = packed;
    return carrier.plain();
}

TEST_CASE("what is packed can be unpacked, by the same packer again and again") {
    weir::http::gzip packer;
    std::mt19937 random(7);
    for (std::size_t size : {0U, 1U, 100U, 70'000U, 3'000'000U, 5U}) {
        std::string text(size, ' ');
        for (char& c : text) c = static_cast<char>(random() % (size % 2 == 0 ? 256 : 4));
        CHECK(unpacked(packer.compress(text)) == text);
    }
}

TEST_CASE("equal input gives equal bytes") {
    weir::http::gzip packer;
    weir::http::gzip other;
    std::string const once(packer.compress("the same rows"));
    CHECK(packer.compress("the same rows") == once);
    CHECK(other.compress("the same rows") == once);
}

TEST_CASE("repetitive rows become much smaller") {
    weir::http::gzip packer(9);
    std::string rows;
    for (int i = 0; i < 1000; ++i) rows += "page_view,page=/home,country=FR clicks=12i 1705314600\n";
    CHECK(packer.compress(rows).size() < rows.size() / 20);
}

}  // namespace weir_test::adapter_http_gzip
