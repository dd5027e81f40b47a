// SPDX-License-Identifier: Apache-2.0
#include <weir/base/arena.hpp>

#include <catch.hpp>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace weir_test::base_arena {

TEST_CASE("an arena's texts stay where they are, however much is taken after them") {
    weir::arena memory;
    std::vector<std::string> originals;
    std::vector<std::string_view> kept;
    for (std::size_t i = 0; i < 3000; ++i) {
        originals.push_back(std::string(i % 97, static_cast<char>('a' + i % 26)) + std::to_string(i));
        kept.push_back(memory.intern(originals.back()));
    }
    for (std::size_t i = 0; i < kept.size(); ++i) {
        REQUIRE(kept[i] == originals[i]);
        REQUIRE(kept[i].data() != originals[i].data());
    }
}

TEST_CASE("an arena aligns what it hands out, and takes pieces larger than any block") {
    weir::arena memory;
    for (int i = 0; i < 200; ++i) {
        char* const byte = memory.allocate<char>(1);
        *byte = 'x';
        auto* const numbers = memory.allocate<std::uint64_t>(3);
        REQUIRE(reinterpret_cast<std::uintptr_t>(numbers) % alignof(std::uint64_t) == 0);
        numbers[2] = 7;
        REQUIRE(*byte == 'x');
    }
    std::size_t const large = (std::size_t{1} << 20) + 17;
    char* const piece = memory.allocate<char>(large);
    std::memset(piece, 1, large);
    CHECK(memory.capacity() > large);
    CHECK(memory.intern("after").size() == 5);
}

TEST_CASE("an empty text costs nothing") {
    weir::arena memory;
    CHECK(memory.intern("").empty());
    CHECK(memory.capacity() == 0);
}

TEST_CASE("a cleared arena uses its first block again, and gives the others back") {
    weir::arena memory;
    std::string_view const first = memory.intern("first");
    std::size_t const small = memory.capacity();
    for (int i = 0; i < 1000; ++i) static_cast<void>(memory.intern("a text of thirty-one characters"));
    CHECK(memory.capacity() > small);
    memory.clear();
    CHECK(memory.capacity() == small);
    std::string_view const again = memory.intern("again");
    CHECK(again.data() == first.data());
    CHECK(again == "again");
    for (int round = 0; round < 3; ++round) {
        memory.clear();
        for (int i = 0; i < 20; ++i) static_cast<void>(memory.intern("little"));
        CHECK(memory.capacity() == small);
    }
    weir::arena empty;
    empty.clear();
    CHECK(empty.intern("x") == "x");
}

TEST_CASE("an arena can be moved: what it handed out stays, and the one that is left is empty") {
    weir::arena memory;
    std::string_view const text = memory.intern("kept");
    weir::arena other = std::move(memory);
    CHECK(text == "kept");
    std::string_view const more = other.intern("more");
    CHECK(memory.capacity() == 0);
    CHECK(memory.intern("new") == "new");
    CHECK(text == "kept");
    CHECK(more == "more");
    memory = std::move(other);
    CHECK(memory.intern("newer") == "newer");
    CHECK(text == "kept");
    CHECK(more == "more");
    CHECK(other.capacity() == 0);
}

}  // namespace weir_test::base_arena
