#include "net/address_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace weir::net {
namespace {

using ::testing::HasSubstr;

AddressSet set(std::vector<std::string> texts) {
  return std::move(*AddressSet::parse(texts));
}

TEST(AddressSet, HasAddressesAndNetworks) {
  const auto some = set({"192.0.2.7", "10.0.0.0/8", "172.16.0.0/12", "2001:db8::/33", "::1"});
  for (const char* in : {"192.0.2.7", "10.255.3.4", "172.31.255.255", "2001:db8:7fff::1", "::1",
                         "::ffff:10.1.2.3", "::ffff:192.0.2.7"})
    EXPECT_TRUE(some.contains(in)) << in;
  for (const char* out : {"192.0.2.8", "11.0.0.0", "172.32.0.0", "2001:db8:8000::1", "::2", "", "x",
                          "10.0.0.1%1", "::10.1.2.3", "10.0.0.1/8"})
    EXPECT_FALSE(some.contains(out)) << out;
}

TEST(AddressSet, OfZeroBitsIsAllOfItsKind) {
  EXPECT_TRUE(set({"0.0.0.0/0"}).contains("8.8.8.8"));
  EXPECT_FALSE(set({"0.0.0.0/0"}).contains("2001:db8::1"));
  EXPECT_TRUE(set({"::/0"}).contains("2001:db8::1"));
  EXPECT_FALSE(set({}).contains("8.8.8.8"));
}

TEST(AddressSet, RefusesWhatIsNone) {
  for (const char* text : {"", "/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "10.0.0/8",
                           "::/129", "host", "10.0.0.0/-1", "fe80::1%eth0", "10.0.0.0 /8"}) {
    const std::vector<std::string> texts{text};
    EXPECT_THAT(AddressSet::parse(texts),
                support::FailsWith(Code::kUsage, HasSubstr("no address or network")))
        << text;
  }
}

}  // namespace
}  // namespace weir::net
