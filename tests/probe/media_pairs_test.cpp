// Pairs of presentations with media, and of streams that are no playlists.
#include <cmath>
#include <filesystem>

#include "media/event.h"
#include "probe/describe.h"
#include "probe/media_pair.h"
#include "probe/sample_flv.h"
#include "probe/sample_subtitles.h"
#include "support/packets.h"

namespace weir::probe {
namespace {

RulePair shaped(const std::string& rule, const Shape& broken) {
  return {rule, of(rule, broken, {}), of(rule, {}, {})};
}

std::vector<RulePair> declared_pairs() {
  return {
      edit("draft-CODECS", "main.m3u8", "avc1.42c00a", "avc1.42c00b"),
      edit("draft-RESOLUTION", "main.m3u8", "64x48", "68x51"),
      edit("draft-FRAME-RATE", "main.m3u8", "=25.000", "=30.000"),
      changed("draft-VIDEO-RANGE-TRUE",
              [](const auto& s) {
                s.edit("main.m3u8", "RESOLUTION=64x48", "RESOLUTION=64x48,VIDEO-RANGE=PQ");
                s.edit("main.m3u8", "RESOLUTION=96x72", "RESOLUTION=96x72,VIDEO-RANGE=SDR");
              }),
      changed("draft-BANDWIDTH",
              [](const auto& s) {
                const std::string text = s.read("main.m3u8");
                const auto at = text.find(":BANDWIDTH=") + 11;
                s.edit_value("main.m3u8", ":BANDWIDTH=", ",",
                             fmt::format("{}", std::stol(text.substr(at)) * 95 / 100));
              }),
      changed("general-1.26",
              [](const auto& s) { s.edit_value("main.m3u8", "AVERAGE-BANDWIDTH=", ",", "1000"); }),
      changed("general-1.27",
              [](const auto& s) { s.edit_value("main.m3u8", ":BANDWIDTH=", ",", "9000000"); }),
      edit("general-9.12", "main.m3u8", "#EXT-X-INDEPENDENT-SEGMENTS\n", ""),
      changed("general-9.11",
              [](const auto& s) {
                s.edit("main.m3u8", "#EXT-X-INDEPENDENT-SEGMENTS\n", "");
                for (const char* name : {"a.m3u8", "b.m3u8"})
                  s.edit(name, "#EXT-X-TARGET", "#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-TARGET");
              }),
      edit("general-8.2", "s.m3u8", "DURATION:2", "DURATION:3"),
  };
}

void vtt(const SamplePresentation& s, const char* text) {
  support::add_subtitles(s);
  if (text != nullptr) s.write("t0.vtt", text);
}

// The first segment of the first variant as a range for I-frames.
void iframes(const SamplePresentation& s, std::int64_t offset, std::int64_t bandwidth) {
  const auto size = static_cast<std::int64_t>(s.read("a0.m4s").size());
  s.write("i.m3u8", fmt::format("#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n"
                                "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-I-FRAMES-ONLY\n"
                                "#EXT-X-MAP:URI=\"a.mp4\"\n#EXTINF:2.000,\n#EXT-X-BYTERANGE:{}@{}\n"
                                "a0.m4s\n#EXT-X-ENDLIST\n",
                                size - offset, offset));
  s.edit("main.m3u8", "#EXT-X-STREAM-INF",
         fmt::format("#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={},CODECS=\"avc1.42c00a\","
                     "RESOLUTION=64x48,URI=\"i.m3u8\"\n#EXT-X-STREAM-INF",
                     bandwidth));
}

void lose_packet(std::string& bytes) {
  const std::string packet = bytes.substr(0, 188);
  for (std::size_t at = 0; at + 188 <= bytes.size(); at += 188)
    if ((bytes[at + 1] & 0x1f) == 0 && bytes[at + 2] == 0 && (bytes[at + 3] & 0x0f) == 0)
      bytes[at + 3] = static_cast<char>(bytes[at + 3] | 0x07);
  bytes += packet;
}

void media_before_tables(std::string& bytes) {
  // Adaptation alone: nothing a demuxer would miss.
  std::string stuffing(188, '\xff');
  stuffing.replace(0, 6, std::string("\x47\x01\x70\x20\xb7\x00", 6));
  bytes = stuffing + bytes;
}

void stuff(std::string& bytes) {
  std::string null(188, '\xff');
  null.replace(0, 4, "\x47\x1f\xff\x10");
  for (int i = 0; i < 2000; ++i) bytes += null;
}

std::vector<RulePair> segment_pairs() {
  const Shape ts{.videos = {{.name = "a"}}, .ts = true};
  RulePair map = lone("general-8.20", {},
                      [](const auto& s) { s.edit("a.m3u8", "#EXT-X-MAP:URI=\"a.mp4\"\n", ""); });
  map.with = {"draft-READ"};
  return {
      lone("draft-READ", {}, [](const auto& s) { std::filesystem::remove(s.path("a1.m4s")); }),
      lone("draft-EXTINF", {},
           [](const auto& s) { s.edit("a.m3u8", "2.000000,\na1", "2.060000,\na1"); }),
      lone("general-8.1", {},
           [](const auto& s) {
             s.edit("a.m3u8", "2.000000,\na0", "2.030000,\na0");
             s.edit("a.m3u8", "2.000000,\na1", "2.030000,\na1");
           }),
      map,
      lone("general-7.2", ts, [](const auto& s) { change_bytes(s, "a1.ts", lose_packet); }),
      lone("draft-TS-TABLES", ts,
           [](const auto& s) { change_bytes(s, "a1.ts", media_before_tables); }),
      lone("general-1.30", ts, [](const auto& s) { change_bytes(s, "a1.ts", stuff); }),
      lone("general-7.4", one({.name = "a", .cuts = {0, 50, 103, 150}}), {}, {}),
      lone("general-7.3", one({.name = "a", .late_segment = 2, .late_by = 1}), {}, {}),
      lone("general-1.13", one({.name = "a", .gop = 75, .cuts = {0, 75, 150}}),
           [](const auto& s) { s.edit("a.m3u8", "DURATION:2", "DURATION:3"); }, {}),
      changed(
          "general-5.3", [](const auto& s) { vtt(s, "WEBVTT\n\n"); },
          [](const auto& s) { vtt(s, nullptr); }),
      changed(
          "general-6.9", [](const auto& s) { iframes(s, 0, 1000); },
          [](const auto& s) { iframes(s, 0, 900'000); }),
      changed(
          "general-6.10", [](const auto& s) { iframes(s, 8, 900'000); },
          [](const auto& s) { iframes(s, 0, 900'000); }),
      {"general-2.1", of("general-2.1", ts, {}), of("general-2.1", {}, {})},
      changed("weir-ENCRYPTED",
              [](const auto& s) {
                s.edit("a.m3u8", "#EXT-X-MAP", "#EXT-X-KEY:METHOD=AES-128,URI=\"key\"\n#EXT-X-MAP");
              }),
      {"weir-OFFSET", of("weir-OFFSET", {}, {}),
       of(
           "weir-OFFSET", {},
           [](const auto& s) {
             s.edit("a.m3u8", "#EXT-X-TARGET", "#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-TARGET");
           },
           "a.m3u8")},
      shaped("general-8.22",
             {.videos = {{.name = "a"}, {.name = "b", .cuts = {0, 50, 75, 100, 150}}}}),
      shaped("weir-IDR", {.videos = {{.name = "a"}, {.name = "b", .gop = 50}}}),
      changed("general-8.3",
              [](const auto& s) {
                std::string text = s.read("s.m3u8");
                const auto at = text.find("#EXTINF", text.find("s0.m4s"));
                s.write("s.m3u8", text.substr(0, at) + "#EXT-X-ENDLIST\n");
              }),
  };
}

// Segments that are as they should be, where the shape is what breaks a rule.
void mend(std::vector<RulePair>& pairs) {
  for (auto& pair : pairs)
    for (const char* rule : {"general-7.4", "general-7.3", "general-1.13"})
      if (pair.rule == rule) pair.kept = lone(rule, {}, {}).kept;
}

RulePair bitrate_pair() {
  return lone(
      "draft-BITRATE", {.videos = {{.name = "a", .width = 640, .height = 480}}},
      [](const auto& s) { s.edit("a.m3u8", "#EXTINF", "#EXT-X-BITRATE:1\n#EXTINF"); },
      [](const auto& s) {
        const auto rate = [&](const char* file) {
          return std::llround(static_cast<double>(s.read(file).size()) * 8 / 2000);
        };
        for (const char* name : {"a0", "a1", "a2"}) {
          const std::string file = name + std::string(".m4s");
          s.edit("a.m3u8", "#EXTINF:2.000000,\n" + file,
                 fmt::format("#EXT-X-BITRATE:{}\n#EXTINF:2.000000,\n{}", rate(file.c_str()), file));
        }
      });
}

RulePair packed_pair() {
  const auto check_packed = [](bool stamped) {
    const support::TempFolder folder;
    const auto stream = support::encode_audio({.frames = 94});
    auto writer = hls::open_packed_writer(stream.track);
    EXPECT_TRUE(writer);
    hls::Segment segment;
    std::int64_t length = 0;
    for (const auto& packet : stream.packets) {
      segment.packets.push_back(packet.share());
      length += segment.packets.back().raw()->duration;
    }
    segment.start = stream.packets.front().pts();
    segment.duration = {length, stream.packets.front().base()};
    const auto made = (*writer)->write(segment);
    EXPECT_TRUE(made);
    Bytes bytes = made->media.joined();
    if (!stamped) bytes.erase(bytes.begin(), bytes.begin() + 10 + bytes[9] + bytes[8] * 128);
    std::ofstream(folder / "s.aac", std::ios::binary) << std::string(bytes.begin(), bytes.end());
    std::ofstream(folder / "s.m3u8") << fmt::format(
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:3\n"
        "#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:{:.6f},\ns.aac\n#EXT-X-ENDLIST\n",
        segment.duration.seconds());
    return check_media_of("draft-PACKED-TIME", folder / "s.m3u8");
  };
  return {"draft-PACKED-TIME", [=] { return check_packed(false); },
          [=] { return check_packed(true); }};
}

// A pipe stream, described.
std::vector<Finding> described(const std::string& packets, bool ended, bool damaged) {
  media::Track track;
  track.kind = media::Kind::kVideo;
  AVCodecParameters* par = avcodec_parameters_alloc();
  par->codec_type = AVMEDIA_TYPE_VIDEO;
  track.par = media::copy_parameters(*par);
  track.frame_rate = {25, 1};
  avcodec_parameters_free(&par);
  Describer describer({track});
  for (auto& packet : support::packets(packets)) describer.add(media::Item(std::move(packet)));
  Report report = describer.finish();
  report.events.present = true;
  report.events.end_mark = ended;
  if (damaged) report.damage = Error{Code::kBadInput, "cut off"};
  return check_media(report);
}

RulePair stream_pair(const std::string& rule, const std::string& packets, bool ended = true,
                     bool damaged = false) {
  return {rule, [=] { return described(packets, ended, damaged); },
          [] { return described("K0 d40 d80 K120 d160", true, false); }};
}

RulePair flv_pair(const std::string& rule, const FlvSample& broken) {
  const auto check_flv = [](const FlvSample& sample) {
    FlvCheck check("a.flv");
    EXPECT_TRUE(check.feed(sample.bytes()));
    return check.finish();
  };
  return {rule, [=] { return check_flv(broken); }, [=] { return check_flv({}); }};
}

}  // namespace

std::vector<RulePair> media_pairs() {
  auto all = declared_pairs();
  auto segments = segment_pairs();
  mend(segments);
  all.insert(all.end(), segments.begin(), segments.end());
  all.push_back(bitrate_pair());
  all.push_back(packed_pair());
  return all;
}

std::vector<RulePair> stream_pairs() {
  FlvSample index, configuration, flags, time, size;
  index.second_key_off = 3;
  configuration.configuration = false;
  flags.audio_flag = false;
  time.second_sound_ms = -10;
  size.size_off = 1;
  return {stream_pair("weir-DTS", "K0/0 d40/40 d80/20 d120/60 d160/100"),
          stream_pair("weir-GAP", "K0 d40 d80 d500 d540 d580"),
          stream_pair("weir-END", "K0 d40 d80 K120 d160", false),
          stream_pair("weir-DAMAGE", "K0 d40 d80 K120 d160", true, true),
          flv_pair("weir-FLV-INDEX", index),
          flv_pair("weir-FLV-CONFIGURATION", configuration),
          flv_pair("weir-FLV-FLAGS", flags),
          flv_pair("weir-FLV-TIME", time),
          flv_pair("weir-FLV-SIZE", size)};
}

}  // namespace weir::probe
