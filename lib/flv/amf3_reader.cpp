#include "flv/amf3_reader.h"

#include <utility>

namespace weir::flv {
namespace {

enum Marker : std::uint8_t {
  kUndefined = 0x00,
  kNull = 0x01,
  kFalse = 0x02,
  kTrue = 0x03,
  kInteger = 0x04,
  kDouble = 0x05,
  kString = 0x06,
  kXmlDocument = 0x07,
  kDate = 0x08,
  kArray = 0x09,
  kObject = 0x0a,
  kXml = 0x0b,
  kByteArray = 0x0c,
};

}  // namespace

Result<AmfValue> Amf3Reader::value(int depth) {
  WEIR_TRY(in_.count_value(depth));
  WEIR_TRY_ASSIGN(const auto marker, in_.number(1));
  switch (marker) {
    case kUndefined:
      return AmfValue{};
    case kNull:
      return AmfValue{AmfNull{}};
    case kFalse:
    case kTrue:
      return AmfValue{marker == kTrue};
    case kInteger: {
      WEIR_TRY_ASSIGN(const auto bits, u29());
      const std::int64_t sign = bits & 0x10000000 ? 0x20000000 : 0;
      return AmfValue{static_cast<double>(bits - sign)};
    }
    case kDouble: {
      WEIR_TRY_ASSIGN(const auto found, in_.real());
      return AmfValue{found};
    }
    case kString: {
      WEIR_TRY_ASSIGN(auto found, text());
      return AmfValue{std::move(found)};
    }
    default:
      return constructed(static_cast<std::uint8_t>(marker), depth);
  }
}

// Seven bits a byte, eight in the fourth.
Result<std::uint32_t> Amf3Reader::u29() {
  std::uint32_t found = 0;
  for (int i = 0; i < 4; ++i) {
    WEIR_TRY_ASSIGN(const auto byte, in_.number(1));
    if (i == 3) return found << 8 | static_cast<std::uint32_t>(byte);
    found = found << 7 | static_cast<std::uint32_t>(byte & 0x7f);
    if ((byte & 0x80) == 0) break;
  }
  return found;
}

Result<std::string> Amf3Reader::text() {
  WEIR_TRY_ASSIGN(const auto head, u29());
  const std::size_t rest = head >> 1;
  if ((head & 1) == 0) {
    if (rest >= texts_.size()) return fail(Code::kBadInput, "AMF reference to no text");
    if (texts_[rest].size() > in_.limits_.text - in_.text_)
      return fail(Code::kRefused, "more AMF text than allowed");
    in_.text_ += texts_[rest].size();
    return texts_[rest];
  }
  WEIR_TRY_ASSIGN(auto found, in_.take_text(rest));
  if (!found.empty() && !again_) texts_.push_back(found);
  return found;
}

Result<AmfValue> Amf3Reader::constructed(std::uint8_t marker, int depth) {
  if (marker < kXmlDocument || marker > kByteArray)
    return fail(Code::kUnsupported, "AMF 3 value of type {}", marker);
  const std::size_t start = in_.at_ - 1;
  WEIR_TRY_ASSIGN(const auto head, u29());
  if ((head & 1) == 0) return again(head >> 1, depth);
  if (!again_) objects_.push_back(start);
  return fresh(marker, head, depth);
}

Result<AmfValue> Amf3Reader::fresh(std::uint8_t marker, std::uint32_t head, int depth) {
  switch (marker) {
    case kDate:
      return date();
    case kArray:
      return array(head >> 1, depth);
    case kObject:
      return object(head, depth);
    case kByteArray:
      return bytes(head >> 1);
    default:
      return xml(head >> 1);
  }
}

// The object is read once more; the tables have all it puts there. One inside itself ends at the
// depth limit.
Result<AmfValue> Amf3Reader::again(std::size_t index, int depth) {
  if (index >= objects_.size()) return fail(Code::kBadInput, "AMF reference to nothing");
  const auto back = std::exchange(in_.at_, objects_[index]);
  const bool outer = std::exchange(again_, true);
  WEIR_TRY_ASSIGN(auto found, value(depth + 1));
  in_.at_ = back;
  again_ = outer;
  return found;
}

Result<void> Amf3Reader::named(AmfObject& out, std::string name, int depth) {
  if (name.size() > in_.limits_.name)
    return fail(Code::kRefused, "AMF name of {} bytes", name.size());
  WEIR_TRY(in_.count_member());
  WEIR_TRY_ASSIGN(auto held, value(depth + 1));
  out.members.push_back({std::move(name), std::move(held)});
  return {};
}

Result<void> Amf3Reader::dynamic_members(AmfObject& out, int depth) {
  while (true) {
    WEIR_TRY_ASSIGN(auto name, text());
    if (name.empty()) return {};
    WEIR_TRY(named(out, std::move(name), depth));
  }
}

Result<AmfValue> Amf3Reader::array(std::size_t count, int depth) {
  AmfObject associative;
  WEIR_TRY(dynamic_members(associative, depth));
  if (count == 0 && !associative.members.empty()) return AmfValue{std::move(associative)};
  AmfArray out;
  for (std::size_t i = 0; i < count; ++i) {
    WEIR_TRY_ASSIGN(auto held, value(depth + 1));
    out.values.push_back(std::move(held));
  }
  return AmfValue{std::move(out)};
}

Result<AmfValue> Amf3Reader::object(std::uint32_t head, int depth) {
  WEIR_TRY_ASSIGN(const auto kind, traits(head));
  AmfObject out;
  for (const auto& name : kind.names) WEIR_TRY(named(out, name, depth));
  if (kind.dynamic) WEIR_TRY(dynamic_members(out, depth));
  return AmfValue{std::move(out)};
}

Result<Amf3Reader::Traits> Amf3Reader::traits(std::uint32_t head) {
  if ((head & 2) != 0) return new_traits(head);
  const std::size_t index = head >> 2;
  if (index >= traits_.size()) return fail(Code::kBadInput, "AMF reference to no class");
  return traits_[index];
}

Result<Amf3Reader::Traits> Amf3Reader::new_traits(std::uint32_t head) {
  if ((head & 4) != 0) return fail(Code::kUnsupported, "AMF 3 class that writes itself");
  WEIR_TRY(text());  // the name of the class
  Traits out;
  out.dynamic = (head & 8) != 0;
  const std::size_t count = head >> 4;
  if (count > in_.limits_.members) return fail(Code::kRefused, "more AMF members than allowed");
  for (std::size_t i = 0; i < count; ++i) {
    WEIR_TRY_ASSIGN(auto name, text());
    out.names.push_back(std::move(name));
  }
  if (!again_) traits_.push_back(out);
  return out;
}

Result<AmfValue> Amf3Reader::date() {
  WEIR_TRY_ASSIGN(const auto at, in_.real());
  return AmfValue{AmfDate{at}};
}

Result<AmfValue> Amf3Reader::bytes(std::size_t size) {
  WEIR_TRY_ASSIGN(const auto found, in_.take_text(size));
  return AmfValue{to_bytes(found)};
}

Result<AmfValue> Amf3Reader::xml(std::size_t size) {
  WEIR_TRY_ASSIGN(auto found, in_.take_text(size));
  return AmfValue{std::move(found)};
}

}  // namespace weir::flv
