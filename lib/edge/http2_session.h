// HTTP/2 as a server speaks it: bytes in, requests out, answers in, bytes out; no socket.
// Source: RFC 9113, RFC 7541 (nghttp2 reads and writes the frames).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "edge/http_answer.h"
#include "edge/http_request.h"
#include "guard/token_bucket.h"

struct nghttp2_session;

namespace weir::edge {

/// Hears what a client wants. A stream is one request with its answer.
class Http2Events {
 public:
  virtual ~Http2Events() = default;
  /// `request` is borrowed for the call, in which it may be answered.
  virtual void asked(std::int32_t stream, const HttpRequest& request) = 0;
  /// A request that was refused with that status, and answered.
  virtual void refused(unsigned status) = 0;
  /// The stream is at its end, whoever ended it.
  virtual void ended(std::int32_t stream) = 0;
};

struct Http2Limits {
  HttpLimits request{};
  std::uint32_t streams = 100;  ///< At a time.
  /// Streams that the client gives up: each costs it nothing and the server a request.
  guard::Quota resets{20, std::chrono::seconds(1), 200};
  /// Frames that carry no request and want an answer or a thought: pings, settings, priorities,
  /// continuations.
  guard::Quota idle_frames{50, std::chrono::seconds(1), 500};
};

/// Requests are judged as those of HTTP/1.1 are, by HttpRequestParser. Content is not read: an
/// answer to a request that has some ends its stream.
/// Floods     What goes beyond the limits ends the connection with ENHANCE_YOUR_CALM.
/// Memory     Heads of requests up to their limit, `streams` times; answers are their owners'.
class Http2Session {
 public:
  static constexpr std::size_t kFrame = 16 << 10;

  /// Borrows `events`.
  Http2Session(const Http2Limits& limits, Http2Events& events);
  ~Http2Session();
  Http2Session(const Http2Session&) = delete;
  Http2Session& operator=(const Http2Session&) = delete;

  /// `now` of a monotonic clock. False: nothing more can be read, and what take() gives is the
  /// last.
  bool feed(ByteView bytes, std::chrono::nanoseconds now);
  /// Ignored for a stream that has ended. `date` as a field: "Date: …\r\n".
  void answer(std::int32_t stream, HttpAnswer answer, std::string_view date);
  /// The client is to ask the same with HTTP/1.1.
  void require_http1(std::int32_t stream);
  /// No further request is taken.
  void go_away();
  /// Appends what is to be sent now, at least up to `size` bytes if there is so much.
  void take(std::string& out, std::size_t size);
  std::size_t streams() const { return streams_.size(); }
  /// Part of a request's head is there.
  bool in_head() const { return in_head_; }
  /// An answer waits for the client to give it room.
  bool is_blocked() const;
  /// Bytes of content so far.
  std::uint64_t content_sent() const { return content_sent_; }
  /// Nothing follows, in either direction.
  bool is_over() const;

 private:
  struct Stream;
  struct Hooks;

  unsigned read_head(Stream& stream, HttpRequestParser& parser) const;
  void ask(std::int32_t id);
  bool charge(guard::BucketState& bucket, const guard::Quota& quota);

  const Http2Limits limits_;
  Http2Events& events_;
  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, std::unique_ptr<Stream>> streams_;
  guard::BucketState resets_{0}, idle_frames_{0};
  std::chrono::nanoseconds now_{};
  std::uint64_t content_sent_ = 0;
  bool in_head_ = false;
  bool broken_ = false;
};

}  // namespace weir::edge
