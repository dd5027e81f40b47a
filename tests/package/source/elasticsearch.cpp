// SPDX-License-Identifier: Apache-2.0
// weir::elasticsearch brings the adapter's header, libcurl and zlib.
#include <weir/adapter/elasticsearch.hpp>

#include <curl/curl.h>
#include <iostream>
#include <zlib.h>

int main() {
    std::cout << curl_version() << ", zlib " << zlibVersion() << '\n';
    return curl_version_info(CURLVERSION_NOW)->version_num > 0 ? 0 : 1;
}
