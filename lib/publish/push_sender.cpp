#include "publish/push_sender.h"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/units.h"
#include "flv/body_reader.h"
#include "net/event_loop.h"
#include "net/tls.h"
#include "rtmp/client.h"

namespace weir::publish {
namespace {

namespace asio = boost::asio;
using std::chrono::nanoseconds;
using Time = PushTarget::Time;

constexpr std::size_t kInFlight = 256 << 10;
constexpr Micros kBusy{5'000};    // between looks at a connection that is full
constexpr Micros kIdle{200'000};  // at most, between looks at anything
constexpr Micros kSayDrops{10'000'000};

}  // namespace

// Everything below runs on the loop, except for what the mutex guards.
class PushSender::Core {
 public:
  Core(PushOptions options, const Clock& clock, const Random& random, Log& log)
      : options_(std::move(options)),
        clock_(clock),
        random_(random),
        log_(log),
        target_(options_.retry, net::dice(random), clock.monotonic()),
        url_(options_.url),
        queue_(options_.limits, options_.pictures),
        tls_(net::make_tls_client()),
        timer_(loop_.context()) {
    report_.name = options_.name;
    asio::co_spawn(loop_.context(), run(), asio::detached);
  }
  ~Core() { loop_.stop(); }

  void push(TagPtr tag) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    queue_.push(std::move(tag));
    if (!std::exchange(woken_, true)) loop_.post([this] { wake(); });
  }

  void finish() {
    std::unique_lock lock(mutex_);
    deadline_ = clock_.monotonic() + options_.drain;
    loop_.post([this] { timer_.cancel(); });
    over_changed_.wait(lock, [&] { return over_; });
  }

  PushReport report() const {
    const std::lock_guard lock(mutex_);
    PushReport out = report_;
    out.drops = queue_.drops();
    out.queued_bytes = queue_.bytes();
    out.queued = queue_.duration();
    return out;
  }

 private:
  class Handler;

  void wake() {
    {
      const std::lock_guard lock(mutex_);
      woken_ = false;
    }
    timer_.cancel();
  }

  asio::awaitable<void> run();
  void step(Time now);
  void settle(Time now);
  void connect();
  void started(const rtmp::Capabilities& server);
  void feed(Time now);
  bool accepted(const flv::Tag& tag);
  void lose(Error why, Time now);
  void say_lost(const Error& why, Time now);
  void say_drops(Time now);
  bool finished(Time now);
  void note();
  Micros rest(Time now);
  TagPtr next_tag() {
    const std::lock_guard lock(mutex_);
    return queue_.take();
  }
  bool drained() {
    const std::lock_guard lock(mutex_);
    return queue_.empty();
  }

  const PushOptions options_;
  const Clock& clock_;
  const Random& random_;
  Log& log_;
  PushTarget target_;
  rtmp::Url url_;  // where the server last sent us
  rtmp::Capabilities server_;
  std::set<std::pair<flv::TagType, std::uint32_t>> checked_;  // codecs the server takes
  std::optional<Error> ended_;      // what the client told, until it is settled
  std::optional<rtmp::Url> moved_;  // likewise
  std::uint64_t said_drops_ = 0;
  Time said_at_{};
  bool leaving_ = false;

  mutable std::mutex mutex_;  // guards the next ones
  std::condition_variable over_changed_;
  PushQueue queue_;
  PushReport report_;
  std::optional<Time> deadline_;  // finish() was called
  bool woken_ = false;
  bool closed_ = false;  // given up: nothing is kept any more
  bool over_ = false;

  asio::ssl::context tls_;
  net::EventLoop loop_;
  asio::steady_timer timer_;
  std::unique_ptr<rtmp::Client> client_;
};

class PushSender::Core::Handler : public rtmp::ClientHandler {
 public:
  explicit Handler(Core& core) : core_(core) {}
  void started(const rtmp::Capabilities& server) override { core_.started(server); }
  void asked_to_move(const rtmp::Url& url, const std::string&) override {
    core_.moved_ = url;
    core_.timer_.cancel();
  }
  void ended(const Error& why) override {
    core_.ended_ = why;
    core_.timer_.cancel();
  }

 private:
  Core& core_;
};

asio::awaitable<void> PushSender::Core::run() {
  while (true) {
    const Time now = clock_.monotonic();
    step(now);
    note();
    if (finished(now)) break;
    timer_.expires_after(rest(now));
    boost::system::error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  client_.reset();
  target_.end();
  note();
  const std::lock_guard lock(mutex_);
  over_ = true;
  over_changed_.notify_all();
}

void PushSender::Core::step(Time now) {
  settle(now);
  if (const auto next = target_.next_attempt(); next && *next <= now) connect();
  if (target_.state() == PushState::kPublishing && !leaving_) feed(now);
  say_drops(now);
}

// What the client told since the last step; it may be destroyed only here.
void PushSender::Core::settle(Time now) {
  if (moved_) {
    client_.reset();
    ended_.reset();
    url_ = *std::exchange(moved_, {});
    log_.info("{}: the server asks to connect again", options_.name);
    target_.moved(now);
  }
  if (ended_) lose(*std::exchange(ended_, {}), now);
}

void PushSender::Core::connect() {
  rtmp::ClientOptions options;
  options.url = url_;
  target_.connecting();
  client_ =
      std::make_unique<rtmp::Client>(loop_.context(), std::move(options), rtmp::ClientLimits{},
                                     &tls_, random_, std::make_unique<Handler>(*this));
}

void PushSender::Core::started(const rtmp::Capabilities& server) {
  server_ = server;
  checked_.clear();
  target_.publishing(clock_.monotonic());
  {
    const std::lock_guard lock(mutex_);
    queue_.restart();
  }
  log_.info("{}: publishing", options_.name);
  timer_.cancel();
}

void PushSender::Core::feed(Time now) {
  while (client_ && client_->queued() < kInFlight) {
    const TagPtr tag = next_tag();
    if (!tag) return;
    if (!accepted(*tag)) return lose({Code::kUnsupported, report_.failure}, now);
    client_->publish(*tag);
    const std::lock_guard lock(mutex_);
    report_.bytes += static_cast<std::int64_t>(tag->body.size());
    ++report_.tags;
  }
}

// Otherwise the reason is noted. Every codec is looked at once.
bool PushSender::Core::accepted(const flv::Tag& tag) {
  const auto parts = flv::read_body(tag);
  if (!parts) return true;
  for (const auto& part : *parts) {
    if (!checked_.emplace(tag.type, part.codec).second) continue;
    const auto taking =
        rtmp::takes(server_, tag.type, part.codec, rtmp::kCanDecode | rtmp::kCanForward);
    if (taking != rtmp::Taking::kNo) continue;
    const std::lock_guard lock(mutex_);
    report_.failure = rtmp::refusal_text(server_, tag.type, part.codec);
    return false;
  }
  return true;
}

void PushSender::Core::lose(Error why, Time now) {
  client_.reset();
  url_ = options_.url;
  if (leaving_) return;
  target_.lost(why, now);
  say_lost(why, now);
  if (target_.state() != PushState::kGivenUp) return;
  const std::lock_guard lock(mutex_);
  closed_ = true;
  queue_.clear();
}

void PushSender::Core::say_lost(const Error& why, Time now) {
  if (const auto next = target_.next_attempt()) {
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(*next - now);
    log_.warning("{}: {}; trying again in {:.1f} s", options_.name, why.what,
                 static_cast<double>(wait.count()) / 1000);
  } else {
    log_.warning("{}: {}; giving it up", options_.name, why.what);
  }
}

void PushSender::Core::say_drops(Time now) {
  if (now - said_at_ < kSayDrops) return;
  const PushReport current = report();
  if (current.drops.times == said_drops_) return;
  said_at_ = now;
  said_drops_ = current.drops.times;
  log_.warning("{}: its queue was full: {} tags were left out so far", options_.name,
               current.drops.tags);
}

// Also takes leave, when it is time.
bool PushSender::Core::finished(Time now) {
  std::optional<Time> deadline;
  {
    const std::lock_guard lock(mutex_);
    deadline = deadline_;
  }
  if (!deadline) return false;
  const bool unreachable =
      target_.state() == PushState::kGivenUp || (target_.failure() && target_.next_attempt());
  if (now >= *deadline || unreachable || (leaving_ && !client_)) return true;
  if (target_.state() != PushState::kPublishing || leaving_ || !drained()) return false;
  leaving_ = true;
  client_->finish();
  return false;
}

void PushSender::Core::note() {
  const std::lock_guard lock(mutex_);
  report_.state = target_.state();
  report_.reconnects = target_.reconnects();
  report_.ever = target_.ever();
  report_.failure = target_.failure() ? target_.failure()->what : "";
}

Micros PushSender::Core::rest(Time now) {
  if (target_.state() == PushState::kPublishing && !drained()) return kBusy;
  const auto next = target_.next_attempt();
  if (!next) return kIdle;
  const auto until = std::chrono::duration_cast<Micros>(*next - now);
  return std::clamp(until, Micros(1000), kIdle);
}

PushSender::PushSender(PushOptions options, const Clock& clock, const Random& random, Log& log)
    : core_(std::make_unique<Core>(std::move(options), clock, random, log)) {}

PushSender::~PushSender() = default;

void PushSender::push(TagPtr tag) {
  core_->push(std::move(tag));
}

void PushSender::finish() {
  core_->finish();
}

PushReport PushSender::report() const {
  return core_->report();
}

}  // namespace weir::publish
