// Which stream a publisher or player asks for, and with which key.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace weir::rtmp {

inline constexpr std::size_t kLongestName = 255;    ///< Bytes; of apps, streams and keys alike.
inline constexpr std::size_t kLongestTcUrl = 2048;  ///< Bytes.

/// The secret of a stream. It has no form that could be formatted into a text by mistake.
class StreamKey {
 public:
  StreamKey() = default;
  explicit StreamKey(std::string secret) : secret_(std::move(secret)) {}
  bool empty() const { return secret_.empty(); }
  /// To compare or to send, never to show.
  std::string_view reveal() const { return secret_; }

 private:
  std::string secret_;
};

struct StreamName {
  std::string app;     ///< "live", or with an instance "live/eu"; may be empty.
  std::string stream;  ///< Not empty; without '/'.
  StreamKey key;       ///< Empty: none was given.
};

/// The part of `app`, or of `tc_url` when there is none, that names the application, without
/// slashes around it and without its query. kRefused for a name that breaks the rules below.
Result<std::string> app_name(std::string_view app, std::string_view tc_url);

/// Senders put the query of rtmp://host/app/STREAM?key=KEY behind the stream (most), behind the app
/// or into tcUrl; `key` counts from the first of these that has one, its percent-encoding undone.
///
/// Rules      At most kLongestName bytes; no control bytes, no "..", and outside the app no '/',
///            neither as such nor percent-encoded. kRefused with a text that repeats nothing of it.
Result<StreamName> stream_name(std::string_view app, std::string_view tc_url,
                               std::string_view stream);

}  // namespace weir::rtmp
