#include "probe/live_session.h"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "hls/uri.h"
#include "net/event_loop.h"
#include "probe/fetch.h"

namespace weir::probe {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMostPlaylist = 16 << 20;
constexpr std::int64_t kIdle = 200'000;       // between two looks whether a file is due
constexpr std::int64_t kWrongAt = 2'000'000;  // when players have begun
constexpr std::size_t kAtTheEnd = 8;          // files asked for, of each playlist
constexpr int kNotAllowed = 405, kNotImplemented = 501;

std::string with_query(const std::string& location, const std::string& query) {
  if (query.empty()) return location;
  return location + (location.find('?') == std::string::npos ? '?' : '&') + query;
}

}  // namespace

bool LiveLane::is_network(const std::string& location) {
  return hls::uri_scheme(location).starts_with("http");
}

LiveSession::LiveSession(const Presentation& presentation, asio::io_context& loop,
                         asio::ssl::context& tls, LiveFindings& out, LiveClient::Now now)
    : loop_(loop),
      out_(out),
      reports_(out),
      now_(now),
      wrong_(loop, tls, now),
      once_more_(loop, tls, now) {
  for (const auto& rendition : presentation.renditions) {
    auto& lane = lanes_.emplace_back();
    if (rendition.failure) continue;
    lane = std::make_unique<LiveLane>(rendition, out, LiveClient(loop, tls, now),
                                      LiveClient(loop, tls, now));
  }
}

void LiveSession::start() {
  for (auto& lane : lanes_) {
    if (!lane) continue;
    asio::co_spawn(loop_, reload(*lane), asio::detached);
    asio::co_spawn(loop_, ask_files(*lane), asio::detached);
  }
  asio::co_spawn(loop_, ask_wrong(), asio::detached);
}

bool LiveSession::over() const {
  return std::ranges::all_of(lanes_, [](const auto& lane) { return !lane || lane->over; });
}

asio::awaitable<void> LiveSession::wait_until(std::int64_t at_us) {
  const std::int64_t left = at_us - now_();
  if (left > 0) co_await net::pause(Micros(left));
}

asio::awaitable<void> LiveSession::reload(LiveLane& lane) {
  while (const auto ask = lane.track.next()) {
    co_await wait_until(ask->at_us);
    LiveRequest request;
    request.location = with_query(lane.track.uri(), ask->query());
    request.most = kMostPlaylist;
    request.patience = lane.track.patience_us();
    const auto got = co_await lane.reloads.get(std::move(request));
    LiveAnswer answer;
    answer.asked_us = got.asked_us;
    answer.answered_us = got.answered_us;
    answer.status = got.status;
    answer.failure = got.failure;
    answer.timed_out = got.timed_out;
    answer.text = as_text(got.content);
    answer.date_utc_us = http_date_us(got.date);
    answer.modified_utc_us = http_date_us(got.modified);
    lane.track.answer(*ask, answer);
    const auto* last = lane.track.reload();
    if (last != nullptr && last->answered_us == got.answered_us)
      reports_.take(lane.track.uri(), *last);
  }
  lane.over = true;
}

asio::awaitable<void> LiveSession::ask(LiveClient& client, LiveLane& lane, LiveCheck check) {
  const auto location = locate(lane.track.uri(), check.uri);
  if (!location) co_return;
  LiveRequest request;
  request.location = *location;
  request.head = true;
  const auto got = co_await client.get(std::move(request));
  if (got.status == kNotAllowed || got.status == kNotImplemented) co_return;
  judge_check(check, got.status, got.asked_us, {out_, lane.track.uri(), got.answered_us});
}

asio::awaitable<void> LiveSession::ask_files(LiveLane& lane) {
  while (!closing_) {
    auto check = lane.track.checks().take(now_());
    if (check)
      co_await ask(lane.files, lane, std::move(*check));
    else
      co_await net::pause(Micros(kIdle));
  }
}

// The first playlist that can block speaks for its server.
asio::awaitable<void> LiveSession::ask_wrong() {
  co_await wait_until(kWrongAt);
  for (const auto& lane : lanes_) {
    if (!lane || lane->track.wrong_query(WrongAsk::kFarAhead).empty()) continue;
    for (const auto wrong : {WrongAsk::kPartAlone, WrongAsk::kFarAhead}) {
      const std::string query = lane->track.wrong_query(wrong);
      if (query.empty()) continue;
      LiveRequest request;
      request.location = with_query(lane->track.uri(), query);
      request.most = kMostPlaylist;
      const auto got = co_await wrong_.get(std::move(request));
      lane->track.wrong_answered(wrong, got.status, got.answered_us);
    }
    co_return;
  }
}

asio::awaitable<void> LiveSession::close() {
  closing_ = true;
  for (const auto& lane : lanes_) {
    if (!lane) continue;
    for (auto& check : lane->track.checks().take_early(now_(), kAtTheEnd))
      co_await ask(once_more_, *lane, std::move(check));
  }
}

void LiveSession::finish(std::int64_t now_us) {
  for (const auto& lane : lanes_)
    if (lane) lane->track.finish(now_us);
}

}  // namespace weir::probe
