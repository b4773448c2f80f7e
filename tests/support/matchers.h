// Matchers for results: EXPECT_THAT(store.put(…), IsOk()), FailsWith(Code::kIo, HasSubstr("…")).
#pragma once

#include <gmock/gmock.h>

#include "base/result.h"

namespace weir::support {

MATCHER(IsOk, negation ? "is a failure" : "is a success") {
  if (arg) return true;
  *result_listener << "which failed: " << arg.error().what;
  return false;
}

MATCHER_P2(FailsWith, code, what, "fails with the given code and a matching text") {
  if (arg) {
    *result_listener << "which is a success";
    return false;
  }
  *result_listener << "which failed with code " << static_cast<int>(arg.error().code) << ": "
                   << arg.error().what;
  return arg.error().code == code && ::testing::Matches(what)(arg.error().what);
}

}  // namespace weir::support
