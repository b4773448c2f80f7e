#include "rtmp/stamps.h"

#include <gtest/gtest.h>

namespace weir::rtmp {
namespace {

using flv::TagType;

TEST(Stamps, GoOnBeyond32BitsAndComeBack) {
  Stamps stamps;
  EXPECT_EQ(stamps.unwind(0xfffffff0, TagType::kVideo), 0xfffffff0);
  EXPECT_EQ(stamps.unwind(0x10, TagType::kAudio), 0x1'0000'0010);
  EXPECT_EQ(stamps.unwind(0xfffffff8, TagType::kVideo), 0xfffffff8);
}

TEST(Stamps, AScriptTagMovesNothing) {
  Stamps stamps;
  EXPECT_EQ(stamps.unwind(0, TagType::kScript), 0);
  EXPECT_EQ(stamps.unwind(0xf0000000, TagType::kVideo), 0xf0000000);
  EXPECT_EQ(stamps.unwind(0, TagType::kScript), 0x1'0000'0000);
  EXPECT_EQ(stamps.unwind(0xf0000014, TagType::kVideo), 0xf0000014);
}

}  // namespace
}  // namespace weir::rtmp
