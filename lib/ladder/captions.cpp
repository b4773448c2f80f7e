#include "ladder/captions.h"

#include <algorithm>
#include <map>
#include <new>
#include <utility>

#include "media/captions.h"

namespace weir::ladder {
namespace {

constexpr std::size_t kTriple = 3;
constexpr std::size_t kMost = 31 * kTriple;  // cc_count has five bits

// Not valid, or two times 0 with the parity of line 21.
bool is_padding(ByteView triple) {
  const bool is_valid = (triple[0] & 0x04) != 0, is_line21 = (triple[0] & 0x02) == 0;
  return !is_valid || (is_line21 && (triple[1] & 0x7f) == 0 && (triple[2] & 0x7f) == 0);
}

media::Packet with_captions(const media::Packet& packet, const Captions& captions) {
  media::Packet out = media::Packet::of(
      media::insert_captions(AV_CODEC_ID_H264, packet.bytes(), captions.fitting()));
  if (av_packet_copy_props(out.raw(), packet.raw()) < 0) throw std::bad_alloc();
  out.raw()->stream_index = packet.track();
  out.raw()->time_base = packet.base();
  return out;
}

}  // namespace

void Captions::add(const AVFrame& picture) {
  const auto* data = av_frame_get_side_data(&picture, AV_FRAME_DATA_A53_CC);
  if (data == nullptr) return;
  const std::size_t size = data->size / kTriple * kTriple;
  bytes_.insert(bytes_.end(), data->data, data->data + size);
}

Bytes Captions::fitting() const {
  if (bytes_.size() <= kMost) return bytes_;
  Bytes out;
  for (std::size_t at = 0; at < bytes_.size() && out.size() < kMost; at += kTriple) {
    const ByteView triple = ByteView(bytes_).subspan(at, kTriple);
    if (!is_padding(triple)) out.insert(out.end(), triple.begin(), triple.end());
  }
  return out;
}

void carry_captions(const std::vector<GridFrame>& all, const std::vector<const GridFrame*>& kept,
                    std::vector<media::Packet>& packets) {
  std::map<std::int64_t, Captions> captions;  // by pts of the picture that carries them
  std::size_t next = 0;
  std::int64_t carrier = 0;
  for (const auto& picture : all) {
    if (next < kept.size() && kept[next] == &picture) {
      ++next;
      carrier = picture.frame.pts().ticks;
    }
    captions[carrier].add(*picture.frame.raw());
  }
  for (auto& packet : packets)
    if (const auto& own = captions[packet.pts().ticks]; !own.empty())
      packet = with_captions(packet, own);
}

void CaptionCarrier::keep(AVFrame& picture) {
  if (waiting_.empty()) return;
  waiting_.add(picture);
  const Bytes all = std::exchange(waiting_, {}).fitting();
  av_frame_remove_side_data(&picture, AV_FRAME_DATA_A53_CC);
  if (all.empty()) return;
  auto* data = av_frame_new_side_data(&picture, AV_FRAME_DATA_A53_CC, all.size());
  if (data == nullptr) throw std::bad_alloc();
  std::copy(all.begin(), all.end(), data->data);
}

}  // namespace weir::ladder
