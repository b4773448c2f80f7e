#include "edge/access_log.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "base/text_file.h"
#include "support/fake_clock.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::edge {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(AccessLog, ALineIsAnObject) {
  const AccessRecord record{"http",    "192.0.2.1", "GET",
                            "/a\"b\n", 206,         512,
                            1s,        "curl/8",    "http://x/page?secret=1#there"};
  const auto line = boost::json::parse(access_line(record, 0, 1250ms)).as_object();
  EXPECT_EQ(line.at("time").as_string(), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(line.at("path").as_string(), "/a\"b\n");
  EXPECT_EQ(line.at("status").as_int64(), 206);
  EXPECT_EQ(line.at("bytes").as_int64(), 512);
  EXPECT_EQ(line.at("ms").as_int64(), 250);
  EXPECT_EQ(line.at("agent").as_string(), "curl/8");
  EXPECT_EQ(line.at("referer").as_string(), "http://x/page") << "a query may hold a secret";
}

TEST(AccessLog, ALineIsUtf8AndBounded) {
  AccessRecord record{"http", "a", "GET", "/\xff\xc3\xa9\xc3"};
  EXPECT_THAT(access_line(record, 0, 0s), HasSubstr("\"/?\xc3\xa9?\""));
  const std::string long_agent(100'000, 'x');
  record.agent = long_agent;
  EXPECT_LT(access_line(record, 0, 0s).size(), 1000U);
}

class AccessLogFile : public ::testing::Test {
 protected:
  static std::string text(const std::string& of) { return *read_text_file(of); }

  support::TempFolder folder;
  support::FakeClock clock;
  const std::string file = (folder.path() / "access.json").string();
};

TEST_F(AccessLogFile, IsWrittenWhenFlushedAndAppendedTo) {
  for (const char* path : {"/one", "/two"}) {
    auto log = AccessLog::open(file, clock);
    ASSERT_THAT(log, support::IsOk());
    (*log)->write({"http", "a", "GET", path});
    EXPECT_EQ(text(file).find(path), std::string::npos);
    (*log)->flush();
    EXPECT_THAT(text(file), HasSubstr(path));
  }
  EXPECT_THAT(text(file), HasSubstr("/one"));
}

TEST_F(AccessLogFile, IsWrittenAtItsEndAndWhenMuchWaits) {
  {
    auto log = std::move(*AccessLog::open(file, clock));
    for (int i = 0; i < 1000; ++i) log->write({"http", "a", "GET", "/x"});
    EXPECT_GT(text(file).size(), 64U << 10);
  }
  const std::string all = text(file);
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 1000);
}

TEST_F(AccessLogFile, GoesOnInANewFileOfItsName) {
  auto log = std::move(*AccessLog::open(file, clock));
  log->write({"http", "a", "GET", "/old"});
  std::filesystem::rename(file, file + ".1");
  ASSERT_THAT(log->reopen(), support::IsOk());
  log->write({"http", "a", "GET", "/new"});
  log->flush();
  EXPECT_THAT(text(file + ".1"), HasSubstr("/old"));
  EXPECT_THAT(text(file), HasSubstr("/new"));
  std::filesystem::remove_all(folder.path());
  EXPECT_THAT(log->reopen(), support::FailsWith(Code::kIo, HasSubstr("access.json")));
  log->write({"http", "a", "GET", "/on"});
  log->flush();
  EXPECT_EQ(log->lost(), 0U);
}

TEST_F(AccessLogFile, CountsWhatADiskDoesNotTake) {
  auto log = AccessLog::open("/dev/full", clock);
  if (!log) GTEST_SKIP() << "no /dev/full";
  (*log)->write({"http", "a", "GET", "/x"});
  (*log)->flush();
  EXPECT_EQ((*log)->lost(), 1U);
}

}  // namespace
}  // namespace weir::edge
