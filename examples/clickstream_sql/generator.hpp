// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "../shared/datagen.hpp"
#include "../shared/write_lines.hpp"
#include "options.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

/// \file The three topics of the demonstration as the connectors of Kafka Connect Datagen fill them, each field on its own:
/// users -1 and 0 have no row, two of the addresses are none, and the times in the payload are 1, 11, 21, ...

namespace clickstream_sql {

/// `clickstream`, by address.
class click_generator {
public:
    explicit click_generator(examples::datagen_options const& options) : dice_(options.seed), clock_(options) {}

    std::string_view next() {
        std::string_view const address = dice_.one_of(addresses);
        std::int64_t const count = count_.next();
        line_.begin(clock_.next(dice_), address);
        line_.add("ip", address);
        line_.add("userid", static_cast<std::int64_t>(dice_.below(41)) - 1);
        line_.add("remote_user", "-");
        line_.add("time", std::to_string(count));
        line_.add("_time", count);
        line_.add("request", dice_.one_of(requests));
        line_.add("status", dice_.one_of(statuses));
        line_.add("bytes", dice_.one_of(sizes));
        line_.add("referrer", "-");
        line_.add("agent", dice_.one_of(agents));
        return line_.end();
    }

private:
    template <std::size_t N>
    using texts = std::array<std::string_view, N>;

    // What stands here twice comes twice as often.
    static constexpr texts<40> addresses{
        "111.152.45.45",  "111.203.236.146", "111.168.57.122",  "111.249.79.93",   "111.168.57.122",
        "111.90.225.227", "111.173.165.103", "111.145.8.144",   "111.245.174.248", "111.245.174.111",
        "222.152.45.45",  "222.203.236.146", "222.168.57.122",  "222.249.79.93",   "222.168.57.122",
        "222.90.225.227", "222.173.165.103", "222.145.8.144",   "222.245.174.248", "222.245.174.222",
        "122.152.45.245", "122.203.236.246", "122.168.57.222",  "122.249.79.233",  "122.168.57.222",
        "122.90.225.227", "122.173.165.203", "122.145.8.244",   "122.245.174.248", "122.245.174.122",
        "233.152.245.45", "233.203.236.146", "233.168.257.122", "233.249.279.93",  "233.168.257.122",
        "233.90.225.227", "233.173.215.103", "233.145.28.144",  "233.245.174.248", "233.245.174.233"};
    static constexpr texts<6> requests{"GET /index.html HTTP/1.1",       "GET /site/user_status.html HTTP/1.1",
                                       "GET /site/login.html HTTP/1.1",  "GET /site/user_status.html HTTP/1.1",
                                       "GET /images/track.png HTTP/1.1", "GET /images/logo-small.png HTTP/1.1"};
    static constexpr texts<6> statuses{"200", "302", "404", "405", "406", "407"};
    static constexpr texts<7> sizes{"278", "1289", "2048", "4096", "4006", "4196", "14096"};
    static constexpr texts<2> agents{
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/59.0.3071.115 Safari/537.36"};

    examples::random dice_;
    examples::datagen_clock clock_;
    examples::datagen_iteration count_{10};
    examples::datagen_line line_;
};

/// `clickstream_codes`, by code: the same six pairs again and again.
class code_generator {
public:
    explicit code_generator(examples::datagen_options const& options) : dice_(options.seed), clock_(options) {}

    std::string_view next() {
        auto const& [code, definition] = dice_.one_of(codes);
        line_.begin(clock_.next(dice_), std::to_string(code));
        line_.add("code", code);
        line_.add("definition", definition);
        return line_.end();
    }

private:
    static constexpr std::array<std::pair<int, std::string_view>, 6> codes{{{200, "Successful"},
                                                                            {302, "Redirect"},
                                                                            {404, "Page not found"},
                                                                            {405, "Method not allowed"},
                                                                            {406, "Not acceptable"},
                                                                            {407, "Proxy authentication required"}}};

    examples::random dice_;
    examples::datagen_clock clock_;
    examples::datagen_line line_;
};

/// `clickstream_users`, by number: a new user each time, though there are but eighteen names.
class user_generator {
public:
    explicit user_generator(examples::datagen_options const& options) : dice_(options.seed), clock_(options) {}

    std::string_view next() {
        std::int64_t const number = number_.next();
        line_.begin(clock_.next(dice_), std::to_string(number));
        line_.add("user_id", number);
        line_.add("username", dice_.one_of(names));
        line_.add("registered_at", first_day + static_cast<std::int64_t>(dice_.below(last_day - first_day)));
        line_.add("first_name", dice_.one_of(first_names));
        line_.add("last_name", dice_.one_of(last_names));
        line_.add("city", dice_.one_of(cities));
        line_.add("level", dice_.one_of(levels));
        return line_.end();
    }

private:
    template <std::size_t N>
    using texts = std::array<std::string_view, N>;

    static constexpr std::int64_t first_day = 1'407'645'330'000, last_day = 1'502'339'792'000;
    static constexpr texts<18> names{
        "akatz1022",      "bobk_43",     "alison_99",       "k_robertz_88",   "Ferd88",        "Reeva43",
        "Antonio_0966",   "ArlyneW8ter", "DimitriSchenz88", "Oriana_70",      "AbdelKable_86", "Roberto_123",
        "AlanGreta_GG66", "Nathan_126",  "AndySims_345324", "GlenAlan_23344", "LukeWaters_23", "BenSteins_235"};
    static constexpr texts<12> first_names{"Elwyn",   "Curran", "Hanson",  "Woodrow", "Ferd",  "Reeva",
                                           "Antonio", "Arlyne", "Dimitri", "Oriana",  "Abdel", "Greta"};
    static constexpr texts<12> last_names{"Vanyard",  "Vears", "Garrity",  "Trice",    "Tomini", "Jushcke",
                                          "De Banke", "Pask",  "Rockhill", "Romagosa", "Adicot", "Lalonde"};
    static constexpr texts<6> cities{"Palo Alto", "San Francisco", "Raleigh", "London", "Frankfurt", "New York"};
    static constexpr texts<3> levels{"Gold", "Silver", "Platinum"};

    examples::random dice_;
    examples::datagen_clock clock_;
    examples::datagen_iteration number_{1};
    examples::datagen_line line_;
};

/// Writes the records of one topic to standard output; returns an exit code.
inline int generate(options const& chosen) {
    examples::datagen_options how{.seed = chosen.seed};
    if (chosen.pauses) how.on = std::chrono::seconds(90), how.off = std::chrono::seconds(35);
    auto const write = [&](auto records) { return examples::write_lines("-", records, chosen.events, chosen.rate); };
    if (chosen.generate == "clickstream") return write(click_generator(how));
    if (chosen.generate == "clickstream_codes") return write(code_generator(how));
    return write(user_generator(how));
}

}  // namespace clickstream_sql
