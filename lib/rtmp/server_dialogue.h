// The server's side of what publishers and players say: messages in, messages and events out.
// Source: Adobe RTMP 1.0 (2012), section 7.2; releaseStream, FCPublish, FCUnpublish, FCSubscribe
// and _checkbw as encoders and players send them; Enhanced RTMP v2 (Veovera 2024).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "rtmp/capabilities.h"
#include "rtmp/command.h"
#include "rtmp/media_message.h"
#include "rtmp/message.h"
#include "rtmp/stream_name.h"

namespace weir::rtmp {

/// Wants accept(0), refuse(0, text) or redirect(url, text).
struct ConnectAsked {
  std::string app;
  std::string agent;  ///< What the peer calls itself, as one_line().
  Capabilities peer;
};
/// Each wants accept(stream) or refuse(stream, text). `record` and `append` are live here too.
struct PublishAsked {
  std::uint32_t stream = 0;
  StreamName name;
};
struct PlayAsked {
  std::uint32_t stream = 0;
  StreamName name;
};
/// A publisher or player that had been accepted is one no more.
struct Ended {
  std::uint32_t stream = 0;
};
using ServerEvent = std::variant<ConnectAsked, PublishAsked, PlayAsked, Media, Ended>;

/// Messages that meant nothing here, or could not be read.
struct Skipped {
  std::uint64_t count = 0;
  std::string last;  ///< Why, of the last one; repeats no name and no key.
};

/// One connection, with any number of publishers and players up to kMostStreams.
///
/// Order      The owner answers what is asked before it gives the next message.
/// Memory     Nothing is kept of streams nobody was accepted for but their number; what the owner
///            does not fetch grows by a few hundred bytes for each message, and by its media.
/// Failure    What cannot be read, or comes at the wrong time, is skipped and counted. Only the
///            beginning is strict: the first command must be a `connect` in good order (kBadInput,
///            kRefused). Then, and after refuse(0) and redirect(), the output is to be sent and the
///            connection closed; what still comes is ignored.
class ServerDialogue {
 public:
  static constexpr std::size_t kMostStreams = 16;

  explicit ServerDialogue(Capabilities ours) : ours_(std::move(ours)) {}

  Result<void> take(Message message);
  std::optional<ServerEvent> next();
  /// What is to be sent, in order.
  std::vector<Message> take_output();

  /// Answers to what was asked. Without effect when it is asked no longer.
  void accept(std::uint32_t stream);
  /// `text` is for the person at the other side: one line, nothing secret.
  void refuse(std::uint32_t stream, std::string_view text);
  void redirect(std::string_view url, std::string_view text);

  /// To a player; without effect for others.
  void send(Media media);
  /// Puts a publisher out, or tells a player that there is no more. No Ended follows.
  void end(std::uint32_t stream, std::string_view text);
  /// Asks a peer that can (Capabilities::reconnect) to come back, at another URL or, with "", at
  /// the same; nothing is said to others.
  void ask_reconnect(std::string_view url, std::string_view text);
  /// The peer is gone: what was accepted has Ended.
  void hang_up();

  const Skipped& skipped() const { return skipped_; }

 private:
  enum class State { kNew, kAsked, kOpen, kOver };
  enum class Use { kIdle, kPublishAsked, kPublishing, kPlayAsked, kPlaying };
  struct Stream {
    Use use = Use::kIdle;
    std::string name{};
  };
  using Streams = std::map<std::uint32_t, Stream>;
  using Handler = void (ServerDialogue::*)(const Command&, std::uint32_t);
  static const std::map<std::string_view, Handler>& handlers();

  Result<void> begin(const Message& message);
  Result<void> connect(const Command& command);
  void obey(const Command& command, std::uint32_t stream);
  void take_media(Message message);
  void skip(std::string_view why);

  void create_stream(const Command& command, std::uint32_t stream);
  void delete_stream(const Command& command, std::uint32_t stream);
  void close_stream(const Command& command, std::uint32_t stream);
  void publish(const Command& command, std::uint32_t stream);
  void play(const Command& command, std::uint32_t stream);
  void pause(const Command& command, std::uint32_t stream);
  void announce(const Command& command, std::uint32_t stream);
  void unannounce(const Command& command, std::uint32_t stream);
  void acknowledge(const Command& command, std::uint32_t stream);
  void stream_length(const Command& command, std::uint32_t stream);
  void pass_over(const Command& command, std::uint32_t stream);

  std::optional<StreamName> asked_name(const Command& command, std::uint32_t stream, Use use);
  void accept_connection();
  void accept_publisher(std::uint32_t stream);
  void accept_player(std::uint32_t stream);
  void refuse_connection(std::string_view text, std::string_view url);
  void close(Streams::iterator stream);
  void tell(std::uint32_t stream, bool error, std::string_view code, std::string_view text);

  const Capabilities ours_;
  Capabilities peer_;
  State state_ = State::kNew;
  double connect_transaction_ = 1;
  std::string app_;
  std::string connect_app_;  // as sent: its query may hold the key
  std::string tc_url_;
  bool announced_ = false;  // FCPublish came; its sender waits for onFCPublish
  std::uint32_t last_stream_ = 0;
  Streams streams_;
  std::deque<ServerEvent> events_;
  std::vector<Message> output_;
  Skipped skipped_;
};

}  // namespace weir::rtmp
