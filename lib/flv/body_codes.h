// The numbers in the first bytes of audio and video tags, for those who read and write them.
// Source: Adobe Flash Video File Format Specification 10.1, Annex E.4.2 and E.4.3; Enhanced RTMP v2
// (Veovera 2024), "Enhanced Audio" and "Enhanced Video".
#pragma once

namespace weir::flv {

enum FrameType : unsigned {
  kKeyPicture = 1,
  kInterPicture = 2,
  kGeneratedKey = 4,
  kCommandFrame = 5
};

/// AVCPacketType and AACPacketType.
enum ClassicPacket : unsigned { kClassicConfiguration = 0, kClassicFrame = 1, kClassicEnd = 2 };

inline constexpr unsigned kExVideo = 0x80;     ///< IsExHeader.
inline constexpr unsigned kExAudioFormat = 9;  ///< SoundFormat.
inline constexpr unsigned kLegacyHevcId = 12;  ///< CodecID some encoders send HEVC with.
inline constexpr unsigned kModEx = 7;          ///< Packet type, of pictures and sound alike.
inline constexpr unsigned kNanoseconds = 0;    ///< TimestampOffsetNano, its only kind so far.

/// VideoPacketType.
enum ExVideoPacket : unsigned {
  kSequenceStart = 0,  ///< This one and the next two: AudioPacketType too.
  kCodedFrames = 1,
  kSequenceEnd = 2,
  kCodedFramesX = 3,  ///< Without a composition time, which is then 0.
  kVideoMetadata = 4,
  kTsSequenceStart = 5,
  kVideoMultitrack = 6,
};

/// AudioPacketType beyond the first three.
enum ExAudioPacket : unsigned { kMultichannelConfig = 4, kAudioMultitrack = 5 };

/// AvMultitrackType.
enum Multitrack : unsigned { kOneTrack = 0, kManyTracks = 1, kManyTracksManyCodecs = 2 };

}  // namespace weir::flv
