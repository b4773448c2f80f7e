#include "rtmp/capabilities.h"

#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "flv/body.h"
#include "flv/body_reader.h"

namespace weir::rtmp {
namespace {

using flv::four_cc;

enum CapsEx : unsigned { kReconnect = 1, kMultitrack = 2, kModEx = 4, kNanoOffset = 8 };

constexpr unsigned kHdr = 2;       // SUPPORT_VID_CLIENT_HDR
constexpr unsigned kMetadata = 4;  // SUPPORT_VID_CLIENT_VIDEO_PACKET_TYPE_METADATA
constexpr std::uint32_t kLastClassicCodec = 0xff;

constexpr std::array kVideoCodecs{four_cc("avc1"), four_cc("hvc1"), four_cc("av01"),
                                  four_cc("vp09"), four_cc("vp08")};
constexpr std::array kAudioCodecs{four_cc("mp4a"), four_cc("Opus"), four_cc("fLaC"),
                                  four_cc("ac-3"), four_cc("ec-3"), four_cc(".mp3")};

std::optional<std::uint32_t> code_of(std::string_view text) {
  if (text.size() != 4) return {};
  std::uint32_t value = 0;
  for (const char c : text) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

std::string text_of(std::uint32_t code) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(code >> shift & 0xff);
  return text;
}

unsigned bits_of(const flv::AmfValue* value) {
  const auto number = value != nullptr ? value->number() : std::nullopt;
  if (!number || !(*number >= 0 && *number <= 0xffff'ffff)) return 0;
  return static_cast<unsigned>(*number);
}

void note(CodecUses& uses, std::string_view name, unsigned bits) {
  if (name == "*") uses.every |= bits;
  if (const auto code = code_of(name)) uses.named[*code] |= bits;
}

CodecUses read_list(const flv::AmfArray& list) {
  CodecUses uses;
  for (const auto& entry : list.values)
    if (entry.text() != nullptr) note(uses, *entry.text(), kCanAll);
  return uses;
}

CodecUses read_map(const flv::AmfObject& map) {
  CodecUses uses;
  for (const auto& member : map.members) note(uses, member.name, bits_of(&member.value));
  return uses;
}

// The maps are the newer form: a side that has one means it, also where the list says more.
void read_codecs(const flv::AmfValue& object, Capabilities& out) {
  const auto* list = object.get("fourCcList");
  if (list != nullptr && list->array() != nullptr) {
    out.video = out.audio = read_list(*list->array());
    out.codecs_told = true;
  }
  const std::pair<const char*, CodecUses*> maps[]{{"videoFourCcInfoMap", &out.video},
                                                  {"audioFourCcInfoMap", &out.audio}};
  for (const auto& [name, uses] : maps) {
    const auto* map = object.get(name);
    if (map == nullptr || map->object() == nullptr) continue;
    *uses = read_map(*map->object());
    out.codecs_told = true;
  }
}

void write_uses(std::string_view name, const CodecUses& uses, flv::AmfWriter& amf) {
  amf.name(name).object([&] {
    if (uses.every != 0) amf.name("*").number(uses.every);
    for (const auto& [code, bits] : uses.named) amf.name(text_of(code)).number(bits);
  });
}

void write_list(const Capabilities& capabilities, flv::AmfWriter& amf) {
  std::vector<std::string> names;
  for (const auto* uses : {&capabilities.video, &capabilities.audio})
    for (const auto& [code, bits] : uses->named) names.push_back(text_of(code));
  const std::vector<std::string_view> views(names.begin(), names.end());
  amf.name("fourCcList").texts(views);
}

CodecUses both(CodecUses one, const CodecUses& other) {
  one.every |= other.every;
  for (const auto& [code, bits] : other.named) one.named[code] |= bits;
  return one;
}

const CodecUses& uses_of(const Capabilities& peer, flv::TagType type) {
  return type == flv::TagType::kAudio ? peer.audio : peer.video;
}

}  // namespace

Capabilities our_capabilities(unsigned use) {
  Capabilities ours;
  for (const auto code : kVideoCodecs) ours.video.named[code] = use;
  for (const auto code : kAudioCodecs) ours.audio.named[code] = use;
  ours.codecs_told = true;
  ours.reconnect = ours.multitrack = ours.mod_ex = ours.nanoseconds = true;
  ours.video_function = kHdr | kMetadata;
  return ours;
}

Capabilities read_capabilities(const flv::AmfValue& object) {
  Capabilities out;
  read_codecs(object, out);
  const unsigned caps = bits_of(object.get("capsEx"));
  out.reconnect = (caps & kReconnect) != 0;
  out.multitrack = (caps & kMultitrack) != 0;
  out.mod_ex = (caps & kModEx) != 0;
  out.nanoseconds = (caps & kNanoOffset) != 0;
  out.video_function = bits_of(object.get("videoFunction"));
  out.amf3 = bits_of(object.get("objectEncoding")) == 3;
  return out;
}

Capabilities both(const Capabilities& one, const Capabilities& other) {
  Capabilities out;
  out.video = both(one.video, other.video);
  out.audio = both(one.audio, other.audio);
  out.codecs_told = one.codecs_told || other.codecs_told;
  out.reconnect = one.reconnect || other.reconnect;
  out.multitrack = one.multitrack || other.multitrack;
  out.mod_ex = one.mod_ex || other.mod_ex;
  out.nanoseconds = one.nanoseconds || other.nanoseconds;
  out.video_function = one.video_function | other.video_function;
  out.amf3 = one.amf3 || other.amf3;
  return out;
}

void write_capabilities(const Capabilities& capabilities, flv::AmfWriter& amf) {
  if (capabilities.codecs_told) {
    write_list(capabilities, amf);
    write_uses("videoFourCcInfoMap", capabilities.video, amf);
    write_uses("audioFourCcInfoMap", capabilities.audio, amf);
  }
  const unsigned caps =
      (capabilities.reconnect ? kReconnect : 0U) | (capabilities.multitrack ? kMultitrack : 0U) |
      (capabilities.mod_ex ? kModEx : 0U) | (capabilities.nanoseconds ? kNanoOffset : 0U);
  if (caps != 0) amf.name("capsEx").number(caps);
  if (capabilities.video_function != 0)
    amf.name("videoFunction").number(capabilities.video_function);
}

Taking takes(const Capabilities& peer, flv::TagType type, std::uint32_t codec, unsigned uses) {
  if (codec <= kLastClassicCodec) return Taking::kYes;
  if (!peer.codecs_told) return Taking::kUnsaid;
  const CodecUses& told = uses_of(peer, type);
  const auto found = told.named.find(codec);
  const unsigned bits = told.every | (found != told.named.end() ? found->second : 0);
  return (bits & uses) != 0 ? Taking::kYes : Taking::kNo;
}

std::string refusal_text(const Capabilities& peer, flv::TagType type, std::uint32_t codec) {
  std::string has;
  for (const auto& [code, bits] : uses_of(peer, type).named)
    if (has.size() < 80) has += (has.empty() ? "" : ", ") + flv::codec_text(type, code);
  return fmt::format("the peer takes no {} (it names {})", flv::codec_text(type, codec),
                     has.empty() ? "no other codec" : has);
}

}  // namespace weir::rtmp
