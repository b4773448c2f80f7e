#include "rtmp/message.h"

#include <gtest/gtest.h>

namespace weir::rtmp {
namespace {

TEST(Message, TypesAreNamedAlsoWhenNobodyKnowsThem) {
  EXPECT_EQ(type_text(MessageType::kVideo), "video");
  EXPECT_EQ(type_text(static_cast<MessageType>(77)), "message type 77");
}

}  // namespace
}  // namespace weir::rtmp
