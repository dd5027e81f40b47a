#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A room includes only itself and rooms before it; the core includes the standard library only; no core header and not
<weir.hpp> includes an adapter; an adapter includes its own third party and the adapters its component stands on."""
import sys

import tree

STANDARD = set("""
algorithm any array atomic barrier bit bitset charconv chrono codecvt compare complex concepts condition_variable
coroutine deque exception execution filesystem format forward_list fstream functional future initializer_list iomanip ios
iosfwd iostream istream iterator latch limits list locale map memory memory_resource mutex new numbers numeric optional
ostream queue random ranges ratio regex scoped_allocator semaphore set shared_mutex source_location span sstream stack
stdexcept stop_token streambuf string string_view strstream syncstream system_error thread tuple type_traits typeindex
typeinfo unordered_map unordered_set utility valarray variant vector version
cassert cctype cerrno cfenv cfloat cinttypes climits clocale cmath csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib
cstring ctime cuchar cwchar cwctype
""".split())

# The headers of the third party that a component stands for, by what their names begin with.
THIRD_PARTY = {
    "simdjson": ["simdjson.h"],
    "kafka": ["librdkafka/"],
    "http": ["curl/", "zlib.h"],
    "prometheus": ["microhttpd.h", "arpa/inet.h", "netinet/in.h"],  # which is told an address in the system's own words
    "redis": ["hiredis/"],
}

# {(file, include): reason}
EXCEPTIONS = {
    ("include/weir/adapter/redis/detail/wire.hpp", name):
        "hiredis writes so that a closed connection can kill the process by SIGPIPE, and reads into objects"
    for name in ("fcntl.h", "poll.h", "sys/socket.h", "sys/un.h")
}

# Headers beside the rooms, which stand on nothing of weir and may be included by all: {header: reason}
BENEATH_ALL = {"weir/version.hpp": "a constant that any room may want to show"}


def room_of(header):
    """The room of `weir/window/session.hpp` is `window`; None for <weir.hpp>."""
    parts = header.split("/")
    return parts[1].removesuffix(".hpp") if parts[0] == "weir" and len(parts) > 1 else None


def adapter_of(header):
    """`weir/adapter/kafka.hpp` and `weir/adapter/kafka/source.hpp` belong to `kafka`."""
    return header.split("/")[2].removesuffix(".hpp")


def check(root):
    known, _ = tree.components(root)
    for path in tree.files(root, ".hpp"):
        if path.parts[0] != "include":
            continue
        header = path.relative_to("include").as_posix()
        room = tree.ROOMS[0] if header in BENEATH_ALL else room_of(header)
        if room is not None and room not in tree.ROOMS:
            yield f"{path}: there is no room '{room}': {', '.join(tree.ROOMS)}"
            continue
        for mark, name in tree.includes(tree.read(root, path)):
            if (path.as_posix(), name) in EXCEPTIONS:
                continue
            complaint = wrong(header, room, mark, name, known)
            if complaint:
                yield f"{path}: {complaint}"


def wrong(header, room, mark, name, known):
    """Why this header may not include that name, or None."""
    if mark == '"':
        return f'includes "{name}": write <{name}>, from the root of include/'
    if name == "weir.hpp":
        return "includes the umbrella <weir.hpp>: include what is used"
    if name in BENEATH_ALL:
        return None
    if name.startswith("weir/"):
        if header in BENEATH_ALL:
            return f"includes <{name}>, but stands beneath all rooms"
        other = room_of(name)
        if other not in tree.ROOMS:
            return f"includes <{name}>, which is in no room"
        if room is None:
            return "includes an adapter: <weir.hpp> is the core alone" if other == "adapter" else None
        if tree.ROOMS.index(other) > tree.ROOMS.index(room):
            return f"includes <{name}>: {other}/ comes after {room}/"
        if room == "adapter" and other == "adapter":
            allowed = tree.components_below(known, adapter_of(header))
            if adapter_of(name) not in allowed:
                return f"includes <{name}>, but the component '{adapter_of(header)}' does not stand on it"
        return None
    if name in STANDARD:
        return None
    if room != "adapter":
        return f"includes <{name}>: the core includes the standard library only"
    allowed = [start for part in tree.components_below(known, adapter_of(header)) for start in THIRD_PARTY.get(part, [])]
    if not name.startswith(tuple(allowed)):
        return f"includes <{name}>, which is not of the third party of '{adapter_of(header)}'"
    return None


if __name__ == "__main__":
    sys.exit(tree.main(check))
