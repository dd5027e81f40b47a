// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace weir::redis {

/// What an error reply means for the command that it answers.
struct verdict {
    enum class kind {
        row_at_fault,  ///< this row cannot be stored; the others are
        id_not_above,  ///< `XADD`: the stream has this entry already, or a later one
        passing,       ///< sending the same again may help
        final,         ///< no row is at fault and trying again is of no use
    };

    kind what = kind::final;
    std::string advice{};
    bool reconnect = false;  ///< passing: by another connection, which may lead to another server
};

/// Judges the text of an error reply, without its `-`: `WRONGTYPE Operation against a key ...`.
[[nodiscard]] inline verdict judge_error(std::string_view text) {
    using kind = verdict::kind;
    std::string_view const code = text.substr(0, text.find(' '));
    auto const says = [&](std::string_view words) { return text.find(words) != std::string_view::npos; };

    if (code == "WRONGTYPE")
        return {kind::row_at_fault, "the key holds another type of data: delete it, or choose another options::key"};
    if (code == "LOADING") return {kind::passing, "the server is reading its data from the disk"};
    if (code == "READONLY")
        return {.what = kind::passing,
                .advice = "options::url leads to a replica: it must lead to the primary",
                .reconnect = true};
    if (code == "OOM")
        return {kind::passing, "the server's memory is full: raise its maxmemory, give keys an options::time_to_live, or "
                               "choose an eviction policy"};
    if (code == "MISCONF")
        return {kind::passing, "the server refuses writes because it cannot save to its disk"};
    if (code == "BUSY" || code == "MASTERDOWN" || code == "NOREPLICAS" || code == "TRYAGAIN" || code == "CLUSTERDOWN")
        return {kind::passing, {}};
    if (says("max number of clients"))
        return {.what = kind::passing,
                .advice = "the server has no connection left: raise its maxclients",
                .reconnect = true};

    if (code == "MOVED" || code == "ASK" || code == "CROSSSLOT") {
        std::string_view const node = text.substr(text.rfind(' ') + 1);
        std::string advice = "Redis Cluster is not supported: use a server, or a primary, of its own";
        if (code != "CROSSSLOT") advice.append("; this key lives at ").append(node);
        return {kind::final, std::move(advice)};
    }
    if (code == "NOPERM") return {kind::final, "the user may not run this command, or not on this key: see ACL SETUSER"};
    if (code == "WRONGPASS" || code == "NOAUTH" || says("invalid password") || says("invalid username-password") ||
        says("AUTH"))
        return {kind::final, "check options::user and options::password"};
    if (says("DB index")) return {kind::final, "check options::database"};
    if (says("unknown command") || says("wrong number of arguments"))
        return {kind::final, "the server is too old for this options::type"};
    if (says("equal or smaller than the target stream top item")) return {kind::id_not_above, {}};
    if (says("Protocol error")) return {kind::final, {}};
    return {code == "ERR" ? kind::row_at_fault : kind::final, {}};
}

}  // namespace weir::redis
