#include "net/http_client.h"

#include <algorithm>
#include <chrono>
#include <type_traits>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include "base/os_error.h"
#include "base/text.h"
#include "net/resolve.h"
#include "net/tls.h"

namespace weir::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using TimePoint = std::chrono::steady_clock::time_point;
using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;
using Body = http::span_body<const std::uint8_t>;
using Parser = http::response_parser<http::string_body>;

constexpr std::uint64_t kMostContent = 65'536;  // of an answer, to keep the connection for
constexpr std::size_t kMostHead = 65'536;
constexpr int kMostInterim = 8;  // 1xx answers before the real one
constexpr std::chrono::seconds kContentPatience{1};

auto into(error_code& ec) {
  return asio::redirect_error(asio::use_awaitable, ec);
}

Error describe(const error_code& ec) {
  if (ec == beast::error::timeout) return {Code::kTimeout, "no answer in time"};
  if (ec == http::error::end_of_stream || ec == asio::error::eof ||
      ec == asio::ssl::error::stream_truncated)
    return {Code::kIo, "connection closed before an answer"};
  if (ec.category() == boost::system::system_category())
    return {Code::kIo, os_error_text(ec.value())};
  if (ec.category() == http::make_error_code(http::error::bad_status).category())
    return {Code::kIo, "the answer is not HTTP: " + lower(ec.message())};
  return {Code::kIo, lower(ec.message())};
}

http::request<Body> message_of(const HttpRequest& request, const Url& url) {
  http::request<Body> message;
  message.version(11);
  message.method_string(request.method);
  message.target(request.target);
  message.set(http::field::host, url.authority());
  for (const auto& [name, value] : request.headers) message.set(name, value);
  message.body() = {request.body.data(), request.body.size()};
  message.prepare_payload();
  return message;
}

HttpResponse response_of(const Parser& parser) {
  HttpResponse out;
  out.status = parser.get().result_int();
  const auto sent = parser.get().reason();
  const auto name = http::obsolete_reason(parser.get().result());
  std::string reason(sent.empty() ? name : sent);
  std::erase_if(reason, [](char c) { return c < 0x20 || c > 0x7e; });
  out.reason = lower(fmt::format("{} {}", out.status, reason.substr(0, 80)));
  out.retry_after = parser.get()[http::field::retry_after];
  return out;
}

template <typename Stream>
class Connection : public HttpConnection {
 public:
  Connection(asio::io_context& loop, const Url& url, asio::ssl::context* tls,
             const HttpTimeouts& timeouts)
      : loop_(loop), url_(url), tls_(tls), timeouts_(timeouts) {}

  asio::awaitable<Result<HttpResponse>> send(const HttpRequest& request) override {
    begun_ = std::chrono::steady_clock::now();
    const bool used_before = stream_.has_value();
    auto response = co_await attempt(request);
    const bool closed = !response && response.error().code == Code::kIo;
    if (used_before && closed) response = co_await attempt(request);
    co_return response;
  }

 private:
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;

  // A stream that is no longer good is gone afterwards.
  asio::awaitable<Result<HttpResponse>> attempt(const HttpRequest& request) {
    if (!stream_) {
      auto connected = co_await connect();
      if (!connected) {
        stream_.reset();
        co_return fail(std::move(connected).error());
      }
    }
    auto response = co_await exchange(request);
    if (!response || !keep_) stream_.reset();
    co_return response;
  }

  asio::awaitable<Result<void>> connect() {
    const std::uint16_t port = url_.port != 0 ? url_.port : kTls ? 443 : 80;
    auto addresses = co_await resolve(url_.host, port);
    if (!addresses) co_return fail(std::move(addresses).error());
    Result<void> outcome;
    for (const auto& address : *addresses) {
      open_stream();
      outcome = co_await connect_to(address);
      if (outcome || outcome.error().code == Code::kRefused) break;
    }
    co_return outcome;
  }

  void open_stream() {
    buffer_.clear();
    if constexpr (kTls)
      stream_.emplace(loop_, *tls_);
    else
      stream_.emplace(loop_);
  }

  asio::awaitable<Result<void>> connect_to(const tcp::endpoint& address) {
    error_code ec;
    lowest().expires_after(timeouts_.connect);
    co_await lowest().async_connect(address, into(ec));
    if (ec == beast::error::timeout) co_return fail(Code::kTimeout, "no connection in time");
    if (ec) co_return fail(describe(ec));
    error_code ignored;
    lowest().socket().set_option(tcp::no_delay(true), ignored);
    if constexpr (kTls) co_return co_await shake_hands();
    co_return Result<void>();
  }

  asio::awaitable<Result<void>> shake_hands() {
    auto expected = expect_host(stream_->native_handle(), url_.host);
    if (!expected) co_return expected;
    error_code ec;
    lowest().expires_after(timeouts_.connect);
    co_await stream_->async_handshake(asio::ssl::stream_base::client, into(ec));
    if (!ec) co_return Result<void>();
    const std::string fault = certificate_fault(stream_->native_handle());
    if (fault.empty()) co_return fail(describe(ec).within("TLS"));
    co_return fail(Code::kRefused, "certificate of '{}': {}; SSL_CERT_FILE names whom to trust",
                   url_.host, lower(fault));
  }

  asio::awaitable<Result<HttpResponse>> exchange(const HttpRequest& request) {
    keep_ = false;
    const TimePoint deadline =
        std::chrono::steady_clock::now() + request.patience.value_or(timeouts_.total);
    const error_code unsent = co_await write(request, deadline);
    if (unsent == beast::error::timeout) co_return fail(describe(unsent));
    // A server that has seen enough may answer and close before everything was sent.
    auto response = co_await read(request, deadline);
    if (!response && unsent) co_return fail(describe(unsent));
    if (unsent) keep_ = false;
    co_return response;
  }

  asio::awaitable<error_code> write(const HttpRequest& request, TimePoint deadline) {
    const auto message = message_of(request, url_);
    http::request_serializer<Body> serializer(message);
    error_code ec;
    while (!ec && !serializer.is_done()) {
      expect_progress(deadline);
      co_await http::async_write_some(*stream_, serializer, into(ec));
    }
    co_return ec;
  }

  asio::awaitable<Result<HttpResponse>> read(const HttpRequest& request, TimePoint deadline) {
    for (int i = 0; i < kMostInterim; ++i) {
      Parser parser;
      parser.body_limit(boost::none);
      parser.skip(request.method == "HEAD");
      error_code ec;
      if (request.patience)
        lowest().expires_at(deadline);
      else
        expect_progress(deadline);
      co_await http::async_read_header(*stream_, buffer_, parser, into(ec));
      if (ec) co_return fail(describe(ec));
      if (parser.get().result_int() / 100 == 1) continue;
      HttpResponse response = response_of(parser);
      response.head_after = elapsed();
      if (request.most_content > 0) co_return co_await take_content(request, parser, response);
      // Not one expression: GCC 12 loses `this` in a co_await behind && when sanitizing.
      keep_ = parser.keep_alive();
      if (keep_) keep_ = co_await pass_content(parser);
      co_return response;
    }
    co_return fail(Code::kIo, "the server does not come to an answer");
  }

  asio::awaitable<Result<HttpResponse>> take_content(const HttpRequest& request, Parser& parser,
                                                     HttpResponse& response) {
    keep_ = parser.keep_alive();
    for (const auto& field : parser.get())
      response.headers.emplace_back(lower(std::string(field.name_string())), field.value());
    const bool announced_more =
        !parser.is_done() && parser.content_length().value_or(0) > request.most_content;
    parser.body_limit(request.most_content);
    error_code ec;
    if (announced_more) ec = http::error::body_limit;
    while (!ec && !parser.is_done()) {
      lowest().expires_after(timeouts_.idle);
      co_await http::async_read_some(*stream_, buffer_, parser, into(ec));
    }
    if (ec == http::error::body_limit)
      co_return fail(Code::kRefused, "more than {} bytes", request.most_content);
    if (ec == http::error::partial_message || ec == http::error::end_of_stream)
      co_return fail(Code::kIo, "connection closed within the content");
    if (ec) co_return fail(describe(ec));
    response.content_after = elapsed();
    const std::string& body = parser.get().body();
    response.content.assign(body.begin(), body.end());
    co_return std::move(response);
  }

  Micros elapsed() const {
    return std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now() - begun_);
  }

  // False when that would take too long.
  asio::awaitable<bool> pass_content(Parser& parser) {
    if (parser.is_done()) co_return true;
    if (parser.content_length().value_or(0) > kMostContent) co_return false;
    parser.body_limit(kMostContent);
    error_code ec;
    lowest().expires_after(kContentPatience);
    co_await http::async_read(*stream_, buffer_, parser, into(ec));
    co_return !ec;
  }

  void expect_progress(TimePoint deadline) {
    lowest().expires_at(std::min(std::chrono::steady_clock::now() + timeouts_.idle, deadline));
  }
  beast::tcp_stream& lowest() { return beast::get_lowest_layer(*stream_); }

  asio::io_context& loop_;
  const Url& url_;
  asio::ssl::context* const tls_;
  const HttpTimeouts timeouts_;
  std::optional<Stream> stream_;
  beast::flat_buffer buffer_{kMostHead};
  TimePoint begun_{};
  bool keep_ = false;
};

}  // namespace

std::string_view HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return "";
}

std::unique_ptr<HttpConnection> make_http_connection(asio::io_context& loop, const Url& url,
                                                     asio::ssl::context* tls,
                                                     const HttpTimeouts& timeouts) {
  if (url.scheme == "https")
    return std::make_unique<Connection<TlsStream>>(loop, url, tls, timeouts);
  return std::make_unique<Connection<PlainStream>>(loop, url, tls, timeouts);
}

}  // namespace weir::net
