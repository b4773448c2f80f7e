#include "rtmp/server_session.h"

#include <utility>

#include "rtmp/capabilities.h"

namespace weir::rtmp {

// What the handler of a stream holds; cut off when the stream or its connection ends.
class ServerSession::Link : public ServedStream {
 public:
  Link(ServerSession& session, std::uint32_t stream) : session_(&session), stream_(stream) {}

  void hold(bool held) override {
    if (session_ != nullptr) session_->connection_.hold(held);
  }
  void send(const flv::Tag& tag) override {
    if (session_ != nullptr) session_->send(stream_, tag);
  }
  std::uint32_t id() const override { return stream_; }
  void send_packed(ByteView chunks, std::shared_ptr<const void> owner) override {
    if (session_ != nullptr) session_->connection_.send_packed(chunks, std::move(owner));
  }
  std::size_t queued() const override {
    return session_ != nullptr ? session_->connection_.queued() : 0;
  }
  void end(std::string text) override {
    if (session_ != nullptr) session_->put_out(stream_, text);
  }
  void cut() { session_ = nullptr; }

 private:
  ServerSession* session_;
  const std::uint32_t stream_;
};

ServerSession::ServerSession(Connection& connection, std::shared_ptr<const StreamGates> gates)
    : connection_(connection), gates_(std::move(gates)), dialogue_(our_capabilities(kCanAll)) {}

ServerSession::~ServerSession() {
  for (const auto& [id, stream] : streams_) stream.link->cut();
}

Result<void> ServerSession::take(Message message) {
  auto outcome = dialogue_.take(std::move(message));
  while (auto event = dialogue_.next()) {
    auto handled = handle(std::move(*event));
    if (outcome) outcome = std::move(handled);
  }
  WEIR_TRY(send_output());
  return outcome;
}

Result<void> ServerSession::handle(ServerEvent event) {
  if (auto* asked = std::get_if<ConnectAsked>(&event)) {
    agent_ = std::move(asked->agent);
    dialogue_.accept(0);
  } else if (auto* publisher = std::get_if<PublishAsked>(&event)) {
    return admit(gates_->publish, publisher->stream, std::move(publisher->name));
  } else if (auto* player = std::get_if<PlayAsked>(&event)) {
    return admit(gates_->play, player->stream, std::move(player->name));
  } else if (auto* media = std::get_if<Media>(&event)) {
    pass(std::move(*media));
  } else if (const auto* over = std::get_if<Ended>(&event)) {
    end(over->stream, {Code::kStopped, "the peer has ended the stream"});
  }
  return {};
}

// A refusal ends the connection: a guess at a key costs one.
Result<void> ServerSession::admit(const StreamGate& gate, std::uint32_t stream, StreamName name) {
  const auto link = std::make_shared<Link>(*this, stream);
  auto handler = gate ? gate({std::move(name), connection_.peer(), agent_}, link)
                      : fail(Code::kRefused, "this server does not do that");
  if (!handler) {
    dialogue_.refuse(stream, handler.error().what);
    return fail(std::move(handler).error());
  }
  connection_.trust();
  dialogue_.accept(stream);
  auto& admitted = streams_[stream] = {link, std::move(*handler), {}};
  WEIR_TRY(send_output());
  admitted.handler->started();
  return {};
}

void ServerSession::pass(Media media) {
  const auto found = streams_.find(media.stream);
  if (found == streams_.end()) return;
  Stream& stream = found->second;
  stream.handler->take(
      {media.type, stream.stamps.unwind(media.timestamp_ms, media.type), std::move(media.body)});
}

void ServerSession::end(std::uint32_t stream, const Error& why) {
  auto node = streams_.extract(stream);
  if (node.empty()) return;
  node.mapped().link->cut();
  node.mapped().handler->ended(why);
  if (streams_.empty()) connection_.close();
}

// The handler may be the one who calls: it hears of the end from the connection.
void ServerSession::put_out(std::uint32_t stream, const std::string& text) {
  dialogue_.end(stream, text);
  static_cast<void>(send_output());
  connection_.close();
}

void ServerSession::send(std::uint32_t stream, const flv::Tag& tag) {
  dialogue_.send({stream, tag.type, static_cast<std::uint32_t>(tag.timestamp_ms), tag.body});
  static_cast<void>(send_output());
}

Result<void> ServerSession::send_output() {
  for (const auto& message : dialogue_.take_output()) WEIR_TRY(connection_.send(message));
  return {};
}

void ServerSession::drained() {
  for (const auto& [id, stream] : streams_) stream.handler->drained();
}

void ServerSession::ended(const Error& why) {
  while (!streams_.empty()) end(streams_.begin()->first, why);
}

}  // namespace weir::rtmp
