// What the owner of a ServerDialogue answers.
#include <fmt/format.h>

#include "rtmp/server_dialogue.h"
#include "rtmp/user_control.h"

namespace weir::rtmp {
namespace {

// Encoders and players look at these for a server they know how to talk to.
constexpr const char* kServerVersion = "FMS/3,0,1,123";
constexpr double kServerCapabilities = 31;
constexpr double kRedirect = 302;

}  // namespace

void ServerDialogue::tell(std::uint32_t stream, bool error, std::string_view code,
                          std::string_view text) {
  output_.push_back(status_message(stream, {error, std::string(code), one_line(text)}));
}

void ServerDialogue::accept(std::uint32_t stream) {
  if (stream == 0 && state_ == State::kAsked) return accept_connection();
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  if (found->second.use == Use::kPublishAsked) accept_publisher(stream);
  if (found->second.use == Use::kPlayAsked) accept_player(stream);
}

// Where a client looks for what we can do is not agreed on: it stands in both objects, and only for
// those who speak of such things themselves.
void ServerDialogue::accept_connection() {
  state_ = State::kOpen;
  const auto write = [&](flv::AmfWriter& amf) {
    amf.object([&] {
      amf.name("fmsVer").text(kServerVersion);
      amf.name("capabilities").number(kServerCapabilities);
      if (peer_.enhanced()) write_capabilities(ours_, amf);
    });
    amf.object([&] {
      write_status({false, "NetConnection.Connect.Success", "connected"}, amf);
      amf.name("objectEncoding").number(peer_.amf3 ? 3 : 0);
      if (peer_.enhanced()) write_capabilities(ours_, amf);
    });
  };
  output_.push_back(command_message("_result", connect_transaction_, 0, write));
}

void ServerDialogue::accept_publisher(std::uint32_t stream) {
  streams_[stream].use = Use::kPublishing;
  const Status start{false, "NetStream.Publish.Start", "publishing"};
  output_.push_back(user_control(UserEvent::kStreamBegin, stream));
  if (announced_) {
    output_.push_back(command_message("onFCPublish", 0, 0, [&](flv::AmfWriter& amf) {
      amf.null();
      amf.object([&] { write_status(start, amf); });
    }));
  }
  output_.push_back(status_message(stream, start));
}

void ServerDialogue::accept_player(std::uint32_t stream) {
  streams_[stream].use = Use::kPlaying;
  output_.push_back(user_control(UserEvent::kStreamBegin, stream));
  tell(stream, false, "NetStream.Play.Reset", "playing and resetting the stream");
  tell(stream, false, "NetStream.Play.Start", "playing");
  Bytes access;
  flv::AmfWriter amf(access);
  amf.text("|RtmpSampleAccess");
  amf.boolean(true);
  amf.boolean(true);
  output_.push_back({MessageType::kData, stream, 0, std::move(access)});
}

void ServerDialogue::refuse(std::uint32_t stream, std::string_view text) {
  if (stream == 0 && state_ == State::kAsked) return refuse_connection(text, "");
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  const Use use = found->second.use;
  if (use != Use::kPublishAsked && use != Use::kPlayAsked) return;
  tell(stream, true,
       use == Use::kPlayAsked ? "NetStream.Play.StreamNotFound" : "NetStream.Publish.BadName",
       text);
  found->second = {};
}

void ServerDialogue::redirect(std::string_view url, std::string_view text) {
  if (state_ == State::kAsked) refuse_connection(text, url);
}

void ServerDialogue::refuse_connection(std::string_view text, std::string_view url) {
  state_ = State::kOver;
  const Status status{true, "NetConnection.Connect.Rejected", one_line(text)};
  const auto write = [&](flv::AmfWriter& amf) {
    amf.null();
    amf.object([&] {
      write_status(status, amf);
      if (url.empty()) return;
      amf.name("ex").object([&] {
        amf.name("code").number(kRedirect);
        amf.name("redirect").text(url);
      });
    });
  };
  output_.push_back(command_message("_error", connect_transaction_, 0, write));
}

void ServerDialogue::send(Media media) {
  const auto found = streams_.find(media.stream);
  if (found == streams_.end() || found->second.use != Use::kPlaying) return;
  output_.push_back(media_message(media.type, media.stream, media.timestamp_ms,
                                  std::move(media.body), Towards::kPlayer));
}

void ServerDialogue::end(std::uint32_t stream, std::string_view text) {
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  if (found->second.use == Use::kPublishing) tell(stream, true, "NetStream.Publish.BadName", text);
  if (found->second.use == Use::kPlaying) {
    output_.push_back(user_control(UserEvent::kStreamEnd, stream));
    tell(stream, false, "NetStream.Play.UnpublishNotify", text);
  }
  found->second = {};
}

void ServerDialogue::ask_reconnect(std::string_view url, std::string_view text) {
  if (state_ != State::kOpen || !peer_.reconnect) return;
  output_.push_back(command_message("onStatus", 0, 0, [&](flv::AmfWriter& amf) {
    amf.null();
    amf.object([&] {
      write_status({false, "NetConnection.Connect.ReconnectRequest", one_line(text)}, amf);
      if (!url.empty()) amf.name("tcUrl").text(url);
    });
  }));
}

}  // namespace weir::rtmp
