#include "media/adts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/coded_stream.h"
#include "support/demux.h"
#include "support/hex.h"
#include "support/matchers.h"

namespace weir::media {
namespace {

using support::FailsWith;
using support::from_hex;
using support::IsOk;
using ::testing::HasSubstr;

TEST(Adts, HeaderSaysProfileRateChannelsAndLength) {
  const auto adts = Adts::open(from_hex("1190"));  // AAC-LC, 48 kHz, stereo
  ASSERT_THAT(adts, IsOk());
  const auto header = adts->header(100);
  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(Bytes(header->begin(), header->end()), from_hex("fff14c800d7ffc"));
}

TEST(Adts, HeAacIsAnnouncedAsItsCore) {
  const auto adts = Adts::open(from_hex("2b098800"));  // SBR over AAC-LC, 24 kHz core, mono
  ASSERT_THAT(adts, IsOk());
  const auto header = adts->header(1);
  ASSERT_THAT(header, IsOk());
  EXPECT_EQ((*header)[2], 0x58);  // AAC-LC, rate index 6
}

TEST(Adts, FramesWithTheirHeadersAreAStreamThatCanBeRead) {
  const auto stream = support::encode_audio({"aac", 44100, 1, 10});
  const auto& par = *stream.track.par;
  const auto adts = Adts::open({par.extradata, static_cast<std::size_t>(par.extradata_size)});
  ASSERT_THAT(adts, IsOk());
  Bytes all;
  for (const auto& packet : stream.packets) {
    const auto header = adts->header(packet.bytes().size());
    ASSERT_THAT(header, IsOk());
    all.insert(all.end(), header->begin(), header->end());
    all.insert(all.end(), packet.bytes().begin(), packet.bytes().end());
  }
  const auto read = support::demux(all, "aac");
  ASSERT_EQ(read.packets.size(), stream.packets.size());
  EXPECT_EQ(read.par->sample_rate, 44100);
  EXPECT_EQ(read.par->ch_layout.nb_channels, 1);
  for (std::size_t i = 0; i < read.packets.size(); ++i)
    EXPECT_EQ(read.packets[i].bytes().size(), stream.packets[i].bytes().size() + 7);
}

TEST(Adts, WhatItHasNoPlaceForIsRefused) {
  EXPECT_THAT(Adts::open(from_hex("1180")), FailsWith(Code::kUnsupported, HasSubstr("channel")));
  EXPECT_THAT(Adts::open(from_hex("f94623")), FailsWith(Code::kUnsupported, HasSubstr("42")));
  EXPECT_THAT(Adts::open({}), FailsWith(Code::kBadInput, HasSubstr("AudioSpecificConfig")));
  const auto adts = Adts::open(from_hex("1190"));
  EXPECT_THAT(adts->header(8184), IsOk());
  EXPECT_THAT(adts->header(8185), FailsWith(Code::kBadInput, HasSubstr("8185 bytes")));
}

}  // namespace
}  // namespace weir::media
