#include "flv/body_reader.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "flv/body_codes.h"

namespace weir::flv {
namespace {

constexpr std::uint32_t kMaxNanoseconds = 999'999;

/// Takes numbers off the front; once a number is not there, all are 0 and ok() is false.
class Cursor {
 public:
  explicit Cursor(ByteView bytes) : rest_(bytes) {}
  bool ok() const { return ok_; }
  ByteView rest() const { return rest_; }

  std::uint32_t number(std::size_t size) {
    std::uint32_t value = 0;
    for (const auto byte : take(size)) value = value << 8 | byte;
    return value;
  }
  ByteView take(std::size_t size) {
    ok_ = ok_ && size <= rest_.size();
    if (!ok_) return {};
    const ByteView taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

 private:
  ByteView rest_;
  bool ok_ = true;
};

tl::unexpected<Error> cut_short(const char* what) {
  return fail(Code::kBadInput, "a tag of {} ends within its header", what);
}

std::int32_t composition(std::uint32_t field) {
  return static_cast<std::int32_t>(field << 8) >> 8;
}

/// How pictures and sound of the enhanced kind differ.
struct Kind {
  const char* name;
  unsigned multitrack;
  std::optional<BodyKind> (*kind)(unsigned packet);
};

std::optional<BodyKind> video_kind(unsigned packet) {
  switch (packet) {
    case kSequenceStart:
      return BodyKind::kConfiguration;
    case kCodedFrames:
    case kCodedFramesX:
      return BodyKind::kFrame;
    case kSequenceEnd:
      return BodyKind::kEnd;
    case kVideoMetadata:
      return BodyKind::kMetadata;
    case kTsSequenceStart:
      return BodyKind::kTsDescriptor;
    default:
      return {};
  }
}

std::optional<BodyKind> audio_kind(unsigned packet) {
  switch (packet) {
    case kSequenceStart:
      return BodyKind::kConfiguration;
    case kCodedFrames:
      return BodyKind::kFrame;
    case kSequenceEnd:
      return BodyKind::kEnd;
    case kMultichannelConfig:
      return BodyKind::kChannelMapping;
    default:
      return {};
  }
}

constexpr Kind kVideo{"video", kVideoMultitrack, video_kind};
constexpr Kind kAudio{"sound", kAudioMultitrack, audio_kind};

/// What stands in front of the tracks of an enhanced tag.
struct ExHead {
  unsigned packet = 0;
  bool multitrack = false;
  unsigned layout = kOneTrack;
  std::uint32_t codec = 0;
  std::uint32_t nanoseconds = 0;
};

// Each block of extension data names the packet type that follows it, another block among them.
void read_extensions(Cursor& in, ExHead& head) {
  while (in.ok() && head.packet == kModEx) {
    std::size_t size = in.number(1) + 1;
    if (size == 256) size = in.number(2) + std::size_t{1};
    const ByteView data = in.take(size);
    const std::uint32_t types = in.number(1);
    head.packet = types & 15;
    if (types >> 4 == kNanoseconds && data.size() >= 3)
      head.nanoseconds =
          std::min(kMaxNanoseconds, std::uint32_t{data[0]} << 16 | data[1] << 8 | data[2]);
  }
}

void read_tracks_head(Cursor& in, const Kind& kind, ExHead& head) {
  head.multitrack = head.packet == kind.multitrack;
  if (head.multitrack) {
    const std::uint32_t types = in.number(1);
    head.layout = types >> 4;
    head.packet = types & 15;
  }
  if (head.layout != kManyTracksManyCodecs) head.codec = in.number(4);
}

Result<BodyPart> read_part(ByteView bytes, const Kind& kind, const ExHead& head) {
  BodyPart part;
  part.codec = head.codec;
  part.nanoseconds = head.nanoseconds;
  const auto what = kind.kind(head.packet);
  if (!what)
    return fail(Code::kUnsupported, "a tag of {} has the unknown packet type {}", kind.name,
                head.packet);
  part.kind = *what;
  Cursor in(bytes);
  const bool timed = head.codec == four_cc("avc1") || head.codec == four_cc("hvc1");
  if (&kind == &kVideo && timed && head.packet == kCodedFrames)
    part.composition_ms = composition(in.number(3));
  if (!in.ok()) return cut_short(kind.name);
  part.bytes = in.rest();
  return part;
}

Result<std::vector<BodyPart>> read_parts(Cursor in, const Kind& kind, ExHead head) {
  std::vector<BodyPart> parts;
  do {
    if (head.layout == kManyTracksManyCodecs) head.codec = in.number(4);
    const auto track = head.multitrack ? static_cast<int>(in.number(1)) : 0;
    const bool sized = head.multitrack && head.layout != kOneTrack;
    const std::size_t size = sized ? in.number(3) : in.rest().size();
    const ByteView bytes = in.take(size);
    if (!in.ok()) return cut_short(kind.name);
    WEIR_TRY_ASSIGN(auto part, read_part(bytes, kind, head));
    part.track = track;
    parts.push_back(part);
  } while (!in.rest().empty());
  return parts;
}

Result<std::vector<BodyPart>> read_enhanced(Cursor in, const Kind& kind, unsigned packet,
                                            bool command) {
  ExHead head;
  head.packet = packet;
  read_extensions(in, head);
  if (!in.ok()) return cut_short(kind.name);
  if (command && head.packet != kVideoMetadata) {
    BodyPart part;
    part.kind = BodyKind::kCommand;
    part.bytes = in.rest();
    return std::vector{part};
  }
  read_tracks_head(in, kind, head);
  if (!in.ok()) return cut_short(kind.name);
  if (head.layout > kManyTracksManyCodecs)
    return fail(Code::kUnsupported, "a tag of {} has the unknown multitrack type {}", kind.name,
                head.layout);
  return read_parts(in, kind, head);
}

Result<BodyKind> classic_kind(unsigned packet, const char* what) {
  if (packet == kClassicConfiguration) return BodyKind::kConfiguration;
  if (packet == kClassicFrame) return BodyKind::kFrame;
  if (packet == kClassicEnd) return BodyKind::kEnd;
  return fail(Code::kUnsupported, "a tag of {} has the unknown packet type {}", what, packet);
}

Result<BodyPart> read_classic_video(Cursor in, unsigned frame, unsigned id) {
  BodyPart part;
  part.codec = id == kLegacyHevcId ? four_cc("hvc1") : id;
  part.key = frame == kKeyPicture || frame == kGeneratedKey;
  if (frame == kCommandFrame) {
    part.kind = BodyKind::kCommand;
  } else if (id == kAvcId || id == kLegacyHevcId) {
    const unsigned packet = in.number(1);
    const std::uint32_t late = in.number(3);
    // Some senders end a stream with the packet type alone.
    if (!in.ok() && packet != kClassicEnd) return cut_short("video");
    WEIR_TRY_ASSIGN(part.kind, classic_kind(packet, "video"));
    if (part.kind == BodyKind::kFrame) part.composition_ms = composition(late);
  }
  part.bytes = in.rest();
  return part;
}

Result<BodyPart> read_classic_audio(Cursor in, unsigned head) {
  constexpr int kRates[] = {5512, 11025, 22050, 44100};
  BodyPart part;
  part.codec = head >> 4;
  part.key = true;
  part.sound = {kRates[head >> 2 & 3], (head & 1) != 0, (head & 2) != 0};
  if (part.codec == kAacId) {
    const unsigned packet = in.number(1);
    if (!in.ok()) return cut_short("sound");
    WEIR_TRY_ASSIGN(part.kind, classic_kind(packet, "sound"));
  }
  part.bytes = in.rest();
  return part;
}

}  // namespace

Result<std::vector<BodyPart>> read_video_body(ByteView body) {
  if (body.empty()) return std::vector<BodyPart>();
  Cursor in(body);
  const unsigned head = in.number(1);
  const unsigned frame = head >> 4 & 7;
  if ((head & kExVideo) == 0) {
    WEIR_TRY_ASSIGN(auto part, read_classic_video(in, frame, head & 15));
    return std::vector{part};
  }
  WEIR_TRY_ASSIGN(auto parts, read_enhanced(in, kVideo, head & 15, frame == kCommandFrame));
  for (auto& part : parts) part.key = frame == kKeyPicture || frame == kGeneratedKey;
  return parts;
}

Result<std::vector<BodyPart>> read_audio_body(ByteView body) {
  if (body.empty()) return std::vector<BodyPart>();
  Cursor in(body);
  const unsigned head = in.number(1);
  if (head >> 4 != kExAudioFormat) {
    WEIR_TRY_ASSIGN(auto part, read_classic_audio(in, head));
    return std::vector{part};
  }
  WEIR_TRY_ASSIGN(auto parts, read_enhanced(in, kAudio, head & 15, false));
  for (auto& part : parts) part.key = true;
  return parts;
}

Result<std::vector<BodyPart>> read_body(const TagView& tag) {
  if (tag.type == TagType::kVideo) return read_video_body(tag.body);
  if (tag.type == TagType::kAudio) return read_audio_body(tag.body);
  return std::vector<BodyPart>();
}

std::string codec_text(TagType type, std::uint32_t codec) {
  if (codec < 16)
    return fmt::format("{} {}", type == TagType::kVideo ? "video codec" : "sound format", codec);
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    const auto letter = static_cast<unsigned char>(codec >> shift);
    text += std::isprint(letter) != 0 ? static_cast<char>(letter) : '?';
  }
  return text;
}

}  // namespace weir::flv
