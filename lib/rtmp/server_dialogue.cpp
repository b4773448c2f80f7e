#include "rtmp/server_dialogue.h"

#include <utility>

#include <fmt/format.h>

namespace weir::rtmp {
namespace {

std::string text_member(const flv::AmfValue& object, std::string_view name) {
  const auto* member = object.get(name);
  const auto* text = member != nullptr ? member->text() : nullptr;
  return text != nullptr ? *text : std::string();
}

/// An answer whose values behind the null `write_values` writes.
template <typename Values>
Message result(double transaction, Values write_values) {
  return command_message("_result", transaction, 0, [&](flv::AmfWriter& amf) {
    amf.null();
    write_values(amf);
  });
}

Message error(double transaction, const Status& status) {
  return command_message("_error", transaction, 0, [&](flv::AmfWriter& amf) {
    amf.null();
    amf.object([&] { write_status(status, amf); });
  });
}

}  // namespace

const std::map<std::string_view, ServerDialogue::Handler>& ServerDialogue::handlers() {
  using Self = ServerDialogue;
  static const std::map<std::string_view, Handler> all{{"createStream", &Self::create_stream},
                                                       {"deleteStream", &Self::delete_stream},
                                                       {"closeStream", &Self::close_stream},
                                                       {"publish", &Self::publish},
                                                       {"play", &Self::play},
                                                       {"pause", &Self::pause},
                                                       {"FCPublish", &Self::announce},
                                                       {"FCUnpublish", &Self::unannounce},
                                                       {"releaseStream", &Self::acknowledge},
                                                       {"FCSubscribe", &Self::acknowledge},
                                                       {"_checkbw", &Self::acknowledge},
                                                       {"getStreamLength", &Self::stream_length},
                                                       {"receiveAudio", &Self::pass_over},
                                                       {"receiveVideo", &Self::pass_over},
                                                       {"_result", &Self::pass_over},
                                                       {"_error", &Self::pass_over}};
  return all;
}

Result<void> ServerDialogue::take(Message message) {
  if (state_ == State::kOver) return {};
  if (is_media(message)) {
    take_media(std::move(message));
    return {};
  }
  if (!is_command(message)) return {};
  if (state_ != State::kOpen) return begin(message);
  if (const auto command = read_command(message)) {
    obey(*command, message.stream);
  } else {
    skip(command.error().what);
  }
  return {};
}

std::optional<ServerEvent> ServerDialogue::next() {
  if (events_.empty()) return {};
  ServerEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

std::vector<Message> ServerDialogue::take_output() {
  return std::exchange(output_, {});
}

void ServerDialogue::skip(std::string_view why) {
  ++skipped_.count;
  skipped_.last = why;
}

Result<void> ServerDialogue::begin(const Message& message) {
  auto done = [&]() -> Result<void> {
    WEIR_TRY_ASSIGN(const auto command, read_command(message));
    if (state_ == State::kAsked || command.name != "connect")
      return fail(Code::kBadInput, "a command came before the connection was accepted");
    return connect(command);
  }();
  if (!done) refuse_connection(done.error().what, "");
  return done;
}

Result<void> ServerDialogue::connect(const Command& command) {
  connect_transaction_ = command.transaction;
  if (command.values.empty() || command.values[0].object() == nullptr)
    return fail(Code::kBadInput, "connect comes without its command object");
  const auto& object = command.values[0];
  connect_app_ = text_member(object, "app");
  tc_url_ = text_member(object, "tcUrl");
  WEIR_TRY_ASSIGN(app_, app_name(connect_app_, tc_url_));
  peer_ = read_capabilities(object);
  state_ = State::kAsked;
  events_.push_back(ConnectAsked{app_, one_line(text_member(object, "flashVer")), peer_});
  return {};
}

void ServerDialogue::obey(const Command& command, std::uint32_t stream) {
  if (const auto handler = handlers().find(command.name); handler != handlers().end())
    return (this->*handler->second)(command, stream);
  skip(fmt::format("unknown command '{}'", one_line(command.name)));
  if (command.transaction != 0)
    output_.push_back(error(command.transaction,
                            {true, "NetConnection.Call.Failed", "this server has no such method"}));
}

void ServerDialogue::take_media(Message message) {
  const auto stream = streams_.find(message.stream);
  if (stream == streams_.end() || stream->second.use != Use::kPublishing)
    return skip(type_text(message.type) + " on a stream that is not published");
  for (auto& media : read_media(std::move(message))) events_.push_back(std::move(media));
}

void ServerDialogue::create_stream(const Command& command, std::uint32_t) {
  if (streams_.size() >= kMostStreams) {
    const Status full{true, "NetConnection.Call.Failed", "too many streams on one connection"};
    output_.push_back(error(command.transaction, full));
    return skip(full.description);
  }
  streams_.emplace(++last_stream_, Stream{});
  output_.push_back(
      result(command.transaction, [&](flv::AmfWriter& amf) { amf.number(last_stream_); }));
}

void ServerDialogue::delete_stream(const Command& command, std::uint32_t) {
  const auto id = command.values.size() > 1 ? command.values[1].number() : std::nullopt;
  if (!id || !(*id >= 0 && *id <= last_stream_)) return skip("deleteStream without a stream");
  const auto stream = streams_.find(static_cast<std::uint32_t>(*id));
  if (stream == streams_.end()) return;
  close(stream);
  streams_.erase(stream);
}

void ServerDialogue::close_stream(const Command&, std::uint32_t stream) {
  if (const auto found = streams_.find(stream); found != streams_.end()) close(found);
}

std::optional<StreamName> ServerDialogue::asked_name(const Command& command, std::uint32_t stream,
                                                     Use use) {
  const bool publishing = use == Use::kPublishAsked;
  const std::string_view code = publishing ? "NetStream.Publish.BadName" : "NetStream.Play.Failed";
  const auto found = streams_.find(stream);
  const auto* text = command.text(1);
  std::string why;
  if (found == streams_.end())
    why = "there is no such stream: createStream comes first";
  else if (found->second.use != Use::kIdle)
    why = "this stream is in use already";
  else if (text == nullptr)
    why = "the stream has no name: use rtmp://HOST/APP/STREAM";
  if (why.empty()) {
    if (auto name = stream_name(connect_app_, tc_url_, *text)) {
      found->second = {use, name->stream};
      return std::move(*name);
    } else {
      why = name.error().what;
    }
  }
  skip(fmt::format("{}: {}", command.name, why));
  tell(stream, true, code, why);
  return {};
}

void ServerDialogue::publish(const Command& command, std::uint32_t stream) {
  // publish(false) is how players of old say that they are done.
  if (command.values.size() > 1 && command.values[1].boolean() == false)
    return close_stream(command, stream);
  if (auto name = asked_name(command, stream, Use::kPublishAsked))
    events_.push_back(PublishAsked{stream, std::move(*name)});
}

void ServerDialogue::play(const Command& command, std::uint32_t stream) {
  if (command.values.size() > 1 && command.values[1].boolean() == false)
    return close_stream(command, stream);
  if (auto name = asked_name(command, stream, Use::kPlayAsked))
    events_.push_back(PlayAsked{stream, std::move(*name)});
}

// A live stream goes on; a player that pauses lets it pass or stops reading.
void ServerDialogue::pause(const Command& command, std::uint32_t stream) {
  const auto found = streams_.find(stream);
  if (found == streams_.end() || found->second.use != Use::kPlaying)
    return skip("pause of a stream that is not played");
  const bool off = command.values.size() > 1 && command.values[1].boolean() == false;
  tell(stream, false, off ? "NetStream.Unpause.Notify" : "NetStream.Pause.Notify",
       "the stream is live");
}

void ServerDialogue::announce(const Command& command, std::uint32_t stream) {
  announced_ = true;
  acknowledge(command, stream);
}

void ServerDialogue::unannounce(const Command& command, std::uint32_t stream) {
  acknowledge(command, stream);
  const auto* text = command.text(1);
  if (text == nullptr) return;
  const auto name = text->substr(0, text->find('?'));
  for (auto it = streams_.begin(); it != streams_.end(); ++it)
    if (it->second.use == Use::kPublishing && it->second.name == name) close(it);
}

void ServerDialogue::acknowledge(const Command& command, std::uint32_t) {
  if (command.transaction == 0) return;
  output_.push_back(result(command.transaction, [](flv::AmfWriter& amf) { amf.null(); }));
}

void ServerDialogue::stream_length(const Command& command, std::uint32_t) {
  output_.push_back(result(command.transaction, [](flv::AmfWriter& amf) { amf.number(0); }));
}

void ServerDialogue::pass_over(const Command&, std::uint32_t) {}

void ServerDialogue::close(Streams::iterator stream) {
  const Use use = stream->second.use;
  if (use == Use::kPublishing)
    tell(stream->first, false, "NetStream.Unpublish.Success", "the stream is no longer published");
  if (use == Use::kPublishing || use == Use::kPlaying) events_.push_back(Ended{stream->first});
  stream->second = {};
}

void ServerDialogue::hang_up() {
  for (const auto& [id, stream] : streams_)
    if (stream.use == Use::kPublishing || stream.use == Use::kPlaying) events_.push_back(Ended{id});
  streams_.clear();
  state_ = State::kOver;
}

}  // namespace weir::rtmp
