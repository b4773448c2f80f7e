#include "publish/merged_input.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "media/end_mark.h"

namespace weir::publish {
namespace {

constexpr std::size_t kCompared = 4;          // packets that make two sound tracks the same
constexpr std::int64_t kReadAhead = 8 << 20;  // bytes of each input
constexpr std::size_t kLookAhead = 2000;      // items read to find them

using Begin = std::vector<const media::Packet*>;

Begin first_packets(const std::deque<media::Item>& items, int track) {
  Begin out;
  for (const auto& item : items) {
    const auto* packet = std::get_if<media::Packet>(&item);
    if (packet != nullptr && packet->track() == track && out.size() < kCompared)
      out.push_back(packet);
  }
  return out;
}

bool same_begin(const Begin& a, const Begin& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto* x, const auto* y) {
    return x->pts() == y->pts() && std::ranges::equal(x->bytes(), y->bytes());
  });
}

bool same_parameters(const media::Track& a, const media::Track& b) {
  const auto &x = *a.par, &y = *b.par;
  return a.kind == b.kind && x.codec_id == y.codec_id && x.sample_rate == y.sample_rate &&
         x.ch_layout.nb_channels == y.ch_layout.nb_channels && a.language == b.language &&
         x.extradata_size == y.extradata_size &&
         (x.extradata_size == 0 ||
          std::memcmp(x.extradata, y.extradata, static_cast<std::size_t>(x.extradata_size)) == 0);
}

}  // namespace

Result<std::unique_ptr<MergedInput>> MergedInput::open(const std::vector<std::string>& urls,
                                                       const formats::InputOptions& options) {
  auto merged = std::make_unique<MergedInput>();
  for (const auto& url : urls) {
    Lane lane;
    WEIR_TRY_ASSIGN(lane.input, formats::Input::open(url, options));
    lane.name = std::filesystem::path(url).stem().string();
    if (!lane.input->tracks().empty()) lane.own_shift = lane.input->tracks().front().shift;
    lane.has_events = lane.input->has_events();
    merged->lanes_.push_back(std::move(lane));
  }
  merged->fix_shift();
  if (urls.size() > 1)
    for (auto& lane : merged->lanes_) WEIR_TRY(merged->look_ahead(lane));
  for (auto& lane : merged->lanes_) merged->take_tracks(lane, &lane == &merged->lanes_.front());
  return merged;
}

// Each input alone has been moved so far that its own earliest stamp is 0.
void MergedInput::fix_shift() {
  if (lanes_.size() < 2 || has_events()) return;
  for (const auto& lane : lanes_) {
    shift_ = shift_ ? std::max(*shift_, lane.own_shift) : lane.own_shift;
  }
}

void MergedInput::shift(const Lane& lane, media::Item& item) const {
  if (!shift_) return;
  const AVRational base = media::position(item).base;
  media::shift_item(item, {shift_->in(base)-lane.own_shift.in(base), base});
}

/// False: nothing came in time.
Result<bool> MergedInput::fill(Lane& lane, std::chrono::nanoseconds patience) {
  using State = flow::Awaited<media::Item>::State;
  std::optional<media::Item> item;
  if (lane.reader) {
    WEIR_TRY_ASSIGN(auto awaited, lane.reader->next_within(patience));
    if (awaited.state == State::kNothingYet) return false;
    item = std::move(awaited.item);
  } else {
    WEIR_TRY_ASSIGN(item, lane.input->next());
  }
  lane.ended = !item;
  if (!item) return true;
  shift(lane, *item);
  lane.ahead.push_back(std::move(*item));
  return true;
}

Result<void> MergedInput::look_ahead(Lane& lane) {
  const auto enough = [&](const media::Track& track) {
    return !track.audio() || first_packets(lane.ahead, track.index).size() == kCompared;
  };
  while (!lane.ended && lane.ahead.size() < kLookAhead &&
         !std::ranges::all_of(lane.input->tracks(), enough))
    WEIR_TRY(fill(lane, flow::kForEver));
  return {};
}

void MergedInput::take_tracks(Lane& lane, bool first) {
  for (const auto& original : lane.input->tracks()) {
    const bool wanted = first || !already_taken(lane, original);
    lane.numbers.push_back(wanted ? static_cast<int>(tracks_.size()) : -1);
    if (!wanted) continue;
    media::Track track = original;
    track.index = lane.numbers.back();
    if (shift_) track.shift = *shift_;
    if (lanes_.size() > 1 && track.video() && track.rendition.empty()) track.rendition = lane.name;
    tracks_.push_back(std::move(track));
  }
}

bool MergedInput::already_taken(const Lane& lane, const media::Track& track) const {
  if (!track.audio()) return false;
  const Begin begin = first_packets(lane.ahead, track.index);
  for (const auto& before : lanes_) {
    if (&before == &lane) break;
    for (const auto& other : before.input->tracks())
      if (same_parameters(other, track) &&
          same_begin(first_packets(before.ahead, other.index), begin))
        return true;
  }
  return false;
}

void MergedInput::read_ahead(StopSource& stop) {
  for (auto& lane : lanes_)
    lane.reader = std::make_unique<flow::ReadAhead<media::Item>>(
        *lane.input, stop, kReadAhead, [](const media::Item& item) { return media::cost(item); });
}

Result<flow::Awaited<media::Item>> MergedInput::next_within(std::chrono::nanoseconds patience) {
  using State = flow::Awaited<media::Item>::State;
  while (true) {
    Lane* earliest = nullptr;
    for (auto& lane : lanes_) {
      if (lane.ahead.empty() && !lane.ended) {
        WEIR_TRY_ASSIGN(const bool came, fill(lane, patience));
        if (!came) return flow::Awaited<media::Item>{};
      }
      if (lane.ahead.empty()) continue;
      if (earliest == nullptr ||
          media::position(lane.ahead.front()) < media::position(earliest->ahead.front()))
        earliest = &lane;
    }
    if (earliest == nullptr) return flow::Awaited<media::Item>{State::kEnd};
    media::Item item = std::move(earliest->ahead.front());
    earliest->ahead.pop_front();
    if (auto out = pass_on(*earliest, std::move(item)))
      return flow::Awaited<media::Item>{State::kItem, std::move(out)};
  }
}

std::optional<media::Item> MergedInput::pass_on(Lane& lane, media::Item item) {
  if (auto* packet = std::get_if<media::Packet>(&item)) {
    const int number = lane.numbers[static_cast<std::size_t>(packet->track())];
    if (number < 0) return {};
    packet->raw()->stream_index = number;
    return item;
  }
  auto& event = std::get<media::Event>(item);
  if (event.kind() == media::event::kRendition || event.kind() == media::event::kTrack)
    return renumbered(lane, std::move(event));
  if (!media::is_end_mark(item))
    return &lane == &lanes_.front() ? std::optional(std::move(item)) : std::nullopt;
  lane.end_marked = true;
  const bool all =
      std::ranges::all_of(lanes_, [](const Lane& l) { return l.end_marked || !l.has_events; });
  return all ? std::optional(std::move(item)) : std::nullopt;
}

std::optional<media::Item> MergedInput::renumbered(const Lane& lane, media::Event event) {
  const auto track = event.number("track");
  if (!track || *track < 0 || *track >= std::ssize(lane.numbers)) return {};
  const int number = lane.numbers[static_cast<std::size_t>(*track)];
  if (number < 0) return {};
  event.body["track"] = number;
  return event;
}

bool MergedInput::has_events() const {
  return std::ranges::any_of(lanes_, [](const Lane& l) { return l.has_events; });
}

std::optional<Micros> MergedInput::duration() const {
  Micros longest{};
  for (const auto& lane : lanes_) {
    const auto duration = lane.input->duration();
    if (!duration) return {};
    longest = std::max(longest, *duration);
  }
  return longest;
}

}  // namespace weir::publish
