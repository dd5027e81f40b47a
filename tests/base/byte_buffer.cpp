// SPDX-License-Identifier: Apache-2.0
#include <weir/base/byte_buffer.hpp>

#include <catch.hpp>
#include <string>
#include <utility>

namespace weir_test::base_byte_buffer {

TEST_CASE("byte_buffer holds what was appended, whatever the steps") {
    weir::byte_buffer buffer;
    std::string expected;
    for (int i = 0; i < 3000; ++i) {
        std::string const piece(static_cast<std::size_t>(i % 37), static_cast<char>('a' + i % 26));
        buffer.append(piece);
        buffer.push_back('|');
        expected += piece + '|';
    }
    CHECK(buffer.view() == expected);
    CHECK(buffer.size() == expected.size());
}

TEST_CASE("byte_buffer counts only what lies before the end it was told") {
    weir::byte_buffer buffer;
    char* p = buffer.room_for(100);
    p[0] = 'x';
    p[1] = 'y';
    p[2] = 'z';
    buffer.end_at(p + 2);
    CHECK(buffer.view() == "xy");
    buffer.append({});
    CHECK(buffer.view() == "xy");
}

TEST_CASE("byte_buffer keeps its memory when cleared") {
    weir::byte_buffer buffer;
    buffer.append(std::string(10'000, 'x'));
    auto const capacity = buffer.capacity();
    char const* const place = buffer.view().data();
    buffer.clear();
    CHECK(buffer.empty());
    buffer.append(std::string(10'000, 'y'));
    CHECK(buffer.capacity() == capacity);
    CHECK(buffer.view().data() == place);
}

TEST_CASE("byte_buffer forgets what is truncated, and a moved-from one is empty") {
    weir::byte_buffer buffer;
    buffer.append("first row;second");
    buffer.truncate(10);
    CHECK(buffer.view() == "first row;");
    buffer.truncate(99);
    CHECK(buffer.view() == "first row;");

    weir::byte_buffer other = std::move(buffer);
    CHECK(other.view() == "first row;");
    CHECK(buffer.view().empty());
    buffer.append("again");
    CHECK(buffer.view() == "again");
}

}  // namespace weir_test::base_byte_buffer
