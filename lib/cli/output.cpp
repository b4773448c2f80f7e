#include "cli/output.h"

#include <algorithm>
#include <map>

namespace weir::cli {
namespace {

using WhenFull = net::HttpStoreOptions::WhenFull;

}  // namespace

void bind_http(CLI::App& app, HttpOutput& http) {
  app.add_option("--http-header", http.headers,
                 "URL: a header for every request, 'Name: value'; may be given again")
      ->allow_extra_args(false)
      ->default_str("");
  const std::map<std::string, WhenFull> policies{{"block", WhenFull::kWait},
                                                 {"drop", WhenFull::kDrop}};
  app.add_option("--http-policy", http.policy,
                 "URL: wait for a slow target, or drop the oldest segments; vod: block, else drop")
      ->transform(CLI::CheckedTransformer(policies))
      ->default_str("");
  add_duration(app, "--http-queue", http.queue, "URL: how much of a rendition may wait to be sent");
  add_bytes(app, "--http-memory", http.memory_bytes, "URL: how many bytes may wait to be sent");
  add_duration(app, "--http-retry", http.retry, "URL: how long a file is tried again");
  add_duration(app, "--http-timeout", http.timeout, "URL: how long one request may take");
}

Result<std::unique_ptr<Store>> open_output(const std::string& place, const HttpOutput& http,
                                           bool live, Session& session) {
  if (place.find("://") == place.npos) {
    WEIR_TRY_ASSIGN(auto folder, FolderStore::open(place));
    return std::unique_ptr<Store>(std::move(folder));
  }
  net::HttpStoreOptions options;
  options.when_full = http.policy.value_or(live ? WhenFull::kDrop : WhenFull::kWait);
  if (!live && options.when_full == WhenFull::kDrop)
    return fail(Code::kUsage, "--http-policy drop is for live and event playlists");
  options.headers = http.headers;
  options.user_agent = "weir/" WEIR_VERSION;
  options.may_lose = live;
  options.queue = {http.memory_bytes, http.queue};
  options.retry.budget = http.retry;
  options.timeouts.total = http.timeout;
  WEIR_TRY_ASSIGN(auto store, net::HttpStore::open(
                                  place, options,
                                  {session.clock(), session.log(), net::dice(Random::system())}));
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace weir::cli
