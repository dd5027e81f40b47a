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

/// The beginning of an error's text, as a reply keeps it.
struct reply_error {
    char text[512]{};
    std::size_t size = 0;
    bool there = false;

    void take(std::string_view words) noexcept {
        there = true;
        size = std::min(words.size(), sizeof text);
        std::memcpy(text, words.data(), size);
    }
    [[nodiscard]] std::string_view view() const noexcept { return {text, size}; }
};

/// One text more into a digest of texts: what `reply::texts` is made of.
[[nodiscard]] inline std::uint64_t digest_text(std::uint64_t before, std::string_view text) noexcept {
    return hash_bytes(text, before + 1);
}

/// What is kept of a reply to a command that writes: whether it is an error, the beginning of its text if so, whether it is a
/// list, and a digest of all texts in it.
struct reply {
    reply_error error{};
    std::uint64_t texts = 0;
    bool is_list = false;

    void take_text(std::string_view text) noexcept { texts = digest_text(texts, text); }
    void take_status(std::string_view text) noexcept { take_text(text); }
    void take_list(std::size_t) noexcept { is_list = true; }
    void take_nil() noexcept {}
    void take_number() noexcept {}
    /// The next reply begins.
    void clear() noexcept {
        error.size = 0;
        error.there = false;
        texts = 0;
        is_list = false;
    }
};

/// Replies out of bytes, by hiredis's reader, which makes no object for them: nothing is allocated a reply. `Reply` keeps
/// what is needed of one, as `reply` does.
template <class Reply>
class reply_reader {
public:
    /// Forgets everything: another connection begins.
    void restart() {
        reader_.reset(redisReaderCreateWithFunctions(functions()));
        if (!current_) current_.reset(new Reply());
        current_->clear();
        complaint_ = {};
    }

    /// Takes bytes that came and calls `take(Reply const&)` for each reply that is whole; false when they are no replies.
    template <class Take>
    [[nodiscard]] bool read(char const* bytes, std::size_t size, Take&& take) {
        if (!reader_ || redisReaderFeed(reader_.get(), bytes, size) != REDIS_OK) return false;
        for (;;) {
            reader_->privdata = current_.get();
            void* whole = nullptr;
            if (redisReaderGetReply(reader_.get(), &whole) != REDIS_OK) return false;
            if (whole == nullptr) return may_go_on();
            take(static_cast<Reply const&>(*current_));
            current_->clear();
        }
    }

    /// What is wrong with bytes that are no replies.
    [[nodiscard]] std::string_view complaint() const noexcept {
        if (!complaint_.empty()) return complaint_;
        return reader_ && reader_->err != 0 ? std::string_view(reader_->errstr) : std::string_view("out of memory");
    }

private:
    struct release_reader {
        void operator()(redisReader* reader) const noexcept { redisReaderFree(reader); }
    };

    /// hiredis keeps all that it has not understood yet, and sets no limit: a line without an end would fill the memory.
    [[nodiscard]] bool may_go_on() noexcept {
        constexpr std::size_t longest_line = std::size_t{1} << 16;
        constexpr std::size_t longest_text = std::size_t{1} << 29;  // what Redis itself allows
        std::size_t const unread = reader_->len - reader_->pos;
        if (unread <= longest_line) return true;
        if (std::memchr(reader_->buf + reader_->pos, '\n', longest_line) == nullptr) complaint_ = "a line of more than 64 KiB";
        else if (unread > longest_text + longest_line) complaint_ = "a text of more than 512 MiB";
        return complaint_.empty();
    }

    // hiredis wants an object for each reply and does not look into it: this one stands for all.
    static void* some_object() noexcept {
        static char object = 0;
        return &object;
    }

    /// Lets the reply take something. No exception may cross hiredis, which knows null as the end of the memory.
    template <class Take>
    static void* told(redisReadTask const* task, Take&& take) noexcept {
#if defined(__cpp_exceptions)
        try {
            take(*static_cast<Reply*>(task->privdata));
        } catch (...) { return nullptr; }
#else
        take(*static_cast<Reply*>(task->privdata));
#endif
        return some_object();
    }
    static void* take_text(redisReadTask const* task, char* text, std::size_t size) noexcept {
        return told(task, [&](Reply& into) {
            if (task->type == REDIS_REPLY_ERROR && task->parent == nullptr) into.error.take({text, size});
            else if (task->type == REDIS_REPLY_STATUS || task->type == REDIS_REPLY_ERROR) into.take_status({text, size});
            else into.take_text({text, size});
        });
    }
    // The count of elements is an int in hiredis 0.14 and a size_t in 1.x.
    template <class Count>
    static void* take_array(redisReadTask const* task, Count count) noexcept {
        return told(task, [&](Reply& into) { into.take_list(static_cast<std::size_t>(count)); });
    }
    static void* take_integer(redisReadTask const* task, long long) noexcept {
        return told(task, [](Reply& into) { into.take_number(); });
    }
    static void* take_nothing(redisReadTask const* task) noexcept {
        return told(task, [](Reply& into) { into.take_nil(); });
    }
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
    // hiredis remembers where it is, from the beginning of a list to its end: it stays there when the reader is moved.
    weir::detail::owner<Reply> current_{};
    std::string_view complaint_{};
};

}  // namespace weir::redis::detail
