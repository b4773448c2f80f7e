// Tracks that go on with another codec.
#include <gmock/gmock.h>

#include "hls/cut_stream.h"
#include "support/matchers.h"

namespace weir::hls {
namespace {

using namespace std::chrono_literals;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CutForm : public Cut {
 protected:
  static media::Track other(media::Track track, AVCodecID codec) {
    auto par = media::copy_parameters(*track.par);
    const_cast<AVCodecParameters&>(*par).codec_id = codec;
    const_cast<AVCodecParameters&>(*par).codec_type =
        track.video() ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO;
    track.par = std::move(par);
    return track;
  }
  /// With codec types, which change events are checked against.
  static media::Tracks typed(media::Tracks tracks) {
    for (auto& track : tracks) track = other(track, track.codec());
    return tracks;
  }
  Result<void> push_all(Cutter& cutter, std::vector<media::Item> items) {
    for (auto& item : items) WEIR_TRY(cutter.push(std::move(item)));
    return {};
  }
  /// Two sections: `first` to 5 s, then `break_ms` is told and all codecs are others.
  Result<void> run_sections(const media::Tracks& tracks, Stream first, Stream second,
                            std::int64_t break_ms, CutOptions options = {.target = 2s}) {
    Cutter cutter(tracks, options, words, out, &parts);
    WEIR_TRY(push_all(cutter, first.in_order()));
    WEIR_TRY(cutter.push(media::make_event(media::event::kDiscontinuity, {break_ms, kMillis})));
    for (const auto& track : tracks)
      WEIR_TRY(cutter.push(media::change_event(
          other(track, track.video() ? AV_CODEC_ID_VP9 : AV_CODEC_ID_AC3), {break_ms, kMillis})));
    WEIR_TRY(push_all(cutter, second.in_order()));
    return cutter.finish();
  }
  std::vector<std::string> codecs(int index) const {
    std::vector<std::string> list;
    for (const auto& s : out.items)
      if (s.track == index) list.emplace_back(s.form ? s.form->codec_name() : "-");
    return list;
  }
};

TEST_F(CutForm, ThePictureIsCutWhereItBeginsAndSaysWhatItIs) {
  Stream first, second;
  first.video(0, 0, 5000, 1000);
  second.video(0, 5000, 9000, 1000);
  ASSERT_THAT(run_sections(typed(one), std::move(first), std::move(second), 5000), IsOk());
  EXPECT_THAT(segments(0),
              ElementsAre("0+2000", "2000+2000", "4000+1000", "5000+2000D", "7000+2000"));
  EXPECT_THAT(codecs(0), ElementsAre("-", "-", "-", "vp9", "vp9"));
  EXPECT_THAT(words.warnings, IsEmpty());
}

TEST_F(CutForm, ABreakThatIsToldNotQuiteThereMovesToTheKeyFrame) {
  for (const std::int64_t told : {4900, 5096, 5400}) {
    out.items.clear();
    Stream first, second;
    first.video(0, 0, 5000, 1000);
    second.video(0, 5000, 9000, 1000);
    ASSERT_THAT(run_sections(typed(one), std::move(first), std::move(second), told), IsOk());
    EXPECT_THAT(segments(0),
                ElementsAre("0+2000", "2000+2000", "4000+1000", "5000+2000D", "7000+2000"))
        << told;
  }
  EXPECT_THAT(words.warnings, IsEmpty());
}

TEST_F(CutForm, SoundIsPartedBehindItsLastPacketOfTheOldCodec) {
  for (const std::int64_t early : {-6, 0, 6}) {  // packets, of the new sound
    out.items.clear();
    Stream first, second;
    const std::int64_t packets = 5 * 48000 / 1024 + early;
    first.video(0, 0, 5000, 1000).audio(1, 0, packets * 1024);
    second.video(0, 5000, 9000, 1000).audio(1, packets * 1024, 9 * 48000);
    ASSERT_THAT(run_sections(typed(with_sound), std::move(first), std::move(second), 5000), IsOk());
    EXPECT_THAT(codecs(1), ElementsAre("-", "-", "-", "ac3", "ac3")) << early;
    std::int64_t seen = 0;
    for (const auto& s : out.items)
      if (s.track == 1 && !s.form) seen += std::ssize(s.packets);
    EXPECT_EQ(seen, packets) << early;
  }
}

TEST_F(CutForm, SoundAloneIsCutAtItsChange) {
  Stream first, second;
  first.audio(0, 0, 234 * 1024);
  second.audio(0, 234 * 1024, 400 * 1024);
  ASSERT_THAT(run_sections(typed(sound), std::move(first), std::move(second), 4992), IsOk());
  std::size_t before = 0;
  for (const auto& s : out.items)
    if (!s.form) before += s.packets.size();
  EXPECT_EQ(before, 234U);
  for (std::size_t i = 1; i < out.items.size(); ++i)
    EXPECT_EQ(out.items[i].discontinuity, out.items[i].form != out.items[i - 1].form) << i;
}

TEST_F(CutForm, PicturesThatDependOnWhatIsGoneAreDropped) {
  Stream first, second;
  first.video(0, 0, 5000, 1000);
  second.video(0, 4800, 9000, 1000);
  for (int i = 0; i < 5; ++i) std::get<media::Packet>(second.items[i]).raw()->flags = 0;
  std::get<media::Packet>(second.items[5]).raw()->flags = AV_PKT_FLAG_KEY;
  ASSERT_THAT(run_sections(typed(one), std::move(first), std::move(second), 5000), IsOk());
  for (const auto& s : out.items) EXPECT_TRUE(s.packets.front().key()) << s.number;
}

TEST_F(CutForm, NoPartHoldsPacketsOfBothCodecs) {
  for (const std::int64_t early : {-6, 0, 6}) {
    out.items.clear();
    parts.items.clear();
    Stream first, second;
    const std::int64_t packets = 5 * 48000 / 1024 + early;
    first.video(0, 0, 5000, 1000).audio(1, 0, packets * 1024);
    second.video(0, 5000, 9000, 1000).audio(1, packets * 1024, 9 * 48000);
    ASSERT_THAT(run_sections(typed(with_sound), std::move(first), std::move(second), 5000,
                             {.target = 2s, .part = 500ms}),
                IsOk());
    std::int64_t old_sound = 0;
    for (const auto& part : parts.items)
      if (part.track == 1 && !part.form) old_sound += std::ssize(part.packets);
    EXPECT_EQ(old_sound, packets) << early;
  }
}

}  // namespace
}  // namespace weir::hls
