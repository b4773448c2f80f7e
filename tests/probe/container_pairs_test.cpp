// Pairs for what segments are made of.
#include <algorithm>

extern "C" {
#include <libavutil/bswap.h>
#include <libavutil/crc.h>
}

#include "probe/media_pair.h"
#include "probe/sample_subtitles.h"

namespace weir::probe {
namespace {

using Box = std::string;

std::string big_endian(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
  return out;
}

std::uint32_t size_at(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return value;
}

Box box(const std::string& type, const std::string& content) {
  return big_endian(static_cast<std::uint32_t>(content.size() + 8)) + type + content;
}

// Puts a box at the end of the sample entry of an initialization section, and says so in the sizes
// of all that are around it.
void add_to_entry(std::string& init, const Box& more) {
  const auto entry = init.find("stsd") + 12;
  std::vector<std::size_t> around{entry};
  for (const char* type : {"stsd", "stbl", "minf", "mdia", "trak", "moov"})
    around.push_back(init.find(type) - 4);
  const std::size_t end = entry + size_at(init, entry);
  for (const std::size_t at : around)
    init.replace(at, 4, big_endian(size_at(init, at) + static_cast<std::uint32_t>(more.size())));
  init.insert(end, more);
}

void add_to_movie(std::string& init, const Box& more) {
  const std::size_t at = init.find("moov") - 4;
  const auto size = size_at(init, at);
  init.insert(at + size, more);
  init.replace(at, 4, big_endian(size + static_cast<std::uint32_t>(more.size())));
}

Box vexu() {
  return box("vexu", box("eyes", box("stri", std::string("\0\0\0\0\3", 5))));
}

// What common encryption says in a sample entry, and its scheme of blocks.
Box protection(char pattern) {
  const std::string scheme =
      box("schm", std::string("\0\0\0\0", 4) + "cbcs" + std::string("\0\1\0\0", 4));
  std::string tenc("\1\0\0\0\0", 5);
  tenc += pattern;
  tenc +=
      std::string("\1\0", 2) + std::string(16, 'k') + std::string("\x10", 1) + std::string(16, 'v');
  return box("sinf", box("frma", "avc1") + scheme + box("schi", box("tenc", tenc)));
}

Change init(const std::function<void(std::string&)>& change, const Change& more = {}) {
  return [=](const SamplePresentation& s) {
    change_bytes(s, "a.mp4", change);
    if (more) more(s);
  };
}

void encrypt(const SamplePresentation& s) {
  s.edit("a.m3u8", "#EXT-X-MAP", "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"key\"\n#EXT-X-MAP");
}

// A table of a transport stream with other entries at its end, and the right checksum.
void extend_table(std::string& bytes, bool map, const std::string& more) {
  for (std::size_t at = 0; at + 188 <= bytes.size(); at += 188) {
    const std::size_t begin = at + 5;  // no adaptation in front of tables
    if ((bytes[at + 1] & 0x40) == 0 || bytes[begin] != (map ? 2 : 0)) continue;
    if (map == (bytes[at + 2] == 0 && (bytes[at + 1] & 0x1f) == 0)) continue;
    const std::size_t length =
        (bytes[begin + 1] & 0x0f) << 8 | static_cast<std::uint8_t>(bytes[begin + 2]);
    std::string section = bytes.substr(begin, 3 + length - 4) + more;
    section[2] = static_cast<char>(section.size() + 4 - 3);
    const auto* data = reinterpret_cast<const std::uint8_t*>(section.data());
    const std::uint32_t check =
        av_bswap32(av_crc(av_crc_get_table(AV_CRC_32_IEEE), 0xffffffff, data, section.size()));
    section += big_endian(check);
    bytes.replace(begin, section.size(), section);
  }
}

void second_program(std::string& bytes) {
  extend_table(bytes, false, std::string("\0\2\xf2\0", 4));
}

void two_sounds(std::string& bytes) {
  extend_table(bytes, true, std::string("\x0f\xe2\x01\xf0\0\x0f\xe2\x02\xf0\0", 10));
}

void no_clock(std::string& bytes) {
  for (std::size_t at = 0; at + 188 <= bytes.size(); at += 188)
    if ((bytes[at + 3] & 0x20) != 0 && bytes[at + 4] != 0)
      bytes[at + 5] &= static_cast<char>(~0x10);
}

// Channels in the headers of a packed segment.
void other_channels(std::string& bytes) {
  for (std::size_t at = bytes.find("\xff\xf1"); at + 7 < bytes.size();) {
    if (bytes[at] != '\xff') break;
    const std::size_t length = (bytes[at + 3] & 3) << 11 |
                               static_cast<std::uint8_t>(bytes[at + 4]) << 3 |
                               static_cast<std::uint8_t>(bytes[at + 5]) >> 5;
    bytes[at + 3] = static_cast<char>((bytes[at + 3] & 0x3f) | 0x40);
    if (length == 0) break;
    at += length;
  }
}

// Packed sound in two segments.
std::function<std::vector<Finding>()> packed(const std::string& rule, const Change& change) {
  return [=] {
    const SamplePresentation sample(Shape{.videos = {{.name = "a"}}});
    const auto stream = support::encode_audio({.frames = 188});
    auto writer = hls::open_packed_writer(stream.track);
    EXPECT_TRUE(writer);
    std::string text =
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:3\n#EXT-X-PLAYLIST-TYPE:VOD\n";
    for (std::size_t number = 0; number < 2; ++number) {
      hls::Segment segment;
      for (std::size_t i = number * 94; i < number * 94 + 94; ++i)
        segment.packets.push_back(stream.packets[i].share());
      segment.number = std::int64_t(number);
      segment.start = segment.packets.front().pts();
      segment.duration = {94 * 1024, segment.packets.front().base()};
      const auto made = (*writer)->write(segment);
      EXPECT_TRUE(made);
      const Bytes bytes = made->media.joined();
      sample.write(fmt::format("p{}.aac", number), std::string(bytes.begin(), bytes.end()));
      text += fmt::format("#EXTINF:{:.6f},\np{}.aac\n", segment.duration.seconds(), number);
    }
    sample.write("p.m3u8", text + "#EXT-X-ENDLIST\n");
    if (change) change(sample);
    return check_media_of(rule, sample.path("p.m3u8"));
  };
}

/// The sample as it was read, changed.
std::function<std::vector<Finding>()> read(const std::string& rule,
                                           const std::function<void(Presentation&)>& change,
                                           void (*prepare)(const SamplePresentation&) = nullptr) {
  return [=] {
    const SamplePresentation sample{Shape{}};
    if (prepare != nullptr) prepare(sample);
    const Fetcher fetcher(nullptr);
    NullProgress progress;
    auto presentation = load_presentation(sample.location(), fetcher, progress);
    EXPECT_TRUE(presentation);
    change(*presentation);
    auto findings = check_presentation(*presentation).findings;
    std::erase_if(findings, [&](const Finding& finding) {
      return ((finding.rule->platforms & kWeb) == 0 || finding.rule->severity == Severity::kInfo) &&
             finding.rule->id != rule;
    });
    return findings;
  };
}

RulePair in_memory(const std::string& rule, const std::function<void(Presentation&)>& change,
                   const std::set<std::string>& with = {}) {
  return {rule, read(rule, change), read(rule, [](Presentation&) {}), with};
}

// Pictures of the second segment stand half as long, all at the same distance.
void faster(Presentation& p) {
  auto& span = *p.renditions[0].segments[1].facts->video;
  span.frame_us /= 2;
}

// hvc1 behind a discontinuity.
void other_codec(Presentation& p) {
  p.renditions[0].later_codecs = {"hvc1.1.6.L30.90"};
}

// HDR10 without what it should say of its display.
void perceptual(Presentation& p) {
  for (auto& rendition : p.renditions)
    for (auto& track : rendition.tracks) {
      if (!track.video()) continue;
      auto* changed = avcodec_parameters_alloc();
      avcodec_parameters_copy(changed, track.par.get());
      changed->color_trc = AVCOL_TRC_SMPTE2084;
      track.par = media::copy_parameters(*changed);
      avcodec_parameters_free(&changed);
    }
}

// PQ in HEVC whose mastering display is known, in an initialization section that does not tell it.
void quiet_perceptual(Presentation& p) {
  perceptual(p);
  for (auto& rendition : p.renditions)
    for (auto& track : rendition.tracks) {
      if (!track.video()) continue;
      auto* changed = avcodec_parameters_alloc();
      avcodec_parameters_copy(changed, track.par.get());
      changed->codec_id = AV_CODEC_ID_HEVC;
      track.par = media::copy_parameters(*changed);
      avcodec_parameters_free(&changed);
      track.hdr.mastering.emplace();
      track.hdr.light.emplace();
    }
}

// The variants declare CC1, or do not, and their pictures carry it, or do not.
std::function<std::vector<Finding>()> captioned(const std::string& rule, bool declared,
                                                bool carried) {
  return read(
      rule,
      [=](Presentation& p) {
        for (auto& rendition : p.renditions)
          for (auto& segment : rendition.segments)
            if (carried && segment.facts && segment.facts->video)
              segment.facts->captions = {{false, 1}};
      },
      declared ? support::declare_captions : nullptr);
}

// Sound whose loudness is told in the movie.
void tell_loudness(const SamplePresentation& s) {
  change_bytes(s, "s.mp4", [](std::string& bytes) {
    add_to_movie(bytes, box("udta", box("ludt", box("tlou", std::string(8, '\0')))));
  });
}

void he_aac(const SamplePresentation& s) {
  s.edit("main.m3u8", "mp4a.40.2", "mp4a.40.5");
}

}  // namespace

TEST(InitFacts, FindsStaticMetadataOfHdrInTheHevcConfiguration) {
  const auto unit = [](char message) {
    return std::string("\0\4\x4e\1", 4) + message + std::string(1, '\0');
  };
  const auto array = [](const std::string& units, char count) {
    return std::string("\x27\0", 2) + count + units;
  };
  const auto told = [](std::string arrays, char count) {
    std::string bytes;
    const SamplePresentation sample{Shape{}};
    bytes = sample.read("a.mp4");
    add_to_entry(bytes, box("hvcC", std::string(22, '\0') + count + arrays));
    return read_init(as_bytes(bytes)).tracks.at(0).mastering_light;
  };
  EXPECT_TRUE(told(array(unit('\x89') + unit('\x90'), 2), 1));
  EXPECT_TRUE(told(array(unit('\x89'), 1) + array(unit('\x90'), 1), 2));
  EXPECT_FALSE(told(array(unit('\x89'), 1), 1));
  EXPECT_FALSE(told("", 9));
}

std::vector<RulePair> container_pairs() {
  const Shape ts{.videos = {{.name = "a"}}, .ts = true};
  const auto in_ts = [&](const char* rule, void (*change)(std::string&)) {
    return lone(rule, ts, [=](const auto& s) { change_bytes(s, "a1.ts", change); });
  };
  const auto set_duration = [](std::string& bytes) { bytes[bytes.find("mvhd") + 4 + 16 + 3] = 1; };
  const auto layers = [](std::string& bytes) { add_to_entry(bytes, box("lhvC", "layers")); };
  const auto layers_and_eyes = [](std::string& bytes) {
    add_to_entry(bytes, box("lhvC", "layers"));
    add_to_entry(bytes, box("vexu", box("eyes", "")));
  };
  const auto eyes = [](std::string& bytes) { add_to_entry(bytes, vexu()); };
  const auto pattern = [](char value) {
    return [=](std::string& bytes) { add_to_entry(bytes, protection(value)); };
  };
  const Change layout = [](const auto& s) {
    s.edit("main.m3u8", "RESOLUTION=64x48", "RESOLUTION=64x48,REQ-VIDEO-LAYOUT=\"CH-STEREO\"");
    s.edit("main.m3u8", "VERSION:6", "VERSION:12");
  };
  const Shape interlaced =
      one({.name = "a", .options = {{"flags", "+ildct+ilme"}, {"x264-params", "tff=1"}}});
  Shape colours;
  colours.videos[0].options = {{"color_primaries", "bt709"}, {"colorspace", "bt709"}};
  colours.videos[1].options = {{"color_primaries", "smpte170m"}, {"colorspace", "smpte170m"}};
  const auto packed_pair = [](const char* rule) {
    return RulePair{rule,
                    packed(rule, [](const auto& s) { change_bytes(s, "p1.aac", other_channels); }),
                    packed(rule, {})};
  };
  return {
      in_ts("draft-TS-PROGRAM", second_program),
      in_ts("draft-TS-CLOCK", no_clock),
      in_ts("general-2.17", two_sounds),
      {"draft-FMP4", of("draft-FMP4", {}, init(set_duration)), of("draft-FMP4", {}, {})},
      {"general-16.2", of("general-16.2", {}, init(layers)),
       of("general-16.2", {}, init(layers_and_eyes))},
      {"general-16.1", of("general-16.1", {}, init(eyes)),
       of("general-16.1", {}, init(eyes, layout))},
      {"general-13.7", of("general-13.7", {}, init(pattern(0x2a), encrypt)),
       of("general-13.7", {}, init(pattern(0x19), encrypt))},
      {"general-1.14", of("general-1.14", interlaced, {}), of("general-1.14", {}, {})},
      {"general-1.21", of("general-1.21", colours, {}), of("general-1.21", {}, {})},
      packed_pair("general-2.11"),
      {"airplay-2.10",
       packed("airplay-2.10", [](const auto& s) { change_bytes(s, "p1.aac", other_channels); }),
       packed("airplay-2.10", {}),
       {"general-2.11"}},
      in_memory("general-8.14", faster),
      in_memory("general-8.16", other_codec, {"draft-CODECS"}),
      in_memory("airplay-8.16", other_codec, {"draft-CODECS", "general-8.16"}),
      in_memory("general-1.35", perceptual, {"draft-VIDEO-RANGE-TRUE"}),
      in_memory("general-1.8", quiet_perceptual, {"draft-VIDEO-RANGE-TRUE"}),
      in_memory("airplay-senc",
                [](Presentation& p) {
                  p.renditions[0].encrypted = {0, 0, 1, 1};
                }),
      {"general-2.19", of("general-2.19", {}, {}), of("general-2.19", {}, tell_loudness)},
      {"general-2.24",
       of("general-2.24", {}, he_aac),
       of("general-2.24", {}, {}),
       {"draft-CODECS"}},
      {"general-4.3", captioned("general-4.3", true, false), captioned("general-4.3", true, true)},
      {"general-4.4", captioned("general-4.4", false, true), captioned("general-4.4", true, true)},
  };
}

}  // namespace weir::probe
