#include "probe/play.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/units.h"
#include "probe/json_text.h"
#include "probe/report_json.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kStep = 10'000'000;     // of a seek
constexpr std::int64_t kSoundAhead = 500'000;  // that waits in the speaker
constexpr std::int64_t kMissingSound = 1'500'000;
constexpr std::size_t kPicturesAhead = 4;
constexpr std::int64_t kMostHeld = 256 << 20;  // bytes of decoded pictures
// A speaker tells in blocks how far it is; between them time goes on by the machine's clock.
constexpr std::int64_t kLongestBlock = 100'000;
constexpr std::int64_t kLongestFeed = 100'000;  // without a look at pictures and keys
constexpr std::chrono::nanoseconds kNap = 5ms;

std::int64_t bytes_to_us(std::int64_t bytes) {
  return av_rescale(bytes / kPlayedFrameBytes, 1'000'000, kPlayedRate);
}
std::int64_t us_to_bytes(std::int64_t us) {
  return av_rescale(us, kPlayedRate, 1'000'000) * kPlayedFrameBytes;
}

ByteView samples_of(const AVFrame& frame) {
  return {frame.data[0], static_cast<std::size_t>(frame.nb_samples) * kPlayedFrameBytes};
}

class Player {
 public:
  explicit Player(const PlayParts& parts) : parts_(parts) {}

  Result<PlayReport> run() {
    WEIR_TRY(begin(0));
    if (quit_ || parts_.stop.requested()) return report_;
    const auto& pictures = source_->pictures;
    WEIR_TRY(parts_.screen.open(pictures.empty() ? nullptr : pictures.front().frame.raw()));
    set_clock(position_us_);
    report_.start_us = position_us_;
    while (!quit_ && !parts_.stop.requested() && !finished()) {
      WEIR_TRY_ASSIGN(const bool fed, feed());
      WEIR_TRY(show_due());
      WEIR_TRY(obey(parts_.screen.wait_key(fed ? 0ns : nap())));
    }
    report_.end_us = position_us_;
    if (report_.shown > 0) report_.late_mean_us = late_sum_us_ / double(report_.shown);
    return report_;
  }

 private:
  std::int64_t machine_us() const {
    return std::chrono::duration_cast<Micros>(parts_.clock.monotonic()).count();
  }
  bool with_sound() const { return parts_.speaker != nullptr && source_->has_sound(); }

  // The old source plays on when the new one cannot be opened.
  Result<void> begin(std::int64_t from_us) {
    WEIR_TRY_ASSIGN(auto source, parts_.open(from_us));
    source_ = std::move(source);
    if (parts_.speaker != nullptr) parts_.speaker->clear();
    hearing_ = false;
    while (!primed() && !quit_ && !parts_.stop.requested()) {
      WEIR_TRY(source_->read(kNap));
      if (parts_.screen.wait_key(0ns) == PlayKey::kQuit) quit_ = true;
    }
    const auto first = [&](const std::deque<Decoded>& queue) {
      return queue.empty() ? std::optional<std::int64_t>() : queue.front().at_us;
    };
    const auto picture = first(source_->pictures), sound = first(source_->sound);
    const std::int64_t start =
        std::max(from_us, std::min(picture.value_or(INT64_MAX), sound.value_or(INT64_MAX)));
    set_clock(start == INT64_MAX ? from_us : start);
    queued_us_ = position_us_;
    return {};
  }

  bool primed() const {
    const bool pictures = !source_->has_pictures() || !source_->pictures.empty();
    const bool sound = !with_sound() || !source_->sound.empty();
    return source_->over() || held() >= kMostHeld || (pictures && sound);
  }

  std::int64_t held() const {
    std::int64_t sum = 0;
    for (const auto& picture : source_->pictures) sum += picture.frame.cost();
    return sum;
  }

  bool hungry() const {
    if (source_->over() || held() >= kMostHeld) return false;
    const bool pictures = source_->has_pictures() && source_->pictures.size() < kPicturesAhead;
    return pictures ||
           (with_sound() && !sound_missing() && parts_.speaker->waiting_us() < kSoundAhead);
  }

  // Pictures have come that are far behind the end of the sound.
  bool sound_missing() const {
    return !source_->pictures.empty() &&
           source_->pictures.back().at_us - queued_us_ > kMissingSound;
  }

  /// Reads until there is enough, or until a picture is due and there is one behind it that is
  /// not. True when something was read.
  Result<bool> feed() {
    bool more = !paused_ && hungry();
    bool any = false;
    const std::int64_t until = machine_us() + kLongestFeed;
    while (more) {
      WEIR_TRY_ASSIGN(more, source_->read(nap()));
      any = any || more;
      while (!source_->sound.empty()) {
        queue_sound(source_->sound.front());
        source_->sound.pop_front();
      }
      drop_late();
      const auto& pictures = source_->pictures;
      const bool enough = !pictures.empty() && nap() == 0ns && pictures.back().at_us > now();
      more = more && hungry() && !enough && machine_us() < until;
    }
    return any;
  }

  void drop_late() {
    auto& pictures = source_->pictures;
    const std::int64_t at = now();
    for (; pictures.size() > 1 && pictures[1].at_us <= at; ++report_.dropped) pictures.pop_front();
  }

  // What comes later than the sound before it has silence in front; what comes too late is cut off.
  void queue_sound(const Decoded& sound) {
    if (parts_.speaker == nullptr) return;
    ByteView samples = samples_of(*sound.frame.raw());
    const bool dry = parts_.speaker->waiting_us() <= 0;
    const std::int64_t due = dry ? std::max(queued_us_, position_us_) : queued_us_;
    const std::int64_t early = us_to_bytes(due - sound.at_us);
    const std::int64_t end = sound.at_us + bytes_to_us(std::int64_t(samples.size()));
    if (early >= std::int64_t(samples.size())) return;
    if (early < 0) parts_.speaker->queue(Bytes(static_cast<std::size_t>(-early)));
    if (early > 0) samples = samples.subspan(static_cast<std::size_t>(early));
    parts_.speaker->queue(samples);
    queued_us_ = end;
    hearing_ = true;
  }

  void set_clock(std::int64_t at_us) {
    position_us_ = anchor_us_ = heard_us_ = at_us;
    anchor_machine_us_ = machine_us();
  }

  std::int64_t now() {
    if (paused_) return position_us_;
    const std::int64_t machine = machine_us();
    const std::int64_t waiting = hearing_ ? parts_.speaker->waiting_us() : 0;
    const bool by_sound =
        waiting > 0 || (hearing_ && !source_->over() && !sound_missing() && held() < kMostHeld);
    if (by_sound && queued_us_ - waiting != heard_us_) {
      anchor_us_ = heard_us_ = queued_us_ - waiting;
      anchor_machine_us_ = machine;
    }
    std::int64_t at = anchor_us_ + machine - anchor_machine_us_;
    if (by_sound) at = std::min({at, anchor_us_ + kLongestBlock, queued_us_});
    if (!by_sound && source_->pictures.empty() && !source_->over()) {
      set_clock(position_us_);  // waits for the input
      return position_us_;
    }
    return position_us_ = std::max(position_us_, at);
  }

  Result<void> show_due() {
    drop_late();
    auto& pictures = source_->pictures;
    const std::int64_t at = now();
    if (pictures.empty() || pictures.front().at_us > at) return {};
    const std::int64_t late = at - pictures.front().at_us;
    WEIR_TRY(parts_.screen.show(*pictures.front().frame.raw()));
    last_step_us_ = report_.shown > 0 ? pictures.front().at_us - last_shown_us_ : last_step_us_;
    last_shown_us_ = pictures.front().at_us;
    pictures.pop_front();
    ++report_.shown;
    late_sum_us_ += double(late);
    report_.late_worst_us = std::max(report_.late_worst_us, late);
    report_.sound = report_.sound || hearing_;
    return {};
  }

  // Until the next picture is due, but not so long that the sound would run dry.
  std::chrono::nanoseconds nap() {
    if (paused_ || source_->pictures.empty()) return kNap;
    const std::int64_t wait = source_->pictures.front().at_us - now();
    return std::clamp<std::chrono::nanoseconds>(Micros(wait), 0ns, kNap);
  }

  bool finished() {
    if (!source_->over() || !source_->pictures.empty() || !source_->sound.empty()) return false;
    const bool heard = !hearing_ || parts_.speaker->waiting_us() <= 0;
    return heard && now() >= last_shown_us_ + std::clamp<std::int64_t>(last_step_us_, 0, 1'000'000);
  }

  Result<void> obey(std::optional<PlayKey> key) {
    if (!key) return {};
    if (*key == PlayKey::kQuit) quit_ = true;
    if (*key == PlayKey::kPause) pause();
    if (*key == PlayKey::kBack) return seek(-kStep);
    if (*key == PlayKey::kForward) return seek(kStep);
    return {};
  }

  void pause() {
    (void)now();
    paused_ = !paused_;
    if (parts_.speaker != nullptr) parts_.speaker->pause(paused_);
    if (!paused_) set_clock(position_us_);
  }

  Result<void> seek(std::int64_t by_us) {
    if (!source_->seekable()) {
      parts_.log.info("this input cannot be searched");
      return {};
    }
    const std::int64_t target = std::max<std::int64_t>(0, now() + by_us);
    if (target >= source_->duration_us().value_or(INT64_MAX)) return {};
    const auto begun = begin(target);
    if (!begun && begun.error().code == Code::kStopped) return begun;
    if (!begun) parts_.log.warning("{}", begun.error().what);
    if (begun) ++report_.seeks;
    return {};
  }

  const PlayParts& parts_;
  PlayReport report_;
  std::unique_ptr<PlaySource> source_;
  std::int64_t position_us_ = 0;  // never goes back but by a seek
  std::int64_t anchor_us_ = 0;    // was the position at this time of the machine
  std::int64_t anchor_machine_us_ = 0;
  std::int64_t heard_us_ = 0;   // as the speaker told last
  std::int64_t queued_us_ = 0;  // where what the speaker was given ends
  std::int64_t last_shown_us_ = 0;
  std::int64_t last_step_us_ = 0;
  double late_sum_us_ = 0;
  bool hearing_ = false;  // the speaker was given something
  bool paused_ = false;
  bool quit_ = false;
};

}  // namespace

Result<PlayReport> play(const PlayParts& parts) {
  return Player(parts).run();
}

std::string play_text(const PlayReport& report) {
  std::string out =
      fmt::format("{}: played from {} to {}, {} shown, {} came too late\n", report.input,
                  seconds_words(report.start_us), seconds_words(report.end_us),
                  count_words(report.shown, "picture", "pictures"), report.dropped);
  if (report.shown > 0)
    out += fmt::format("pictures against {}: {} on average, {} at worst\n",
                       report.sound ? "the sound" : "the clock",
                       offset_words(std::int64_t(report.late_mean_us)),
                       offset_words(report.late_worst_us));
  return out;
}

boost::json::object play_json(const PlayReport& report) {
  boost::json::object out = document("play", report.input);
  out["start"] = json_seconds(report.start_us);
  out["end"] = json_seconds(report.end_us);
  out["shown"] = report.shown;
  out["dropped"] = report.dropped;
  out["seeks"] = report.seeks;
  out["sound"] = report.sound;
  out["late"] = {{"mean", report.late_mean_us / 1e6},
                 {"worst", json_seconds(report.late_worst_us)}};
  return out;
}

}  // namespace weir::probe
