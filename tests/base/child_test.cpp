#include "base/child.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>
#include <array>

#include "base/write_all.h"
#include "support/matchers.h"

namespace weir {
namespace {

using support::FailsWith;
using support::IsOk;

std::string read_to_end(int fd) {
  std::string out;
  std::array<char, 4096> block;
  for (ssize_t n; (n = ::read(fd, block.data(), block.size())) > 0;)
    out.append(block.data(), static_cast<std::size_t>(n));
  return out;
}

TEST(Child, ReadsItsInputToTheEndAndWritesItsOutput) {
  auto in = open_pipe();
  auto out = open_pipe();
  auto child = Child::start({"cat"}, {in->reading.get(), out->writing.get()});
  ASSERT_THAT(child, IsOk());
  in->reading.close();
  out->writing.close();
  EXPECT_FALSE((*child)->status());
  EXPECT_EQ(write_all(in->writing.get(), as_bytes("one\ntwo")), 0);
  in->writing.close();
  EXPECT_EQ(read_to_end(out->reading.get()), "one\ntwo");
  EXPECT_EQ(end_text((*child)->wait()), "ended with status 0");
  EXPECT_EQ((*child)->status(), 0);
}

TEST(Child, ItsStatusIsKept) {
  auto child = Child::start({"sh", "-c", "exit 7"}, {});
  ASSERT_THAT(child, IsOk());
  EXPECT_EQ(end_text((*child)->wait()), "ended with status 7");
  EXPECT_EQ(end_text((*child)->wait()), "ended with status 7");
}

TEST(Child, IsKilledWithItsGroup) {
  auto out = open_pipe();
  auto child = Child::start({"sh", "-c", "sleep 1000 & wait"}, {.output = out->writing.get()});
  ASSERT_THAT(child, IsOk());
  out->writing.close();
  (*child)->kill();
  EXPECT_EQ(end_text((*child)->wait()), "was ended by signal 9");
  EXPECT_EQ(read_to_end(out->reading.get()), "");  // ends only when nobody has it open
  (*child)->kill();
}

// A socket that a program still held would stay open when we close it.
TEST(Child, HasNoneOfOurDescriptors) {
  const Descriptor inherited(::open("/dev/null", O_RDONLY));
  const int number = ::fcntl(inherited.get(), F_DUPFD, 100);  // not close-on-exec
  const Descriptor held(number);
  ASSERT_GE(number, 100);
  auto child = Child::start({"test", "-e", "/proc/self/fd/" + std::to_string(number)}, {});
  ASSERT_THAT(child, IsOk());
  EXPECT_EQ(end_text((*child)->wait()), "ended with status 1");
}

TEST(Child, WhatIsNotThereIsNotStarted) {
  EXPECT_THAT(Child::start({"/no/such/program", "secret"}, {}),
              FailsWith(Code::kIo, "cannot run '/no/such/program': no such file"));
}

}  // namespace
}  // namespace weir
