#include "probe/frame_reader.h"

#include <algorithm>
#include <utility>

namespace weir::probe {

Result<std::unique_ptr<FrameReader>> FrameReader::open(const std::string& path, media::Kind kind,
                                                       std::string filters, const StopSource& stop,
                                                       Log& log) {
  std::unique_ptr<FrameReader> self(new FrameReader(std::move(filters)));
  formats::InputOptions reading;
  reading.stop = &stop;
  reading.log = &log;
  WEIR_TRY_ASSIGN(self->input_, formats::Input::open(path, reading));
  const auto& tracks = self->input_->tracks();
  const auto first = std::ranges::find(tracks, kind, &media::Track::kind);
  const auto* track = kind == media::Kind::kVideo ? media::main_video(tracks)
                      : first == tracks.end()     ? nullptr
                                                  : &*first;
  if (track == nullptr)
    return fail(Code::kBadInput, "no {} in '{}'",
                kind == media::Kind::kVideo ? "pictures" : "sound", path);
  self->track_ = *track;
  WEIR_TRY_ASSIGN(self->decoder_, codec::Decoder::open(*track, 1, self->filter_));
  return self;
}

Result<void> FrameReader::read_more() {
  auto item = input_->next();
  if (!item && item.error().code == Code::kStopped) return fail(std::move(item).error());
  over_ = !item || !*item;
  if (over_) return decoder_->finish();
  auto* packet = std::get_if<media::Packet>(&**item);
  if (packet == nullptr || packet->track() != track_.index) return {};
  WEIR_TRY(decoder_->push(std::move(*packet)));
  return {};
}

Result<std::optional<media::Frame>> FrameReader::next() {
  while (queue_.frames.empty() && !over_) WEIR_TRY(read_more());
  if (queue_.frames.empty()) return std::optional<media::Frame>();
  std::optional<media::Frame> frame(std::move(queue_.frames.front()));
  queue_.frames.pop_front();
  return frame;
}

}  // namespace weir::probe
