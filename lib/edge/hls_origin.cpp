#include "edge/hls_origin.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "edge/held_requests.h"
#include "edge/origin_files.h"
#include "edge/part_hints.h"

namespace weir::edge {

namespace asio = boost::asio;

namespace {

using hls::Directives;
using hls::ReloadState;

constexpr int kTargetsHeld = 3;
constexpr int kTicksToLook = 4;  // for those who have left
constexpr std::string_view kAllow = "Allow: GET, HEAD, OPTIONS\r\n";
constexpr std::string_view kAllowPush = "Allow: GET, HEAD, OPTIONS, PUT, DELETE\r\n";
constexpr std::string_view kPreflight =
    "Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"
    "Access-Control-Allow-Headers: *, Range\r\n"
    "Access-Control-Max-Age: 86400\r\n";
constexpr std::string_view kSoon = "Cache-Control: max-age=1\r\n";
constexpr std::string_view kBusy = "Cache-Control: no-store\r\nRetry-After: 1\r\n";

HttpAnswer refusal(unsigned status) {
  return plain_answer(status, fmt::format("{}{}", status == 503 ? kBusy : kSoon, kOriginCors));
}

OriginFile::Form form_of(const Directives& wish) {
  return {wish.skip, wish.msn.has_value()};
}

HttpAnswer answer_to(const HttpRequest& request, const Directives& wish, const OriginFile* file) {
  if (file == nullptr) return refusal(404);
  if (hls::state_of(file->reach(), wish) == ReloadState::kRefused) return refusal(400);
  return file->answer(request, form_of(wish));
}

// An exchange is answered, and let go of, on its own thread.
void give(const HeldRequestPtr& held, std::function<HttpAnswer()> answer) {
  asio::post(held->executor, [held, answer = std::move(answer)] {
    if (!held->exchange->is_over()) held->exchange->answer(answer());
    held->exchange.reset();
  });
}

bool is_ready(const HeldRequest& held, const OriginFile* file) {
  if (!held.wish) return file != nullptr;
  return file == nullptr || hls::state_of(file->reach(), *held.wish) != ReloadState::kToCome;
}

}  // namespace

class HlsOrigin::Impl {
 public:
  Impl(const OriginOptions& options, std::unique_ptr<OriginFiles> files, asio::io_context& loop,
       const Clock& clock)
      : prefix_(options.prefix),
        tick_(options.tick),
        clock_(clock),
        files_(std::move(files)),
        hints_(prefix_),
        held_(options.held),
        ticks_(loop) {
    if (options.push)
      push_.emplace(files_->folder(), prefix_, *options.push,
                    [this](const auto& name) { files_->touch(name); });
    files_->on_load([this](auto name, const auto& file) { hints_.put(name, file.reach()); });
    files_->on_change([this](const auto& name) { settle_changed(name); });
    asio::post(loop, [this] { tick(); });
  }

  void handle(const HttpRequest& request, HttpExchangePtr exchange);
  void drain();
  std::size_t held() const { return held_.size(); }

 private:
  void serve(const HttpRequest& request, HttpExchangePtr exchange);
  void change(const HttpRequest& request, HttpExchangePtr exchange);
  std::optional<Micros> target_of_hinted(std::string_view name);
  void hold(HeldRequestPtr held);
  void settle_changed(const std::string& name);
  void settle(const std::string& name);
  void settle_parts();
  void tick();
  void give_up_late();
  void look_for_left();
  std::chrono::nanoseconds latest(Micros target) const {
    return clock_.monotonic() + kTargetsHeld * target;
  }

  const std::string prefix_;
  const Micros tick_;
  const Clock& clock_;
  const std::unique_ptr<OriginFiles> files_;
  PartHints hints_;
  HeldRequests held_;
  std::optional<OriginPush> push_;
  std::atomic<bool> draining_{false};
  asio::steady_timer ticks_;
  int count_ = 0;  // of ticks
};

void HlsOrigin::Impl::handle(const HttpRequest& request, HttpExchangePtr exchange) {
  const std::string_view method = request.method;
  if (method == "GET" || method == "HEAD") return serve(request, std::move(exchange));
  if (push_ && (method == "PUT" || method == "DELETE")) return change(request, std::move(exchange));
  const std::string_view allow = push_ ? kAllowPush : kAllow;
  // Pages of other origins may read, whoever else may write.
  exchange->answer(method == "OPTIONS"
                       ? plain_answer(204, fmt::format("{}{}{}", allow, kOriginCors, kPreflight))
                       : plain_answer(405, fmt::format("{}{}", allow, kOriginCors)));
}

void HlsOrigin::Impl::change(const HttpRequest& request, HttpExchangePtr exchange) {
  std::string room;
  const auto name = origin_name(request.path.substr(prefix_.size()), room);
  if (request.method == "PUT")
    push_->put(name.value_or(""), request, std::move(exchange));
  else
    push_->remove(name.value_or(""), request, std::move(exchange));
}

void HlsOrigin::Impl::serve(const HttpRequest& request, HttpExchangePtr exchange) {
  std::string room;
  const auto name = origin_name(request.path.substr(prefix_.size()), room);
  if (!name) return exchange->answer(refusal(404));
  const auto file = files_->get(*name);
  if (!file) {
    const auto target = target_of_hinted(*name);
    if (!target) return exchange->answer(refusal(404));
    return hold(std::make_shared<HeldRequest>(*name, request, std::move(exchange), std::nullopt,
                                              latest(*target)));
  }
  Directives wish;
  if (!request.query.empty() && file->reach().is_media) wish = hls::read_directives(request.query);
  if (hls::state_of(file->reach(), wish) != ReloadState::kToCome)
    return exchange->answer(answer_to(request, wish, file.get()));
  hold(std::make_shared<HeldRequest>(*name, request, std::move(exchange), wish,
                                     latest(file->reach().target)));
}

// What a playlist has hinted at since it was read last counts as well, also before its folder
// tells.
std::optional<Micros> HlsOrigin::Impl::target_of_hinted(std::string_view name) {
  for (const auto& playlist : hints_.playlists_in(folder_of_name(name))) files_->get_anew(playlist);
  return hints_.target_of(name);
}

// What it waits for may have come before it was there to wait.
void HlsOrigin::Impl::hold(HeldRequestPtr held) {
  const std::string name = held->name;
  if (draining_ || !held_.add(held)) return held->exchange->answer(refusal(503));
  held.reset();
  settle(name);
}

void HlsOrigin::Impl::settle_changed(const std::string& name) {
  if (held_.size() == 0) return;
  if (name.empty()) {
    for (const auto& each : held_.names()) settle(each);
    return settle_parts();
  }
  const bool is_playlist = name.ends_with(".m3u8");
  if (!is_playlist && !held_.any_for(name)) return;
  settle(name);
  if (is_playlist) settle_parts();
}

void HlsOrigin::Impl::settle(const std::string& name) {
  const auto file = files_->get(name);
  const auto ready = [&](const HeldRequest& each) { return is_ready(each, file.get()); };
  for (const auto& each : held_.take(name, ready))
    give(each, [file, held = each.get()] {
      return answer_to(held->request.view(), held->wish.value_or(Directives{}), file.get());
    });
}

// A hint that is taken back.
void HlsOrigin::Impl::settle_parts() {
  const auto is_off = [&](const HeldRequest& each) {
    return !each.wish && !hints_.target_of(each.name);
  };
  for (const auto& each : held_.take_all(is_off))
    give(each, [file = files_->get(each->name), held = each.get()] {
      return answer_to(held->request.view(), {}, file.get());
    });
}

void HlsOrigin::Impl::tick() {
  give_up_late();
  if (++count_ % kTicksToLook == 0) look_for_left();
  if (files_->is_blind()) settle_changed("");
  ticks_.expires_after(tick_);
  ticks_.async_wait([this](boost::system::error_code ec) {
    if (!ec) tick();
  });
}

void HlsOrigin::Impl::give_up_late() {
  const auto now = clock_.monotonic();
  for (const auto& each : held_.take_all([&](const auto& held) { return held.until < now; }))
    give(each, [] { return refusal(503); });
}

void HlsOrigin::Impl::look_for_left() {
  for (const auto& each : held_.all())
    asio::post(each->executor, [this, held = each] {
      if (held->exchange && held->exchange->is_over() && held_.remove(*held))
        held->exchange.reset();
    });
}

void HlsOrigin::Impl::drain() {
  draining_ = true;
  for (const auto& each : held_.take_all([](const auto&) { return true; }))
    give(each, [] { return refusal(503); });
}

Result<std::unique_ptr<HlsOrigin>> HlsOrigin::open(const OriginOptions& options,
                                                   asio::io_context& loop, const Clock& clock) {
  OriginOptions chosen = options;
  if (chosen.prefix.ends_with('/')) chosen.prefix.pop_back();
  WEIR_TRY_ASSIGN(auto files, OriginFiles::open(options.root, options.cache_bytes, loop, clock));
  auto impl = std::make_unique<Impl>(chosen, std::move(files), loop, clock);
  return std::unique_ptr<HlsOrigin>(new HlsOrigin(std::move(impl)));
}

HlsOrigin::HlsOrigin(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HlsOrigin::~HlsOrigin() = default;

void HlsOrigin::handle(const HttpRequest& request, HttpExchangePtr exchange) {
  impl_->handle(request, std::move(exchange));
}

void HlsOrigin::drain() {
  impl_->drain();
}

std::size_t HlsOrigin::held() const {
  return impl_->held();
}

}  // namespace weir::edge
