#include "probe/repair.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <utility>

#include "formats/demuxer.h"
#include "formats/input.h"
#include "formats/output.h"
#include "media/end_mark.h"
#include "probe/boxes.h"
#include "probe/describe.h"
#include "probe/rebuilt_input.h"

namespace weir::probe {
namespace {

// Their packets end where the next one begins.
constexpr std::array<std::string_view, 8> kUnmarked{"mpegts", "mpeg", "h264", "hevc",
                                                    "aac",    "mp3",  "ac3",  "eac3"};

bool marks_ends(const std::string& container) {
  return std::ranges::find(kUnmarked, container) == kUnmarked.end();
}

bool is_whole(const media::Packet& packet) {
  return (packet.raw()->flags & AV_PKT_FLAG_CORRUPT) == 0;
}

/// Whole packets on their way into the output, which is made with the first of them.
class Writer {
 public:
  Writer(const formats::Input& input, const std::string& path)
      : path_(path),
        tracks_(input.tracks()),
        hold_(!marks_ends(input.container())),
        meter_(input.tracks()) {}

  Result<void> push(media::Item item) {
    auto* packet = std::get_if<media::Packet>(&item);
    if (packet == nullptr) return write(std::move(item));
    if (!is_whole(*packet)) return leave_out(*packet);
    if (!hold_) return write(std::move(item));
    auto& held = held_[packet->track()];
    auto ready = std::exchange(held, std::move(*packet));
    if (!ready) return {};
    return write(media::Item(std::move(*ready)));
  }

  /// True when there is an output.
  Result<bool> finish() {
    for (auto& [track, packet] : held_)
      if (packet) WEIR_TRY(leave_out(*packet));
    if (!output_) return false;
    // Whoever reads a pipe stream asks for this, and there is nothing more to wait for.
    if (!ended_)
      WEIR_TRY(output_->push(media::Item(
          media::make_event(media::event::kEnd, {meter_.position_us(), media::kMicros}))));
    WEIR_TRY(output_->finish());
    return true;
  }

  RepairReport report() { return {path_, meter_.finish(), left_out_, left_bytes_, {}, {}, 0, ""}; }
  const Describer& meter() const { return meter_; }

 private:
  Result<void> leave_out(const media::Packet& packet) {
    ++left_out_;
    left_bytes_ += static_cast<std::int64_t>(packet.bytes().size());
    return {};
  }

  Result<void> write(media::Item item) {
    if (!output_) {
      if (std::holds_alternative<media::Event>(item)) return {};
      WEIR_TRY_ASSIGN(output_, formats::open_recording(path_, tracks_));
    }
    ended_ = ended_ || media::is_end_mark(item);
    meter_.add(item);
    WEIR_TRY(output_->push(std::move(item)));
    return {};
  }

  std::string path_;
  media::Tracks tracks_;
  bool hold_;
  Describer meter_;
  std::map<int, std::optional<media::Packet>> held_;  // the newest of each track
  std::unique_ptr<formats::Output> output_;
  bool ended_ = false;
  std::int64_t left_out_ = 0;
  std::int64_t left_bytes_ = 0;
};

Result<void> check_names(const std::string& input, const std::string& output) {
  std::error_code ignored;
  if (std::filesystem::equivalent(input, output, ignored))
    return fail(Code::kUsage, "'{}' cannot be repaired onto itself: give another name", input);
  return {};
}

/// What is opened, and why it is not all of the file.
struct Opening {
  std::string url;
  std::optional<Error> damage;
};

// libavformat opens no MP4 that ends within the head of a fragment.
Opening opening(const std::string& path, const std::vector<TopBox>& boxes) {
  if (boxes.empty()) return {path, {}};
  const TopBox& last = boxes.back();
  if (last.present == last.declared || last.type == "mdat" || last.type == "moov")
    return {path, {}};
  return {fmt::format("subfile,,start,0,end,{},,:{}", last.at, path),
          Error{Code::kBadInput,
                fmt::format("'{}' is cut off: it ends within a box '{}', of which {} of {} bytes "
                            "are there",
                            path, last.type, last.present, last.declared)}};
}

tl::unexpected<Error> index_lost(const std::string& path, const std::vector<Range>& media) {
  std::int64_t bytes = 0;
  for (const auto& range : media) bytes += range.end - range.begin;
  return fail(
      Code::kBadInput,
      "cannot repair '{}' alone: its index (moov) is not there, and nothing else tells "
      "where in its {} bytes of media a packet begins; give --like a whole file of the same "
      "camera or encoder and settings, or record to fragmented MP4, .ts, .mkv or .nut, "
      "which survive this",
      path, bytes);
}

/// Where the last whole packet ends in the file, and what the file says of its length.
void find_tail(const std::string& url, const StopSource& stop, RepairReport& report) {
  auto demuxer = formats::Demuxer::open(url, &stop);
  if (!demuxer || !(*demuxer)->seekable()) return;
  const auto declared = (*demuxer)->context()->duration;
  if (declared > 0) report.declared_us = declared;
  if (!marks_ends(report.written.container)) return;
  std::int64_t end = 0;
  for (auto packet = (*demuxer)->read(); packet && *packet; packet = (*demuxer)->read())
    if (is_whole(**packet) && (*packet)->raw()->pos >= 0)
      end = std::max(end, (*packet)->raw()->pos + (*packet)->raw()->size);
  if (end > 0 && report.written.size_bytes)
    report.tail_bytes = std::max<std::int64_t>(0, *report.written.size_bytes - end);
}

/// Every whole packet of an input into the output.
Result<RepairReport> rewrite(formats::Input& input, const std::string& path,
                             const std::string& output, Progress& progress) {
  Writer writer(input, output);
  std::optional<Error> damage;
  while (true) {
    auto item = input.next();
    if (!item) damage = std::move(item).error();
    if (!item || !*item) break;
    WEIR_TRY(writer.push(std::move(**item)));
    progress.update({writer.meter().position_us(), input.duration().value_or(Micros(0)).count(),
                     writer.meter().pictures(), 0, 0});
  }
  WEIR_TRY_ASSIGN(const bool made, writer.finish());
  if (!made) return fail(Code::kBadInput, "no whole packet in {}", input.name());
  RepairReport report = writer.report();
  report.written.name = path == "-" ? "standard input" : path;
  report.written.container = input.container();
  report.written.size_bytes = file_size(path);
  if (damage && damage->code != Code::kStopped) report.written.damage = std::move(damage);
  return report;
}

}  // namespace

std::optional<std::int64_t> RepairReport::lost_us() const {
  if (!declared_us) return {};
  return std::max<std::int64_t>(0, *declared_us - written.duration_us());
}

Result<RepairReport> repair(const std::string& path, const std::string& output,
                            const std::string& like, const StopSource& stop, Log& log,
                            Progress& progress) {
  WEIR_TRY(check_names(path, output));
  const auto boxes = top_boxes(path);
  const auto media = media_without_index(boxes, path);
  if (!media.empty()) {
    if (like.empty()) return index_lost(path, media);
    auto input = RebuiltInput::open(path, media, like, stop, log);
    if (!input) return fail(std::move(input).error().within(fmt::format("repair of '{}'", path)));
    WEIR_TRY_ASSIGN(RepairReport report, rewrite(**input, path, output, progress));
    report.unknown_bytes = (*input)->unknown_bytes();
    report.tail_bytes = (*input)->tail_bytes();
    report.timing = (*input)->timing();
    return report;
  }
  Opening what = opening(path, boxes);
  formats::InputOptions reading;
  reading.stop = &stop;
  reading.log = &log;
  WEIR_TRY_ASSIGN(const auto input, formats::Input::open(what.url, reading));
  WEIR_TRY_ASSIGN(RepairReport report, rewrite(*input, path, output, progress));
  if (what.damage) report.written.damage = std::move(what.damage);
  find_tail(what.url, stop, report);
  return report;
}

}  // namespace weir::probe
