#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "probe/bandwidth.h"
#include "probe/check.h"
#include "probe/describe.h"
#include "probe/json_text.h"
#include "probe/report_json.h"
#include "probe/report_text.h"
#include "support/packets.h"

namespace weir::probe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

media::Track track(int index, media::Kind kind) {
  AVCodecParameters* par = avcodec_parameters_alloc();
  media::Track out;
  out.index = index;
  out.kind = kind;
  if (kind == media::Kind::kVideo) {
    par->codec_type = AVMEDIA_TYPE_VIDEO;
    par->codec_id = AV_CODEC_ID_VP8;
    par->width = 640;
    par->height = 360;
    out.frame_rate = {25, 1};
    out.rendition = "360p";
    out.bitrate = 700'000;
  } else {
    par->codec_type = AVMEDIA_TYPE_AUDIO;
    par->codec_id = AV_CODEC_ID_OPUS;
    par->sample_rate = 48000;
    par->initial_padding = 480;
    av_channel_layout_default(&par->ch_layout, 2);
    out.language = "en";
  }
  out.par = media::copy_parameters(*par);
  avcodec_parameters_free(&par);
  return out;
}

Report sample() {
  Describer describer({track(0, media::Kind::kVideo), track(1, media::Kind::kAudio)});
  for (auto& packet : support::packets("K40 d80 K120 d160", {.payload = std::string(1000, 'x')}))
    describer.add(media::Item(std::move(packet)));
  for (auto& packet : support::packets("K20 K60 K100 K150", {.track = 1, .payload = "soundsound"}))
    describer.add(media::Item(std::move(packet)));
  describer.add(media::segment_event(0, {40, {1, 1000}}, {2, {1, 1}}));
  describer.add(media::make_event(media::event::kEnd, {200, {1, 1000}}));
  Report report = describer.finish();
  report.name = "clip.nut";
  report.container = "nut";
  report.size_bytes = 5000;
  report.events.present = true;
  return report;
}

TEST(ReportText, IsShortAndAligned) {
  EXPECT_EQ(report_text(sample()),
            "clip.nut: nut, 0.180 s, 5.00 kB, 222 kb/s\n"
            "video 0  vp8, 640x360, SDR, rendition 360p\n"
            "         4 frames, 25 fps constant, 0.040 s to 0.200 s, 0.160 s\n"
            "         200 kb/s average, 200 kb/s peak over 1 s, declared 700 kb/s\n"
            "         groups of 2 frames (0.080 s), 2 IDRs, at most 0.080 s between, no B-frames\n"
            "         a line of 205 kb/s needs a buffer of 1.00 kB (0.039 s)\n"
            "audio 1  opus, 48000 Hz, stereo, en\n"
            "         4 packets, 0.020 s to 0.190 s, 0.170 s\n"
            "         1.88 kb/s average, 1.88 kb/s peak over 1 s\n"
            "         a line of 16.0 kb/s needs a buffer of 10 bytes (0.005 s)\n"
            "         480 samples in front are not heard\n"
            "         1 gap: gap of +10.0 ms at 0.140 s\n"
            "offset   audio 1 against the picture: -10.0 ms at the start, -10.0 ms at the end, "
            "+0.0 ms from 0.140 s on\n"
            "grid     1 segment, 0.040 s to 0.040 s, end mark\n");
}

TEST(ReportJson, KeepsItsMembersAndTheirOrder) {
  const auto text = json_text(report_json(sample()));
  EXPECT_THAT(text, testing::StartsWith(R"({
  "schema": 1,
  "kind": "media",
  "input": "clip.nut",
  "container": "nut",
  "size": 5000,
  "start": 0.02,
  "duration": 0.18,
  "bitrate": 222222,
  "tracks": [
    {
      "index": 0,
      "type": "video",
      "codec": "vp8",
      "profile": null,
      "level": null,
      "rendition": "360p",
      "language": null,
      "bitrate_declared": 700000,
      "bitrate_max_declared": null,
      "width": 640,
      "height": 360,
)"));
  EXPECT_THAT(text, HasSubstr(R"(      "bitrate_per_second": [32000],
      "timestamps": {
        "gaps": 0,
        "overlaps": 0,
        "jumps": 0,
        "dts_monotonic": true,
        "dts_backwards": 0,
        "breaks": []
      },
      "gop": {
        "count": 2,
        "frames": {
          "min": 2.0,
          "mean": 2.0,
          "max": 2.0
        },
)"));
  EXPECT_THAT(text, testing::EndsWith(R"(  "offsets": [
    {
      "track": 1,
      "start": -0.01,
      "end": -0.01,
      "changes": [
        {
          "at": 0.14,
          "offset": 0.0
        }
      ]
    }
  ],
  "events": {
    "end_mark": true,
    "cuts": 1,
    "first_cut": 0.04,
    "last_cut": 0.04,
    "kinds": {
      "end": 1,
      "segment": 1
    }
  },
  "damage": null,
  "mended": {
    "wraps": 0,
    "resets": 0,
    "dropped": 0
  }
}
)"));
}

TEST(ReportJson, TellsOfLightAndEdits) {
  Report report = sample();
  media::MasteringDisplay display;
  display.chromaticity = {13'250, 34'500, 7'500, 3'000, 34'000, 16'000, 15'635, 16'450};
  display.max_luminance = 10'000'000;
  display.min_luminance = 50;
  report.tracks[0].track.hdr = {display, media::ContentLight{1000, 400}};
  report.tracks[0].track.dolby_vision = media::DolbyVision{1, 0, 8, 6, true, false, true, 1};
  report.tracks[0].edits = {{500'000, -1, 1}, {2'000'000, 80'000, 1}};
  const auto json = report_json(report);
  const auto& track = json.at("tracks").at(0);
  EXPECT_EQ(boost::json::serialize(track.at("hdr").at("mastering_display").at("red")),
            "[6.8E-1,3.2E-1]");
  EXPECT_EQ(track.at("hdr").at("mastering_display").at("luminance_max").as_double(), 1000);
  EXPECT_EQ(track.at("hdr").at("content_light").at("level_max").as_int64(), 1000);
  EXPECT_EQ(track.at("hdr").at("dolby_vision").at("profile").as_int64(), 8);
  EXPECT_EQ(track.at("edits").at(1).at("media").as_double(), 0.08);
  EXPECT_TRUE(track.at("edits").at(0).at("media").is_null());
  const auto text = report_text(report);
  EXPECT_THAT(text, HasSubstr("made on a display of 0.005 to 1000 cd/m², MaxCLL 1000, MaxFALL 400, "
                              "Dolby Vision profile 8 level 6\n"));
  EXPECT_THAT(text,
              HasSubstr("edit list: nothing for 0.500 s, then 2.000 s of media from 0.080 s\n"));
}

TEST(ReportJson, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(json_text(boost::json::value("a\xFF\"b")), "\"a\xEF\xBF\xBD\\\"b\"\n");
}

TEST(Describe, CountsAForeignStreamAsWhole) {
  Describer describer({track(0, media::Kind::kVideo)});
  const Report report = describer.finish();
  EXPECT_FALSE(report.events.present);
  EXPECT_THAT(report.offsets, IsEmpty());
  EXPECT_EQ(report.duration_us(), 0);
  EXPECT_THAT(check_media(report), IsEmpty());
}

TEST(Describe, BoundsTheKindsOfEvents) {
  Describer describer({});
  for (int i = 0; i < 1000; ++i)
    describer.add(media::make_event(fmt::format("kind{}", i), {0, {1, 1}}));
  EXPECT_LE(describer.finish().events.kinds.size(), 33u);
}

TEST(CheckMedia, FindsGapsDisorderAndAMissingEnd) {
  Report report = sample();
  report.events.end_mark = false;
  report.tracks[0].stats.dts_backwards = 2;
  std::vector<std::string_view> rules;
  for (const auto& finding : check_media(report)) rules.push_back(finding.rule->id);
  EXPECT_THAT(rules, ElementsAre("weir-DTS", "weir-END", "weir-GAP"));
}

TEST(CheckMedia, FindsDamage) {
  Report report = sample();
  report.damage = Error{Code::kBadInput, "it broke"};
  EXPECT_THAT(check_media(report),
              testing::Contains(testing::Field(&Finding::message, "it broke")));
}

TEST(Bandwidth, TakesTheFullestRunNearTheTarget) {
  // One of 1 s is long enough for a target of 2 s; 3.5 s are too long for it.
  const SegmentSize segments[] = {
      {1000, 2'000'000}, {900, 1'000'000}, {5000, 500'000}, {100, 2'000'000}};
  EXPECT_EQ(peak_bitrate(segments, 2'000'000), 31'467);
  EXPECT_EQ(average_bitrate(segments), 10'182);
}

TEST(Bandwidth, TakesAllWhereNoRunIsLongEnough) {
  const SegmentSize segments[] = {{1000, 200'000}, {1000, 300'000}};
  EXPECT_EQ(peak_bitrate(segments, 6'000'000), 32'000);
  EXPECT_EQ(peak_bitrate({}, 6'000'000), 0);
}

}  // namespace
}  // namespace weir::probe
