#include "media/captions.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "media/bit_reader.h"
#include "media/h26x.h"

namespace weir::media {
namespace {

constexpr std::size_t kMostWaiting = 64;  // pictures; more are never reordered
constexpr int kUserData = 4;              // payloadType of user_data_registered_itu_t_t35
// United States, ATSC, "GA94", cc_data.
constexpr std::uint8_t kAtscCaptions[] = {0xB5, 0x00, 0x31, 'G', 'A', '9', '4', 0x03};

/// Takes bytes off the front; what is not there reads as 0.
class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}
  bool empty() const { return rest_.empty(); }
  std::uint8_t u8() {
    if (rest_.empty()) return 0;
    const std::uint8_t value = rest_.front();
    rest_ = rest_.subspan(1);
    return value;
  }
  ByteView take(std::size_t count) {
    const ByteView taken = rest_.first(std::min(count, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }
  // ff_byte ... last_byte
  std::size_t sei_number() {
    std::size_t value = 0;
    std::uint8_t byte = 0xFF;
    while (byte == 0xFF && !empty()) value += byte = u8();
    return value;
  }

 private:
  ByteView rest_;
};

bool is_sei(AVCodecID codec, ByteView nal) {
  if (codec == AV_CODEC_ID_HEVC) return nal.size() > 2 && (nal[0] >> 1 & 0x3f) == 39;
  return nal.size() > 1 && (nal[0] & 0x1f) == 6;
}

void read_cc_data(ByteView payload, std::vector<CaptionPair>& out) {
  if (payload.size() < std::size(kAtscCaptions) ||
      !std::ranges::equal(payload.first(std::size(kAtscCaptions)), kAtscCaptions))
    return;
  Reader in(payload.subspan(std::size(kAtscCaptions)));
  const std::uint8_t flags = in.u8();
  const bool is_captions = (flags & 0x40) != 0;
  in.u8();  // em_data
  for (int left = is_captions ? flags & 0x1f : 0; left > 0; --left) {
    const ByteView triple = in.take(3);
    if (triple.size() == 3 && (triple[0] & 0x04) != 0)
      out.push_back({triple[0] & 0x03, triple[1], triple[2]});
  }
}

void read_sei(ByteView payload, std::vector<CaptionPair>& out) {
  Reader in(payload);
  while (!in.empty()) {
    const std::size_t type = in.sei_number(), size = in.sei_number();
    const ByteView message = in.take(size);
    if (type == kUserData) read_cc_data(message, out);
  }
}

bool good_parity(std::uint8_t byte) {
  return std::popcount(byte) % 2 == 1;
}

// Of the miscellaneous control codes those that begin or end a caption: pop-on, roll-up, paint-on,
// end of caption.
bool is_caption_style(int code) {
  return code == 0x20 || (code >= 0x25 && code <= 0x27) || code == 0x29 || code == 0x2F;
}

bool is_padding(ByteView block) {
  return std::ranges::all_of(block, [](std::uint8_t c) { return c == 0x00 || c == 0x03; });
}

}  // namespace

std::string CaptionChannel::name() const {
  return fmt::format("{}{}", digital ? "SERVICE" : "CC", number);
}

std::optional<CaptionChannel> parse_caption_channel(std::string_view name) {
  CaptionChannel channel{name.starts_with("SERVICE"), 0};
  const std::string_view digits =
      name.substr(std::min<std::size_t>(channel.digital ? 7 : 2, name.size()));
  std::from_chars(digits.data(), digits.data() + digits.size(), channel.number);
  const bool good = channel.number >= 1 && channel.number <= (channel.digital ? 63 : 4);
  return good && channel.name() == name ? std::optional(channel) : std::nullopt;
}

std::vector<CaptionPair> find_captions(AVCodecID codec, ByteView access_unit) {
  std::vector<CaptionPair> out;
  if (codec != AV_CODEC_ID_H264 && codec != AV_CODEC_ID_HEVC) return out;
  const std::size_t header = codec == AV_CODEC_ID_HEVC ? 2 : 1;
  for (const ByteView nal : nals_before_slices(codec, access_unit))
    if (is_sei(codec, nal)) read_sei(without_emulation_prevention(nal.subspan(header)), out);
  return out;
}

Bytes insert_captions(AVCodecID codec, ByteView access_unit, ByteView triples) {
  Bytes message(std::begin(kAtscCaptions), std::end(kAtscCaptions));
  ByteWriter writer(message);
  writer.u8(0x40 | triples.size() / 3);
  writer.u8(0xFF);  // em_data
  writer.bytes(triples);
  writer.u8(0xFF);  // marker_bits
  Bytes sei{kUserData, static_cast<std::uint8_t>(message.size())};
  sei.insert(sei.end(), message.begin(), message.end());
  sei.push_back(0x80);
  sei = with_emulation_prevention(sei);

  const auto before = nals_before_slices(codec, access_unit);
  std::size_t place = 0;
  if (!before.empty())
    place =
        static_cast<std::size_t>(before.back().data() + before.back().size() - access_unit.data());
  Bytes out;
  ByteWriter all(out);
  all.bytes(access_unit.first(place));
  all.u32(1);  // start code
  all.u8(codec == AV_CODEC_ID_HEVC ? 39 << 1 : 6);
  if (codec == AV_CODEC_ID_HEVC) all.u8(1);
  all.bytes(sei);
  all.bytes(access_unit.subspan(place));
  return out;
}

void CaptionFinder::take(const Packet& packet) {
  take(packet.bytes(), packet.pts().ticks, packet.dts().ticks);
}

void CaptionFinder::take(ByteView access_unit, std::int64_t pts, std::int64_t dts) {
  const auto pairs = find_captions(codec_, access_unit);
  for (const auto& pair : pairs)
    if (pair.type < 2) take_line21(pair);
  if (std::ranges::any_of(pairs, [](const auto& p) { return p.type >= 2; })) waiting_[pts] = pairs;
  release(dts);
}

void CaptionFinder::finish() {
  release(std::numeric_limits<std::int64_t>::max());
}

// Every control code names its channel, so that it does not matter in which order pictures come.
void CaptionFinder::take_line21(const CaptionPair& pair) {
  if (!good_parity(pair.first) || !good_parity(pair.second)) return;
  const int first = pair.first & 0x7f, second = pair.second & 0x7f;
  const bool is_control = (first & 0x76) == 0x14;  // 14, 15, and of the second channel 1c, 1d
  if (!is_control || !is_caption_style(second)) return;
  found_.insert({false, 1 + 2 * pair.type + ((first & 0x08) != 0 ? 1 : 0)});
}

// Packets go on from picture to picture as these are shown. What is shown before a picture that is
// decoded now has been decoded.
void CaptionFinder::release(std::int64_t shown_till) {
  while (!waiting_.empty() &&
         (waiting_.begin()->first <= shown_till || waiting_.size() > kMostWaiting)) {
    for (const auto& pair : waiting_.begin()->second)
      if (pair.type >= 2) take_digital(pair);
    waiting_.erase(waiting_.begin());
  }
}

void CaptionFinder::take_digital(const CaptionPair& pair) {
  if (pair.type == 3) packet_.clear();
  if (pair.type == 2 && packet_.empty()) return;  // its begin was not seen
  packet_.push_back(pair.first);
  packet_.push_back(pair.second);
  const std::size_t code = packet_.front() & 0x3fu, size = code == 0 ? 128 : code * 2;
  if (packet_.size() < size) return;
  read_packet();
  packet_.clear();
}

void CaptionFinder::read_packet() {
  Reader in(packet_);
  in.u8();
  while (!in.empty()) {
    const std::uint8_t header = in.u8();
    int service = header >> 5;
    const std::size_t size = header & 0x1fu;
    if (service == 0) return;  // nothing but padding follows
    if (service == 7 && size > 0) service = in.u8() & 0x3f;
    const ByteView block = in.take(size);
    if (block.size() == size && !is_padding(block) && service > 0) found_.insert({true, service});
  }
}

}  // namespace weir::media
