// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <weir/adapter/prometheus/detail/daemon.hpp>
#include <weir/adapter/prometheus/options.hpp>
#include <weir/base/byte_buffer.hpp>
#include <weir/base/detail/owner.hpp>
#include <weir/base/result.hpp>
#include <weir/codec/job_metrics.hpp>

#include <cstdint>
#include <type_traits>
#include <utility>

namespace weir::prometheus {

/// Serves the metrics of a job over HTTP, on the host's own thread:
///
///     weir::prometheus::server metrics({.metrics = {.pipeline = "page-minutes"}});
///     weir::run(job, {.each_round = [&] { metrics.poll(job); }});
///
/// `GET /metrics` gives the page in the format that the client prefers, made when it is asked for; `GET /healthz` says 200
/// while the job has not failed, and 503 afterwards. Nothing happens but in `poll`, which never blocks: no thread is started.
/// Who stops polling stops answering.
///
/// Errors: an address that cannot be listened to, once, by `open` and `failure`; the job knows nothing of it and goes on.
/// Cost: one system call a poll while nobody asks, and the page when somebody does.
class server {
public:
    explicit server(server_options options) : inside_(new detail::daemon(std::move(options))) {}

    /// Begins to listen. `poll` does it too; a host that calls it first learns what is wrong before the job begins.
    result<void> open() {
        if (inside_->open()) return {};
        return *failure();
    }

    /// Answers whoever asks now about this job.
    template <class Job>
    void poll(Job& work) {
        struct view final : detail::page_source {
            view(Job& job, metrics_options const& options) : job_(&job), options_(&options) {}
            void write(byte_buffer& into, exposition_format format) override {
                append_metrics(into, snapshot_of(*job_, *options_), format);
            }
            [[nodiscard]] bool healthy() override { return !job_->report().failure.has_value(); }

        private:
            Job* job_;
            metrics_options const* options_;
        };
        view now(work, inside_->options().metrics);
        inside_->poll(now);
    }

    /// Answers whoever asks now with what `write(byte_buffer& into, exposition_format)` appends: for several jobs, or for
    /// metrics of the host's own.
    template <class Write>
    void poll_with(Write&& write, bool healthy = true) {
        struct view final : detail::page_source {
            view(Write& function, bool well) : function_(&function), well_(well) {}
            void write(byte_buffer& into, exposition_format format) override { (*function_)(into, format); }
            [[nodiscard]] bool healthy() override { return well_; }

        private:
            std::remove_reference_t<Write>* function_;
            bool well_;
        };
        view now(write, healthy);
        inside_->poll(now);
    }

    /// The port it listens to; 0 while it does not.
    [[nodiscard]] std::uint16_t port() const noexcept { return inside_->port(); }
    /// Why it does not listen, or null.
    [[nodiscard]] error const* failure() const noexcept { return inside_->failure(); }
    /// Lets go of the port and of all connections at once, and forgets why it did not listen; the destructor does it too. It
    /// can be opened again: what failed before is tried anew.
    void close() noexcept { inside_->close(); }

private:
    weir::detail::owner<detail::daemon> inside_;
};

}  // namespace weir::prometheus
