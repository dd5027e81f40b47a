// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/http.hpp>
#include <weir/base/error.hpp>
#include <weir/sink/delivery.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace weir::clickhouse {

/// What one of ClickHouse's exception codes means for a sink.
enum class remedy {
    retry,   ///< it passes: the same bytes again
    reject,  ///< a row is at fault: find it
    split,   ///< the same rows in smaller inserts
    stop,    ///< trying again is of no use
};

namespace detail {

inline bool is_one_of(int code, std::initializer_list<int> codes) noexcept {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace detail

/// The number of the exception in an answer, by its header or by its text; 0 when there is none.
///
/// Servers before 19 send no header. After the head of an answer has gone out with 200, later ones put the text behind
/// the body, so it is looked for everywhere.
[[nodiscard]] inline int exception_code(http::response const& answer) noexcept {
    int code = 0;
    std::string_view const header = answer.header("X-ClickHouse-Exception-Code");
    std::from_chars(header.data(), header.data() + header.size(), code);
    for (std::size_t at = answer.body.find("Code: "); code == 0 && at != std::string::npos;
         at = answer.body.find("Code: ", at + 1)) {
        std::string_view const rest = std::string_view(answer.body).substr(at + 6);
        auto const [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), code);
        // In a text of somebody else's, `Code: 7` may stand too.
        if (problem != std::errc() || rest.find("DB::Exception") == std::string_view::npos) code = 0;
    }
    return code;
}

/// What to do about an exception: decided by its code, since one status stands for many (`TOO_MANY_PARTS` and a syntax
/// error of an old server are both 500). Code 252 is told apart by its text: parts pass, partitions do not.
[[nodiscard]] inline remedy remedy_for(int code, std::string_view text) noexcept {
    // The header of RowBinaryWithNamesAndTypes does not fit the table any more: no row is at fault.
    if (code == 117 && text.find("Type of '") != std::string_view::npos) return remedy::stop;
    if (code == 252 && text.find("partitions for single INSERT") == std::string_view::npos) return remedy::retry;
    // Too many rows, bytes or partitions at once.
    if (detail::is_one_of(code, {158, 229, 252, 307, 396, 565})) return remedy::split;
    // A value could not be read, converted, or violates a constraint of the table.
    if (detail::is_one_of(code, {6,   19,  25,  26,  27,  32,  33,  38,  41,  69,  70,  72,  117,
                                 131, 321, 349, 376, 395, 407, 441, 467, 469, 632, 675, 676, 691}))
        return remedy::reject;
    // The query, the table, the user or the server's set-up is not what it should be.
    if (detail::is_one_of(code, {7,   8,   10,  15,  16,  20,  36,  43,  44,  46,  47,  48,  50,
                                 51,  53,  56,  60,  62,  73,  80,  81,  115, 164, 192, 193, 194,
                                 195, 291, 336, 344, 377, 386, 392, 452, 497, 511, 516, 620, 673}))
        return remedy::stop;
    return remedy::retry;
}

/// The server's words: the first 1,024 bytes of a body, without control characters and trailing space. Secrets are to be
/// masked before: one that is cut off would no longer be known.
[[nodiscard]] inline std::string words_of(std::string_view body) {
    std::string words(body.substr(0, 1024));
    for (char& c : words)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    words.erase(words.find_last_not_of(' ') + 1);
    return words;
}

/// What to do about what the server said, in words.
[[nodiscard]] inline std::string advice_for(int code, int status) {
    if (detail::is_one_of(code, {192, 193, 194, 516}) || status == 401 || status == 403)
        return "check options::user and options::password";
    if (code == 497 || code == 291) return "the user needs SELECT on system.settings, and INSERT on the table";
    if (code == 60) return "options::create_table = true creates it; clickhouse::create_table_statement gives the text";
    if (code == 81) return "create the database first";
    if (status >= 300 && status < 400) return "redirects are not followed: give the final URL";
    return {};
}

/// What became of an INSERT. Success is 200, no exception in head or body, and nothing in the body.
[[nodiscard]] inline outcome judge_insert(http::client const& client, http::ending const& ended,
                                          std::string_view place) {
    if (ended.failure) return ended.passing ? outcome::retry(*ended.failure) : outcome::fatal(*ended.failure);
    http::response const& answer = ended.answer;
    int const code = exception_code(answer);
    if (answer.status == 200 && code == 0 && answer.body.empty()) return outcome::acknowledged();

    std::string const words = words_of(client.mask(answer.body));
    error why{.component = "clickhouse", .place = std::string(place), .advice = advice_for(code, answer.status)};
    why.cause = "HTTP " + std::to_string(answer.status);
    if (code != 0) why.cause += ", code " + std::to_string(code);
    why.cause += words.empty() ? std::string(" with an empty body") : ": " + words;

    if (code != 0) {
        switch (remedy_for(code, answer.body)) {
            case remedy::retry:
                return outcome::retry(std::move(why), answer.retry_after());
            case remedy::reject:
                return outcome::rejected(std::move(why));
            case remedy::split:
                return outcome::too_large(std::move(why));
            case remedy::stop:
                return outcome::fatal(std::move(why));
        }
    }
    // No exception: this came from something between us and the server, or is no ClickHouse at all.
    if (answer.status == 413) return outcome::too_large(std::move(why));
    bool const passes = answer.status >= 500 || answer.status == 408 || answer.status == 429 || answer.status < 300;
    return passes ? outcome::retry(std::move(why), answer.retry_after()) : outcome::fatal(std::move(why));
}

}  // namespace weir::clickhouse
