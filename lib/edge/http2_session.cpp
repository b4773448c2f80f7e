#include "edge/http2_session.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include <nghttp2/nghttp2.h>

#include "base/text.h"
#include "net/http_syntax.h"

namespace weir::edge {
namespace {

struct Freer {
  void operator()(nghttp2_session_callbacks* it) const { nghttp2_session_callbacks_del(it); }
  void operator()(nghttp2_option* it) const { nghttp2_option_del(it); }
};

std::string_view text_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// Fields as HTTP/2 has them, out of a head of HTTP/1.1.
class Fields {
 public:
  Fields(std::string_view head, std::string_view more) {
    const auto begin = head.find(' ') + 1;
    put(":status", head.substr(begin, 3));
    head.remove_prefix(head.find("\r\n") + 2);
    for (std::string_view lines : {head, more}) put_lines(lines);
  }
  std::vector<nghttp2_nv> view() {
    std::vector<nghttp2_nv> out;
    for (auto& [name, value] : fields_)
      out.push_back({reinterpret_cast<std::uint8_t*>(name.data()),
                     reinterpret_cast<std::uint8_t*>(value.data()), name.size(), value.size(),
                     NGHTTP2_NV_FLAG_NONE});
    return out;
  }

 private:
  void put(std::string_view name, std::string_view value) {
    fields_.emplace_back(lower(name), std::string(value));
  }
  void put_lines(std::string_view lines) {
    while (!lines.empty()) {
      const std::string_view line = lines.substr(0, lines.find("\r\n"));
      lines.remove_prefix(std::min(line.size() + 2, lines.size()));
      const auto colon = line.find(':');
      const std::string_view name = line.substr(0, colon);
      if (colon != line.npos && !same_but_for_case(name, "Connection") &&
          !same_but_for_case(name, "Upgrade"))
        put(name, trim(line.substr(colon + 1)));
    }
  }
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace

struct Http2Session::Stream {
  std::string method, path, host, fields;
  std::size_t size = 0;  // of all names and values
  bool bad = false;
  bool too_large = false;
  bool has_content = false;
  bool answered = false;
  HttpAnswer answer;

  std::ptrdiff_t copy(std::span<std::uint8_t> into) {
    const std::size_t size_now = std::min<std::uint64_t>(into.size(), answer.size);
    if (answer.file) {
      const auto got =
          ::pread(answer.file->fd(), into.data(), size_now, static_cast<off_t>(answer.offset));
      return got;
    }
    std::memcpy(into.data(), answer.body->data() + answer.offset, size_now);
    return static_cast<std::ptrdiff_t>(size_now);
  }
};

// What nghttp2 calls; `user` is the session.
struct Http2Session::Hooks {
  static Http2Session& self(void* user) { return *static_cast<Http2Session*>(user); }

  static Stream* find(void* user, std::int32_t id) {
    const auto found = self(user).streams_.find(id);
    return found == self(user).streams_.end() ? nullptr : found->second.get();
  }

  static bool is_request(const nghttp2_frame* frame) {
    return frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
  }

  static int begin_frame(nghttp2_session*, const nghttp2_frame_hd* head, void* user) {
    Http2Session& me = self(user);
    switch (head->type) {
      case NGHTTP2_PING:
      case NGHTTP2_SETTINGS:
      case NGHTTP2_PRIORITY:
      case NGHTTP2_CONTINUATION:
        return me.charge(me.idle_frames_, me.limits_.idle_frames) ? 0
                                                                  : NGHTTP2_ERR_CALLBACK_FAILURE;
      case NGHTTP2_RST_STREAM:
        return me.charge(me.resets_, me.limits_.resets) ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
      case NGHTTP2_DATA:  // without content it costs the client nothing
        return head->length > 0 || (head->flags & NGHTTP2_FLAG_END_STREAM) != 0 ||
                       me.charge(me.idle_frames_, me.limits_.idle_frames)
                   ? 0
                   : NGHTTP2_ERR_CALLBACK_FAILURE;
      default:
        return 0;
    }
  }

  static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    self(user).in_head_ = true;
    if (is_request(frame))
      self(user).streams_.try_emplace(frame->hd.stream_id, std::make_unique<Stream>());
    return 0;
  }

  static int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                    std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                    std::uint8_t, void* user) {
    if (!is_request(frame)) return 0;
    if (Stream* stream = find(user, frame->hd.stream_id))
      put(*stream, self(user).limits_.request.head_bytes, text_of(name, name_size),
          text_of(value, value_size));
    return 0;
  }

  static void put(Stream& stream, std::size_t most, std::string_view name, std::string_view value) {
    stream.size += name.size() + value.size() + 4;
    stream.too_large = stream.too_large || stream.size > most;
    if (stream.too_large) return;
    stream.bad = stream.bad || !net::is_http_value(value);
    if (name == ":method")
      stream.method = value;
    else if (name == ":path")
      stream.path = value;
    else if (name == ":authority" || (name == "host" && stream.host.empty()))
      stream.host = value;
    else if (!name.starts_with(':') && name != "host")
      stream.fields.append(name).append(": ").append(value).append("\r\n");
  }

  static int frame_received(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type != NGHTTP2_HEADERS) return 0;
    self(user).in_head_ = false;
    Stream* const stream = find(user, frame->hd.stream_id);
    if (!is_request(frame) || stream == nullptr) return 0;
    stream->has_content = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0;
    self(user).ask(frame->hd.stream_id);
    return 0;
  }

  // What is left of a request's content is not waited for (RFC 9113 section 8.1).
  static int frame_sent(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    const bool ends = (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) &&
                      (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    const Stream* const stream = ends ? find(user, frame->hd.stream_id) : nullptr;
    if (stream != nullptr && stream->has_content)
      nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_NO_ERROR);
    return 0;
  }

  static int stream_closed(nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
    if (self(user).streams_.erase(id) > 0) self(user).events_.ended(id);
    return 0;
  }

  static ssize_t read_body(nghttp2_session*, std::int32_t, std::uint8_t* into, std::size_t size,
                           std::uint32_t* flags, nghttp2_data_source* source, void* user) {
    auto& stream = *static_cast<Stream*>(source->ptr);
    const std::ptrdiff_t count = stream.copy({into, size});
    if (count <= 0 && stream.answer.size > 0) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    self(user).content_sent_ += static_cast<std::uint64_t>(count);
    stream.answer.offset += static_cast<std::uint64_t>(count);
    stream.answer.size -= static_cast<std::uint64_t>(count);
    if (stream.answer.size == 0) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return count;
  }
};

Http2Session::Http2Session(const Http2Limits& limits, Http2Events& events)
    : limits_(limits), events_(events) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  const std::unique_ptr<nghttp2_session_callbacks, Freer> free_callbacks(callbacks);
  nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, Hooks::begin_frame);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Hooks::begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Hooks::header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Hooks::frame_received);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, Hooks::frame_sent);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Hooks::stream_closed);
  nghttp2_option* options = nullptr;
  nghttp2_option_new(&options);
  const std::unique_ptr<nghttp2_option, Freer> free_options(options);
  nghttp2_option_set_no_auto_window_update(options, 1);  // content is not read
  nghttp2_option_set_no_closed_streams(options, 1);
  nghttp2_session_server_new2(&session_, callbacks, this, options);
  const std::array settings{
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.streams},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
                             static_cast<std::uint32_t>(limits.request.head_bytes)}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
}

Http2Session::~Http2Session() {
  nghttp2_session_del(session_);
}

bool Http2Session::charge(guard::BucketState& bucket, const guard::Quota& quota) {
  return guard::take(bucket, quota, now_).allowed;
}

bool Http2Session::feed(ByteView bytes, std::chrono::nanoseconds now) {
  now_ = now;
  if (broken_) return false;
  const ssize_t count = nghttp2_session_mem_recv(session_, bytes.data(), bytes.size());
  if (count >= 0) return true;
  broken_ = true;
  const bool is_flood = count == NGHTTP2_ERR_CALLBACK_FAILURE || count == NGHTTP2_ERR_FLOODED;
  nghttp2_session_terminate_session(session_,
                                    is_flood ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_PROTOCOL_ERROR);
  return false;
}

unsigned Http2Session::read_head(Stream& stream, HttpRequestParser& parser) const {
  if (stream.too_large) return 431;
  if (stream.bad) return 400;
  const auto state = parser.parse(stream.fields);
  if (state == HttpRequestParser::State::kRefused) return parser.status();
  // Behind an end of the head within the head there would be another request.
  return state == HttpRequestParser::State::kComplete && parser.size() == stream.fields.size()
             ? 0
             : 400;
}

void Http2Session::ask(std::int32_t id) {
  Stream& stream = *streams_.at(id);
  stream.fields = stream.method + " " + stream.path + " HTTP/1.1\r\nHost: " + stream.host + "\r\n" +
                  stream.fields + "\r\n";
  HttpRequestParser parser({limits_.request.head_bytes + 64, limits_.request.target_bytes});
  if (const unsigned status = read_head(stream, parser); status != 0) {
    answer(id, plain_answer(status), "");
    return events_.refused(status);
  }
  HttpRequest request = parser.request();
  request.chunked = stream.has_content && request.content_length == 0;
  events_.asked(id, request);
}

void Http2Session::answer(std::int32_t id, HttpAnswer answer, std::string_view date) {
  const auto found = streams_.find(id);
  if (found == streams_.end() || found->second->answered) return;
  Stream& stream = *found->second;
  stream.answered = true;
  const bool has_body = stream.method != "HEAD" && answer.size > 0;
  Fields fields(*answer.head, date);
  const auto view = fields.view();
  stream.answer = std::move(answer);
  nghttp2_data_provider source{{.ptr = &stream}, Hooks::read_body};
  nghttp2_submit_response(session_, id, view.data(), view.size(), has_body ? &source : nullptr);
}

void Http2Session::require_http1(std::int32_t stream) {
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream, NGHTTP2_HTTP_1_1_REQUIRED);
}

void Http2Session::go_away() {
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE,
                        nghttp2_session_get_last_proc_stream_id(session_), NGHTTP2_NO_ERROR,
                        nullptr, 0);
}

void Http2Session::take(std::string& out, std::size_t size) {
  const std::size_t end = out.size() + size;
  while (out.size() < end) {
    const std::uint8_t* bytes = nullptr;
    const ssize_t count = nghttp2_session_mem_send(session_, &bytes);
    if (count < 0) broken_ = true;
    if (count <= 0) return;
    out.append(text_of(bytes, static_cast<std::size_t>(count)));
  }
}

bool Http2Session::is_blocked() const {
  return std::any_of(streams_.begin(), streams_.end(), [](const auto& each) {
    return each.second->answered && each.second->answer.size > 0;
  });
}

bool Http2Session::is_over() const {
  return broken_ ||
         (nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0);
}

}  // namespace weir::edge
