#include "probe/delivery.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "base/text.h"
#include "hls/uri.h"
#include "net/event_loop.h"
#include "probe/live_client.h"
#include "probe/presentation.h"

namespace weir::probe {
namespace {

namespace asio = boost::asio;

struct Wanted {
  std::string location;
  bool playlist = false;
};

bool over_network(const std::string& location) {
  return hls::uri_scheme(location).starts_with("http");
}

/// Each once, in the order of the playlists.
class WantedList {
 public:
  explicit WantedList(const Presentation& presentation) {
    add(presentation.location, true);
    for (const auto& rendition : presentation.renditions) {
      add(rendition.location, true);
      if (rendition.failure) continue;
      if (!rendition.text.maps.empty()) add(rendition, rendition.text.maps.front().uri);
      const auto& segments = rendition.text.segments;
      const auto first = std::ranges::find(segments, false, &hls::SegmentText::gap);
      if (first != segments.end()) add(rendition, first->uri);
    }
  }
  std::vector<Wanted> take() { return std::move(list_); }

 private:
  void add(const Rendition& rendition, const std::string& uri) {
    if (const auto location = locate(rendition.location, uri)) add(*location, false);
  }
  void add(const std::string& location, bool playlist) {
    if (over_network(location) && seen_.insert(location).second)
      list_.push_back({location, playlist});
  }

  std::set<std::string> seen_;
  std::vector<Wanted> list_;
};

std::string bare_type(const std::string& type) {
  return lower(std::string(trim(std::string_view(type).substr(0, type.find(';')))));
}

asio::awaitable<void> ask(LiveClient& client, const Wanted& wanted, Delivery& out) {
  LiveRequest request;
  request.location = wanted.location;
  request.head = !wanted.playlist;
  request.compressed = wanted.playlist;
  const auto answer = co_await client.get(std::move(request));
  if (!answer.good()) co_return;
  out.files.push_back({wanted.location, answer.location, bare_type(answer.type),
                       lower(answer.encoding), wanted.playlist});
}

asio::awaitable<void> greet(const Wanted& wanted, std::set<std::string>& known, Delivery& out) {
  auto url = net::parse_url(wanted.location);
  if (!url || url->scheme != "https" || !known.insert(url->authority()).second) co_return;
  auto facts = co_await observe_tls(std::move(*url));
  if (facts) out.hosts.push_back(std::move(*facts));
}

asio::awaitable<void> observe(LiveClient& client, const std::vector<Wanted>& wanted, Delivery& out,
                              std::promise<void>& done) {
  for (const auto& one : wanted) co_await ask(client, one, out);
  std::set<std::string> known;
  for (const auto& one : wanted) co_await greet(one, known, out);
  done.set_value();
}

}  // namespace

Delivery observe_delivery(const Presentation& presentation, const StopSource* stop) {
  constexpr std::chrono::milliseconds kLook{20};
  const auto wanted = WantedList(presentation).take();
  Delivery out;
  if (wanted.empty()) return out;
  asio::ssl::context tls = make_observing_tls_client();
  std::promise<void> done;
  const auto over = done.get_future();
  net::EventLoop loop;
  LiveClient client(loop.context(), tls, [] { return std::int64_t{0}; });
  asio::co_spawn(loop.context(), observe(client, wanted, out, done), asio::detached);
  while (over.wait_for(kLook) != std::future_status::ready)
    if (stop != nullptr && stop->requested()) break;
  loop.stop();
  return out;
}

}  // namespace weir::probe
