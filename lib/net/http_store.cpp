#include "net/http_store.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <optional>

#include <boost/asio/co_spawn.hpp>

#include "net/event_loop.h"
#include "net/http_target.h"
#include "net/http_verdict.h"
#include "net/tls.h"

namespace weir::net {
namespace {

namespace asio = boost::asio;
using WhenFull = HttpStoreOptions::WhenFull;

constexpr std::chrono::seconds kBetweenWarnings{10};
constexpr std::chrono::milliseconds kLookAgain{20};

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

bool is_listing(std::string_view name) {
  return name.ends_with(".m3u8") || name.ends_with(".mpd");
}

}  // namespace

class HttpStore::Impl {
 public:
  Impl(HttpTarget target, HttpStoreOptions options, HttpStoreServices services)
      : target_(std::move(target)),
        options_(std::move(options)),
        services_(std::move(services)),
        outbox_(options_.queue) {
    if (target_.url().scheme == "https") tls_.emplace(make_tls_client());
  }
  ~Impl() { loop_.stop(); }

  Result<void> add(Job job);
  Result<void> flush();

 private:
  using ConnectionPtr = std::unique_ptr<HttpConnection>;

  // On any thread; a lock of mutex_ is held where one is passed in.
  void make_room(const Job& job, std::unique_lock<std::mutex>& lock);
  void count_losses(std::size_t count, const std::string& what);
  void fail_with(Error error);

  // On the loop.
  void send_what_may_be();
  ConnectionPtr connection();
  asio::awaitable<void> deliver(JobPtr job, ConnectionPtr connection);
  asio::awaitable<Verdict> persist(Job& job, const HttpRequest& request, HttpConnection& to);
  Bytes render(const Job& job);
  bool abandoned(const Job& job);
  bool settle(const JobPtr& job, const Verdict& verdict);
  void arrived(const Job& job);
  bool give_up(const JobPtr& job, const Verdict& verdict);
  void give_up_listing(const JobPtr& job, Error error);
  void removal_failed(const Job& job, const Verdict& verdict);

  EventLoop loop_;  // first: what follows uses it
  const HttpTarget target_;
  const HttpStoreOptions options_;
  const HttpStoreServices services_;
  std::optional<asio::ssl::context> tls_;

  std::vector<ConnectionPtr> idle_;  // these two on the loop only
  std::size_t busy_ = 0;

  std::mutex mutex_;  // guards the rest
  std::condition_variable changed_;
  Outbox outbox_;
  std::optional<Error> failure_;
  std::map<std::string, Error> missing_;  // listings that did not arrive, until one does
  int flushing_ = 0;
  bool any_arrived_ = false;
  bool told_of_removals_ = false;
  std::size_t losses_ = 0, losses_told_ = 0;
  std::optional<std::chrono::nanoseconds> told_at_;
};

Result<void> HttpStore::Impl::add(Job job) {
  {
    std::unique_lock lock(mutex_);
    job.since = services_.clock.monotonic();
    if (job.kind == JobKind::kSegment || job.kind == JobKind::kNeeded) make_room(job, lock);
    if (failure_ && job.kind != JobKind::kRemoval) return fail(*failure_);
    outbox_.add(std::move(job));
  }
  loop_.post([this] { send_what_may_be(); });
  return {};
}

void HttpStore::Impl::make_room(const Job& job, std::unique_lock<std::mutex>& lock) {
  const auto folder = folder_of(job.name);
  const auto room = [&] { return failure_ || !outbox_.full(folder); };
  if (options_.when_full == WhenFull::kWait) return changed_.wait(lock, room);
  while (!room()) {
    const auto left = outbox_.patience(folder, services_.clock.monotonic());
    if (left.count() <= 0) break;
    changed_.wait_for(lock, std::min<std::chrono::nanoseconds>(left, kLookAgain));
  }
  if (const auto names = outbox_.make_room(folder); !names.empty())
    count_losses(names.size(), fmt::format("the target is too slow: '{}' is dropped",
                                           target_.shown(names.back())));
}

Result<void> HttpStore::Impl::flush() {
  std::unique_lock lock(mutex_);
  ++flushing_;
  changed_.wait(lock, [&] { return outbox_.empty() || outbox_.stuck(); });
  --flushing_;
  if (losses_ > losses_told_)
    services_.log.warning("{} segments in all could not be put to the target", losses_);
  losses_told_ = losses_;
  if (failure_) return fail(*failure_);
  if (!missing_.empty()) return fail(missing_.begin()->second);
  return {};
}

// One line now and then: a target that is down would fill the log.
void HttpStore::Impl::count_losses(std::size_t count, const std::string& what) {
  losses_ += count;
  const auto now = services_.clock.monotonic();
  if (told_at_ && now - *told_at_ < kBetweenWarnings) return;
  told_at_ = now;
  losses_told_ = losses_;
  services_.log.warning("{} and listed as a gap ({} lost so far)", what, losses_);
}

void HttpStore::Impl::fail_with(Error error) {
  if (!failure_) failure_ = std::move(error);
  outbox_.clear();
}

void HttpStore::Impl::send_what_may_be() {
  while (busy_ < options_.connections) {
    JobPtr job;
    {
      const std::lock_guard lock(mutex_);
      job = outbox_.take();
    }
    if (!job) return;
    ++busy_;
    asio::co_spawn(loop_.context(), deliver(job, connection()), [this, job](std::exception_ptr e) {
      --busy_;
      if (e) {
        const std::lock_guard lock(mutex_);
        fail_with({Code::kInternal, "sending '" + target_.shown(job->name) + "' went wrong"});
        outbox_.lose(job);
        changed_.notify_all();
      }
      send_what_may_be();
    });
  }
}

// The one used last is the least likely to have been closed by the server.
HttpStore::Impl::ConnectionPtr HttpStore::Impl::connection() {
  if (idle_.empty())
    return make_http_connection(loop_.context(), target_.url(), tls_ ? &*tls_ : nullptr,
                                options_.timeouts);
  ConnectionPtr out = std::move(idle_.back());
  idle_.pop_back();
  return out;
}

asio::awaitable<void> HttpStore::Impl::deliver(JobPtr job, ConnectionPtr connection) {
  const bool removal = job->kind == JobKind::kRemoval;
  const Bytes made = job->listing ? render(*job) : Bytes();
  const HttpRequest request = removal ? target_.remove(job->name)
                                      : target_.put(job->name, job->listing ? made : job->bytes);
  for (bool settled = false; !settled;) {
    const Verdict verdict = co_await persist(*job, request, *connection);
    if (job->listing && options_.may_lose && verdict.what != Verdict::What::kDone)
      co_await pause(options_.retry.longest);
    settled = settle(job, verdict);
  }
  idle_.push_back(std::move(connection));
}

// Without the lock, since it may take its time.
Bytes HttpStore::Impl::render(const Job& job) {
  return job.listing([this](std::string_view name) {
    const std::lock_guard lock(mutex_);
    return outbox_.lost(name);
  });
}

asio::awaitable<Verdict> HttpStore::Impl::persist(Job& job, const HttpRequest& request,
                                                  HttpConnection& to) {
  const bool removal = job.kind == JobKind::kRemoval;
  const auto begin = services_.clock.monotonic();
  for (int failures = 1;; ++failures) {
    const auto response = co_await to.send(request);
    Verdict verdict = judge(response, removal, services_.clock.utc_us());
    if (verdict.what != Verdict::What::kAgain || removal) co_return verdict;
    const Micros wait = verdict.wait ? std::min(*verdict.wait, options_.retry.longest_retry_after)
                                     : backoff(options_.retry, failures, services_.random());
    const auto spent = services_.clock.monotonic() - begin;
    if (spent + wait > options_.retry.budget || abandoned(job)) {
      verdict.error.what += fmt::format(", {} {} in {:.1f} s", failures,
                                        failures == 1 ? "attempt" : "attempts", seconds(spent));
      co_return verdict;
    }
    services_.log.debug("'{}': {}; again in {}", target_.shown(job.name), verdict.error.what,
                        format_duration(wait));
    co_await pause(wait);
    if (abandoned(job)) co_return verdict;
  }
}

bool HttpStore::Impl::abandoned(const Job& job) {
  const std::lock_guard lock(mutex_);
  return failure_ && job.kind != JobKind::kRemoval;
}

// False: try it again from the start.
bool HttpStore::Impl::settle(const JobPtr& job, const Verdict& verdict) {
  const std::lock_guard lock(mutex_);
  bool settled = true;
  const bool done = verdict.what == Verdict::What::kDone;
  const bool removal = job->kind == JobKind::kRemoval;
  if (done) arrived(*job);
  if (!done && removal) removal_failed(*job, verdict);
  if (!done && !removal) settled = give_up(job, verdict);
  if (done || removal) outbox_.settle(job);
  changed_.notify_all();
  return settled;
}

void HttpStore::Impl::arrived(const Job& job) {
  if (job.kind == JobKind::kListing) missing_.erase(job.name);
  if (job.kind != JobKind::kRemoval) any_arrived_ = true;
}

bool HttpStore::Impl::give_up(const JobPtr& job, const Verdict& verdict) {
  Error error = verdict.error;
  error.what = fmt::format("cannot put '{}': {}", target_.shown(job->name), error.what);
  const bool final = verdict.what == Verdict::What::kFinal;
  const bool hopeless = job->kind == JobKind::kNeeded && (flushing_ > 0 || final);
  if (failure_ || !options_.may_lose || !any_arrived_ || hopeless) {
    fail_with(std::move(error));
    outbox_.lose(job);
    return true;
  }
  if (job->kind == JobKind::kNeeded) {
    if (const auto name = outbox_.lose_next(job); !name.empty())
      count_losses(1, fmt::format("{}; '{}' is given up", error.what, target_.shown(name)));
    return false;
  }
  if (job->kind == JobKind::kSegment) {
    outbox_.lose(job);
    count_losses(1, error.what + "; it is given up");
  } else {
    give_up_listing(job, std::move(error));
  }
  return true;
}

void HttpStore::Impl::give_up_listing(const JobPtr& job, Error error) {
  if (flushing_ == 0) {
    services_.log.warning("{}; this is tried again", error.what);
    return outbox_.postpone(job);
  }
  missing_.insert_or_assign(job->name, std::move(error));
  outbox_.lose(job);
}

// Cleaning up after a failure must not take a timeout for each file.
void HttpStore::Impl::removal_failed(const Job& job, const Verdict& verdict) {
  if (failure_ && !verdict.answered) outbox_.clear();
  if (!verdict.answered || std::exchange(told_of_removals_, true)) return;
  services_.log.warning("cannot remove '{}': {}; this is not told again", target_.shown(job.name),
                        verdict.error.what);
}

HttpStore::HttpStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpStore::~HttpStore() = default;

Result<std::unique_ptr<HttpStore>> HttpStore::open(std::string_view url, HttpStoreOptions options,
                                                   HttpStoreServices services) {
  WEIR_TRY_ASSIGN(auto target, HttpTarget::make(url, options.headers, options.user_agent));
  return std::unique_ptr<HttpStore>(new HttpStore(
      std::make_unique<Impl>(std::move(target), std::move(options), std::move(services))));
}

Result<void> HttpStore::put(std::string_view name, ByteView bytes) {
  Bytes copy(bytes.begin(), bytes.end());
  if (is_listing(name))
    return put_listing(name, [copy = std::move(copy)](const IsLost&) { return copy; });
  WEIR_TRY(check_store_name(name));
  return impl_->add(
      {.kind = JobKind::kNeeded, .name = std::string(name), .bytes = std::move(copy)});
}

Result<void> HttpStore::put_segment(std::string_view name, const Pieces& pieces, Micros duration) {
  WEIR_TRY(check_store_name(name));
  return impl_->add({.kind = JobKind::kSegment,
                     .name = std::string(name),
                     .bytes = pieces.joined(),
                     .duration = duration});
}

Result<void> HttpStore::put_listing(std::string_view name, Listing listing) {
  WEIR_TRY(check_store_name(name));
  return impl_->add(
      {.kind = JobKind::kListing, .name = std::string(name), .listing = std::move(listing)});
}

Result<void> HttpStore::remove(std::string_view name) {
  WEIR_TRY(check_store_name(name));
  return impl_->add({.kind = JobKind::kRemoval, .name = std::string(name)});
}

Result<void> HttpStore::flush() {
  return impl_->flush();
}

}  // namespace weir::net
