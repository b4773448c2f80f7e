#include "rtmp/command.h"

#include <gtest/gtest.h>

#include "message_text.h"

namespace weir::rtmp {
namespace {

Message call() {
  return command_message("publish", 5, 1, [](flv::AmfWriter& amf) {
    amf.null();
    amf.text("name");
  });
}

TEST(Command, IsReadAsItWasWritten) {
  const auto command = read_command(call());
  ASSERT_TRUE(command);
  EXPECT_EQ(command->name, "publish");
  EXPECT_EQ(command->transaction, 5);
  ASSERT_EQ(command->values.size(), 2U);
  EXPECT_EQ(*command->text(1), "name");
  EXPECT_EQ(command->text(0), nullptr);
  EXPECT_EQ(command->text(2), nullptr);
}

TEST(Command, OfType17HasOneByteInFront) {
  Message message = call();
  message.type = MessageType::kAmf3Command;
  message.body.insert(message.body.begin(), 0);
  const auto command = read_command(message);
  ASSERT_TRUE(command);
  EXPECT_EQ(command->name, "publish");

  message.body[0] = 3;
  EXPECT_EQ(read_command(message).error().code, Code::kUnsupported);
  message.body.clear();
  EXPECT_EQ(read_command(message).error().code, Code::kBadInput);
}

TEST(Command, TakesAmf3OnlyBehindItsMarker) {
  Message message{MessageType::kAmf3Command, 0, 0, {0}};
  flv::AmfWriter amf(message.body);
  amf.text("connect");
  amf.number(1);
  const Bytes object{0x11, 0x0a, 0x0b, 0x01, 0x07, 'a', 'p', 'p', 0x06, 0x03, 'x', 0x01};
  message.body.insert(message.body.end(), object.begin(), object.end());
  amf.text("AMF 0 again");
  const auto command = read_command(message);
  ASSERT_TRUE(command);
  EXPECT_EQ(*command->values[0].get("app")->text(), "x");
  EXPECT_EQ(*command->text(1), "AMF 0 again");
}

TEST(Command, MayEndBehindItsName) {
  Message message{MessageType::kCommand, 0, 0, {}};
  flv::AmfWriter(message.body).text("close");
  const auto command = read_command(message);
  ASSERT_TRUE(command);
  EXPECT_EQ(command->transaction, 0);
  EXPECT_TRUE(command->values.empty());
}

TEST(Command, ThatIsCutOffOrDeepIsAFailure) {
  const Message whole = call();
  for (std::size_t size = 0; size < whole.body.size(); ++size) {
    Message cut = whole;
    cut.body.resize(size);
    const auto command = read_command(cut);
    EXPECT_TRUE(!command || command->values.size() < 2) << size;
  }
  Message deep = call();
  for (int i = 0; i < 17; ++i) deep.body.insert(deep.body.end(), {0x0a, 0, 0, 0, 1});
  EXPECT_EQ(read_command(deep).error().code, Code::kRefused);
  Message unnamed{MessageType::kCommand, 0, 0, {5}};
  EXPECT_EQ(read_command(unnamed).error().code, Code::kBadInput);
}

TEST(Command, StatusIsReadAsItWasWritten) {
  const Status status{true, "NetStream.Publish.BadName", "no such key"};
  const Message message = status_message(3, status);
  EXPECT_EQ(message_text(message),
            "command 3: 'onStatus' 0 null {level: 'error', code: 'NetStream.Publish.BadName', "
            "description: 'no such key'}");
  const Status read = read_status(*read_command(message));
  EXPECT_TRUE(read.error);
  EXPECT_EQ(read.code, status.code);
  EXPECT_EQ(read.description, status.description);
  EXPECT_EQ(read_status(Command{"onStatus"}).code, "");
}

TEST(OneLine, HasNoControlBytesAndAnEnd) {
  EXPECT_EQ(one_line("\n a\r\nb\x1b[31m\x7f "), "a  b [31m");
  EXPECT_EQ(one_line(std::string(1000, 'x')).size(), 200U);
  EXPECT_EQ(one_line("\n\n"), "");
}

}  // namespace
}  // namespace weir::rtmp
