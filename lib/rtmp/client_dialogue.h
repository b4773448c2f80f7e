// The client's side: what a publisher or player says, messages in, messages and events out.
// Source: Adobe RTMP 1.0 (2012), section 7.2; releaseStream, FCPublish and FCUnpublish as servers
// know them from encoders; Enhanced RTMP v2 (Veovera 2024), "Reconnect Request".
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "flv/tag.h"
#include "rtmp/capabilities.h"
#include "rtmp/command.h"
#include "rtmp/media_message.h"
#include "rtmp/message.h"
#include "rtmp/url.h"

namespace weir::rtmp {

enum class Purpose { kPublish, kPlay };

struct ClientOptions {
  Purpose purpose = Purpose::kPublish;
  Url url;
  std::string agent = "FMLE/3.0 (compatible; weir)";  ///< Some servers look for its beginning.
  Capabilities ours = our_capabilities(kCanEncode | kCanForward);
  bool follow = true;  ///< A redirection is told as Redirected; otherwise it is a failure.
};

/// A publisher may publish() now; a player gets Media.
struct Started {
  Capabilities peer;
};
/// Connect there instead, with `follow` off: one redirection is enough.
struct Redirected {
  Url url;
};
/// The server is going to leave: connect again, soon, there.
struct ReconnectAsked {
  Url url;           ///< The same as before when the server named none.
  std::string text;  ///< One line, "" when it gave no reason.
};
/// What was played is over.
struct Finished {
  std::string text;
};
using ClientEvent = std::variant<Started, Media, Redirected, ReconnectAsked, Finished>;

/// One connection, for one stream. Its output begins with `connect`.
///
/// Failure    kRefused when the server says no, with its own words in one line and our stream and
///            query struck out; kBadInput when it answers `connect` or createStream with something
///            else than they ask for. Both are the end. Messages that cannot be read are passed
///            over.
class ClientDialogue {
 public:
  explicit ClientDialogue(ClientOptions options);

  Result<void> take(Message message);
  std::optional<ClientEvent> next();
  /// What is to be sent, in order.
  std::vector<Message> take_output();

  bool started() const { return state_ == State::kStarted; }
  /// Puts a tag into the output; without effect unless started, to publish.
  void publish(flv::Tag tag);
  /// Takes leave; then the connection may be closed.
  void finish();

 private:
  enum class State { kConnecting, kCreating, kAsking, kStarted, kOver };

  void connect();
  Result<void> obey(const Command& command);
  Result<void> result(const Command& command);
  Result<void> error(const Command& command);
  Result<void> connected(const Command& command);
  Result<void> created(const Command& command);
  Result<void> status(const Command& command);
  Result<void> redirected(const Command& command, const std::string& refusal);
  void asked_to_reconnect(const Command& command, const Status& status);
  void begin();
  void over(std::string_view text);
  void call(std::string_view name, bool with_name = true);
  void take_media(Message message);
  std::string words(const Status& status) const;
  tl::unexpected<Error> refused(std::string_view what, const Status& status);

  const ClientOptions options_;
  State state_ = State::kConnecting;
  Capabilities peer_;
  double last_transaction_ = 0;
  double creating_ = 0;  // transaction of createStream
  double asking_ = 0;    // of publish or play
  std::uint32_t stream_ = 0;
  std::deque<ClientEvent> events_;
  std::vector<Message> output_;
};

}  // namespace weir::rtmp
