// SPDX-License-Identifier: Apache-2.0
#include <weir/join/table.hpp>

#include <catch.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <support/cases.hpp>
#include <tuple>
#include <vector>

namespace weir_test::join_table {

using Catch::Matchers::ContainsSubstring;

struct place {
    std::string_view city;
    int zip = 0;
};
struct user {
    std::string_view name;
    std::optional<std::string_view> mail{};
    place home{};
    std::string owned{};
};

/// A user that owns everything.
struct kept_user {
    std::string name;
    std::optional<std::string> mail;
    std::string city;
    int zip = 0;
    std::string owned;

    friend bool operator==(kept_user const&, kept_user const&) = default;
};

[[nodiscard]] kept_user copy_of(user const& u) {
    return {std::string(u.name), u.mail ? std::optional<std::string>(*u.mail) : std::nullopt, std::string(u.home.city), u.home.zip, u.owned};
}
[[nodiscard]] user view_of(kept_user const& u) {
    return {u.name, u.mail ? std::optional<std::string_view>(*u.mail) : std::nullopt, {u.city, u.zip}, u.owned};
}

[[nodiscard]] std::string text(std::mt19937_64& random) {
    std::size_t const longest[]{0, 3, 15, 16, 17, 100, 5000};
    std::size_t const size = longest[random() % 7];
    std::string made(size == 0 ? 0 : random() % (size + 1), '\0');
    for (char& c : made) c = static_cast<char>('a' + random() % 26);
    return made;
}

[[nodiscard]] kept_user some_user(std::mt19937_64& random) {
    kept_user u{text(random), std::nullopt, text(random), static_cast<int>(random() % 1000), text(random)};
    if (random() % 2 != 0) u.mail = text(random);
    return u;
}

TEST_CASE("a table owns the texts of keys and values") {
    weir::table<std::string, user> users(weir::unbounded);
    {
        std::string key = "user-1", name = "ann", mail = "ann@example.com", city = "London";
        REQUIRE(users.put(key, {name, mail, {city, 7}, "x"}));
        for (std::string* each : {&key, &name, &mail, &city}) each->assign(each->size(), '#');
    }
    user const* const found = users.find("user-1");
    REQUIRE(found != nullptr);
    CHECK(copy_of(*found) == kept_user{"ann", "ann@example.com", "London", 7, "x"});
    CHECK(users.find("user-2") == nullptr);
    CHECK(users.size() == 1);
    CHECK(users.erase("user-1"));
    CHECK_FALSE(users.erase("user-1"));
    CHECK(users.find("user-1") == nullptr);
    CHECK(users.empty());
}

TEST_CASE("an empty text stays apart from no text") {
    weir::table<int, std::optional<std::string_view>> texts(weir::unbounded);
    REQUIRE(texts.put(1, std::string_view("")));
    REQUIRE(texts.put(2, std::nullopt));
    CHECK(texts.find(1)->has_value());
    CHECK_FALSE(texts.find(2)->has_value());
}

TEST_CASE("a key that comes takes the place of one that went") {
    weir::table<int, int> numbers(weir::unbounded);
    for (int key = 0; key < 64; ++key) REQUIRE(numbers.put(key, key));  // as many as a chunk has places
    std::size_t const full = numbers.memory();
    for (int key = 0; key < 200; ++key) {
        CHECK(numbers.erase(key));
        REQUIRE(numbers.put(key + 64, key));
    }
    CHECK(numbers.memory() == full);
}

TEST_CASE("updates of the same keys take no more memory, however many") {
    weir::table<std::tuple<int, std::string>, user> users(weir::unbounded);
    std::mt19937_64 random(7);
    auto const update_all = [&](std::uint64_t round) {
        for (int key = 0; key < 50; ++key) {
            kept_user const u = some_user(random);
            users.begin(2 * round + static_cast<std::uint64_t>(key % 2));
            if (key % 2 == 0) static_cast<void>(users.lend({key, "k"}, users.hash_of({key, "k"}), 2 * round));
            REQUIRE(users.put({key, "k"}, view_of(u)));
            if (random() % 8 == 0) users.erase({key, "k"});
        }
    };
    for (std::uint64_t round = 1; round <= 300; ++round) update_all(round);
    std::size_t const settled = users.memory();
    for (std::uint64_t round = 301; round <= 3000; ++round) update_all(round);
    CHECK(users.memory() <= settled + settled / 2);
}

TEST_CASE("a value that finds no room is refused, and the one before it stays") {
    weir::table<int, std::string_view> texts(weir::state_limit(std::size_t{16} << 10));
    REQUIRE(texts.put(1, "before"));
    std::string const huge(std::size_t{20} << 10, 'x');
    CHECK_FALSE(texts.put(1, huge));
    CHECK_FALSE(texts.put(2, huge));
    CHECK(*texts.find(1) == "before");
    CHECK(texts.find(2) == nullptr);

    int fitted = 0;
    for (int key = 2; texts.put(key, "some text of a middling length"); ++key) ++fitted;
    CHECK(fitted > 50);
    CHECK(texts.memory() <= std::size_t{16} << 10);
    CHECK(texts.size() == static_cast<std::size_t>(fitted) + 1);
    CHECK_THAT(to_string(texts.full()), ContainsSubstring("the table is full") && ContainsSubstring("16384"));
    CHECK_FALSE(texts.put(1, std::string(4000, 'x')));
    CHECK(*texts.find(1) == "before");
    // Whatever goes makes room.
    REQUIRE(texts.erase(1));
    CHECK(texts.put(fitted + 2, "some text of a middling length"));
}

TEST_CASE("numbers keep to the limit too") {
    weir::table<int, int> numbers(weir::state_limit(std::size_t{16} << 10));
    int key = 0;
    while (key < 100'000 && numbers.put(key, key)) ++key;
    CHECK(key > 100);
    CHECK(key < 100'000);
    CHECK(numbers.memory() <= std::size_t{16} << 10);
    CHECK(numbers.put(0, 7));
}

TEST_CASE("keys that come and go leave nothing behind") {
    weir::table<std::int64_t, int> numbers(weir::state_limit(std::size_t{32} << 10));
    for (std::int64_t key = 0; key < 200'000; ++key) {
        REQUIRE(numbers.put(key, 1));
        if (key >= 100) REQUIRE(numbers.erase(key - 100));
    }
    CHECK(numbers.size() == 100);
    for (std::int64_t key = 199'900; key < 200'000; ++key) REQUIRE(numbers.find(key) != nullptr);
    CHECK(numbers.find(199'899) == nullptr);
}

TEST_CASE("a value may be made of the table's own texts") {
    weir::table<std::string, user> users(weir::unbounded);
    REQUIRE(users.put("a", {"first name", "second text", {"third", 1}, "o"}));
    user swapped = *users.find("a");
    swapped = {*swapped.mail, swapped.name, {swapped.home.city.substr(1), 2}, swapped.owned};
    REQUIRE(users.put("a", swapped));
    CHECK(copy_of(*users.find("a")) == kept_user{"second text", "first name", "hird", 2, "o"});
    REQUIRE(users.put("a", *users.find("a")));
    CHECK(copy_of(*users.find("a")) == kept_user{"second text", "first name", "hird", 2, "o"});
}

TEST_CASE("visiting keys goes by the input, and leaves out what was replaced or erased") {
    weir::table<int, int> numbers(weir::unbounded);
    for (int key = 0; key < 200; ++key) REQUIRE(numbers.put(key, key));
    static_cast<void>(numbers.lend(5, numbers.hash_of(5), 1));
    REQUIRE(numbers.put(5, 50));
    numbers.erase(7);
    std::map<int, int> seen;
    std::vector<int> order;
    numbers.for_each([&](int key, int value) {
        CHECK(seen.emplace(key, value).second);
        order.push_back(key);
    });
    CHECK(seen.size() == 199);
    CHECK(seen.at(5) == 50);
    CHECK(order.front() == 0);
    CHECK(order.back() == 5);
}

TEST_CASE("against a map: puts, erasures, look-ups, and what is lent stays as it is until the round is over") {
    std::uint64_t const seeds = cases(60);
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        std::mt19937_64 random(seed);
        weir::table<std::string, user> users(weir::unbounded);
        std::map<std::string, kept_user> oracle;
        std::vector<std::pair<user const*, kept_user>> lent;
        std::uint64_t round = 1;
        std::uint64_t const keys = 1 + random() % 80;
        for (int step = 0; step < 1200; ++step) {
            std::string const key = "a key that is long enough " + std::to_string(random() % keys);
            switch (random() % 8) {
                case 0:
                case 1:
                case 2: {
                    kept_user const u = some_user(random);
                    REQUIRE(users.put(key, view_of(u)));
                    oracle[key] = u;
                    break;
                }
                case 3: REQUIRE(users.erase(key) == (oracle.erase(key) != 0)); break;
                case 4:
                case 5: {
                    user const* const found = users.lend(key, users.hash_of(key), round);
                    REQUIRE((found != nullptr) == oracle.contains(key));
                    if (found) lent.emplace_back(found, oracle.at(key));
                    break;
                }
                case 6: {
                    user const* const found = users.find(key);
                    REQUIRE((found != nullptr) == oracle.contains(key));
                    if (found) REQUIRE(copy_of(*found) == oracle.at(key));
                    break;
                }
                default:
                    if (random() % 4 != 0) break;
                    for (auto const& [value, expected] : lent) REQUIRE(copy_of(*value) == expected);
                    lent.clear();
                    users.begin(++round);
            }
            REQUIRE(users.size() == oracle.size());
        }
        std::map<std::string, kept_user> left;
        users.for_each([&](std::string_view key, user const& value) { left.emplace(key, copy_of(value)); });
        REQUIRE(left == oracle);
    }
}

TEST_CASE("a key that is not a number is one key, which can be found and erased") {
    weir::table<double, int> numbers(weir::unbounded);
    double const none = std::numeric_limits<double>::quiet_NaN();
    for (int i = 0; i < 5; ++i) REQUIRE(numbers.put(i % 2 == 0 ? none : -none, i));
    CHECK(numbers.size() == 1);
    REQUIRE(numbers.find(none));
    CHECK(*numbers.find(none) == 4);
    CHECK(numbers.erase(none));
    CHECK(numbers.empty());
}

}  // namespace weir_test::join_table
