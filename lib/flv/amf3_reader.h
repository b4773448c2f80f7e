// One AMF 3 value within a message of AMF 0 values; used by AmfReader alone.
// Source: Adobe, AMF 3 Specification (2013), section 3.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "flv/amf_reader.h"

namespace weir::flv {

/// Reads on where `in` stands, and counts against its limits. Objects of a class become plain
/// objects; the parts of an array with names are lost when it has numbered ones too.
class Amf3Reader {
 public:
  explicit Amf3Reader(AmfReader& in) : in_(in) {}
  Result<AmfValue> value(int depth);

 private:
  struct Traits {
    std::vector<std::string> names;
    bool dynamic = false;
  };
  Result<std::uint32_t> u29();
  Result<std::string> text();
  Result<AmfValue> constructed(std::uint8_t marker, int depth);
  Result<AmfValue> fresh(std::uint8_t marker, std::uint32_t head, int depth);
  Result<AmfValue> again(std::size_t index, int depth);
  Result<AmfValue> array(std::size_t count, int depth);
  Result<AmfValue> object(std::uint32_t head, int depth);
  Result<AmfValue> date();
  Result<AmfValue> bytes(std::size_t size);
  Result<AmfValue> xml(std::size_t size);
  Result<Traits> traits(std::uint32_t head);
  Result<Traits> new_traits(std::uint32_t head);
  Result<void> named(AmfObject& out, std::string name, int depth);
  Result<void> dynamic_members(AmfObject& out, int depth);

  AmfReader& in_;
  bool again_ = false;
  std::vector<std::string> texts_;
  std::vector<Traits> traits_;
  std::vector<std::size_t> objects_;  // where their markers stand
};

}  // namespace weir::flv
