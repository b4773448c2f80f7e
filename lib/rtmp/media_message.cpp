#include "rtmp/media_message.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "flv/amf0.h"

namespace weir::rtmp {
namespace {

constexpr std::size_t kTagHeader = 11;
constexpr std::size_t kTagTrailer = 4;
constexpr std::size_t kTextHeader = 3;  // marker and length of an AMF 0 text
constexpr std::string_view kSetData = "@setDataFrame";
constexpr std::string_view kClearData = "@clearDataFrame";

std::uint32_t number(ByteView bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes[at + i];
  return value;
}

bool begins_with_text(ByteView amf, std::string_view text) {
  constexpr std::uint8_t kString = 2;
  return amf.size() >= kTextHeader + text.size() && amf[0] == kString &&
         number(amf, 1, 2) == text.size() && as_text(amf.subspan(kTextHeader, text.size())) == text;
}

std::optional<flv::TagType> tag_type(MessageType type) {
  switch (type) {
    case MessageType::kAudio:
      return flv::TagType::kAudio;
    case MessageType::kVideo:
      return flv::TagType::kVideo;
    case MessageType::kData:
    case MessageType::kAmf3Data:
      return flv::TagType::kScript;
    default:
      return {};
  }
}

// Takes off what stands in front of the AMF 0 values; false when nothing of use is left.
bool strip_data(MessageType type, Bytes& body) {
  std::size_t front = 0;
  if (type == MessageType::kAmf3Data) {
    if (body.empty() || body[0] != 0) return false;
    front = 1;
  }
  const auto amf = ByteView(body).subspan(front);
  if (begins_with_text(amf, kClearData)) return false;
  if (begins_with_text(amf, kSetData)) front += kTextHeader + kSetData.size();
  body.erase(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(front));
  return true;
}

void add(MessageType type, std::uint32_t stream, std::uint32_t at, Bytes body,
         std::vector<Media>& out) {
  const auto tag = tag_type(type);
  if (!tag || (*tag == flv::TagType::kScript && !strip_data(type, body)) || body.empty()) return;
  out.push_back({stream, *tag, at, std::move(body)});
}

std::uint32_t stamp(ByteView header) {
  return number(header, 4, 3) | std::uint32_t{header[7]} << 24;
}

std::vector<Media> split(const Message& message) {
  std::vector<Media> out;
  ByteView rest = message.body;
  std::optional<std::uint32_t> shift;
  while (rest.size() >= kTagHeader) {
    const std::size_t size = number(rest, 1, 3);
    if (size > rest.size() - kTagHeader) break;
    if (!shift) shift = message.timestamp_ms - stamp(rest);
    const auto body = rest.subspan(kTagHeader, size);
    add(static_cast<MessageType>(rest[0]), message.stream, stamp(rest) + *shift,
        {body.begin(), body.end()}, out);
    rest = rest.subspan(std::min(rest.size(), kTagHeader + size + kTagTrailer));
  }
  return out;
}

MessageType message_type(flv::TagType type) {
  switch (type) {
    case flv::TagType::kAudio:
      return MessageType::kAudio;
    case flv::TagType::kVideo:
      return MessageType::kVideo;
    case flv::TagType::kScript:
      break;
  }
  return MessageType::kData;
}

}  // namespace

bool is_media(const Message& message) {
  return message.type == MessageType::kAggregate || tag_type(message.type).has_value();
}

std::vector<Media> read_media(Message message) {
  if (message.type == MessageType::kAggregate) return split(message);
  std::vector<Media> out;
  add(message.type, message.stream, message.timestamp_ms, std::move(message.body), out);
  return out;
}

Message media_message(flv::TagType type, std::uint32_t stream, std::uint32_t timestamp_ms,
                      Bytes body, Towards towards) {
  Message message{message_type(type), stream, timestamp_ms, std::move(body)};
  const bool metadata =
      type == flv::TagType::kScript && begins_with_text(message.body, "onMetaData");
  if (metadata && towards == Towards::kServer) {
    Bytes front;
    flv::AmfWriter(front).text(kSetData);
    message.body.insert(message.body.begin(), front.begin(), front.end());
  }
  return message;
}

}  // namespace weir::rtmp
