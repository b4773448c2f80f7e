#include "flv/amf0.h"

#include <bit>

namespace weir::flv {
namespace {

constexpr std::size_t kShortText = 0xffff;

}  // namespace

void AmfWriter::number(double value) {
  out_.u8(kNumber);
  out_.u64(std::bit_cast<std::uint64_t>(value));
}

void AmfWriter::boolean(bool value) {
  out_.u8(kBoolean);
  out_.u8(value ? 1 : 0);
}

void AmfWriter::text(std::string_view value) {
  if (value.size() <= kShortText) {
    out_.u8(kString);
    out_.u16(value.size());
  } else {
    out_.u8(kLongString);
    out_.u32(value.size());
  }
  out_.text(value);
}

void AmfWriter::null() {
  out_.u8(kNull);
}

void AmfWriter::undefined() {
  out_.u8(kUndefined);
}

void AmfWriter::numbers(std::span<const double> values) {
  out_.u8(kStrictArray);
  out_.u32(values.size());
  for (const double value : values) number(value);
}

void AmfWriter::texts(std::span<const std::string_view> values) {
  out_.u8(kStrictArray);
  out_.u32(values.size());
  for (const auto value : values) text(value);
}

AmfWriter& AmfWriter::name(std::string_view name) {
  name = name.substr(0, kShortText);
  ++members_;
  out_.u16(name.size());
  out_.text(name);
  return *this;
}

}  // namespace weir::flv
