// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

namespace weir_test {

/// Texts that have broken some program somewhere; all are valid UTF-8, and no two are equal.
inline std::vector<std::string> naughty_texts() {
    std::vector<std::string> all{
        " ",
        "  leading",
        "trailing  ",
        "a b",
        "a,b",
        "a=b",
        ",",
        "=",
        "==",
        ",=, ",
        "\"",
        "\"quoted\"",
        "'",
        "''",
        "`",
        "a`b",
        "\\",
        "\\\\",
        "\\,",
        "a\\ b",
        "C:\\temp\\new",
        "ends\\",
        "\\N",
        "\\n",
        "NULL",
        "null",
        "nil",
        "None",
        "undefined",
        "true",
        "0",
        "-0",
        "1e400",
        "NaN",
        "Infinity",
        "0x1",
        "1i",
        "1u",
        "t",
        "#comment",
        "# not a comment",
        "/a\nadmin,role=root",
        "a\r\nb",
        "\n",
        "\r",
        "\t",
        "tab\tbed",
        std::string("nul\0inside", 10),
        std::string(1, '\0'),
        "--",
        "'; DROP TABLE clicks; --",
        "1' OR '1'='1",
        "${jndi:ldap://x}",
        "%s%n%d",
        "%00",
        "../../etc/passwd",
        "<script>alert(1)</script>",
        "&amp;&#65;",
        "{\"json\":[1,2]}",
        "[]",
        "{}",
        "\xc3\xa9t\xc3\xa9",
        "na\xc3\xafve",
        "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
        "\xf0\x9f\x92\xa9",
        "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7",
        "\xe2\x80\xae"
        "reversed",
        "\xd8\xb9\xd8\xb1\xd8\xa8\xd9\x8a",
        "zero\xe2\x80\x8bwidth",
        "\xef\xbb\xbf"
        "bom",
        "e\xcc\x81",
        "\xc2\xa0nbsp",
        "\xe2\x80\xa8line separator",
        "\xef\xbf\xbf",
        "\xf4\x8f\xbf\xbf",
        "page?a=1&b=2,3 4#x",
    };
    for (char control = 1; control < 32; ++control) all.push_back(std::string("control ") + control + " inside");
    all.push_back("delete \x7f inside");
    all.push_back("/long/" + std::string(60'000, 'u'));
    return all;
}

}  // namespace weir_test
