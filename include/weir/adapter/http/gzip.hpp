// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/byte_buffer.hpp>
#include <weir/base/detail/owner.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string_view>

#if !__has_include(<zlib.h>)
#error "weir: <weir/adapter/http.hpp> needs zlib: Debian zlib1g-dev, vcpkg zlib, Conan zlib."
#endif
#include <zlib.h>

namespace weir::http {

/// Compresses request bodies with zlib, into a buffer of its own that is used again: no allocation in steady use.
///
/// Equal input gives equal bytes (the header carries no time), so a retry sends what the first attempt sent.
class gzip {
public:
    /// `level` is zlib's: 1 is fastest and makes analytics rows about four times smaller, 9 is smallest.
    explicit gzip(int level = 1) noexcept : level_(level) {}

    /// The gzip member that holds `plain`, valid until the next call; empty if zlib could not get its memory.
    [[nodiscard]] std::string_view compress(std::string_view plain) {
        if (!ready()) return {};
        z_stream& z = *stream_;
        compressed_.clear();
        std::size_t given = 0;
        int state = Z_OK;
        while (state != Z_STREAM_END) {
            auto const piece = std::min<std::size_t>(plain.size() - given, most_at_once);
            // zlib does not write through next_in; its type lacks the const unless it was compiled with ZLIB_CONST.
            z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data() + given));
            z.avail_in = static_cast<uInt>(piece);
            std::size_t const room =
                std::min<std::size_t>(deflateBound(&z, static_cast<uLong>(piece)) + 64, most_at_once);
            char* const at = compressed_.room_for(room);
            z.next_out = reinterpret_cast<Bytef*>(at);
            z.avail_out = static_cast<uInt>(room);
            state = deflate(&z, given + piece == plain.size() ? Z_FINISH : Z_NO_FLUSH);
            if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) return {};
            compressed_.end_at(at + (room - z.avail_out));
            given += piece - z.avail_in;
        }
        return compressed_.view();
    }

private:
    static constexpr std::size_t most_at_once = std::numeric_limits<uInt>::max() / 2;

    struct release {
        void operator()(z_stream* z) const noexcept {
            deflateEnd(z);
            delete z;
        }
    };

    bool ready() {
        if (stream_) return deflateReset(stream_.get()) == Z_OK;
        weir::detail::owner<z_stream> fresh(new z_stream());
        constexpr int with_gzip_header = 15 + 16;
        if (deflateInit2(fresh.get(), level_, Z_DEFLATED, with_gzip_header, 8, Z_DEFAULT_STRATEGY) != Z_OK)
            return false;
        stream_.reset(fresh.release());
        return true;
    }

    int level_;
    weir::detail::owner<z_stream, release> stream_{};
    byte_buffer compressed_{};
};

}  // namespace weir::http
