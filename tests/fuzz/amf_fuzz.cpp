// Fuzzes the reader of AMF 0 and AMF 3 values.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "flv/amf_reader.h"

namespace {

std::size_t count(const weir::flv::AmfValue& value) {
  std::size_t sum = 1;
  if (const auto* object = value.object())
    for (const auto& member : object->members) sum += count(member.value);
  if (const auto* array = value.array())
    for (const auto& held : array->values) sum += count(held);
  return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  weir::flv::AmfReader reader({data, size});
  std::size_t sum = 0;
  while (!reader.done())
    if (const auto value = reader.next()) sum += count(*value);
  if (sum > weir::flv::AmfLimits{}.values) std::abort();
  return 0;
}
