#include "ingest/slate_clip.h"

#include <utility>

#include "ingest/loop_input.h"

namespace weir::ingest {
namespace {

constexpr int kMostUseless = 5000;  // packets in a row that give no frame

}  // namespace

Result<std::unique_ptr<SlateClip>> SlateClip::open(const std::string& file, const StopSource& stop,
                                                   Log& log) {
  const auto opener = [&stop, &log, file](auto) {
    return formats::Input::open(file, {&stop, &log, {}, {}});
  };
  if (file == "-" || file.find("://") != std::string::npos)
    return fail(Code::kUsage, "'{}' cannot be the slate: give a file", file);
  WEIR_TRY_ASSIGN(auto input, LoopInput::open(opener, 0));
  std::unique_ptr<SlateClip> self(new SlateClip(std::move(input)));
  const auto& tracks = self->input_->tracks();
  self->pictures_.track = media::main_video(tracks);
  if (self->pictures_.track == nullptr)
    return fail(Code::kBadInput, "{} cannot be the slate: it has no pictures",
                self->input_->name());
  for (const auto& track : tracks)
    if (track.audio() && self->sound_.track == nullptr) self->sound_.track = &track;
  for (Lane* lane : {&self->pictures_, &self->sound_}) WEIR_TRY(begin(*lane));
  return self;
}

Result<void> SlateClip::begin(Lane& lane) {
  if (lane.track == nullptr) return {};
  WEIR_TRY_ASSIGN(lane.decoder, codec::Decoder::open(*lane.track, 1, lane.frames));
  return {};
}

Result<void> SlateClip::check(const std::string& file, const StopSource& stop, Log& log) {
  WEIR_TRY_ASSIGN(const auto clip, open(file, stop, log));
  while (true) {
    WEIR_TRY_ASSIGN(const auto next, clip->next());
    if (next.track == &clip->pictures()) return {};
  }
}

Result<SlateClip::Next> SlateClip::next() {
  for (int useless = 0; useless < kMostUseless; ++useless) {
    for (Lane* lane : {&pictures_, &sound_}) {
      auto& waiting = lane->frames.items;
      if (waiting.empty()) continue;
      Next out{lane->track, std::move(waiting.front())};
      waiting.pop_front();
      return out;
    }
    WEIR_TRY(read());
  }
  return fail(Code::kBadInput, "{} cannot be the slate: nothing of it can be decoded",
              input_->name());
}

Result<void> SlateClip::read() {
  WEIR_TRY_ASSIGN(auto item, input_->next());
  if (!item) return fail(Code::kBadInput, "{} cannot be the slate: it is empty", input_->name());
  auto* packet = std::get_if<media::Packet>(&*item);
  for (Lane* lane : {&pictures_, &sound_})
    if (packet != nullptr && lane->track != nullptr && packet->track() == lane->track->index) {
      WEIR_TRY(lane->decoder->push(std::move(*packet)));
      return {};
    }
  return {};
}

}  // namespace weir::ingest
