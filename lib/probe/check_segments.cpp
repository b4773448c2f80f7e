// Rules that compare the segments of one rendition with their playlist and with each other.
#include <algorithm>
#include <cmath>
#include <limits>

#include "probe/check.h"
#include "probe/json_text.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

// Sound that is further apart than this can be heard; 90 kHz stamps round to far less.
constexpr std::int64_t kSoundTolerance = 2'000;
constexpr std::int64_t kSecond = 1'000'000;

/// One rendition under the rules of this file.
class SegmentRules {
 public:
  /// `video_frame_us`: a picture of the presentation, 0 when it has none.
  SegmentRules(const Rendition& rendition, std::int64_t video_frame_us, Findings& out)
      : r_(rendition), out_(out), frame_us_(std::max(video_frame_us, rendition.frame_us())) {}

  void check() {
    for (std::size_t i = 0; i < r_.segments.size(); ++i) {
      if (!facts(i)) continue;
      check_idr(i);
      check_continuity(i);
      check_extinf(i);
    }
    check_runs();
  }

 private:
  const SegmentFacts* facts(std::size_t i) const {
    return i < r_.segments.size() && r_.segments[i].facts ? &*r_.segments[i].facts : nullptr;
  }
  const hls::SegmentText& text(std::size_t i) const { return r_.text.segments[i]; }
  /// The next segment goes on where this one ends, by the playlist's word.
  bool followed(std::size_t i) const {
    return facts(i + 1) && facts(i + 1)->stamped && facts(i)->stamped && !text(i + 1).discontinuity;
  }
  /// How long the media of a segment is shown.
  std::int64_t length(std::size_t i) const {
    const TrackSpan& span = *facts(i)->main();
    return (followed(i) ? facts(i + 1)->main()->start_us : span.end_us) - span.start_us;
  }
  std::int64_t tolerance(std::size_t i) const {
    // Before version 3 EXTINF is a whole number.
    const bool whole = r_.text.version < 3 && text(i).duration_text.find('.') == std::string::npos;
    return whole ? std::max(frame_us_, kSecond / 2) : frame_us_;
  }
  bool extinf_fits(std::size_t i) const {
    return std::abs(text(i).duration_us - length(i)) <= tolerance(i);
  }
  void check_idr(std::size_t i);
  void check_continuity(std::size_t i);
  void check_extinf(std::size_t i);
  void check_runs();
  void report_run(std::size_t from, std::size_t to, std::int64_t off);
  void join(const char* what, const std::optional<TrackSpan>& before,
            const std::optional<TrackSpan>& after, std::int64_t allowed, std::size_t i);

  const Rendition& r_;
  Findings& out_;
  std::int64_t frame_us_;
};

void SegmentRules::check_idr(std::size_t i) {
  if (facts(i)->video && !facts(i)->starts_with_idr)
    out_.add({&find_rule("general-7.4"), r_.location, text(i).line, nullptr, nullptr,
              fmt::format("segment '{}' does not open with an IDR picture", text(i).uri)});
}

void SegmentRules::check_continuity(std::size_t i) {
  if (!followed(i)) return;
  const std::int64_t picture = r_.video.constant_rate ? frame_us_ * 6 / 10 : kSecond;
  join("picture", facts(i)->video, facts(i + 1)->video, picture, i);
  join("sound", facts(i)->audio, facts(i + 1)->audio, kSoundTolerance, i);
}

void SegmentRules::join(const char* what, const std::optional<TrackSpan>& before,
                        const std::optional<TrackSpan>& after, std::int64_t allowed,
                        std::size_t i) {
  if (!before || !after) return;
  const std::int64_t off = after->start_us - before->end_us;
  if (std::abs(off) <= allowed) return;
  out_.add({&find_rule("general-7.3"), r_.location, text(i + 1).line, json_seconds(off),
            json_seconds(allowed),
            fmt::format("the {} of '{}' begins at {}, the segment before ends at {} ({})", what,
                        text(i + 1).uri, seconds_words(after->start_us),
                        seconds_words(before->end_us), offset_words(off))});
}

void SegmentRules::check_extinf(std::size_t i) {
  if (!text(i).has_duration || extinf_fits(i)) return;
  out_.add({&find_rule("draft-EXTINF"), r_.location, text(i).line, json_seconds(length(i)),
            json_seconds(text(i).duration_us),
            fmt::format("EXTINF of '{}' is {}, its media lasts {} (allowed: {} apart)", text(i).uri,
                        seconds_words(text(i).duration_us), seconds_words(length(i)),
                        offset_words(tolerance(i)))});
}

// The sum over a run is off by the difference of the drift after and before it, so the worst run
// lies between the lowest and the highest drift. Segments reported alone end a run.
void SegmentRules::check_runs() {
  std::int64_t drift = 0;
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i < r_.segments.size(); ++i) {
    if (!facts(i) || !extinf_fits(i) || text(i).discontinuity) {
      drift = low = high = 0;
      first = i + 1;
      if (!facts(i) || !extinf_fits(i)) continue;
      first = i;
    }
    drift += text(i).duration_us - length(i);
    low = std::min(low, drift);
    high = std::max(high, drift);
    if (high - low <= tolerance(i)) continue;
    report_run(first, i, high - low);
    drift = low = high = 0;
    first = i + 1;
  }
}

void SegmentRules::report_run(std::size_t from, std::size_t to, std::int64_t off) {
  out_.add({&find_rule("general-8.1"), r_.location, text(to).line, json_seconds(off),
            json_seconds(tolerance(to)),
            fmt::format("the EXTINF from '{}' to '{}' add up {:.1f} ms apart from their media",
                        text(from).uri, text(to).uri, static_cast<double>(off) / 1e3)});
}

}  // namespace

void check_segments(const Presentation& p, Findings& out) {
  const Rendition* reference = reference_rendition(p);
  const std::int64_t video_frame = reference != nullptr ? reference->frame_us() : 0;
  for (const auto& rendition : p.renditions)
    if (rendition.role == Rendition::Role::kMain) SegmentRules(rendition, video_frame, out).check();
}

}  // namespace weir::probe
