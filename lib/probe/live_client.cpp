#include "probe/live_client.h"

#include <filesystem>

#include "hls/uri.h"
#include "net/retry.h"
#include "probe/fetch.h"

namespace weir::probe {
namespace {

constexpr int kMostRedirects = 5;
constexpr std::size_t kMostHosts = 8;
constexpr int kOk = 200, kNotFound = 404;

void set_failure(LiveResponse& out, const Error& error) {
  out.status = 0;
  out.failure = error.what;
  out.timed_out = error.code == Code::kTimeout;
}

void read_file(const LiveRequest& request, LiveResponse& out) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(request.location, ignored)) {
    out.status = kNotFound;
    return;
  }
  out.status = kOk;
  if (request.head) return;
  auto bytes = Fetcher(nullptr).whole(request.location, request.range, std::int64_t(request.most));
  if (!bytes) return set_failure(out, bytes.error());
  out.content = std::move(*bytes);
}

// A server that knows no ranges sends all.
void cut(Bytes& content, const hls::ByteRange& range) {
  const auto size = static_cast<std::int64_t>(content.size());
  const std::int64_t begin = std::min(range.offset, size);
  const std::int64_t end = begin + std::min(range.length, size - begin);
  content = Bytes(content.begin() + begin, content.begin() + end);
}

net::HttpRequest message(const LiveRequest& request, const net::Url& url) {
  net::HttpRequest out;
  out.method = request.head ? "HEAD" : "GET";
  out.target = url.query.empty() ? url.path : url.path + "?" + url.query;
  out.headers = {{"User-Agent", "weir-probe"}, {"Accept", "*/*"}};
  if (request.compressed) out.headers.emplace_back("Accept-Encoding", "gzip");
  if (request.range)
    out.headers.emplace_back("Range",
                             fmt::format("bytes={}-{}", request.range->offset,
                                         request.range->offset + request.range->length - 1));
  out.most_content = request.head ? 1 : std::max<std::size_t>(request.most, 1);
  if (request.patience) out.patience = Micros(*request.patience);
  return out;
}

}  // namespace

net::HttpConnection& LiveClient::connection_to(const net::Url& url) {
  auto& host = hosts_[url.scheme + "://" + url.authority()];
  if (!host) {
    host = std::make_unique<Host>();
    host->url = url;
    const net::HttpTimeouts timeouts{Micros(5'000'000), Micros(10'000'000), Micros(10'000'000)};
    host->connection = net::make_http_connection(loop_, host->url, &tls_, timeouts);
  }
  return *host->connection;
}

// Where it leads on to, "" when it does not.
boost::asio::awaitable<std::string> LiveClient::once(const LiveRequest& request,
                                                     LiveResponse& out) {
  const auto url = net::parse_url(request.location);
  if (!url) {
    set_failure(out, url.error());
    co_return "";
  }
  if (hosts_.size() > kMostHosts) hosts_.clear();
  const auto begun = now_();
  auto response = co_await connection_to(*url).send(message(request, *url));
  if (!response) {
    set_failure(out, std::move(response).error().within(fmt::format("'{}'", url->shown())));
    co_return "";
  }
  out.status = static_cast<int>(response->status);
  out.head_us = begun + response->head_after.count();
  out.content = std::move(response->content);
  if (request.range && out.status == kOk) cut(out.content, *request.range);
  out.date = response->header("date");
  out.modified = response->header("last-modified");
  out.type = response->header("content-type");
  out.encoding = response->header("content-encoding");
  const std::string_view to = response->header("location");
  co_return out.status / 100 == 3 && !to.empty() ? hls::resolve_uri(request.location, to) : "";
}

boost::asio::awaitable<LiveResponse> LiveClient::get(LiveRequest request) {
  LiveResponse out;
  out.asked_us = now_();
  const auto network = [](const std::string& location) {
    return hls::uri_scheme(location).starts_with("http");
  };
  if (!network(request.location)) {
    read_file(request, out);
  } else {
    for (int i = 0; i <= kMostRedirects; ++i) {
      const std::string on = co_await once(request, out);
      if (on.empty() || !network(on)) break;
      request.location = on;
    }
  }
  out.location = request.location;
  out.answered_us = now_();
  if (out.head_us == 0) out.head_us = out.answered_us;
  co_return out;
}

std::optional<std::int64_t> http_date_us(const std::string& text) {
  if (text.empty() || text.find(' ') == std::string::npos) return {};
  const auto us = net::parse_retry_after(text, 0);
  return us ? std::optional(us->count()) : std::nullopt;
}

}  // namespace weir::probe
