#include "ingest/listen_feed.h"

#include <algorithm>
#include <future>
#include <utility>

#include "ingest/publisher_desk.h"
#include "net/event_loop.h"
#include "net/resolve.h"
#include "net/tls.h"
#include "rtmp/server.h"

namespace weir::ingest {
namespace {

using namespace std::chrono_literals;
using Awaited = flow::Awaited<FeedItem>;

constexpr auto kLook = 100ms;  // between looks for a stop

Result<DeskRules> rules_of(const ListenSettings& settings, Log& log) {
  const bool both = !settings.certificate_file.empty() && !settings.certificate_key_file.empty();
  if (settings.url.secure && !both)
    return fail(Code::kUsage, "rtmps needs --tls-certificate and --tls-key");
  DeskRules rules{settings.url.app, settings.stream, {}};
  rules.repairs = settings.repairs;
  if (settings.key_file.empty()) {
    if (net::is_loopback(settings.url.host)) return rules;
    return fail(Code::kUsage,
                "anybody could publish on {}: give --key-file, or listen on 127.0.0.1",
                settings.url.host);
  }
  WEIR_TRY_ASSIGN(rules.keys, rtmp::StreamKeys::load(settings.key_file, log));
  return rules;
}

}  // namespace

// The loop with all that lives on it.
class ListenFeed::Door {
 public:
  Door(DeskRules rules, const Clock& clock, Log& log)
      : most_(rules.most_waiting), desk_(std::move(rules), queue_, clock, log) {}
  ~Door() {
    on_loop([&] { server_.reset(); });
    loop_.stop();
  }

  Result<void> open(const ListenSettings& settings, const Random& random) {
    if (settings.url.secure) {
      WEIR_TRY_ASSIGN(
          tls_, net::make_tls_server(settings.certificate_file, settings.certificate_key_file));
    }
    rtmp::ListenOptions options;
    options.address = settings.url.host;
    options.port = settings.url.port;
    Result<void> outcome;
    on_loop([&] {
      auto server = rtmp::Server::open(
          loop_.context(), options,
          {.publish = [this](const auto& visitor,
                             auto stream) { return desk_.admit(visitor, std::move(stream)); },
           .play = {}},
          tls_ ? &*tls_ : nullptr, random);
      if (server)
        server_ = std::move(*server);
      else
        outcome = fail(std::move(server).error());
    });
    return outcome;
  }

  std::uint16_t port() const { return server_->port(); }

  std::optional<Notice> take(std::chrono::nanoseconds patience) {
    auto notice = queue_.take(patience);
    const bool full = queue_.bytes() > most_ / 2;
    if (std::exchange(full_, full) && !full) loop_.post([this] { desk_.make_room(); });
    return notice;
  }

 private:
  void on_loop(const std::function<void()>& task) {
    std::promise<void> done;
    loop_.post([&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }

  NoticeQueue queue_;
  const std::int64_t most_;
  bool full_ = false;  // of who takes
  PublisherDesk desk_;
  std::optional<boost::asio::ssl::context> tls_;
  std::unique_ptr<rtmp::Server> server_;
  net::EventLoop loop_;
};

Result<std::unique_ptr<ListenFeed>> ListenFeed::open(ListenSettings settings, const Clock& clock,
                                                     const Random& random, const StopSource& stop,
                                                     Log& log) {
  WEIR_TRY_ASSIGN(auto rules, rules_of(settings, log));
  auto door = std::make_unique<Door>(std::move(rules), clock, log);
  WEIR_TRY(door->open(settings, random));
  return std::unique_ptr<ListenFeed>(new ListenFeed(std::move(door), settings, clock, stop, log));
}

ListenFeed::ListenFeed(std::unique_ptr<Door> door, const ListenSettings& settings,
                       const Clock& clock, const StopSource& stop, Log& log)
    : door_(std::move(door)),
      window_(settings.reconnect_window),
      clock_(clock),
      stop_(stop),
      log_(log),
      repairs_(settings.repairs) {}
ListenFeed::~ListenFeed() = default;

std::uint16_t ListenFeed::port() const {
  return door_->port();
}

Result<Awaited> ListenFeed::next_within(std::chrono::nanoseconds patience) {
  const auto until = clock_.monotonic() + std::min(patience, flow::kForEver);
  while (ready_.empty()) {
    if (stop_.requested()) return fail(Code::kStopped, "stopped");
    const auto now = clock_.monotonic();
    if (gone_ && now - *gone_ >= window_) return Awaited{Awaited::State::kEnd};
    auto wait = std::min<std::chrono::nanoseconds>(kLook, until - now);
    if (gone_) wait = std::min(wait, *gone_ + window_ - now);
    if (auto notice = door_->take(std::max(wait, 0ns)))
      take(std::move(*notice));
    else if (clock_.monotonic() >= until)
      return Awaited{};
  }
  Awaited out{Awaited::State::kItem, std::move(ready_.front())};
  ready_.pop_front();
  return out;
}

void ListenFeed::take(Notice notice) {
  Result<void> outcome;
  switch (notice.kind) {
    case Notice::Kind::kBegin:
      log_.info("{} gives the stream", notice.text);
      section_.emplace(notice.text, log_, repairs_);
      if (gone_) media::count(repairs_, &media::Repairs::reconnects);
      gone_.reset();
      return;
    case Notice::Kind::kTag:
      if (section_) outcome = section_->push(notice.tag, ready_);
      break;
    case Notice::Kind::kEnd:
      log_.warning("the publisher is gone: {}; it is waited for{}", notice.text,
                   window_ >= kUnlimited
                       ? ""
                       : " " + format_duration(std::chrono::duration_cast<Micros>(window_)));
      if (section_) outcome = section_->finish(ready_);
      section_.reset();
      gone_ = clock_.monotonic();
      break;
  }
  if (!outcome) give_up(outcome.error());
}

// One publisher that sends nonsense is no reason to end: the next may do better.
void ListenFeed::give_up(const Error& why) {
  log_.warning("{}: what comes is not taken until it begins anew", why.what);
  section_.reset();
}

}  // namespace weir::ingest
