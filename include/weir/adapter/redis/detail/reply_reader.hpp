// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/base/detail/owner.hpp>
#include <weir/base/hash.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if !__has_include(<hiredis/hiredis.h>)
#error "weir: <weir/adapter/redis.hpp> needs hiredis: Debian libhiredis-dev, vcpkg hiredis, Conan hiredis."
#endif
#include <hiredis/hiredis.h>

namespace weir::redis::detail {

/// What is kept of a reply: whether it is an error, the beginning of its text if so, whether it is a list, and a
/// digest of all texts in it.
struct reply {
    char text[512]{};
    std::size_t size = 0;
    std::uint64_t texts = 0;
    bool is_error = false;
    bool is_list = false;

    [[nodiscard]] std::string_view error_text() const noexcept { return {text, size}; }
};

/// One text more into a digest of texts: what `reply::texts` is made of.
[[nodiscard]] inline std::uint64_t digest_text(std::uint64_t before, std::string_view text) noexcept {
    return hash_bytes(text, before + 1);
}

/// Replies out of bytes, by hiredis's reader, which makes no object for them: nothing is allocated a reply.
class reply_reader {
public:
    /// Forgets everything: another connection begins.
    void restart() {
        reader_.reset(redisReaderCreateWithFunctions(functions()));
        current_ = {};
    }

    /// Takes bytes that came and calls `take(reply const&)` for each reply that is whole; false when they are no replies.
    template <class Take>
    [[nodiscard]] bool read(char const* bytes, std::size_t size, Take&& take) {
        if (!reader_ || redisReaderFeed(reader_.get(), bytes, size) != REDIS_OK) return false;
        for (;;) {
            reader_->privdata = &current_;
            void* whole = nullptr;
            if (redisReaderGetReply(reader_.get(), &whole) != REDIS_OK) return false;
            if (whole == nullptr) return true;
            take(static_cast<reply const&>(current_));
            current_.size = 0;
            current_.texts = 0;
            current_.is_error = false;
            current_.is_list = false;
        }
    }

    /// What hiredis said of bytes that are no replies.
    [[nodiscard]] std::string_view complaint() const noexcept {
        return reader_ && reader_->err != 0 ? std::string_view(reader_->errstr) : std::string_view("out of memory");
    }

private:
    struct release_reader {
        void operator()(redisReader* reader) const noexcept { redisReaderFree(reader); }
    };

    // hiredis wants an object for each reply and does not look into it: this one stands for all.
    static void* some_object() noexcept {
        static char object = 0;
        return &object;
    }

    static void* take_text(redisReadTask const* task, char* text, std::size_t size) noexcept {
        auto& into = *static_cast<reply*>(task->privdata);
        if (task->type == REDIS_REPLY_ERROR && task->parent == nullptr) {
            into.is_error = true;
            into.size = std::min(size, sizeof into.text);
            std::memcpy(into.text, text, into.size);
        } else {
            into.texts = digest_text(into.texts, {text, size});
        }
        return some_object();
    }
    // The count of elements is an int in hiredis 0.14 and a size_t in 1.x.
    template <class Count>
    static void* take_array(redisReadTask const* task, Count) noexcept {
        static_cast<reply*>(task->privdata)->is_list = true;
        return some_object();
    }
    static void* take_integer(redisReadTask const*, long long) noexcept { return some_object(); }
    static void* take_nothing(redisReadTask const*) noexcept { return some_object(); }
    static void free_object(void*) noexcept {}

    static redisReplyObjectFunctions* functions() noexcept {
        static redisReplyObjectFunctions table = [] {
            redisReplyObjectFunctions all{};
            all.createString = &take_text;
            all.createArray = &take_array;
            all.createInteger = &take_integer;
            all.createNil = &take_nothing;
            all.freeObject = &free_object;
            return all;
        }();
        return &table;
    }

    weir::detail::owner<redisReader, release_reader> reader_{};
    reply current_{};
};

}  // namespace weir::redis::detail
