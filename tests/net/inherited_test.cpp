#include "net/inherited.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/matchers.h"

namespace weir::net {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::HasSubstr;

TEST(Inherited, AreCountedFromThreeAndNamed) {
  const auto all = parse_inherited("2", "http:https");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "http");
  EXPECT_EQ(all[0].fd, 3);
  EXPECT_EQ(all[1].name, "https");
  EXPECT_EQ(all[1].fd, 4);
  EXPECT_EQ(parse_inherited("1", "")[0].name, "unknown");
}

TEST(Inherited, NothingComesOfNonsense) {
  for (const char* count : {"", "0", "-1", "x", "3x", "99999999999"})
    EXPECT_EQ(parse_inherited(count, "a").size(), 0U) << count;
  EXPECT_LE(parse_inherited("1000000", "a").size(), 64U);
  EXPECT_TRUE(inherited_sockets().empty()) << "nobody handed one to this test";
}

TEST(Inherited, ASocketHasToListen) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  const std::vector<InheritedSocket> all{{"http", fd}};
  EXPECT_THAT(inherited_socket("https", all), FailsWith(Code::kUsage, HasSubstr("'https'")));
  EXPECT_THAT(inherited_socket("http", all), FailsWith(Code::kUsage, HasSubstr("does not listen")));
  sockaddr_in here{AF_INET, 0, {htonl(INADDR_LOOPBACK)}, {}};
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&here), sizeof here), 0);
  ASSERT_EQ(::listen(fd, 5), 0);
  const auto found = inherited_socket("http", all);
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->address, "127.0.0.1");
  EXPECT_NE(found->port, 0);
  EXPECT_EQ(found->fd, fd);
  ::close(fd);
}

}  // namespace
}  // namespace weir::net
