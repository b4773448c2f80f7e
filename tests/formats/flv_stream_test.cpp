#include "formats/flv_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flv/metadata.h"
#include "flv/muxer.h"
#include "media/h26x.h"
#include "support/coded_stream.h"
#include "support/matchers.h"

namespace weir::formats {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

/// The streams as tags, in order of their stamps, sound and pictures from one clock.
std::vector<flv::Tag> tags_of(const support::CodedStream* video, const support::CodedStream* audio,
                              flv::MuxerOptions options = {}) {
  media::Track picture, sound;
  std::vector<const media::Track*> tracks;
  if (video != nullptr) picture = video->track, picture.index = 0, tracks.push_back(&picture);
  if (audio != nullptr) sound = audio->track, sound.index = 1, tracks.push_back(&sound);
  auto muxer = flv::Muxer::open(tracks, options);
  EXPECT_THAT(muxer, IsOk());
  std::vector<flv::Tag> out = *muxer->headers();
  std::vector<media::Packet> packets;
  for (const auto* stream : {video, audio})
    if (stream != nullptr)
      for (const auto& packet : stream->packets) {
        packets.push_back(packet.share());
        packets.back().raw()->stream_index = stream == video ? 0 : 1;
      }
  std::ranges::stable_sort(packets, {}, [](const auto& p) { return p.dts().micros(); });
  if (!packets.empty()) muxer->set_origin(flv::to_ms(packets.front().dts()));
  for (const auto& packet : packets)
    for (Result<std::vector<flv::Tag>> tags = muxer->push(packet); auto& tag : *tags)
      out.push_back(std::move(tag));
  for (auto& end : muxer->finish()) out.push_back(std::move(end));
  return out;
}

struct Read {
  media::Tracks tracks;
  std::vector<media::Packet> packets;
  std::vector<media::Event> events;
  FlvCounters counters;
};

Read read(const std::vector<flv::Tag>& tags, media::Repairs* repairs = nullptr,
          Micros track_wait = kTrackWait, bool promised = false) {
  FlvStream stream("'test.flv'", nullptr, repairs, track_wait);
  stream.promise(promised, promised);
  Read out;
  for (const auto& tag : tags) EXPECT_THAT(stream.push(tag), IsOk());
  EXPECT_THAT(stream.finish(), IsOk());
  while (auto item = stream.next())
    if (auto* packet = std::get_if<media::Packet>(&*item))
      out.packets.push_back(std::move(*packet));
    else
      out.events.push_back(std::get<media::Event>(std::move(*item)));
  out.tracks = stream.tracks();
  out.counters = stream.counters();
  return out;
}

std::vector<const media::Packet*> of(const Read& read, int track) {
  std::vector<const media::Packet*> out;
  for (const auto& packet : read.packets)
    if (packet.track() == track) out.push_back(&packet);
  return out;
}

std::vector<Bytes> slices(const media::Packet& packet, AVCodecID codec) {
  std::vector<Bytes> out;
  for (const auto nal : media::sample_nals(codec, packet.bytes()))
    out.emplace_back(nal.begin(), nal.end());
  return out;
}

TEST(FlvStream, GivesBackPicturesOfEveryCodecWithTheirTimes) {
  for (const char* encoder : {"libx264", "libx265"}) {
    const auto video = support::encode_video({.encoder = encoder, .frames = 60});
    const auto back = read(tags_of(&video, nullptr));
    ASSERT_EQ(back.tracks.size(), 1u) << encoder;
    EXPECT_EQ(back.tracks[0].codec(), video.track.codec());
    EXPECT_EQ(back.tracks[0].par->width, 64);
    EXPECT_EQ(back.tracks[0].frame_rate.num, 25 * back.tracks[0].frame_rate.den);
    ASSERT_EQ(back.packets.size(), video.packets.size()) << encoder;
    const std::int64_t origin = flv::to_ms(video.packets.front().dts());
    for (std::size_t i = 0; i < back.packets.size(); ++i) {
      const auto& before = video.packets[i];
      const auto& after = back.packets[i];
      EXPECT_EQ(flv::to_ms(after.pts()), flv::to_ms(before.pts()) - origin) << encoder << i;
      EXPECT_EQ(after.key(), before.key()) << encoder << i;
      EXPECT_EQ(slices(after, video.track.codec()), slices(before, video.track.codec())) << i;
      if (after.key()) {
        EXPECT_FALSE(media::find_parameter_sets(video.track.codec(), after.bytes()).sps.empty());
      }
    }
  }
}

TEST(FlvStream, HevcUnderTheNameOfAvcIsHevc) {
  const auto video = support::encode_video({.encoder = "libx265", .frames = 50, .b_frames = 0});
  std::vector<flv::Tag> tags;
  const auto config = media::decoder_configuration(AV_CODEC_ID_HEVC, video.packets[0].bytes());
  ASSERT_THAT(config, IsOk());
  tags.push_back({flv::TagType::kVideo, 0, flv::video_configuration(flv::kAvcId, *config)});
  for (const auto& packet : video.packets)
    tags.push_back({flv::TagType::kVideo, packet.dts().in({1, 1000}),
                    flv::video_frame(flv::kAvcId, {.key = packet.key()},
                                     media::sample_nals(AV_CODEC_ID_HEVC, packet.bytes()))});
  const auto back = read(tags);
  ASSERT_EQ(back.tracks.size(), 1u);
  EXPECT_EQ(back.tracks[0].codec(), AV_CODEC_ID_HEVC);
  EXPECT_EQ(back.packets.size(), video.packets.size());
}

TEST(FlvStream, GivesBackPicturesThatAreNoNalUnits) {
  for (const char* encoder : {"libvpx", "libvpx-vp9", "flv"}) {
    const auto video = support::encode_video({.encoder = encoder, .frames = 60, .b_frames = 0});
    const auto back = read(tags_of(&video, nullptr));
    ASSERT_EQ(back.tracks.size(), 1u) << encoder;
    EXPECT_EQ(back.tracks[0].codec(), video.track.codec());
    EXPECT_EQ(back.tracks[0].par->width, 64) << encoder;
    EXPECT_EQ(back.tracks[0].par->extradata_size, 0) << encoder;
    ASSERT_EQ(back.packets.size(), video.packets.size()) << encoder;
    for (std::size_t i = 0; i < back.packets.size(); ++i) {
      EXPECT_TRUE(std::ranges::equal(back.packets[i].bytes(), video.packets[i].bytes())) << encoder;
      EXPECT_EQ(back.packets[i].key(), video.packets[i].key()) << encoder << i;
      EXPECT_EQ(back.packets[i].pts(), video.packets[i].pts()) << encoder << i;
    }
  }
}

TEST(FlvStream, GivesBackHighDynamicRange) {
  auto video = support::encode_video({.encoder = "libvpx-vp9", .frames = 60, .b_frames = 0});
  auto par = media::copy_parameters(*video.track.par);
  auto& own = const_cast<AVCodecParameters&>(*par);
  own.color_primaries = AVCOL_PRI_BT2020;
  own.color_trc = AVCOL_TRC_SMPTE2084;
  own.color_space = AVCOL_SPC_BT2020_NCL;
  video.track.par = par;
  video.track.hdr = {media::MasteringDisplay{
                         {13250, 34500, 7500, 3000, 34000, 16000, 15635, 16450}, 10'000'000, 50},
                     media::ContentLight{1000, 400}};
  const auto back = read(tags_of(&video, nullptr));
  ASSERT_EQ(back.tracks.size(), 1u);
  EXPECT_EQ(back.tracks[0].hdr, video.track.hdr);
  EXPECT_EQ(back.tracks[0].par->color_trc, AVCOL_TRC_SMPTE2084);
  EXPECT_EQ(back.tracks[0].par->color_primaries, AVCOL_PRI_BT2020);
  EXPECT_EQ(back.tracks[0].par->color_space, AVCOL_SPC_BT2020_NCL);
}

TEST(FlvStream, GivesBackStampsFinerThanAMillisecond) {
  const auto video = support::encode_video({.frames = 60, .rate = {30000, 1001}, .b_frames = 0});
  const auto audio = support::encode_audio({.frames = 90});
  const auto back = read(tags_of(&video, &audio, {.nanoseconds = true}));
  ASSERT_EQ(back.tracks.size(), 2u);
  const auto pictures = of(back, back.tracks[0].video() ? 0 : 1);
  ASSERT_EQ(pictures.size(), video.packets.size());
  const auto since_first = [](const media::Packet& packet, const media::Packet& first) {
    return static_cast<double>(packet.pts().micros() - first.pts().micros());
  };
  for (std::size_t i = 0; i < pictures.size(); ++i)
    EXPECT_NEAR(since_first(*pictures[i], *pictures[0]),
                since_first(video.packets[i], video.packets[0]), 1.01)
        << i;
  EXPECT_EQ(back.packets.size() - pictures.size(), audio.packets.size());
}

TEST(FlvStream, NumberAndFourCcOfACodecAreOneTrack) {
  const auto video = support::encode_video({.frames = 60, .b_frames = 0});
  const auto classic = tags_of(&video, nullptr);
  auto mixed = tags_of(&video, nullptr, {.nanoseconds = true});
  std::copy(classic.begin(), classic.begin() + 30, mixed.begin());
  const auto back = read(mixed);
  EXPECT_EQ(back.tracks.size(), 1u);
  EXPECT_EQ(back.packets.size(), video.packets.size());
}

TEST(FlvStream, GivesBackSoundOfManyChannels) {
  for (const char* encoder : {"flac", "ac3", "libopus"}) {
    const auto audio = support::encode_audio({.encoder = encoder, .channels = 6, .frames = 50});
    const auto back = read(tags_of(nullptr, &audio));
    ASSERT_EQ(back.tracks.size(), 1u) << encoder;
    EXPECT_EQ(back.packets.size(), audio.packets.size()) << encoder;
    EXPECT_EQ(back.tracks[0].par->ch_layout.nb_channels, 6) << encoder;
    EXPECT_EQ(back.tracks[0].par->ch_layout.order, AV_CHANNEL_ORDER_NATIVE) << encoder;
  }
}

TEST(FlvStream, GivesBackSoundOfEveryCodec) {
  for (const char* encoder : {"aac", "libmp3lame", "libopus", "flac", "ac3", "eac3"}) {
    const auto audio = support::encode_audio({.encoder = encoder, .frames = 50});
    const auto back = read(tags_of(nullptr, &audio));
    ASSERT_EQ(back.tracks.size(), 1u) << encoder;
    EXPECT_EQ(back.tracks[0].codec(), audio.track.codec());
    EXPECT_EQ(back.tracks[0].par->sample_rate, 48000);
    EXPECT_EQ(back.tracks[0].par->ch_layout.nb_channels, 2);
    ASSERT_EQ(back.packets.size(), audio.packets.size()) << encoder;
    for (std::size_t i = 0; i < back.packets.size(); ++i)
      EXPECT_TRUE(std::ranges::equal(back.packets[i].bytes(), audio.packets[i].bytes()))
          << encoder << i;
  }
}

TEST(FlvStream, OpusNeedsNoHead) {
  for (const int channels : {1, 2, 6}) {
    const auto audio =
        support::encode_audio({.encoder = "libopus", .channels = channels, .frames = 50});
    auto tags = tags_of(nullptr, &audio);
    ASSERT_EQ(tags[0].body[0], 0x90);
    tags[0].body.resize(5);
    const auto back = read(tags);
    ASSERT_EQ(back.tracks.size(), 1u) << channels;
    EXPECT_EQ(back.tracks[0].par->ch_layout.nb_channels, channels);
    EXPECT_EQ(back.packets.size(), audio.packets.size()) << channels;
    const auto& par = *audio.track.par;
    const auto& own = *back.tracks[0].par;
    ASSERT_EQ(own.extradata_size, par.extradata_size);
    EXPECT_TRUE(
        std::equal(own.extradata + 18, own.extradata + own.extradata_size, par.extradata + 18));
  }
}

TEST(FlvStream, TwoKindsAreTwoTracks) {
  const auto video = support::encode_video({.frames = 60});
  const auto audio = support::encode_audio({.frames = 110});
  const auto back = read(tags_of(&video, &audio));
  ASSERT_EQ(back.tracks.size(), 2u);
  for (const auto& track : back.tracks)
    EXPECT_EQ(of(back, track.index).size(),
              track.video() ? video.packets.size() : audio.packets.size());
}

TEST(FlvStream, FramesMayBeginLongAfterTheConfigurations) {
  const auto video = support::encode_video({.frames = 30});
  const auto audio = support::encode_audio({});
  auto tags = tags_of(&video, &audio);
  for (auto& tag : tags) {
    const auto parts = flv::read_body(tag);
    const bool frame = parts && !parts->empty() && (*parts)[0].kind == flv::BodyKind::kFrame;
    if (frame) tag.timestamp_ms += tag.type == flv::TagType::kAudio ? 100'000 : 100'030;
  }
  std::ranges::stable_sort(tags, {}, &flv::Tag::timestamp_ms);
  const auto back = read(tags);
  EXPECT_EQ(back.tracks.size(), 2u);
  EXPECT_EQ(back.counters.frames_unwanted, 0);
}

// Pictures for six seconds, and sound that begins `late_ms` after them, configuration and all.
std::vector<flv::Tag> late_sound(std::int64_t late_ms) {
  const auto video = support::encode_video({.frames = 150});
  const auto audio = support::encode_audio({.frames = 20});
  auto tags = tags_of(&video, &audio);
  for (auto& tag : tags)
    if (tag.type == flv::TagType::kAudio) tag.timestamp_ms += late_ms;
  std::ranges::stable_sort(tags, {}, &flv::Tag::timestamp_ms);
  return tags;
}

int audio_of(const media::Tracks& tracks) {
  return std::ranges::find_if(tracks, [](const auto& track) { return track.audio(); })->index;
}

TEST(FlvStream, SoundThatIsPromisedIsWaitedForAsLongAsIsSaid) {
  const auto back = read(late_sound(3'000), nullptr, 4s, true);
  ASSERT_EQ(back.tracks.size(), 2u);
  const auto sound = of(back, audio_of(back.tracks));
  ASSERT_FALSE(sound.empty());
  EXPECT_NEAR(static_cast<double>(sound.front()->pts().micros()), 3e6, 100e3);
  EXPECT_EQ(of(back, 1 - audio_of(back.tracks)).size(), 150u);
}

TEST(FlvStream, SoundThatComesLaterIsLeftOutAndCounted) {
  const auto back = read(late_sound(3'000), nullptr, 2s, true);
  EXPECT_EQ(back.tracks.size(), 1u);
  EXPECT_GT(back.counters.frames_unwanted, 0);
  EXPECT_EQ(back.packets.size(), 150u);
}

TEST(FlvStream, SoundThatNobodyPromisedIsWaitedForHalfAsLong) {
  EXPECT_EQ(read(late_sound(3'000), nullptr, 5s).tracks.size(), 1u);
  EXPECT_EQ(read(late_sound(3'000), nullptr, 8s).tracks.size(), 2u);
}

TEST(FlvStream, ATagThatIsDamagedIsOneTagLost) {
  const auto video = support::encode_video({.frames = 60, .gop = 5, .b_frames = 0});
  auto tags = tags_of(&video, nullptr);
  tags[30].body.resize(1);
  const auto back = read(tags);
  EXPECT_EQ(back.counters.damaged_tags + back.counters.frames_unusable, 1);
  EXPECT_EQ(back.packets.size(), video.packets.size() - 1);
}

TEST(FlvStream, PicturesBeforeTheirConfigurationAreLostAndThoseBehindItAreNot) {
  const auto video = support::encode_video({.frames = 60, .gop = 6, .b_frames = 0});
  auto tags = tags_of(&video, nullptr);
  std::rotate(tags.begin(), tags.begin() + 1, tags.begin() + 4);  // three pictures go first
  media::Repairs repairs;
  const auto back = read(tags, &repairs);
  EXPECT_EQ(repairs.late_headers, 1);
  EXPECT_EQ(repairs.dropped, back.counters.frames_unusable);
  ASSERT_FALSE(back.packets.empty());
  EXPECT_TRUE(back.packets.front().key());
  EXPECT_GE(back.packets.size(), video.packets.size() - 6);
}

/// The second behind the first, as one connection sends them.
std::vector<flv::Tag> then(std::vector<flv::Tag> first, const std::vector<flv::Tag>& second) {
  std::erase_if(first, [](const flv::Tag& tag) {
    const auto parts = flv::read_body(tag);
    return parts && !parts->empty() && (*parts)[0].kind == flv::BodyKind::kEnd;
  });
  const std::int64_t later = first.back().timestamp_ms + 40;
  for (const auto& tag : second) {
    first.push_back(tag);
    first.back().timestamp_ms += later;
  }
  return first;
}

std::vector<std::string> changes(const Read& read) {
  std::vector<std::string> out;
  for (const auto& event : read.events)
    out.push_back(event.kind() != media::event::kTrack
                      ? std::string(event.kind())
                      : fmt::format("track {} {} {}", *event.number("track"), *event.text("codec"),
                                    event.number("sample_rate").value_or(0)));
  return out;
}

TEST(FlvStream, SoundThatChangesItsRateGoesOnWithTheNextKeyPicture) {
  const auto video = support::encode_video({.frames = 60, .gop = 30, .b_frames = 0});
  const auto sound = support::encode_audio({.frames = 110}),
             other = support::encode_audio({.sample_rate = 44'100, .frames = 110});
  auto second = tags_of(&video, &other);
  std::erase_if(second, [](const flv::Tag& tag) {  // no key picture at its begin
    const auto parts = flv::read_body(tag);
    return tag.type == flv::TagType::kVideo && tag.timestamp_ms < 1200 && (*parts)[0].key;
  });
  const auto back = read(then(tags_of(&video, &sound), second));
  EXPECT_THAT(changes(back), ElementsAre("discontinuity", "track 0 aac 44100"));
  EXPECT_EQ(back.tracks[0].par->sample_rate, 44'100);
  const auto packets = of(back, 0);
  EXPECT_EQ(av_cmp_q(packets.back()->base(), {1, 48'000}), 0);
  const media::Time at = back.events.back().at;
  EXPECT_GE(at.in({1, 1000}), 3600);
  const auto first =
      std::ranges::find_if(packets, [&](const auto* packet) { return packet->dts() >= at; });
  ASSERT_NE(first, packets.end());
  EXPECT_LT((*first)->dts().seconds() - at.seconds(), 0.03);
  EXPECT_GT(packets.end() - first, 40);
}

TEST(FlvStream, SoundAloneThatChangesItsRateGoesOnAtOnceAndBack) {
  const auto sound = support::encode_audio({.frames = 110}),
             other = support::encode_audio({.sample_rate = 44'100, .frames = 50});
  const auto first = tags_of(nullptr, &sound);
  const auto back = read(then(then(first, tags_of(nullptr, &other)), first));
  EXPECT_THAT(changes(back), ElementsAre("discontinuity", "track 0 aac 44100", "discontinuity",
                                         "track 0 aac 48000"));
  EXPECT_EQ(back.packets.size(), 2 * sound.packets.size() + other.packets.size());
  for (std::size_t i = 1; i < back.packets.size(); ++i)
    EXPECT_GT(back.packets[i].dts(), back.packets[i - 1].dts());
}

TEST(FlvStream, SoundThatIsBackBeforeAKeyPictureWasOnlyAway) {
  const auto video = support::encode_video({.frames = 30, .gop = 100, .b_frames = 0});
  const auto sound = support::encode_audio({.frames = 60}),
             other = support::encode_audio({.sample_rate = 44'100, .frames = 20});
  const auto first = then(tags_of(&video, &sound), tags_of(nullptr, &other));
  EXPECT_THAT(changes(read(then(first, tags_of(nullptr, &sound)))), IsEmpty());
}

TEST(FlvStream, PicturesAndSoundOfOtherCodecsGoOnWithAKeyPictureAndBack) {
  const auto video = support::encode_video({.frames = 60, .b_frames = 0}),
             hevc = support::encode_video({.encoder = "libx265", .frames = 60, .b_frames = 0});
  const auto sound = support::encode_audio({.frames = 110}),
             ac3 = support::encode_audio({.encoder = "ac3", .frames = 70});
  const auto first = tags_of(&video, &sound);
  const auto back = read(then(then(first, tags_of(&hevc, &ac3)), first));
  EXPECT_THAT(changes(back),
              ElementsAre("discontinuity", "track 1 hevc 0", "discontinuity", "track 0 ac3 48000",
                          "discontinuity", "track 1 h264 0", "discontinuity", "track 0 aac 48000"));
  const auto pictures = of(back, 1);
  ASSERT_EQ(pictures.size(), 2 * video.packets.size() + hevc.packets.size());
  EXPECT_TRUE(pictures[60]->key());
  EXPECT_TRUE(media::has_idr(AV_CODEC_ID_HEVC, pictures[60]->bytes()));
  EXPECT_TRUE(media::has_idr(AV_CODEC_ID_H264, pictures[120]->bytes()));
  EXPECT_GE(of(back, 0).size() + 4, 2 * sound.packets.size() + ac3.packets.size());
  for (const int track : {0, 1}) {
    const auto packets = of(back, track);
    for (std::size_t i = 1; i < packets.size(); ++i)
      EXPECT_GT(packets[i]->dts(), packets[i - 1]->dts());
  }
}

TEST(FlvStream, AnotherCodecThatBeginsBeforeItsKeyPictureWaitsForIt) {
  const auto video = support::encode_video({.frames = 60, .b_frames = 0}),
             hevc = support::encode_video(
                 {.encoder = "libx265", .frames = 60, .gop = 20, .b_frames = 0});
  auto second = tags_of(&hevc, nullptr);
  std::erase_if(second, [](const flv::Tag& tag) {
    const auto parts = flv::read_body(tag);
    return (*parts)[0].kind == flv::BodyKind::kFrame && tag.timestamp_ms < 100;
  });
  const auto back = read(then(tags_of(&video, nullptr), second));
  EXPECT_THAT(changes(back), ElementsAre("discontinuity", "track 0 hevc 0"));
  ASSERT_EQ(back.packets.size(), 60u + 40u);
  EXPECT_TRUE(back.packets[60].key());
}

TEST(FlvStream, PicturesDoNotWaitForSoundThatNeverComes) {
  const auto video = support::encode_video({.frames = 60, .b_frames = 0}),
             hevc = support::encode_video({.encoder = "libx265", .frames = 200, .b_frames = 0});
  FlvStream stream("'test.flv'");
  auto tags = then(tags_of(&video, nullptr), tags_of(&hevc, nullptr));
  for (auto& tag : tags) {
    if (tag.timestamp_ms > 2400) tag.timestamp_ms = 2400;  // nor a clock that does not go on
    ASSERT_THAT(stream.push(tag), IsOk());
  }
  int packets = 0;
  while (auto item = stream.next()) packets += std::holds_alternative<media::Packet>(*item);
  EXPECT_GE(packets, 60 + 200 - 64);
}

TEST(FlvStream, PicturesThatChangeTheirSizeBringTheirParameterSets) {
  const auto video = support::encode_video({.frames = 60, .b_frames = 0}),
             other = support::encode_video({.width = 96, .frames = 60, .b_frames = 0});
  const auto back = read(then(tags_of(&video, nullptr), tags_of(&other, nullptr)));
  ASSERT_EQ(back.packets.size(), 120u);
  const auto sets = media::find_parameter_sets(AV_CODEC_ID_H264, back.packets[60].bytes());
  ASSERT_FALSE(sets.sps.empty());
  EXPECT_EQ(media::parse_sps(AV_CODEC_ID_H264, sets.sps.front())->width, 96);
}

TEST(FlvStream, AClockThatRanOverIsCountedOnce) {
  const auto video = support::encode_video({.frames = 30});
  const auto audio = support::encode_audio({});
  auto tags = tags_of(&video, &audio);
  media::Repairs repairs;
  read(tags, &repairs);
  EXPECT_EQ(repairs.wraps, 0);
  for (auto& tag : tags) tag.timestamp_ms += (std::int64_t{1} << 32) - 500;
  read(tags, &repairs);
  EXPECT_EQ(repairs.wraps, 1);
}

TEST(FlvStream, MetadataTellsTheRatesAndNothingItSaysIsTaken) {
  const auto video = support::encode_video({.frames = 60});
  auto tags = tags_of(&video, nullptr);
  flv::Metadata facts;
  facts.video = &video.track;
  facts.video_rate = 640'000;
  tags.insert(tags.begin(), flv::metadata_tag(facts));
  EXPECT_EQ(read(tags).tracks[0].bitrate, 640'000);
  for (std::size_t size = 0; size < tags[0].body.size(); ++size) {
    auto cut = tags;
    cut[0].body.resize(size);
    EXPECT_EQ(read(cut).packets.size(), video.packets.size()) << size;
  }
}

TEST(FlvStream, NothingIsAFailureThatSaysSo) {
  FlvStream stream("'empty.flv'");
  EXPECT_THAT(stream.finish(), FailsWith(Code::kBadInput, HasSubstr("no video or sound")));
}

TEST(FlvStream, ACodecNothingReadsIsNamed) {
  FlvStream stream("'odd.flv'");
  (void)stream.push(flv::Tag{flv::TagType::kVideo, 0, {0x1f, 1, 2, 3}});  // codec 15
  const auto end = stream.finish();
  EXPECT_FALSE(end);
}

}  // namespace
}  // namespace weir::formats
