// What two sides tell each other they can do beyond classic RTMP.
// Source: Enhanced RTMP v2 (Veovera 2024), "Enhancing NetConnection connect Command".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "flv/amf0.h"
#include "flv/amf_value.h"
#include "flv/tag.h"

namespace weir::rtmp {

/// FourCcInfoMask.
enum FourCcUse : unsigned { kCanDecode = 1, kCanEncode = 2, kCanForward = 4, kCanAll = 7 };

/// Codecs of one kind by FourCC, each with its FourCcUse bits.
struct CodecUses {
  std::map<std::uint32_t, unsigned> named;
  unsigned every = 0;  ///< Of every codec there is ("*"); adds to what is named.
};

struct Capabilities {
  CodecUses video;
  CodecUses audio;
  bool codecs_told = false;  ///< Any list of codecs was there, be it empty.
  bool reconnect = false;    ///< capsEx: this and the next three.
  bool multitrack = false;
  bool mod_ex = false;
  bool nanoseconds = false;
  unsigned video_function = 0;  ///< SUPPORT_VID_CLIENT_* bits.
  bool amf3 = false;            ///< objectEncoding is 3.

  /// Something was said that classic RTMP does not have.
  bool enhanced() const { return codecs_told || reconnect || multitrack || mod_ex || nanoseconds; }
};

/// What this program reads and writes, with one use for all its codecs.
Capabilities our_capabilities(unsigned use);

/// From the command object of `connect`, or an object of its answer; an entry of another kind than
/// it should be is passed over. fourCcList stands for every use of a codec.
Capabilities read_capabilities(const flv::AmfValue& object);
/// What either says.
Capabilities both(const Capabilities& one, const Capabilities& other);
/// Members within an object that has been begun; nothing for what is not said.
void write_capabilities(const Capabilities& capabilities, flv::AmfWriter& amf);

enum class Taking { kYes, kNo, kUnsaid };
/// Whether a peer can do any of `uses` with a codec, a flv::codec_id(). Classic ones go everywhere;
/// many servers take the others and never say so (kUnsaid).
Taking takes(const Capabilities& peer, flv::TagType type, std::uint32_t codec, unsigned uses);
/// The text for a codec the peer cannot take: "the server takes no hvc1 (it has avc1, av01)".
std::string refusal_text(const Capabilities& peer, flv::TagType type, std::uint32_t codec);

}  // namespace weir::rtmp
