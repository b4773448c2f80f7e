#include "hls/bandwidth.h"

#include <gtest/gtest.h>

namespace weir::hls {
namespace {

using namespace std::chrono_literals;

TEST(BandwidthMeter, AverageIsAllBytesOverAllSeconds) {
  BandwidthMeter meter(6s);
  meter.add(750'000, 6s);
  meter.add(250'000, 2s);
  EXPECT_EQ(meter.average(), 1'000'000);
}

TEST(BandwidthMeter, PeakIsTheHeaviestRunOfHalfToOneAndAHalfTargets) {
  BandwidthMeter meter(6s);
  meter.add(100'000, 2s);
  meter.add(900'000, 2s);  // too short to count alone
  meter.add(100'000, 2s);
  EXPECT_EQ(meter.peak(), 2'000'000);  // 1 MB in 4 s
}

TEST(BandwidthMeter, ATinyLastSegmentDoesNotMakeThePeak) {
  BandwidthMeter meter(6s);
  meter.add(600'000, 6s);
  meter.add(100'000, 100ms);
  EXPECT_EQ(meter.peak(), 918'033);  // both together: 700 kB in 6.1 s
}

TEST(BandwidthMeter, ASegmentLongerThanTheRuleAllowsStillCounts) {
  BandwidthMeter meter(2s);
  meter.add(100'000, 2s);
  meter.add(2'000'000, 4s);
  EXPECT_EQ(meter.peak(), 4'000'000);
}

TEST(BandwidthMeter, ATargetThatIsKnownLateMeasuresAllAgain) {
  BandwidthMeter meter(2s);
  meter.add(2'000'000, 2s);
  meter.add(100'000, 2s);
  EXPECT_EQ(meter.peak(), 8'000'000);
  meter.fix_target(6s);
  EXPECT_EQ(meter.peak(), 4'200'000);  // two seconds are less than half a target now
  meter.fix_target(2s);
  EXPECT_EQ(meter.peak(), 4'200'000);
  meter.add(12'000'000, 6s);
  EXPECT_EQ(meter.peak(), 16'000'000);
  EXPECT_EQ(meter.total(), 10s);
}

TEST(BandwidthMeter, BeforeARunIsLongEnoughThePeakIsWhatThereIs) {
  BandwidthMeter meter(6s);
  EXPECT_EQ(meter.peak(), 0);
  EXPECT_EQ(meter.average(), 0);
  meter.add(100'000, 1s);
  meter.add(0, 0s);
  EXPECT_EQ(meter.peak(), 800'000);
}

}  // namespace
}  // namespace weir::hls
