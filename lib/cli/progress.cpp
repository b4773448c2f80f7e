#include "cli/progress.h"

#include <chrono>
#include <cmath>
#include <mutex>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <boost/json.hpp>

namespace weir::cli {
namespace {

using std::chrono::nanoseconds;

// "0:12.4", "1:02:03.4"; without the tenth when `coarse`.
std::string clock_text(double seconds, bool coarse) {
  const auto tenths = coarse ? static_cast<std::int64_t>(std::llround(seconds)) * 10
                             : static_cast<std::int64_t>(std::floor(seconds * 10));
  const auto whole = tenths / 10;
  const auto h = whole / 3600, m = whole / 60 % 60, s = whole % 60;
  std::string text = h > 0 ? fmt::format("{}:{:02}:{:02}", h, m, s) : fmt::format("{}:{:02}", m, s);
  if (!coarse) text += fmt::format(".{}", tenths % 10);
  return text;
}

std::string rate_text(std::int64_t bits) {
  const auto value = static_cast<double>(bits);
  return bits < 1'000'000 ? fmt::format("{:.0f} kb/s", value / 1e3)
                          : fmt::format("{:.1f} Mb/s", value / 1e6);
}

// Lets a report through when `interval` has passed; holds the last one back for finish().
class Throttled : public ShownProgress {
 public:
  Throttled(const Clock& clock, nanoseconds interval) : clock_(clock), interval_(interval) {}

  void update(const ProgressReport& report) override {
    const std::lock_guard lock(mutex_);
    const auto now = clock_.monotonic();
    if (!first_) first_ = std::pair(report, now);
    last_ = report;
    if (shown_ && now - *shown_ < interval_) return;
    shown_ = now;
    show(pace(now));
  }

  void finish() override {
    const std::lock_guard lock(mutex_);
    if (!first_) return;
    show(pace(clock_.monotonic()));
    done();
  }

 protected:
  const Clock& clock_;

 private:
  virtual void show(const Pace& pace) = 0;
  virtual void done() {}
  Pace pace(nanoseconds now) const {
    return make_pace(last_, first_->first,
                     std::chrono::duration<double>(now - first_->second).count());
  }

  const nanoseconds interval_;
  std::mutex mutex_;  // guards the rest
  std::optional<std::pair<ProgressReport, nanoseconds>> first_;
  std::optional<nanoseconds> shown_;
  ProgressReport last_;
};

class LineProgress : public Throttled {
 public:
  LineProgress(Words& words, const Clock& clock)
      : Throttled(clock, std::chrono::milliseconds(250)), words_(words) {}

 private:
  void show(const Pace& pace) override { words_.status(pace_text(pace)); }
  void done() override { words_.keep_status(); }
  Words& words_;
};

std::string quoted(const std::string& text) {
  return boost::json::serialize(boost::json::string_view(text));
}

std::string targets_json(const std::vector<TargetReport>& targets) {
  std::string text;
  for (const auto& target : targets) {
    text += fmt::format(R"({}{{"name":{},"state":{},"bytes":{},"dropped":{},"reconnects":{})",
                        text.empty() ? "" : ",", quoted(target.name), quoted(target.state),
                        target.bytes, target.dropped, target.reconnects);
    text += fmt::format(R"(,"queued_bytes":{},"queued_ms":{}}})", target.queued_bytes,
                        target.queued_ms);
  }
  return text;
}

std::string pace_json(const Pace& pace) {
  const auto& report = pace.report;
  std::string text = fmt::format(
      R"({{"media_us":{},"frames":{},"bytes":{},"dropped":{},"speed":{:.3f},"fps":{:.3f})",
      report.media_us, report.frames, report.bytes_out, report.dropped, pace.speed, pace.fps);
  text += fmt::format(R"(,"bitrate":{})", pace.bitrate);
  if (report.total_us > 0) text += fmt::format(R"(,"total_us":{})", report.total_us);
  if (pace.eta_s >= 0) text += fmt::format(R"(,"eta_s":{:.3f})", pace.eta_s);
  if (!report.targets.empty())
    text += fmt::format(R"(,"targets":[{}])", targets_json(report.targets));
  return text + "}";
}

class JsonProgress : public Throttled {
 public:
  JsonProgress(std::string tool, Words& words, const Clock& clock)
      : Throttled(clock, std::chrono::seconds(1)), tool_(std::move(tool)), words_(words) {}

 private:
  void show(const Pace& pace) override {
    words_.line(fmt::format(R"({{"time":"{}","tool":{},"progress":{}}})",
                            format_utc(clock_.utc_us()), quoted(tool_), pace_json(pace)));
  }
  const std::string tool_;
  Words& words_;
};

class NoProgress : public ShownProgress {
 public:
  void update(const ProgressReport&) override {}
  void finish() override {}
};

}  // namespace

Pace make_pace(const ProgressReport& report, const ProgressReport& first, double elapsed_s) {
  Pace pace{.report = report};
  const auto media_s = static_cast<double>(report.media_us) / 1e6;
  if (media_s > 0) pace.bitrate = std::llround(static_cast<double>(report.bytes_out) * 8 / media_s);
  if (elapsed_s <= 0) return pace;
  pace.speed = static_cast<double>(report.media_us - first.media_us) / 1e6 / elapsed_s;
  pace.fps = static_cast<double>(report.frames - first.frames) / elapsed_s;
  if (report.total_us >= report.media_us && report.total_us > 0 && pace.speed > 0)
    pace.eta_s = static_cast<double>(report.total_us - report.media_us) / 1e6 / pace.speed;
  return pace;
}

std::string pace_text(const Pace& pace) {
  const auto& report = pace.report;
  std::string text = clock_text(static_cast<double>(report.media_us) / 1e6, false);
  if (report.total_us > 0)
    text += " of " + clock_text(static_cast<double>(report.total_us) / 1e6, false);
  text += fmt::format("  {:.2f}x  {:.1f} fps  {}", pace.speed, pace.fps, rate_text(pace.bitrate));
  if (report.dropped > 0) text += fmt::format("  {} dropped", report.dropped);
  if (pace.eta_s >= 0) text += fmt::format("  {} left", clock_text(pace.eta_s, true));
  return text;
}

std::unique_ptr<ShownProgress> make_line_progress(Words& words, const Clock& clock) {
  return std::make_unique<LineProgress>(words, clock);
}

std::unique_ptr<ShownProgress> make_json_progress(std::string tool, Words& words,
                                                  const Clock& clock) {
  return std::make_unique<JsonProgress>(std::move(tool), words, clock);
}

std::unique_ptr<ShownProgress> make_no_progress() {
  return std::make_unique<NoProgress>();
}

}  // namespace weir::cli
