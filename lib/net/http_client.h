// One connection to an HTTP/1.1 server, kept open from request to request.
// Source: RFC 9112 (messages, persistence), RFC 9110 section 15 (status).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "base/units.h"
#include "net/url.h"

namespace weir::net {

struct HttpTimeouts {
  Micros connect{5'000'000};  ///< For each address: TCP, and again TLS.
  Micros idle{10'000'000};    ///< Without a byte in either direction.
  Micros total{60'000'000};   ///< From the first byte of a request to the head of its answer.
};

struct HttpRequest {
  std::string method;
  std::string target;                                        ///< Path and query, encoded.
  std::vector<std::pair<std::string, std::string>> headers;  ///< Beside Host and Content-Length.
  ByteView body;  ///< Borrowed until the answer is there.
  /// Of the answer's content; 0: none is kept. An answer with more fails with
  /// kRefused.
  std::size_t most_content = 0;
  /// How long the answer's head may take, instead of what the timeouts say; for a server that was
  /// asked to wait.
  std::optional<Micros> patience{};
};

struct HttpResponse {
  unsigned status = 0;
  std::string reason;       ///< "503 service unavailable", for messages.
  std::string retry_after;  ///< As sent; "" when it was not.
  // Of a request that asks for content:
  std::vector<std::pair<std::string, std::string>> headers{};  ///< Names in lower case.
  Bytes content{};
  Micros head_after{};     ///< From the begin of send() to the head.
  Micros content_after{};  ///< And to the end of the content.

  /// The first of that name, in lower case; "" when there is none.
  std::string_view header(std::string_view name) const;
};

/// Waiting    send() never longer than the timeouts allow. Looking a host's name up is the system's
///            matter and takes as long as its resolver tries.
/// Failure    kIo and kTimeout: another try may help. kRefused: the server's certificate does not
///            name it or is not trusted, or the content is more than was asked for. Any status is a
///            success here.
/// Threads    All on the loop; one send() at a time. The object must outlive it.
class HttpConnection {
 public:
  virtual ~HttpConnection() = default;
  /// Connects when there is no connection. One the server has closed meanwhile is replaced, once,
  /// without a word: for methods that may be repeated, such as GET, PUT and DELETE. Content nobody
  /// asked for is read past, or the connection closed when that is the quicker way.
  virtual boost::asio::awaitable<Result<HttpResponse>> send(const HttpRequest& request) = 0;
};

/// To the host of `url`, which is "http", or "https" and then needs `tls`. Both are borrowed.
std::unique_ptr<HttpConnection> make_http_connection(boost::asio::io_context& loop, const Url& url,
                                                     boost::asio::ssl::context* tls,
                                                     const HttpTimeouts& timeouts);

}  // namespace weir::net
