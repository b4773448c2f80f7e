#include "hls/sound_frames.h"

#include <cstdlib>

namespace weir::hls {
namespace {

constexpr std::int64_t kJitter = 1'000;  // microseconds

}  // namespace

Result<SoundFrames> SoundFrames::open(const media::Track& track) {
  SoundFrames out;
  switch (track.codec()) {
    case AV_CODEC_ID_AAC: {
      const ByteView config{track.par->extradata,
                            static_cast<std::size_t>(track.par->extradata_size)};
      WEIR_TRY_ASSIGN(out.adts_, media::Adts::open(config));
      return out;
    }
    case AV_CODEC_ID_MP3:
    case AV_CODEC_ID_AC3:
    case AV_CODEC_ID_EAC3:
      return out;
    default:
      return fail(Code::kUnsupported, "{} has no frames that stand alone", track.codec_name());
  }
}

Result<void> SoundFrames::append(ByteView packet, Bytes& to) const {
  if (adts_) {
    WEIR_TRY_ASSIGN(const media::AdtsHeader header, adts_->header(packet.size()));
    to.insert(to.end(), header.begin(), header.end());
  }
  to.insert(to.end(), packet.begin(), packet.end());
  return {};
}

bool PesCollector::fits(const media::Packet& packet, std::size_t size) const {
  if (empty()) return true;
  if (closed_ || bytes_.size() + size > kLargest) return false;
  const std::int64_t end = packet.pts().micros() + packet.duration().micros();
  return std::abs(packet.pts().micros() - end_.micros()) <= kJitter &&
         end - start_.micros() <= kLongest;
}

void PesCollector::add(const media::Packet& packet, ByteView frames) {
  if (empty()) start_ = end_ = packet.pts();
  bytes_.insert(bytes_.end(), frames.begin(), frames.end());
  end_.ticks += packet.duration().ticks;
  closed_ = packet.duration().ticks <= 0;
}

}  // namespace weir::hls
