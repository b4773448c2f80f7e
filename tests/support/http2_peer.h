// The client's end of HTTP/2, by nghttp2: bytes in and out, answers to look at.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nghttp2/nghttp2.h>

namespace weir::support {

class Http2Peer {
 public:
  struct Answer {
    std::map<std::string, std::string> fields;
    std::string content;
    bool ended = false;
    std::uint32_t error = 0;  ///< Of the stream's end.
  };
  using Fields = std::vector<std::pair<std::string, std::string>>;

  Http2Peer() {
    nghttp2_session_callbacks* calls = nullptr;
    nghttp2_session_callbacks_new(&calls);
    nghttp2_session_callbacks_set_on_header_callback(
        calls, [](nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                  std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                  std::uint8_t, void* user) {
          self(user).answers[frame->hd.stream_id].fields[text(name, name_size)] =
              text(value, value_size);
          return 0;
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        calls, [](nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes,
                  std::size_t size, void* user) {
          self(user).answers[stream].content += text(bytes, size);
          return 0;
        });
    nghttp2_session_callbacks_set_on_stream_close_callback(
        calls, [](nghttp2_session*, std::int32_t stream, std::uint32_t error, void* user) {
          self(user).answers[stream].ended = true;
          self(user).answers[stream].error = error;
          return 0;
        });
    nghttp2_session_callbacks_set_on_frame_recv_callback(
        calls, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
          if (frame->hd.type != NGHTTP2_GOAWAY) return 0;
          self(user).was_sent_away = true;
          self(user).away_error = frame->goaway.error_code;
          return 0;
        });
    nghttp2_option* options = nullptr;  // what is wrong is for the server to see
    nghttp2_option_new(&options);
    nghttp2_option_set_no_http_messaging(options, 1);
    nghttp2_option_set_no_auto_window_update(options, 1);
    nghttp2_session_client_new2(&session_, calls, this, options);
    nghttp2_option_del(options);
    nghttp2_session_callbacks_del(calls);
    nghttp2_submit_settings(session_, 0, nullptr, 0);
  }
  ~Http2Peer() { nghttp2_session_del(session_); }
  Http2Peer(const Http2Peer&) = delete;
  Http2Peer& operator=(const Http2Peer&) = delete;

  /// The stream's number. `has_content`: some will follow, which never comes.
  std::int32_t ask(const std::string& path, const Fields& more = {},
                   const std::string& method = "GET", bool has_content = false) {
    Fields fields{{":method", method}, {":scheme", "https"}, {":authority", "a"}, {":path", path}};
    fields.insert(fields.end(), more.begin(), more.end());
    std::vector<nghttp2_nv> view;
    for (auto& [name, value] : fields)
      view.push_back({reinterpret_cast<std::uint8_t*>(name.data()),
                      reinterpret_cast<std::uint8_t*>(value.data()), name.size(), value.size(), 0});
    return nghttp2_submit_headers(session_, has_content ? 0 : NGHTTP2_FLAG_END_STREAM, -1, nullptr,
                                  view.data(), view.size(), nullptr);
  }
  void reset(std::int32_t stream) {
    nghttp2_submit_rst_stream(session_, 0, stream, NGHTTP2_CANCEL);
  }
  void ping() { nghttp2_submit_ping(session_, 0, nullptr); }
  void settings() { nghttp2_submit_settings(session_, 0, nullptr, 0); }
  /// More may be sent to it, on the stream and in all.
  void make_room(std::int32_t stream, std::int32_t size) {
    nghttp2_submit_window_update(session_, 0, stream, size);
    nghttp2_submit_window_update(session_, 0, 0, size);
  }
  std::string take() {
    std::string out;
    const std::uint8_t* bytes = nullptr;
    for (ssize_t count = 1; count > 0;) {
      count = nghttp2_session_mem_send(session_, &bytes);
      if (count > 0) out += text(bytes, static_cast<std::size_t>(count));
    }
    return out;
  }
  bool feed(std::string_view bytes) {
    return nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                    bytes.size()) >= 0;
  }

  std::map<std::int32_t, Answer> answers;
  bool was_sent_away = false;
  std::uint32_t away_error = 0;

 private:
  static Http2Peer& self(void* user) { return *static_cast<Http2Peer*>(user); }
  static std::string text(const std::uint8_t* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
  }
  nghttp2_session* session_ = nullptr;
};

/// A frame as it is sent.
inline std::string http2_frame(int type, int flags, std::uint32_t stream,
                               const std::string& content) {
  std::string out;
  for (int shift : {16, 8, 0}) out += static_cast<char>(content.size() >> shift);
  out += static_cast<char>(type);
  out += static_cast<char>(flags);
  for (int shift : {24, 16, 8, 0}) out += static_cast<char>(stream >> shift);
  return out + content;
}

}  // namespace weir::support
