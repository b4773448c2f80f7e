// How a foreign input goes on where its streams become others.
#include <algorithm>
#include <cmath>
#include <utility>

#include "formats/foreign_input.h"
#include "media/in_place.h"

namespace weir::formats {
namespace {

constexpr std::size_t kMostUnplaced = 500;  // packets that wait for the first picture
constexpr media::Time kOverlap{1, {1, 2}};  // more is a jump of the stamps
constexpr double kClockWrap = static_cast<double>(std::int64_t{1} << 33) / 90'000;  // seconds

bool is_of(const AVStream& stream, media::Kind kind) {
  const auto& par = *stream.codecpar;
  if (kind == media::Kind::kVideo) return par.codec_type == AVMEDIA_TYPE_VIDEO && par.width > 0;
  return par.codec_type == AVMEDIA_TYPE_AUDIO && par.sample_rate > 0;
}

}  // namespace

Result<bool> ForeignInput::begin_section() {
  WEIR_TRY_ASSIGN(const bool more, demuxer_->next_section());
  if (!more) return false;
  AVFormatContext* context = demuxer_->context();
  const int error = avformat_find_stream_info(context, nullptr);
  if (error < 0) return fail(demuxer_->error(error, "read on in"));
  section_begin_ = end_of_tracks();
  in_section_ = true;
  placed_ = false;
  sources_.clear();
  sources_.resize(context->nb_streams);
  const auto places = match_streams();
  for (unsigned i = 0; i < context->nb_streams; ++i) {
    const auto place = places.find(static_cast<int>(i));
    WEIR_TRY(open_track(*context->streams[i], place == places.end() ? -1 : place->second));
    const auto& canonical = sources_[i].canonical;
    if (!canonical) continue;
    sources_[i].end = section_begin_;
    sources_[i].changed =
        !media::same_form(canonical->track(), *media::find_track(forms_, place->second));
  }
  ready_.push_back(media::make_event(media::event::kDiscontinuity, section_begin_));
  return true;
}

/// Tracks by the index of their streams.
std::map<int, int> ForeignInput::match_streams() const {
  const AVFormatContext* context = demuxer_->context();
  std::map<int, int> out;
  const auto taken = [&](int track) {
    return std::ranges::any_of(out, [&](const auto& pair) { return pair.second == track; });
  };
  for (const bool by_id : {true, false})
    for (unsigned i = 0; i < context->nb_streams; ++i) {
      const AVStream& stream = *context->streams[i];
      const auto track = std::ranges::find_if(tracks_, [&](const media::Track& t) {
        return is_of(stream, t.kind) && !taken(t.index) &&
               (!by_id || ids_.at(t.index) == stream.id);
      });
      if (track != tracks_.end()) out.try_emplace(stream.index, track->index);
    }
  return out;
}

// Of the pictures, where there are any.
media::Time ForeignInput::end_of_tracks() const {
  const auto latest = [&](bool pictures) {
    media::Time end = section_begin_;
    for (const auto& source : sources_)
      if (source.canonical && source.canonical->track().video() == pictures && source.end > end)
        end = source.end;
    return end;
  };
  const media::Time pictures = latest(true);
  return pictures > section_begin_ ? pictures : latest(false);
}

void ForeignInput::take_in_section(Source& source, media::Packet packet) {
  const auto& track = *media::find_track(tracks_, packet.track());
  packet.rebase(track.time_base);
  const bool leads = track.video() || !has_pictures() || unplaced_.size() >= kMostUnplaced;
  if (!placed_ && leads) place_section(packet);
  if (!placed_) return unplaced_.push_back(std::move(packet));
  release_section();
  go_on(source, std::move(packet));
}

// Sound that began before that of the section before had ended is left out.
void ForeignInput::go_on(Source& source, media::Packet packet) {
  packet.shift(section_shift_);
  const auto last = last_dts_.find(packet.track());
  const bool sound = source.canonical->track().audio() && last != last_dts_.end();
  const media::Time half{packet.raw()->duration / 2, packet.base()};
  const std::int64_t step = sound ? packet.dts().ticks - last->second.ticks : INT64_MAX;
  if (step <= half.ticks && media::Time{-step, packet.base()} < kOverlap) {
    media::count(options_.repairs, &media::Repairs::dropped);
    return;
  }
  if (source.changed) tell_change(source);
  hand_on(source, std::move(packet));
}

bool ForeignInput::has_pictures() const {
  return std::ranges::any_of(
      sources_, [](const Source& s) { return s.canonical && s.canonical->track().video(); });
}

// Its clock is the same one, and libavformat may have unwrapped it another way. Pictures that begin
// a little before those of the section before have ended are moved behind them, and so is all else.
void ForeignInput::place_section(const media::Packet& first) {
  placed_ = true;
  const double distance = section_begin_.seconds() - first.dts().seconds();
  const auto wraps = static_cast<std::int64_t>(std::llround(distance / kClockWrap));
  section_shift_ = {wraps << 33, {1, 90'000}};
  const auto in_base = [&](media::Time time) { return time.in(first.base()); };
  const std::int64_t shift = in_base(section_shift_);
  const auto last = last_dts_.find(first.track());
  std::int64_t overlap = in_base(section_begin_) - (first.pts().ticks + shift);
  if (last != last_dts_.end())
    overlap = std::max(overlap, last->second.ticks + 1 - (first.dts().ticks + shift));
  if (overlap > 0 && media::Time{overlap, first.base()} < kOverlap)
    section_shift_ = {shift + overlap, first.base()};
}

/// What came before its place was known; at the end of the section that is where it begins.
void ForeignInput::release_section() {
  if (!placed_ && !unplaced_.empty()) place_section(unplaced_.front());
  for (auto& packet : std::exchange(unplaced_, {})) {
    const auto source = std::ranges::find_if(sources_, [&](const Source& s) {
      return s.canonical && s.canonical->track().index == packet.track();
    });
    go_on(*source, std::move(packet));
  }
}

// The first packet has told what the container did not.
void ForeignInput::tell_change(Source& source) {
  source.changed = false;
  const media::Track& now = source.canonical->track();
  auto& form = *std::ranges::find(forms_, now.index, &media::Track::index);
  form = media::in_place_of(form, now);
  ready_.push_back(media::change_event(form, section_begin_));
}

}  // namespace weir::formats
