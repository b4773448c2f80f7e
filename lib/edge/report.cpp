#include "edge/report.h"

#include <functional>
#include <string_view>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "net/url.h"

namespace weir::edge {
namespace {

std::string label(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

std::string of_stream(const StreamReport& stream) {
  return fmt::format("{{stream=\"{}\"}}", label(stream.name));
}

std::string of_viewers(const StreamReport& stream, Via via, std::string_view more = "") {
  return fmt::format("{{stream=\"{}\",protocol=\"{}\"{}}}", label(stream.name), via_name(via),
                     more);
}

class Page {
 public:
  explicit Page(const EdgeReport& report) : report_(report) {}

  void head(std::string_view name, std::string_view type, std::string_view help) {
    text_ += fmt::format("# HELP weir_edge_{0} {1}\n# TYPE weir_edge_{0} {2}\n", name, help, type);
  }
  template <typename Value>
  void line(std::string_view name, const std::string& labels, Value value) {
    text_ += fmt::format("weir_edge_{}{} {}\n", name, labels, value);
  }
  template <typename Value>
  void one(std::string_view name, std::string_view type, std::string_view help, Value value) {
    head(name, type, help);
    line(name, "", value);
  }
  /// `value` of each stream.
  template <typename Value>
  void streams(std::string_view name, std::string_view type, std::string_view help, Value value) {
    head(name, type, help);
    for (const auto& stream : report_.streams) line(name, of_stream(stream), value(stream));
  }
  /// `value` of each stream and way.
  template <typename Value>
  void viewers(std::string_view name, std::string_view type, std::string_view help, Value value) {
    head(name, type, help);
    for (const auto& stream : report_.streams)
      for (const Via via : kAllVia) line(name, of_viewers(stream, via), value(stream, via));
  }
  void starts();
  std::string take() { return std::move(text_); }

 private:
  void starts_of(const StreamReport& stream, Via via);

  const EdgeReport& report_;
  std::string text_;
};

void Page::starts_of(const StreamReport& stream, Via via) {
  const StartTimes& starts = stream.counters.of(via).starts;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < StartTimes::kBounds.size(); ++i) {
    count += starts.counts[i];
    line("start_seconds_bucket",
         of_viewers(stream, via, fmt::format(",le=\"{}\"", StartTimes::kBounds[i])), count);
  }
  count += starts.counts.back();
  line("start_seconds_bucket", of_viewers(stream, via, ",le=\"+Inf\""), count);
  line("start_seconds_sum", of_viewers(stream, via), starts.seconds);
  line("start_seconds_count", of_viewers(stream, via), count);
}

void Page::starts() {
  head("start_seconds", "histogram", "From being let in to the first bytes.");
  for (const auto& stream : report_.streams)
    for (const Via via : kAllVia) starts_of(stream, via);
}

const ViewerQueues& queues(const StreamReport& stream, Via via) {
  return stream.queues[static_cast<std::size_t>(via)];
}

void write_streams(Page& page) {
  using S = const StreamReport&;
  page.streams("published", "gauge", "Whether somebody publishes it now.",
               [](S s) { return s.published ? 1 : 0; });
  page.streams("publishers_total", "counter", "Publishers it ever had.",
               [](S s) { return s.counters.publishers; });
  page.streams("received_frames_total", "counter", "Frames taken from publishers.",
               [](S s) { return s.counters.frames; });
  page.streams("received_bytes_total", "counter", "Bytes taken from publishers, as FLV.",
               [](S s) { return s.counters.bytes; });
  page.streams("damaged_tags_total", "counter", "Tags that could not be read.",
               [](S s) { return s.counters.damaged; });
  page.streams("clock_jumps_total", "counter", "Jumps of the stamps, taken out.",
               [](S s) { return s.jumps; });
  page.streams("kept_bytes", "gauge", "Kept for new and slow viewers.", [](S s) { return s.kept; });
}

void write_viewers(Page& page) {
  using S = const StreamReport&;
  page.viewers("viewers", "gauge", "Viewers now.", [](S s, Via v) { return queues(s, v).viewers; });
  page.viewers("viewers_total", "counter", "Viewers that ever came.",
               [](S s, Via v) { return s.counters.of(v).came; });
  page.viewers("sent_bytes_total", "counter", "Bytes given to viewers.",
               [](S s, Via v) { return s.counters.of(v).sent; });
  page.viewers("skips_total", "counter", "Times a viewer was too far behind.",
               [](S s, Via v) { return s.counters.of(v).skips; });
  page.viewers("dropped_frames_total", "counter", "Frames slow viewers lost.",
               [](S s, Via v) { return s.counters.of(v).skipped_frames; });
  page.viewers("evicted_total", "counter", "Viewers sent away for being slow.",
               [](S s, Via v) { return s.counters.of(v).evicted; });
  page.viewers("queue_bytes", "gauge", "What waits for viewers, of all together.",
               [](S s, Via v) { return queues(s, v).bytes; });
  page.viewers("longest_queue_bytes", "gauge", "What waits for the viewer furthest behind.",
               [](S s, Via v) { return queues(s, v).longest; });
  page.starts();
}

void write_http(Page& page, const HttpCounters& http) {
  page.one("http_connections", "gauge", "HTTP connections now.", http.open);
  page.one("http_accepted_total", "counter", "HTTP connections that came.", http.accepted);
  page.one("http_refused_total", "counter", "HTTP connections sent away: too many.", http.refused);
  page.one("http_requests_total", "counter", "HTTP requests.", http.requests);
  page.one("http_sent_bytes_total", "counter", "Bytes of HTTP answers but live streams.",
           http.bytes_sent);
  page.head("http_answers_total", "counter", "HTTP answers by class of their status.");
  for (std::size_t i = 0; i < http.answers.size(); ++i)
    page.line("http_answers_total", fmt::format("{{class=\"{}xx\"}}", i + 1), http.answers[i]);
}

boost::json::object viewers_json(const StreamReport& stream) {
  boost::json::object out;
  for (const Via via : kAllVia) out[via_name(via)] = queues(stream, via).viewers;
  return out;
}

std::uint64_t sum(const StreamReport& stream, std::uint64_t ViewerCounters::*counter) {
  std::uint64_t out = 0;
  for (const Via via : kAllVia) out += stream.counters.of(via).*counter;
  return out;
}

boost::json::object stream_json(const StreamReport& stream) {
  boost::json::object out{{"name", stream.name},
                          {"url", "/" + net::encode_path(stream.name) + ".flv"},
                          {"published", stream.published},
                          {"viewers", viewers_json(stream)},
                          {"received_frames", stream.counters.frames},
                          {"received_bytes", stream.counters.bytes},
                          {"sent_bytes", sum(stream, &ViewerCounters::sent)},
                          {"dropped_frames", sum(stream, &ViewerCounters::skipped_frames)},
                          {"evicted", sum(stream, &ViewerCounters::evicted)}};
  if (stream.time)
    out["clock"] = {{"stamp_ms", stream.time->stamp_ms},
                    {"utc_ms", stream.time->utc_us / 1000},
                    {"of", stream.time->on_air ? "source" : "server"}};
  return out;
}

}  // namespace

std::vector<StreamReport> report_streams(const Hub& hub) {
  std::vector<StreamReport> out;
  hub.each([&](const std::string& name, const LiveStream& live, bool published) {
    StreamReport one{name, published, live.counters(), {}, live.jumps(), live.kept(), live.time()};
    for (const Via via : kAllVia) one.queues[static_cast<std::size_t>(via)] = live.queues(via);
    out.push_back(std::move(one));
  });
  return out;
}

std::string metrics_text(const EdgeReport& report) {
  Page page(report);
  page.one("uptime_seconds", "gauge", "Since it began.",
           std::chrono::duration<double>(report.uptime).count());
  page.one("streams", "gauge", "Live streams.", report.streams.size());
  write_streams(page);
  write_viewers(page);
  if (report.http) write_http(page, *report.http);
  if (report.rtmp) {
    page.one("rtmp_connections", "gauge", "RTMP connections now.", report.rtmp->connections);
    page.one("rtmp_refused_total", "counter", "RTMP connections sent away: too many.",
             report.rtmp->refused);
  }
  return page.take() + (report.api ? api_metrics(*report.api) : "");
}

std::string streams_json(const EdgeReport& report) {
  boost::json::array streams;
  for (const auto& stream : report.streams) streams.push_back(stream_json(stream));
  return boost::json::serialize(boost::json::object{
             {"version", 1}, {"now_ms", report.utc_us / 1000}, {"streams", streams}}) +
         "\n";
}

}  // namespace weir::edge
