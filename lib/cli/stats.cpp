#include "cli/stats.h"

#include <utility>

#include <fmt/format.h>
#include <boost/json.hpp>

namespace weir::cli {
namespace {

constexpr int kVersion = 1;

std::string_view name_of(ingest::HealthState state) {
  switch (state) {
    case ingest::HealthState::kWaiting:
      return "waiting";
    case ingest::HealthState::kLive:
      return "live";
    case ingest::HealthState::kFallback:
      return "fallback";
    case ingest::HealthState::kSlate:
      return "slate";
  }
  return "waiting";
}

std::string track_json(const ingest::TrackHealth& track) {
  const std::string_view kind = track.kind == media::Kind::kVideo ? "video" : "audio";
  std::string text = fmt::format(R"({{"index":{},"kind":"{}","codec":"{}","bitrate":{})",
                                 track.index, kind, track.codec, track.bitrate);
  if (track.kind == media::Kind::kVideo) text += fmt::format(R"(,"fps":{:.3f})", track.fps);
  return text + fmt::format(R"(,"packets":{},"bytes":{}}})", track.packets, track.bytes);
}

class JsonStats : public ingest::HealthSink {
 public:
  JsonStats(std::string tool, Words& words, const Clock& clock)
      : tool_(std::move(tool)), words_(words), clock_(clock) {}

  void take(const ingest::HealthReport& report) override {
    words_.line(fmt::format(R"({{"time":"{}","tool":{},"stats":{}}})", format_utc(clock_.utc_us()),
                            boost::json::serialize(boost::json::string_view(tool_)),
                            health_json(report)));
  }

 private:
  const std::string tool_;
  Words& words_;
  const Clock& clock_;
};

}  // namespace

std::string health_json(const ingest::HealthReport& report) {
  std::string text = fmt::format(R"({{"version":{},"state":"{}","media_us":{},"bytes":{})",
                                 kVersion, name_of(report.state), report.media_us, report.bytes);
  if (report.av_offset_us) text += fmt::format(R"(,"av_offset_us":{})", *report.av_offset_us);
  std::string tracks;
  for (const auto& track : report.tracks) tracks += (tracks.empty() ? "" : ",") + track_json(track);
  std::string repairs;
  for (const auto& [name, count] : report.repairs)
    repairs += fmt::format(R"({}"{}":{})", repairs.empty() ? "" : ",", name, count);
  return text + fmt::format(R"(,"tracks":[{}],"repairs":{{{}}}}})", tracks, repairs);
}

std::unique_ptr<ingest::HealthSink> make_json_stats(std::string tool, Words& words,
                                                    const Clock& clock) {
  return std::make_unique<JsonStats>(std::move(tool), words, clock);
}

}  // namespace weir::cli
