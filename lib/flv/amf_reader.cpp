#include "flv/amf_reader.h"

#include <bit>
#include <utility>

#include "flv/amf3_reader.h"

namespace weir::flv {
namespace {

enum Marker : std::uint8_t {
  kNumber = 0x00,
  kBoolean = 0x01,
  kString = 0x02,
  kObject = 0x03,
  kNull = 0x05,
  kUndefined = 0x06,
  kReference = 0x07,
  kEcmaArray = 0x08,
  kObjectEnd = 0x09,
  kStrictArray = 0x0a,
  kDate = 0x0b,
  kLongString = 0x0c,
  kUnsupportedValue = 0x0d,
  kXml = 0x0f,
  kTypedObject = 0x10,
  kAmf3 = 0x11,
};

}  // namespace

AmfReader::AmfReader(ByteView bytes, AmfLimits limits) : bytes_(bytes), limits_(limits) {}

Result<AmfValue> AmfReader::next() {
  auto read = value(0);
  if (!read) at_ = bytes_.size();
  return read;
}

Result<AmfValue> AmfReader::value(int depth) {
  WEIR_TRY(count_value(depth));
  WEIR_TRY_ASSIGN(const auto marker, number(1));
  switch (marker) {
    case kNumber: {
      WEIR_TRY_ASSIGN(const auto found, real());
      return AmfValue{found};
    }
    case kBoolean: {
      WEIR_TRY_ASSIGN(const auto found, number(1));
      return AmfValue{found != 0};
    }
    case kString:
      return text(2);
    case kLongString:
    case kXml:
      return text(4);
    case kNull:
      return AmfValue{AmfNull{}};
    case kUndefined:
    case kUnsupportedValue:
      return AmfValue{};
    case kDate:
      return date();
    default:
      return constructed(static_cast<std::uint8_t>(marker), depth);
  }
}

Result<AmfValue> AmfReader::constructed(std::uint8_t marker, int depth) {
  if (marker == kReference) return reference(depth);
  if (marker == kAmf3) return amf3(depth);
  if (!again_) objects_.push_back(at_ - 1);
  switch (marker) {
    case kObject:
      return object(depth);
    case kEcmaArray:
      return ecma_array(depth);
    case kStrictArray:
      return strict_array(depth);
    case kTypedObject:
      return typed_object(depth);
    default:
      return fail(Code::kUnsupported, "AMF value of type {}", marker);
  }
}

// False at the end of the object.
Result<bool> AmfReader::member(AmfObject& object, int depth) {
  WEIR_TRY_ASSIGN(auto key, name());
  if (key.empty() && at_ < bytes_.size() && bytes_[at_] == kObjectEnd) {
    ++at_;
    return false;
  }
  WEIR_TRY(count_member());
  WEIR_TRY_ASSIGN(auto held, value(depth + 1));
  object.members.push_back({std::move(key), std::move(held)});
  return true;
}

Result<AmfValue> AmfReader::object(int depth) {
  AmfObject out;
  while (true) {
    WEIR_TRY_ASSIGN(const bool more, member(out, depth));
    if (!more) return AmfValue{std::move(out)};
  }
}

// Its count is a hint that many writers get wrong; the end marker decides, and writers that leave
// it out at the very end are known too.
Result<AmfValue> AmfReader::ecma_array(int depth) {
  WEIR_TRY_ASSIGN(const auto count, number(4));
  AmfObject out;
  while (true) {
    if (done() && out.members.size() == count) return AmfValue{std::move(out)};
    WEIR_TRY_ASSIGN(const bool more, member(out, depth));
    if (!more) return AmfValue{std::move(out)};
  }
}

Result<AmfValue> AmfReader::strict_array(int depth) {
  WEIR_TRY_ASSIGN(const auto count, number(4));
  AmfArray out;
  for (std::uint64_t i = 0; i < count; ++i) {
    WEIR_TRY_ASSIGN(auto held, value(depth + 1));
    out.values.push_back(std::move(held));
  }
  return AmfValue{std::move(out)};
}

Result<AmfValue> AmfReader::typed_object(int depth) {
  WEIR_TRY(name());
  return object(depth);
}

// The object is read once more. One inside itself ends at the depth limit.
Result<AmfValue> AmfReader::reference(int depth) {
  WEIR_TRY_ASSIGN(const auto index, number(2));
  if (index >= objects_.size()) return fail(Code::kBadInput, "AMF reference to nothing");
  const auto back = std::exchange(at_, objects_[index]);
  const bool outer = std::exchange(again_, true);
  WEIR_TRY_ASSIGN(auto found, value(depth + 1));
  at_ = back;
  again_ = outer;
  return found;
}

Result<AmfValue> AmfReader::amf3(int depth) {
  return Amf3Reader(*this).value(depth);
}

Result<AmfValue> AmfReader::date() {
  WEIR_TRY_ASSIGN(const auto at, real());
  WEIR_TRY(take(2));  // a time zone that must be 0
  return AmfValue{AmfDate{at}};
}

Result<AmfValue> AmfReader::text(int length_bytes) {
  WEIR_TRY_ASSIGN(const auto size, number(length_bytes));
  WEIR_TRY_ASSIGN(auto found, take_text(size));
  return AmfValue{std::move(found)};
}

Result<std::string> AmfReader::name() {
  WEIR_TRY_ASSIGN(const auto size, number(2));
  if (size > limits_.name) return fail(Code::kRefused, "AMF name of {} bytes", size);
  return take_text(size);
}

Result<ByteView> AmfReader::take(std::size_t size) {
  if (size > bytes_.size() - at_) return fail(Code::kBadInput, "AMF value is cut off");
  at_ += size;
  return bytes_.subspan(at_ - size, size);
}

Result<std::uint64_t> AmfReader::number(int bytes) {
  WEIR_TRY_ASSIGN(const auto view, take(static_cast<std::size_t>(bytes)));
  std::uint64_t found = 0;
  for (const auto byte : view) found = found << 8 | byte;
  return found;
}

Result<std::string> AmfReader::take_text(std::size_t size) {
  WEIR_TRY_ASSIGN(const auto view, take(size));
  if (size > limits_.text - text_) return fail(Code::kRefused, "more AMF text than allowed");
  text_ += size;
  return std::string(as_text(view));
}

Result<double> AmfReader::real() {
  WEIR_TRY_ASSIGN(const auto bits, number(8));
  return std::bit_cast<double>(bits);
}

Result<void> AmfReader::count_value(int depth) {
  if (depth >= limits_.depth)
    return fail(Code::kRefused, "AMF nested deeper than {}", limits_.depth);
  if (++values_ > limits_.values) return fail(Code::kRefused, "more AMF values than allowed");
  return {};
}

Result<void> AmfReader::count_member() {
  if (++members_ > limits_.members) return fail(Code::kRefused, "more AMF members than allowed");
  return {};
}

}  // namespace weir::flv
