// Gets playlists, segments and their heads without blocking the loop, over HTTP/1.1 or from files.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include "base/bytes.h"
#include "hls/byte_range.h"
#include "net/http_client.h"

namespace weir::probe {

struct LiveRequest {
  std::string location;
  std::optional<hls::ByteRange> range{};
  bool head = false;                       ///< Only whether it is there.
  bool compressed = false;                 ///< Content may come so, and is left so.
  std::size_t most = 64 << 20;             ///< Bytes of content; more is a failure.
  std::optional<std::int64_t> patience{};  ///< Microseconds until the head; empty: the usual.
};

/// What came of a request; times since the begin of the watch.
struct LiveResponse {
  int status = 0;          ///< 0: there was no answer.
  std::string failure{};   ///< Of status 0, lower case.
  bool timed_out = false;  ///< Of status 0.
  std::string location{};  ///< Where it was found in the end.
  Bytes content{};
  std::int64_t asked_us = 0;
  std::int64_t head_us = 0;      ///< The head of the answer was there.
  std::int64_t answered_us = 0;  ///< All of it was.
  std::string date{};            ///< Header fields as sent.
  std::string modified{};
  std::string type{};
  std::string encoding{};

  bool good() const { return status / 100 == 2; }
};

/// Keeps a connection to each host it was sent to, and follows redirects, five at most.
/// Waiting    For a head 10 s or the patience given, for content 10 s without a byte.
/// Threads    All on the loop; one get() at a time.
class LiveClient {
 public:
  using Now = std::function<std::int64_t()>;

  /// Borrows both.
  LiveClient(boost::asio::io_context& loop, boost::asio::ssl::context& tls, Now now)
      : loop_(loop), tls_(tls), now_(std::move(now)) {}
  boost::asio::awaitable<LiveResponse> get(LiveRequest request);

 private:
  struct Host {
    net::Url url;
    std::unique_ptr<net::HttpConnection> connection;
  };
  boost::asio::awaitable<std::string> once(const LiveRequest& request, LiveResponse& out);
  net::HttpConnection& connection_to(const net::Url& url);

  boost::asio::io_context& loop_;
  boost::asio::ssl::context& tls_;
  const Now now_;
  std::map<std::string, std::unique_ptr<Host>> hosts_;  // by scheme and authority
};

/// A date as HTTP writes it, in microseconds since 1970; empty when it is none.
std::optional<std::int64_t> http_date_us(const std::string& text);

}  // namespace weir::probe
