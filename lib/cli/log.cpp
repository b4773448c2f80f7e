#include "cli/log.h"

#include <array>
#include <atomic>
#include <utility>

#include <boost/json.hpp>

extern "C" {
#include <libavutil/log.h>
}

namespace weir::cli {
namespace {

constexpr std::array<std::string_view, 4> kLevels{"error", "warning", "info", "debug"};

class LineLog : public Log {
 public:
  LineLog(LogOptions options, Words& words, const Clock& clock)
      : options_(std::move(options)), words_(words), clock_(clock) {}

  void write(LogLevel level, std::string_view line) override {
    if (level > options_.level) return;
    words_.line(options_.json ? json(level, line) : fmt::format("{}: {}", options_.tool, line));
  }

 private:
  std::string json(LogLevel level, std::string_view line) const {
    return boost::json::serialize(boost::json::object{{"time", format_utc(clock_.utc_us())},
                                                      {"level", level_name(level)},
                                                      {"tool", options_.tool},
                                                      {"message", line}});
  }

  const LogOptions options_;
  Words& words_;
  const Clock& clock_;
};

// FFmpeg's log callback has no user data, hence the global.
std::atomic<Log*> ffmpeg_log{nullptr};

void take_ffmpeg_line(void* context, int level, const char* format, va_list args) {
  Log* log = ffmpeg_log.load();
  if (log == nullptr || level > AV_LOG_INFO) return;
  thread_local std::string pending;  // a line may come in pieces
  thread_local int print_prefix = 1;
  std::array<char, 1024> text{};
  av_log_format_line2(context, level, format, args, text.data(), text.size(), &print_prefix);
  pending += text.data();
  if (pending.empty() || pending.back() != '\n') return;
  pending.pop_back();
  log->debug("ffmpeg: {}", pending);
  pending.clear();
}

}  // namespace

std::string_view level_name(LogLevel level) {
  return kLevels[static_cast<std::size_t>(level)];
}

LogLevel parse_level(std::string_view name) {
  for (std::size_t i = 0; i < kLevels.size(); ++i)
    if (kLevels[i] == name) return static_cast<LogLevel>(i);
  return LogLevel::kInfo;
}

std::unique_ptr<Log> make_log(LogOptions options, Words& words, const Clock& clock) {
  return std::make_unique<LineLog>(std::move(options), words, clock);
}

FfmpegWords::FfmpegWords(Log& log, bool wanted) {
  ffmpeg_log.store(wanted ? &log : nullptr);
  av_log_set_callback(take_ffmpeg_line);
}

FfmpegWords::~FfmpegWords() {
  ffmpeg_log.store(nullptr);
  av_log_set_callback(av_log_default_callback);
}

}  // namespace weir::cli
