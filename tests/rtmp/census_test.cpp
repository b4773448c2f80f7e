#include "rtmp/census.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace weir::rtmp {
namespace {

using Places = std::vector<std::unique_ptr<Census::Place>>;

TEST(Census, ANetworkIsAnIpv4AddressOrSixtyFourBits) {
  EXPECT_EQ(network_of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(network_of("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:2:ffff::"));
  EXPECT_NE(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:3::1"));
  EXPECT_EQ(network_of(""), "");
}

TEST(Census, StrangersOfOneNetworkAreFew) {
  const auto census = std::make_shared<Census>(CensusLimits{.of_one_network = 2});
  auto first = census->enter("2001:db8::1");
  auto second = census->enter("2001:db8::2");
  EXPECT_EQ(census->enter("2001:db8::3"), nullptr);
  EXPECT_NE(census->enter("2001:db8:0:1::3"), nullptr);
  first->trust();
  first->trust();
  EXPECT_NE(census->enter("2001:db8::3"), nullptr);
  second.reset();
  EXPECT_EQ(census->strangers(), 0u);
  EXPECT_EQ(census->count(), 1u);
}

TEST(Census, StrangersFromEverywhereAreFewAndThoseWhoAreTrustedDoNotCount) {
  const auto census = std::make_shared<Census>(CensusLimits{.strangers = 3});
  Places places;
  for (int i = 0; i < 3; ++i) places.push_back(census->enter("192.0.2." + std::to_string(i)));
  EXPECT_EQ(census->enter("192.0.2.100"), nullptr);
  places.front()->trust();
  EXPECT_NE(census->enter("192.0.2.100"), nullptr);
}

TEST(Census, NoMoreThanAllComeIn) {
  const auto census = std::make_shared<Census>(CensusLimits{.all = 2});
  Places places;
  for (int i = 0; i < 2; ++i) {
    places.push_back(census->enter("192.0.2.1"));
    places.back()->trust();
  }
  EXPECT_EQ(census->enter("192.0.2.1"), nullptr);
  places.clear();
  EXPECT_NE(census->enter("192.0.2.1"), nullptr);
}

TEST(Census, APlaceMayOutliveItsCensus) {
  auto census = std::make_shared<Census>(CensusLimits{});
  auto place = census->enter("192.0.2.1");
  census.reset();
  place.reset();
}

}  // namespace
}  // namespace weir::rtmp
