// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>

namespace examples {

/// Writes `count` lines of a generator (`std::string_view next()`) to a file, `-` for standard output; so many a second
/// where `rate` is not zero, and then without end where `count` is zero. Returns an exit code, and says on standard error what
/// went wrong.
template <class Generator>
int write_lines(std::string const& path, Generator& generator, std::uint64_t count, double rate = 0) {
    bool const standard = path == "-";
    std::FILE* const to = standard ? stdout : std::fopen(path.c_str(), "wb");
    bool written = to != nullptr;
    auto const start = std::chrono::steady_clock::now();
    for (std::uint64_t made = 0; written && (made < count || (count == 0 && rate > 0)); ++made) {
        if (rate > 0) {
            auto const due = start + std::chrono::microseconds(static_cast<std::int64_t>(static_cast<double>(made) / rate * 1e6));
            if (due > std::chrono::steady_clock::now()) {
                written = std::fflush(to) == 0;
                std::this_thread::sleep_until(due);
            }
        }
        std::string_view const line = generator.next();
        written = written && std::fwrite(line.data(), 1, line.size(), to) == line.size() && std::fputc('\n', to) != EOF;
    }
    if (to && (standard ? std::fflush(to) : std::fclose(to)) != 0) written = false;
    if (!written) std::fprintf(stderr, "%s: %s\n", path.c_str(), std::strerror(errno));
    return written ? 0 : 1;
}

}  // namespace examples
