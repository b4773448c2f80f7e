#include "rtmp/client_dialogue.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "rtmp/user_control.h"

namespace weir::rtmp {
namespace {

constexpr std::uint32_t kWindow = 2'500'000;
constexpr std::uint32_t kBufferMs = 3000;
constexpr double kLiveOrRecorded = -2000;  // servers count milliseconds here
constexpr double kRedirect = 302;

// Some servers forget the level.
bool is_failure(const Status& status) {
  constexpr std::array<std::string_view, 8> kBad{".Failed",   ".BadName",    ".Rejected",
                                                 ".Denied",   ".InvalidApp", ".StreamNotFound",
                                                 ".NotFound", ".AppShutdown"};
  return status.error || std::any_of(kBad.begin(), kBad.end(), [&](std::string_view end) {
           return status.code.ends_with(end);
         });
}

bool is_end(std::string_view code) {
  return code == "NetStream.Play.Stop" || code == "NetStream.Play.Complete" ||
         code == "NetStream.Play.UnpublishNotify" || code == "NetConnection.Connect.Closed";
}

const flv::AmfValue* last_value(const Command& command) {
  return command.values.empty() ? nullptr : &command.values.back();
}

}  // namespace

ClientDialogue::ClientDialogue(ClientOptions options) : options_(std::move(options)) {
  connect();
}

std::optional<ClientEvent> ClientDialogue::next() {
  if (events_.empty()) return {};
  ClientEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

std::vector<Message> ClientDialogue::take_output() {
  return std::exchange(output_, {});
}

void ClientDialogue::connect() {
  const auto write = [&](flv::AmfWriter& amf) {
    amf.object([&] {
      amf.name("app").text(options_.url.app);
      if (options_.purpose == Purpose::kPublish) amf.name("type").text("nonprivate");
      amf.name("flashVer").text(options_.agent);
      amf.name("tcUrl").text(options_.url.tc_url());
      amf.name("objectEncoding").number(0);
      write_capabilities(options_.ours, amf);
    });
  };
  output_.push_back(command_message("connect", ++last_transaction_, 0, write));
}

Result<void> ClientDialogue::take(Message message) {
  if (state_ == State::kOver) return {};
  if (is_media(message)) {
    take_media(std::move(message));
    return {};
  }
  if (stream_ != 0 && ended_stream(message) == stream_) over("the server ended the stream");
  if (!is_command(message)) return {};
  const auto command = read_command(message);
  if (!command) return {};
  auto outcome = obey(*command);
  if (!outcome) state_ = State::kOver;
  return outcome;
}

Result<void> ClientDialogue::obey(const Command& command) {
  if (command.name == "_result") return result(command);
  if (command.name == "_error") return error(command);
  if (command.name == "onStatus") return status(command);
  if (command.name == "close") over("the server closed the connection");
  return {};
}

Result<void> ClientDialogue::result(const Command& command) {
  if (state_ == State::kConnecting && command.transaction == 1) return connected(command);
  if (state_ == State::kCreating && command.transaction == creating_) return created(command);
  return {};
}

Result<void> ClientDialogue::connected(const Command& command) {
  for (const auto& value : command.values) peer_ = both(peer_, read_capabilities(value));
  Message window{MessageType::kWindowSize, 0, 0, {}};
  ByteWriter(window.body).u32(kWindow);
  output_.push_back(std::move(window));
  if (options_.purpose == Purpose::kPublish) {
    call("releaseStream");
    call("FCPublish");
  }
  call("createStream", false);
  creating_ = last_transaction_;
  state_ = State::kCreating;
  return {};
}

Result<void> ClientDialogue::created(const Command& command) {
  const auto* value = last_value(command);
  const auto id = value != nullptr ? value->number() : std::nullopt;
  if (!id || !(*id >= 1 && *id <= 0xffff'ffff))
    return fail(Code::kBadInput, "the server answers createStream without a stream");
  stream_ = static_cast<std::uint32_t>(*id);
  const bool publishing = options_.purpose == Purpose::kPublish;
  const auto write = [&](flv::AmfWriter& amf) {
    amf.null();
    amf.text(options_.url.name());
    if (publishing) amf.text("live");
    if (!publishing) amf.number(kLiveOrRecorded);
  };
  asking_ = ++last_transaction_;
  output_.push_back(command_message(publishing ? "publish" : "play", asking_, stream_, write));
  if (!publishing) output_.push_back(buffer_length(stream_, kBufferMs));
  state_ = State::kAsking;
  return {};
}

Result<void> ClientDialogue::error(const Command& command) {
  const Status status = read_status(command);
  if (state_ == State::kConnecting && command.transaction == 1)
    return redirected(command, words(status));
  const bool ours = (state_ == State::kCreating && command.transaction == creating_) ||
                    (state_ == State::kAsking && command.transaction == asking_);
  if (ours) return refused("the stream", status);
  return {};
}

// ex.redirect, beside ex.code 302, names a tcUrl; stream and key go along.
Result<void> ClientDialogue::redirected(const Command& command, const std::string& refusal) {
  const auto* info = last_value(command);
  const auto* ex = info != nullptr ? info->get("ex") : nullptr;
  const auto* code = ex != nullptr ? ex->get("code") : nullptr;
  const auto* place = ex != nullptr ? ex->get("redirect") : nullptr;
  if (code == nullptr || code->number() != kRedirect || place == nullptr ||
      place->text() == nullptr)
    return fail(Code::kRefused, "the server refuses the connection{}", refusal);
  if (!options_.follow) return fail(Code::kRefused, "the server sends us on a second time");
  auto url = parse_tc_url(*place->text());
  if (!url || (options_.url.secure && !url->secure))
    return fail(Code::kRefused, "the server sends us to a place that cannot be used");
  url->stream = options_.url.stream;
  url->query = options_.url.query;
  events_.push_back(Redirected{std::move(*url)});
  state_ = State::kOver;
  return {};
}

Result<void> ClientDialogue::status(const Command& command) {
  const Status status = read_status(command);
  if (status.code == "NetConnection.Connect.ReconnectRequest") {
    asked_to_reconnect(command, status);
    return {};
  }
  if (is_failure(status))
    return refused(options_.purpose == Purpose::kPublish ? "to have it published" : "to play it",
                   status);
  const bool start =
      status.code == "NetStream.Publish.Start" || status.code == "NetStream.Play.Start";
  if (start && state_ == State::kAsking) begin();
  if (is_end(status.code)) over(one_line(options_.url.struck_from(status.description)));
  return {};
}

void ClientDialogue::asked_to_reconnect(const Command& command, const Status& status) {
  ReconnectAsked event{options_.url, one_line(options_.url.struck_from(status.description))};
  const auto* place = last_value(command)->get("tcUrl");
  const auto* text = place != nullptr ? place->text() : nullptr;
  if (auto url = parse_tc_url(text != nullptr ? *text : "");
      url && (url->secure || !options_.url.secure)) {
    event.url.secure = url->secure;
    event.url.host = url->host;
    event.url.port = url->port;
    event.url.app = url->app;
  }
  events_.push_back(std::move(event));
}

void ClientDialogue::begin() {
  state_ = State::kStarted;
  events_.push_back(Started{peer_});
}

void ClientDialogue::over(std::string_view text) {
  if (state_ == State::kOver) return;
  state_ = State::kOver;
  events_.push_back(Finished{std::string(text)});
}

void ClientDialogue::call(std::string_view name, bool with_name) {
  output_.push_back(command_message(name, ++last_transaction_, 0, [&](flv::AmfWriter& amf) {
    amf.null();
    if (with_name) amf.text(options_.url.name());
  }));
}

// A server that sends media has begun, whether it said so or not.
void ClientDialogue::take_media(Message message) {
  if (options_.purpose != Purpose::kPlay || stream_ == 0 || message.stream != stream_) return;
  auto all = read_media(std::move(message));
  for (auto& media : all) {
    if (state_ == State::kAsking && media.type != flv::TagType::kScript) begin();
    events_.push_back(std::move(media));
  }
}

std::string ClientDialogue::words(const Status& status) const {
  const std::string text = one_line(options_.url.struck_from(status.description));
  const std::string code = one_line(options_.url.struck_from(status.code));
  return (text.empty() ? "" : ": " + text) + (code.empty() ? "" : " (" + code + ")");
}

tl::unexpected<Error> ClientDialogue::refused(std::string_view what, const Status& status) {
  return fail(Code::kRefused, "the server refuses {}{}", what, words(status));
}

void ClientDialogue::publish(flv::Tag tag) {
  if (state_ != State::kStarted || options_.purpose != Purpose::kPublish) return;
  output_.push_back(media_message(tag.type, stream_, static_cast<std::uint32_t>(tag.timestamp_ms),
                                  std::move(tag.body), Towards::kServer));
}

void ClientDialogue::finish() {
  if (state_ == State::kOver) return;
  if (stream_ != 0) {
    if (options_.purpose == Purpose::kPublish) call("FCUnpublish");
    output_.push_back(
        command_message("deleteStream", ++last_transaction_, 0, [&](flv::AmfWriter& amf) {
          amf.null();
          amf.number(stream_);
        }));
  }
  state_ = State::kOver;
}

}  // namespace weir::rtmp
