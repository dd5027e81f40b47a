// SPDX-License-Identifier: Apache-2.0
#include <weir/adapter/http/secrets.hpp>

#include <catch.hpp>
#include <string>

namespace weir_test::adapter_http_secrets {

TEST_CASE("base64 gives the vectors of RFC 4648") {
    CHECK(weir::http::base64("").empty());
    CHECK(weir::http::base64("f") == "Zg==");
    CHECK(weir::http::base64("fo") == "Zm8=");
    CHECK(weir::http::base64("foo") == "Zm9v");
    CHECK(weir::http::base64("foob") == "Zm9vYg==");
    CHECK(weir::http::base64("fooba") == "Zm9vYmE=");
    CHECK(weir::http::base64("foobar") == "Zm9vYmFy");
    CHECK(weir::http::base64("\xff\xfe\xfd") == "//79");
}

TEST_CASE("every secret is masked wherever it stands") {
    weir::http::secrets secrets;
    secrets.keep("canary");
    secrets.keep("");
    CHECK(secrets.mask("canary, canarycanary, can ary") == "***, ******, can ary");
    CHECK(secrets.mask("") == "");
}

TEST_CASE("a secret within a longer one leaves no part of the longer one") {
    weir::http::secrets secrets;
    secrets.keep("pass");
    secrets.keep("password-1");
    secrets.keep("*");
    CHECK(secrets.mask("password-1").find("word") == std::string::npos);
}

}  // namespace weir_test::adapter_http_secrets
