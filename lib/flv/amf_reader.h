// Reads the values of script tags and RTMP commands from bytes nobody vouches for.
// Source: Adobe, AMF 0 File Format Specification (2007), section 2; AMF 3 Specification (2013),
// section 3; Enhanced RTMP v2 (Veovera 2024), "Action Message Format".
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"
#include "flv/amf_value.h"

namespace weir::flv {

struct AmfLimits {
  int depth = 16;               ///< Of objects and arrays in each other.
  std::size_t members = 1024;   ///< Named ones, of all values together.
  std::size_t values = 65'536;  ///< Of every kind, likewise.
  std::size_t name = 255;       ///< Bytes.
  std::size_t text = 1 << 20;   ///< Bytes of all texts together.
};

/// One AMF 0 value after another. A value behind the marker 0x11 is AMF 3, with reference tables of
/// its own; what follows it is AMF 0 again. References give a copy of what they refer to.
/// Memory     Nothing is allocated by a count that is only claimed.
/// Failure    kBadInput for bytes that are no AMF or end too early, kRefused beyond a limit,
///            kUnsupported for movie clips, record sets, externalizable classes, vectors and
///            dictionaries. After a failure there is nothing more to read.
class AmfReader {
 public:
  /// Borrows the bytes.
  explicit AmfReader(ByteView bytes, AmfLimits limits = {});

  bool done() const { return at_ >= bytes_.size(); }
  Result<AmfValue> next();
  /// Bytes not read yet.
  ByteView rest() const { return bytes_.subspan(at_); }

 private:
  friend class Amf3Reader;
  Result<AmfValue> value(int depth);
  Result<AmfValue> constructed(std::uint8_t marker, int depth);
  Result<AmfValue> object(int depth);
  Result<AmfValue> ecma_array(int depth);
  Result<AmfValue> strict_array(int depth);
  Result<AmfValue> typed_object(int depth);
  Result<AmfValue> reference(int depth);
  Result<AmfValue> amf3(int depth);
  Result<AmfValue> date();
  Result<AmfValue> text(int length_bytes);
  Result<std::string> name();
  Result<bool> member(AmfObject& object, int depth);

  Result<ByteView> take(std::size_t size);
  Result<std::uint64_t> number(int bytes);
  Result<std::string> take_text(std::size_t size);
  Result<double> real();
  Result<void> count_value(int depth);
  Result<void> count_member();

  ByteView bytes_;
  const AmfLimits limits_;
  std::size_t at_ = 0;
  std::size_t members_ = 0;
  std::size_t values_ = 0;
  std::size_t text_ = 0;
  bool again_ = false;                // reading what a reference refers to
  std::vector<std::size_t> objects_;  // where those that may be referred to begin
};

}  // namespace weir::flv
