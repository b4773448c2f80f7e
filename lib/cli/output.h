// -o of a tool that writes many files: a folder, or a URL to put them to.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "base/store.h"
#include "cli/run.h"
#include "net/http_store.h"

namespace weir::cli {

/// Options about putting files to a URL; bind_http() defines them.
struct HttpOutput {
  std::vector<std::string> headers;                       ///< --http-header, repeatable
  std::optional<net::HttpStoreOptions::WhenFull> policy;  ///< --http-policy block|drop
  Micros queue = net::OutboxLimits().duration;            ///< --http-queue
  std::int64_t memory_bytes = net::OutboxLimits().bytes;  ///< --http-memory
  Micros retry = net::RetryPolicy().budget;               ///< --http-retry
  Micros timeout = net::HttpTimeouts().total;             ///< --http-timeout
};
void bind_http(CLI::App& app, HttpOutput& http);

/// `place` is a folder unless it holds "://". `live`: what is made goes on when a segment cannot be
/// put, and policy is "drop" when none was chosen; otherwise it is "block", and "drop" is kUsage.
/// `session` is borrowed by the store.
Result<std::unique_ptr<Store>> open_output(const std::string& place, const HttpOutput& http,
                                           bool live, Session& session);

}  // namespace weir::cli
