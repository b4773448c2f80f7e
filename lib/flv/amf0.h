// Writes the values of script tags and RTMP commands.
// Source: Adobe, AMF 0 File Format Specification (2007), section 2.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "base/bytes.h"

namespace weir::flv {

/// Appends to a buffer it borrows. Inside an object or an ECMA array each value follows its name:
///
///   amf.ecma_array([&] { amf.name("duration").number(2.5); amf.name("hasAudio").boolean(true); });
class AmfWriter {
 public:
  explicit AmfWriter(Bytes& out) : out_(out) {}

  void number(double value);
  void boolean(bool value);
  void text(std::string_view value);
  void null();
  void undefined();
  /// Strict arrays that hold nothing but numbers, nothing but text.
  void numbers(std::span<const double> values);
  void texts(std::span<const std::string_view> values);

  /// Names longer than 65535 bytes are cut there.
  AmfWriter& name(std::string_view name);
  template <typename Members>
  void object(Members write_members) {
    out_.u8(kObject);
    const std::uint32_t outer = members_;
    write_members();
    members_ = outer;
    out_.u24(kObjectEnd);
  }
  template <typename Members>
  void ecma_array(Members write_members) {
    out_.u8(kEcmaArray);
    const std::size_t count_at = out_.size();
    out_.u32(0);
    const std::uint32_t outer = std::exchange(members_, 0);
    write_members();
    out_.patch_u32(count_at, std::exchange(members_, outer));
    out_.u24(kObjectEnd);
  }

 private:
  enum Marker : std::uint8_t {
    kNumber = 0x00,
    kBoolean = 0x01,
    kString = 0x02,
    kObject = 0x03,
    kNull = 0x05,
    kUndefined = 0x06,
    kEcmaArray = 0x08,
    kObjectEnd = 0x09,
    kStrictArray = 0x0a,
    kLongString = 0x0c,
  };
  ByteWriter out_;
  std::uint32_t members_ = 0;  // named so far in the innermost ECMA array
};

}  // namespace weir::flv
