// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/http.hpp>
#include <weir/base/error.hpp>
#include <weir/base/result.hpp>
#include <weir/codec/avro/detail/json.hpp>
#include <weir/codec/avro/framing.hpp>
#include <weir/sink/retry.hpp>
#include <weir/time/timestamp.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::avro {

/// How a schema registry is reached: Confluent's, Karapace, Apicurio (with `/apis/ccompat/v7` behind its address), Redpanda's.
struct registry_options {
    std::string url = "http://localhost:8081";  ///< without user and password
    std::string user{};
    std::string password{};  ///< sent in a header; no error, log or metric ever shows it
    std::string token{};     ///< sent as a bearer's, in place of user and password; as `password`
    retry_policy retry{.give_up_after = std::chrono::minutes(1)};
    http::client_options http{};
};

/// A schema as a registry has it.
struct registered_schema {
    std::string text{};                    ///< the schema's JSON
    std::vector<std::string> references{};  ///< schemas whose names it uses, each after those that it uses itself
};

/// What a registry answered.
struct registry_answer {
    registered_schema schema{};             ///< of `fetch` and `fetch_version`
    std::optional<schema_id> id{};          ///< the number that it has there
    std::optional<uuid> guid{};             ///< where the registry gives one
    std::int64_t version = 0;               ///< within the subject; 0 when not told
    bool compatible = true;                 ///< of `check`
    std::vector<std::string> objections{};  ///< of `check`: why not
};

/// The subject under which a topic's keys or values are registered, unless something else was agreed on.
[[nodiscard]] inline std::string subject_of_values(std::string_view topic) { return std::string(topic) + "-value"; }
[[nodiscard]] inline std::string subject_of_keys(std::string_view topic) { return std::string(topic) + "-key"; }

/// Asks a schema registry, one question at a time, without blocking. The allowed order of calls is `(question poll*)*`.
///
/// What fails for a passing reason (no connection, 429, 5xx) is asked again as `registry_options::retry` says. Schemas
/// that were fetched by id or GUID never change: they are kept, and the next question for them is answered at once.
class registry {
public:
    explicit registry(registry_options chosen)
        : client_(chosen.http, "schema registry"), retry_(chosen.retry), url_(std::move(chosen.url)) {
        while (!url_.empty() && url_.back() == '/') url_.pop_back();
        headers_.push_back({"Accept", "application/vnd.schemaregistry.v1+json, application/json"});
        headers_.push_back({"Content-Type", "application/vnd.schemaregistry.v1+json"});
        if (!chosen.token.empty()) headers_.push_back({"Authorization", "Bearer " + chosen.token});
        else if (!chosen.user.empty()) {
            std::string basic = http::base64(chosen.user + ":" + chosen.password);
            headers_.push_back({"Authorization", "Basic " + basic});
            client_.keep_secret(std::move(basic));
        }
        client_.keep_secret(std::move(chosen.token));
        client_.keep_secret(std::move(chosen.password));
    }

    /// The schema of that id or GUID.
    void fetch(schema_id const& id) {
        begin("schema " + to_string(id));
        wanted_ = id;
        if (known_.contains(id)) return;
        ask("GET", id.is_guid() ? "/schemas/guids/" + to_string(id.guid()) : "/schemas/ids/" + std::to_string(id.number()));
    }
    /// A version of a subject, the latest for 0.
    void fetch_version(std::string_view subject, std::int64_t version = 0) {
        begin(words_of(subject));
        ask("GET", path_of(subject) + "/versions/" + (version == 0 ? "latest" : std::to_string(version)));
    }
    /// Makes the schema known under the subject, if it is not yet, and says its id.
    void enrol(std::string_view subject, std::string_view schema) {
        begin(words_of(subject));
        ask("POST", path_of(subject) + "/versions", schema);
    }
    /// Whether the subject has this schema, and which id and version that is.
    void look_up(std::string_view subject, std::string_view schema) {
        begin(words_of(subject));
        ask("POST", path_of(subject), schema);
    }
    /// Whether the subject would take this schema after that version (the latest for 0), by its compatibility level.
    void check(std::string_view subject, std::string_view schema, std::int64_t version = 0) {
        begin(words_of(subject));
        ask("POST", "/compatibility" + path_of(subject) + "/versions/" + (version == 0 ? "latest" : std::to_string(version)) +
                        "?verbose=true", schema);
    }

    /// Does what can be done without waiting; nothing while the question is open.
    [[nodiscard]] std::optional<result<registry_answer>> poll(timestamp now) {
        if (!asking_) return std::nullopt;
        if (path_.empty()) return finish(registry_answer{.schema = known_.at(*wanted_), .id = wanted_});
        if (!client_.under_way()) {
            if (!retry_.due(now)) return std::nullopt;
            retry_.begin(now);
            client_.start({.url = url_ + path_, .method = method_, .headers = headers_, .body = body_});
        }
        auto const ended = client_.poll();
        if (!ended) return std::nullopt;
        std::optional<error> why = ended->failure;
        bool passing = ended->passing;
        code_ = 0;
        if (!why) {
            passing = false;
            why = take(ended->answer, passing);
            if (!why) return refer();
        }
        auto const asked = ended->answer.retry_after();
        if (passing && retry_.next_attempt(now, asked)) return std::nullopt;
        if (passing) why->cause += "; " + retry_.account(now, asked);
        if (passing && why->advice.empty()) why->advice = "check registry_options::url: is a schema registry up there?";
        return finish(std::move(*why));
    }

    /// The registry's own number of the last error, such as 40403; the HTTP status when it gave none; 0: no answer came.
    [[nodiscard]] int error_code() const noexcept { return code_; }
    /// Whether the last question was answered by a schema that is of no use: of another language, or without those that it
    /// refers to. Asking again does not help, asking for another schema does.
    [[nodiscard]] bool unusable() const noexcept { return unusable_; }
    [[nodiscard]] bool asking() const noexcept { return asking_; }
    /// What the last question fetched, if it was one by id or GUID.
    [[nodiscard]] std::optional<schema_id> const& wanted() const noexcept { return wanted_; }
    /// The schema, if it was fetched before.
    [[nodiscard]] registered_schema const* find(schema_id const& id) const noexcept {
        auto const found = known_.find(id);
        return found == known_.end() ? nullptr : &found->second;
    }
    [[nodiscard]] timestamp next_wake(timestamp now) const {
        if (!asking_) return end_of_time;
        return client_.under_way() || path_.empty() ? client_.next_wake(now) : retry_.not_before();
    }
    /// Waits until something has moved, at most this long. Only for a caller that has nothing else to do.
    void wait(duration at_most) { client_.wait(at_most); }
    void cancel() {
        client_.cancel();
        asking_ = false;
    }
    /// The registry as errors show it.
    [[nodiscard]] std::string address() const { return http::address_of(url_); }

private:
    struct reference {
        std::string subject;
        std::int64_t version;
    };
    /// A schema that was fetched, and those it refers to, which are fetched before it can be understood.
    struct unfinished {
        registry_answer answer;
        std::vector<reference> references;
        std::size_t next = 0;
    };
    static constexpr std::size_t most_references = 64;

    [[nodiscard]] static std::string words_of(std::string_view subject) { return "subject '" + std::string(subject) + "'"; }
    [[nodiscard]] static std::string path_of(std::string_view subject) { return "/subjects/" + http::percent_encoded(subject); }

    void begin(std::string about) {
        cancel();
        asking_ = true;
        about_ = std::move(about);
        wanted_.reset();
        path_.clear();
        stack_.clear();
        before_.clear();
        fetched_ = 0;
        unusable_ = false;
        retry_.restart();
    }

    void ask(std::string method, std::string path, std::string_view schema = {}) {
        method_ = std::move(method);
        path_ = std::move(path);
        body_.clear();
        if (method_ == "GET") return;
        body_ = "{\"schema\":";
        detail::append_json_text(body_, schema);
        body_ += '}';
    }

    std::optional<result<registry_answer>> finish(result<registry_answer> with) {
        asking_ = false;
        return with;
    }

    [[nodiscard]] error trouble(std::string cause, std::string advice = {}) const {
        return {.component = "schema registry",
                .place = client_.mask(http::address_of(url_) + " " + about_),
                .cause = client_.mask(std::move(cause)),
                .advice = std::move(advice)};
    }

    /// Takes an answer; what it returns is what is wrong with it.
    [[nodiscard]] std::optional<error> take(http::response const& answer, bool& passing) {
        detail::json_parser parser;
        auto const document = parser.parse(answer.body);
        bool const object = document && document->is(detail::json_value::kind::object);
        if (answer.status < 200 || answer.status >= 300) {
            auto const own = object ? document->number_of("error_code") : std::nullopt;
            code_ = own && *own > 0 && *own < 1'000'000 ? static_cast<int>(*own) : answer.status;
            passing = answer.status >= 500 || answer.status == 429 || answer.status == 408;
            unusable_ = answer.status == 404 && own && fetched_ != 0;
            return refused(answer, object ? document->text_of("message") : std::string_view(), own.has_value());
        }
        if (answer.truncated) return trouble("the answer is larger than most_response_bytes", "raise registry_options::http");
        if (!object) {
            return trouble("the answer is no JSON object" + std::string(document ? "" : ": " + parser.problem()),
                           "check registry_options::url: does a schema registry answer there?");
        }
        return read(*document);
    }

    [[nodiscard]] std::optional<error> read(detail::json_value const& document) {
        using kind = detail::json_value::kind;
        registry_answer made;
        if (auto const number = document.number_of("id"); number && *number >= 0 && *number <= INT32_MAX)
            made.id = schema_id(static_cast<std::int32_t>(*number));
        made.guid = uuid::parse(document.text_of("guid"));
        made.version = document.number_of("version").value_or(0);
        made.schema.text = document.text_of("schema");
        std::string_view const type = document.text_of("schemaType");
        unusable_ = !type.empty() && type != "AVRO";
        if (unusable_) return trouble("the schema is of the type " + std::string(type) + ", not AVRO");
        if (auto const* compatible = document.find("is_compatible")) made.compatible = compatible->truth;
        if (auto const* messages = document.find("messages"); messages && messages->is(kind::array))
            for (auto const& message : messages->items) made.objections.push_back(message.text);
        if (auto const reason = document.text_of("reason"); !reason.empty()) made.objections.emplace_back(reason);
        bool const fetching = method_ == "GET";
        if (fetching && made.schema.text.empty()) return trouble("the answer holds no schema");
        if (!fetching && !path_.starts_with("/compatibility") && !made.id) return trouble("the answer holds no id");
        unfinished now{.answer = std::move(made), .references = {}};
        auto const* references = document.find("references");
        if (fetching && references && references->is(kind::array))
            for (auto const& each : references->items)
                now.references.push_back({std::string(each.text_of("subject")), each.number_of("version").value_or(0)});
        stack_.push_back(std::move(now));
        return std::nullopt;
    }

    /// Goes on with the next schema that is referred to, or gives the answer.
    std::optional<result<registry_answer>> refer() {
        for (;;) {
            unfinished& top = stack_.back();
            if (top.next < top.references.size()) {
                unusable_ = ++fetched_ > most_references;
                if (unusable_) return finish(trouble("the schema refers to too many others"));
                reference const& next = top.references[top.next++];
                ask("GET", path_of(next.subject) + "/versions/" + std::to_string(next.version));
                retry_.restart();
                return std::nullopt;
            }
            if (stack_.size() == 1) break;
            std::string& text = top.answer.schema.text;
            if (std::find(before_.begin(), before_.end(), text) == before_.end()) before_.push_back(std::move(text));
            stack_.pop_back();
        }
        registry_answer whole = std::move(stack_.back().answer);
        whole.schema.references = std::move(before_);
        if (wanted_) {
            whole.id = wanted_;
            known_[*wanted_] = whole.schema;
        }
        return finish(std::move(whole));
    }

    [[nodiscard]] error refused(http::response const& answer, std::string_view message, bool known) const {
        // Masked before it is cut: a secret that is cut off would no longer be known.
        std::string words = client_.mask(std::string(message.empty() ? std::string_view(answer.body) : message)).substr(0, 1024);
        for (char& c : words)
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
        // What a registry misses has a number of its own; 404 alone says that nothing is known of such a path.
        bool const stranger = code_ == 404;
        return trouble((stranger ? "no schema registry answers there: " : "") + std::string(known && !stranger ? "error " : "HTTP ") +
                           std::to_string(code_) + (words.empty() ? "" : ": " + words),
                       std::string(advice_for(code_)));
    }

    [[nodiscard]] static std::string_view advice_for(int code) noexcept {
        switch (code) {
            case 40401: return "the subject is not registered there: is it the right registry, and the right subject?";
            case 40402: return "the subject has no such version";
            case 40403: return "the registry does not know this schema: is it the one that the topic's writers use?";
            case 409: case 40901: return "the subject's compatibility level forbids this change: see registry::check";
            case 42201: return "the registry takes it for no valid schema";
            case 42202: return "a version is a number from 1, or the latest";
            case 42203: return "the registry has another compatibility level";
            case 50001: return "the registry cannot reach its store: look at its Kafka topic _schemas";
            case 50002: return "the registry's store did not answer in time";
            case 50003: return "the registry could not forward the request to its leader";
            case 50004: return "the registry has no leader at the moment";
            case 401: case 403: case 40101: case 40301:
                return "check registry_options::user and registry_options::password";
            case 404:
                return "check registry_options::url: it is what stands before /schemas and /subjects; a registry may also be too "
                       "old to know schemas by GUID";
            default: return {};
        }
    }

    http::client client_;
    retry_state retry_;
    std::string url_;
    std::vector<http::header_field> headers_{};
    std::map<schema_id, registered_schema> known_{};
    std::optional<schema_id> wanted_{};
    std::string about_{};
    std::string method_{};
    std::string path_{};
    std::string body_{};
    std::vector<unfinished> stack_{};
    std::vector<std::string> before_{};
    std::size_t fetched_ = 0;
    int code_ = 0;
    bool unusable_ = false;
    bool asking_ = false;
};

}  // namespace weir::avro
