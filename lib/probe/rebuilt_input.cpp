#include "probe/rebuilt_input.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include "media/h26x.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

constexpr int kTicks = 90'000;  // a second, of pictures
constexpr double kApart = 1;    // seconds
constexpr double kUsualStep = 0.04;

/// What a whole file of the same maker tells.
struct Model {
  media::Tracks tracks;            // pictures, sound, or both
  std::int64_t sound_step = 1024;  // samples of a packet
  std::int64_t sound_late_us = 0;  // of the first packets
};

Result<Model> model_of(const std::string& like, const StopSource& stop, Log& log) {
  formats::InputOptions reading;
  reading.stop = &stop;
  reading.log = &log;
  WEIR_TRY_ASSIGN(const auto input, formats::Input::open(like, reading));
  Model out;
  for (const auto kind : {media::Kind::kVideo, media::Kind::kAudio}) {
    const auto found = std::ranges::find(input->tracks(), kind, &media::Track::kind);
    if (found != input->tracks().end()) out.tracks.push_back(*found);
  }
  std::map<int, std::int64_t> first_us;
  while (first_us.size() < out.tracks.size()) {
    WEIR_TRY_ASSIGN(const auto item, input->next());
    if (!item) break;
    const auto* packet = std::get_if<media::Packet>(&*item);
    if (packet == nullptr || media::find_track(out.tracks, packet->track()) == nullptr) continue;
    const auto& track = *media::find_track(out.tracks, packet->track());
    const auto at = packet->pts().micros();
    if (!first_us.try_emplace(packet->track(), at).second || !track.audio()) continue;
    if (packet->duration().ticks > 0) out.sound_step = packet->duration().in(track.time_base);
  }
  if (out.tracks.size() == 2 && first_us.size() == 2)
    out.sound_late_us = first_us[out.tracks[1].index] - first_us[out.tracks[0].index];
  return out;
}

std::vector<FoundSample> of_kind(const Hunt& hunt, bool picture) {
  std::vector<FoundSample> out;
  std::ranges::copy_if(hunt.samples, std::back_inserter(out),
                       [&](const auto& sample) { return sample.picture == picture; });
  return out;
}

/// A picture in the order of showing.
struct Shown {
  std::size_t index = 0;  // in the order of decoding
  std::int64_t order = 0;
};

// Where the order has holes, pictures are missing; unless it has more holes than pictures.
void place(std::vector<Shown> sequence, std::int64_t& next, std::vector<std::int64_t>& places) {
  if (sequence.empty()) return;
  std::ranges::stable_sort(sequence, {}, &Shown::order);
  std::int64_t step = 0;
  for (std::size_t i = 1; i < sequence.size(); ++i)
    step = std::gcd(step, sequence[i].order - sequence[i - 1].order);
  const std::int64_t first = sequence.front().order;
  const auto count = std::int64_t(sequence.size());
  const bool whole = step > 0 && (sequence.back().order - first) / step < 2 * count;
  for (std::size_t i = 0; i < sequence.size(); ++i)
    places[sequence[i].index] =
        next + (whole ? (sequence[i].order - first) / step : std::int64_t(i));
  next = places[sequence.back().index] + 1;
}

// The place of each picture in the order of showing, which begins anew at each IDR picture.
std::vector<std::int64_t> places(const std::vector<FoundSample>& pictures, int order_bits) {
  PictureOrder order(order_bits);
  std::vector<std::int64_t> out(pictures.size());
  std::vector<Shown> sequence;
  std::int64_t next = 0;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if (pictures[i].head.idr) place(std::exchange(sequence, {}), next, out);
    sequence.push_back({i, order.next(pictures[i].head)});
  }
  place(std::move(sequence), next, out);
  return out;
}

ByteView sets_of(const media::Track& track) {
  return {track.par->extradata, static_cast<std::size_t>(track.par->extradata_size)};
}

}  // namespace

std::vector<Range> media_without_index(const std::vector<TopBox>& boxes, const std::string& path) {
  std::vector<Range> out;
  std::ifstream file(path, std::ios::binary);
  for (const auto& box : boxes) {
    if (box.type == "moov" && box.present == box.declared) return {};
    if (box.type == "moof") return {};
    if (box.type != "mdat") continue;
    std::array<char, 4> size{};
    file.seekg(box.at);
    file.read(size.data(), size.size());
    const bool large = size == std::array<char, 4>{0, 0, 0, 1};
    const std::int64_t head = large ? 16 : 8;
    if (box.present > head) out.push_back({box.at + head, box.at + box.present});
  }
  return out;
}

media::Track* RebuiltInput::track(media::Kind kind) {
  const auto found = std::ranges::find(tracks_, kind, &media::Track::kind);
  return found == tracks_.end() ? nullptr : &*found;
}

Result<std::unique_ptr<RebuiltInput>> RebuiltInput::open(const std::string& path,
                                                         const std::vector<Range>& media,
                                                         const std::string& like,
                                                         const StopSource& stop, Log& log) {
  WEIR_TRY_ASSIGN(Model model, model_of(like, stop, log));
  std::unique_ptr<RebuiltInput> self(new RebuiltInput(path, stop));
  self->tracks_ = std::move(model.tracks);
  const auto lost = std::ranges::find_if(self->tracks_, [](const auto& track) {
    return track.audio() && track.codec() != AV_CODEC_ID_AAC;
  });
  if (lost != self->tracks_.end()) {
    log.warning("the sound is lost: nothing tells frames of {} from other bytes",
                lost->codec_name());
    self->tracks_.erase(lost);
  }
  const auto* video = self->track(media::Kind::kVideo);
  const auto* audio = self->track(media::Kind::kAudio);
  WEIR_TRY_ASSIGN(const Hunt hunt, hunt_samples(path, media, video, audio, stop));
  self->unknown_bytes_ = hunt.unknown_bytes;
  self->tail_bytes_ = hunt.tail_bytes;
  const auto pictures = of_kind(hunt, true), sound = of_kind(hunt, false);
  if (pictures.empty() && sound.empty())
    return fail(Code::kBadInput, "cannot repair '{}': nothing in it is like '{}'", path, like);
  if (pictures.empty()) std::erase_if(self->tracks_, &media::Track::video);
  if (sound.empty()) std::erase_if(self->tracks_, &media::Track::audio);
  for (std::size_t i = 0; i < self->tracks_.size(); ++i)
    self->tracks_[i].index = static_cast<int>(i);
  double seconds = 0;
  if (const auto* heard = self->track(media::Kind::kAudio))
    seconds = double(sound.size()) * double(model.sound_step) * av_q2d(heard->time_base);
  if (!pictures.empty()) self->choose_rate(pictures.size(), seconds, like);
  const std::int64_t late = pictures.empty() || sound.empty() ? 0 : model.sound_late_us;
  self->time_pictures(pictures, std::max<std::int64_t>(0, -late));
  std::int64_t begin = std::max<std::int64_t>(0, late);
  if (!pictures.empty())  // behind those that are decoded before the first is shown
    begin += media::Time{self->due_.front().pts - self->due_.front().dts,
                         self->track(media::Kind::kVideo)->time_base}
                 .micros();
  self->time_sound(sound, begin, model.sound_step);
  std::ranges::stable_sort(self->due_, [&](const Due& one, const Due& other) {
    return media::Time{one.dts, self->tracks_[std::size_t(one.track)].time_base} <
           media::Time{other.dts, self->tracks_[std::size_t(other.track)].time_base};
  });
  self->file_.open(path, std::ios::binary);
  return self;
}

void RebuiltInput::choose_rate(std::size_t pictures, double sound_seconds,
                               const std::string& like) {
  media::Track& video = *track(media::Kind::kVideo);
  const double rate = av_q2d(video.frame_rate);
  const double seconds = rate > 0 ? double(pictures) / rate : 0;
  video.time_base = {1, kTicks};
  if (rate > 0 && (sound_seconds <= 0 || std::abs(seconds - sound_seconds) <= kApart)) {
    step_ticks_ = kTicks / rate;
    timing_ = fmt::format("{} pictures a second, as in '{}'", rate_words(rate), like);
    return;
  }
  video.frame_rate = {0, 1};
  step_ticks_ = kTicks * (sound_seconds > 0 ? sound_seconds / double(pictures) : kUsualStep);
  timing_ = sound_seconds > 0 ? "pictures spread evenly over the length of the sound"
                              : "25 pictures a second, as nothing tells their rate";
}

void RebuiltInput::time_pictures(const std::vector<FoundSample>& pictures, std::int64_t begin_us) {
  const media::Track* video = track(media::Kind::kVideo);
  if (video == nullptr || pictures.empty()) return;
  const auto units = UnitReader::open(video->codec(), sets_of(*video));
  if (!units) return;
  const auto shown = places(pictures, units->order_bits());
  std::int64_t delay = 0;
  for (std::size_t i = 0; i < shown.size(); ++i)
    delay = std::max(delay, std::int64_t(i) - shown[i]);
  const std::int64_t begin = media::Time{begin_us, media::kMicros}.in(video->time_base);
  const auto at = [&](std::int64_t place) {
    return begin + std::llround(double(place) * step_ticks_);
  };
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const auto place = std::int64_t(i);
    due_.push_back(
        {pictures[i], video->index, at(shown[i] + delay), at(place), at(place + 1) - at(place)});
  }
}

void RebuiltInput::time_sound(const std::vector<FoundSample>& sound, std::int64_t begin_us,
                              std::int64_t step) {
  const media::Track* audio = track(media::Kind::kAudio);
  if (audio == nullptr) return;
  std::int64_t at = media::Time{begin_us, media::kMicros}.in(audio->time_base);
  for (const auto& sample : sound) {
    due_.push_back({sample, audio->index, at, at, step});
    at += step;
  }
}

Result<std::optional<media::Item>> RebuiltInput::next() {
  if (stop_.requested()) return fail(Code::kStopped, "stopped");
  if (next_ == due_.size()) return std::optional<media::Item>();
  const Due& due = due_[next_++];
  const media::Track& of = tracks_[std::size_t(due.track)];
  Bytes bytes(static_cast<std::size_t>(due.sample.size));
  file_.seekg(due.sample.at);
  if (!file_.read(reinterpret_cast<char*>(bytes.data()), due.sample.size))
    return fail(Code::kIo, "cannot read on in {}", name_);
  if (due.sample.picture && !media::to_annex_b_in_place(bytes))
    return fail(Code::kInternal, "the lengths of a picture do not add up");
  if (due.sample.picture && due.sample.head.idr &&
      media::find_parameter_sets(of.codec(), bytes).sps.empty()) {
    const ByteView sets = sets_of(of);
    bytes.insert(bytes.begin(), sets.begin(), sets.end());
  }
  media::Packet packet = media::Packet::of(bytes);
  AVPacket& raw = *packet.raw();
  raw.stream_index = due.track;
  raw.time_base = of.time_base;
  raw.pts = due.pts;
  raw.dts = due.dts;
  raw.duration = due.duration;
  if (!due.sample.picture || due.sample.head.idr) raw.flags |= AV_PKT_FLAG_KEY;
  return std::optional<media::Item>(std::move(packet));
}

}  // namespace weir::probe
