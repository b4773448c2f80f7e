// What the multivariant playlist says of captions in the pictures.
#include "publish/hls_captions.h"

#include <gmock/gmock.h>

#include "publish/hls_source.h"
#include "support/captions.h"
#include "support/matchers.h"

namespace weir::publish {
namespace {

using support::FailsWith;
using support::IsOk;
using support::line21;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class HlsCaptionsOf : public Publisher {
 protected:
  /// Second `n` of the stream, its first picture of track 0 with these captions.
  Result<void> push_with(std::int64_t n, const std::vector<media::CaptionPair>& pairs) {
    bool first = true;
    for (auto& item : source.second(n, 2)) {
      auto* packet = std::get_if<media::Packet>(&item);
      if (packet != nullptr && packet->track() == 0 && std::exchange(first, false))
        item = support::captioned(*packet, AV_CODEC_ID_H264, pairs);
      WEIR_TRY(publisher->push(std::move(item)));
    }
    return {};
  }
  static std::size_t count(const std::string& text, const std::string& what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++found;
    return found;
  }
};

TEST_F(HlsCaptionsOf, WithoutCaptionsEveryVariantSaysSo) {
  ASSERT_THAT(run(4), IsOk());
  EXPECT_EQ(count(store.text("master.m3u8"), ",CLOSED-CAPTIONS=NONE\n"), 2u);
}

TEST_F(HlsCaptionsOf, WhatOnePictureCarriesIsToldOfAllVariants) {
  ASSERT_THAT(open(), IsOk());
  auto pairs = support::service_packet(1, {'h', 'i'});
  pairs.push_back(line21(0, 0x14, 0x26));
  ASSERT_THAT(push_with(0, pairs), IsOk());
  ASSERT_THAT(push(1, 4), IsOk());
  ASSERT_THAT(publisher->finish(), IsOk());
  const std::string master = store.text("master.m3u8");
  EXPECT_THAT(master, HasSubstr("#EXT-X-VERSION:7\n"));
  EXPECT_THAT(master, HasSubstr("#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"cc\",NAME=\"CC1\","
                                "LANGUAGE=\"und\",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID=\"CC1\"\n"
                                "#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"cc\",NAME="
                                "\"SERVICE1\",LANGUAGE=\"und\",DEFAULT=NO,AUTOSELECT=NO,"
                                "INSTREAM-ID=\"SERVICE1\"\n"));
  EXPECT_EQ(count(master, ",CLOSED-CAPTIONS=\"cc\"\n"), 2u);
}

TEST_F(HlsCaptionsOf, LiveTellsOfCaptionsThatBeginLater) {
  options.type = Type::kLive;
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 7), IsOk());
  EXPECT_EQ(count(store.text("master.m3u8"), ",CLOSED-CAPTIONS=NONE\n"), 2u);
  ASSERT_THAT(push_with(7, {line21(1, 0x14, 0x20)}), IsOk());
  ASSERT_THAT(push(8, 10), IsOk());
  EXPECT_THAT(store.text("master.m3u8"), HasSubstr("INSTREAM-ID=\"CC3\""));
  EXPECT_EQ(count(store.text("master.m3u8"), ",CLOSED-CAPTIONS=\"cc\"\n"), 2u);
}

TEST_F(HlsCaptionsOf, LanguagesAreToldFromTheBeginAndMissedAtTheEnd) {
  options.type = Type::kLive;
  options.captions = *parse_caption_choices("CC1=eng:English,CC2=en,SERVICE1=es");
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push_with(0, {line21(0, 0x14, 0x20)}), IsOk());
  ASSERT_THAT(push(1, 4), IsOk());
  const std::string master = store.text("master.m3u8");
  EXPECT_THAT(master, HasSubstr("NAME=\"English\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=YES,"
                                "INSTREAM-ID=\"CC1\""));
  EXPECT_THAT(master, HasSubstr("NAME=\"en\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=NO,"
                                "INSTREAM-ID=\"CC2\""));
  EXPECT_THAT(master, HasSubstr("NAME=\"es\",LANGUAGE=\"es\",DEFAULT=NO,AUTOSELECT=YES,"
                                "INSTREAM-ID=\"SERVICE1\""));
  ASSERT_THAT(publisher->finish(), IsOk());
  EXPECT_THAT(words.warnings, ElementsAre(HasSubstr("CC2 is listed as asked for, but no picture"),
                                          HasSubstr("SERVICE1 is listed as asked for")));
}

TEST(CaptionChoices, WhatIsNotUnderstoodIsTold) {
  const auto good = parse_caption_choices("CC1=en:a=b,SERVICE2=und");
  ASSERT_THAT(good, IsOk());
  ASSERT_EQ(good->size(), 2u);
  EXPECT_EQ(good->front().name, "a=b");
  for (const char* bad : {"", "CC9=en", "en", "CC1", "CC1=", "CC1=english", "CC1=en,,"})
    EXPECT_THAT(parse_caption_choices(bad), Not(IsOk())) << bad;
  EXPECT_THAT(parse_caption_choices("CC1=en,CC1=de"),
              FailsWith(Code::kUsage, "CC1 is given twice"));
}

}  // namespace
}  // namespace weir::publish
