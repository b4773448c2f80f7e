#include "edge/rtmp_edge.h"

#include <chrono>
#include <utility>

#include "flv/tag.h"
#include "net/resolve.h"

namespace weir::edge {
namespace {

// Enough that the socket does not run dry between two pieces.
constexpr std::size_t kAhead = 64 << 10;

std::string hub_name(const rtmp::StreamName& name) {
  return name.app.empty() ? name.stream : name.app + "/" + name.stream;
}

Result<void> check_app(const std::string& only, const std::string& given) {
  if (only.empty() || given == only) return {};
  return fail(Code::kRefused, "no such application here");
}

}  // namespace

// What the access log will say of one stream.
class RtmpEdge::Record {
 public:
  Record(AccessLog* log, std::string_view protocol, const rtmp::Visitor& visitor)
      : log_(log), protocol_(protocol) {
    if (log_ == nullptr) return;
    peer_ = visitor.address;
    path_ = "/" + hub_name(visitor.name);
    agent_ = visitor.agent;
    begun_ = log_->now();
  }
  void add(std::size_t bytes) { bytes_ += bytes; }
  void write() const {
    if (log_ != nullptr) log_->write({protocol_, peer_, {}, path_, 0, bytes_, begun_, agent_, {}});
  }

 private:
  AccessLog* const log_;
  const std::string_view protocol_;
  std::string peer_, path_, agent_;
  std::chrono::nanoseconds begun_{};
  std::uint64_t bytes_ = 0;
};

class RtmpEdge::Publisher : public rtmp::StreamHandler {
 public:
  Publisher(Publication publication, Record record)
      : publication_(std::move(publication)), record_(std::move(record)) {}

  void take(flv::Tag tag) override {
    record_.add(tag.body.size());
    publication_->take(tag);
  }
  void ended(const Error&) override {
    publication_.reset();
    record_.write();
  }

 private:
  std::optional<Publication> publication_;
  Record record_;
};

class RtmpEdge::Player : public rtmp::StreamHandler, public ViewerOwner {
 public:
  Player(std::shared_ptr<rtmp::ServedStream> stream, Record record)
      : stream_(std::move(stream)), record_(std::move(record)) {}

  bool shares() const { return stream_->id() == 1; }
  void watch(std::unique_ptr<Viewer> viewer) { viewer_ = std::move(viewer); }
  void started() override {
    started_ = true;
    pump();
  }
  void drained() override { pump(); }
  void ready() override { pump(); }
  void ended(const Error&) override {
    viewer_.reset();
    record_.write();
  }

 private:
  void pump() {
    if (!viewer_ || !started_ || over_) return;
    while (stream_->queued() < kAhead) {
      const auto piece = viewer_->next();
      if (!piece) break;
      send(*piece);
    }
    if (viewer_->state() == Viewer::State::kPlaying) return;
    over_ = true;
    stream_->end(viewer_->state() == Viewer::State::kEnded ? "the stream has ended"
                                                           : "this player is too slow");
  }
  void send(const Piece& piece) {
    record_.add(piece.bytes.size());
    if (shares()) return stream_->send_packed(piece.bytes, piece.owner);
    reader_.feed(piece.bytes);
    while (auto tag = reader_.next()) {
      if (!*tag) return;
      stream_->send(**tag);
    }
  }

  const std::shared_ptr<rtmp::ServedStream> stream_;
  Record record_;
  std::unique_ptr<Viewer> viewer_;
  flv::TagReader reader_;  // of a player that does not share
  bool started_ = false;
  bool over_ = false;
};

Result<void> RtmpEdge::check(const RtmpRules& rules) {
  if (rules.keys || net::is_loopback(rules.listen.address)) return {};
  return fail(Code::kUsage, "anybody could publish on {}: give a key file, or use 127.0.0.1",
              rules.listen.address);
}

Result<std::unique_ptr<RtmpEdge>> RtmpEdge::open(boost::asio::io_context& loop, RtmpRules rules,
                                                 boost::asio::ssl::context* tls, Hub& hub,
                                                 const Random& random, Log& log) {
  WEIR_TRY(check(rules));
  std::unique_ptr<RtmpEdge> edge(new RtmpEdge(std::move(rules), hub, log));
  auto* self = edge.get();
  const rtmp::StreamGates gates{
      [self](const auto& visitor, auto stream) { return self->publish(visitor, stream); },
      [self](const auto& visitor, auto stream) { return self->play(visitor, stream); }};
  WEIR_TRY_ASSIGN(edge->server_, rtmp::Server::open(loop, self->rules_.listen, gates, tls, random));
  return edge;
}

// Who knows no key is not told which streams there are.
Result<Publication> RtmpEdge::admit(const rtmp::Visitor& visitor,
                                    const std::shared_ptr<rtmp::ServedStream>& stream) {
  const auto& name = visitor.name;
  WEIR_TRY(check_app(rules_.app, name.app));
  if (rules_.keys && !rules_.keys->allow(name.stream, name.key))
    return fail(Code::kRefused, "no such stream, or not with this key");
  return hub_.publish(hub_name(name),
                      [stream](std::string_view why) { stream->end(std::string(why)); });
}

RtmpEdge::Handler RtmpEdge::publish(const rtmp::Visitor& visitor,
                                    std::shared_ptr<rtmp::ServedStream> stream) {
  auto publication = admit(visitor, stream);
  if (!publication) {
    refusals_.warning(
        std::chrono::steady_clock::now().time_since_epoch(),
        fmt::format("a publisher at {} is refused: {}", visitor.address, publication.error().what));
    return fail(std::move(publication).error());
  }
  log_.info("a publisher at {} gives a stream", visitor.address);
  return std::make_unique<Publisher>(std::move(*publication),
                                     Record(rules_.access, "rtmp-publish", visitor));
}

Result<void> RtmpEdge::admit_player(const rtmp::Visitor& visitor) {
  if (rules_.gate == nullptr) return {};
  const std::string path = "/" + hub_name(visitor.name) + ".flv";
  const auto why = rules_.gate->refusal({.peer = visitor.address,
                                         .path = path,
                                         .token = visitor.name.key.reveal(),
                                         .signed_path = path,
                                         .page = {},
                                         .host = {}});
  if (why.empty()) return {};
  return fail(Code::kRefused, "this stream may not be played: {}", why);
}

Result<void> RtmpEdge::replace_keys(std::optional<rtmp::StreamKeys> keys) {
  RtmpRules next = rules_;
  next.keys = std::move(keys);
  WEIR_TRY(check(next));
  rules_ = std::move(next);
  return {};
}

RtmpEdge::Handler RtmpEdge::play(const rtmp::Visitor& visitor,
                                 std::shared_ptr<rtmp::ServedStream> stream) {
  WEIR_TRY(check_app(rules_.app, visitor.name.app));
  WEIR_TRY(admit_player(visitor));
  auto player = std::make_unique<Player>(std::move(stream), Record(rules_.access, "rtmp", visitor));
  const Form form = player->shares() ? Form::kRtmp : Form::kFlv;
  WEIR_TRY_ASSIGN(auto viewer, hub_.play(hub_name(visitor.name), *player, form, Via::kRtmp));
  player->watch(std::move(viewer));
  return player;
}

}  // namespace weir::edge
