#include "flv/utc.h"

#include <cmath>
#include <string>

#include "flv/amf0.h"
#include "flv/amf_reader.h"

namespace weir::flv {
namespace {

constexpr std::string_view kName = "onUtc";
constexpr std::string_view kMember = "utc";      // milliseconds
constexpr double kMostMs = 253'402'300'800'000;  // the year 10000

}  // namespace

Bytes utc_body(std::int64_t utc_us) {
  Bytes out;
  AmfWriter amf(out);
  amf.text(kName);
  amf.object([&] { amf.name(kMember).number(static_cast<double>(utc_us) / 1000); });
  return out;
}

std::optional<std::int64_t> read_utc(ByteView body) {
  AmfReader amf(body, {.depth = 2, .members = 8, .values = 16});
  const auto name = amf.next();
  if (!name || name->text() == nullptr || *name->text() != kName) return {};
  const auto value = amf.next();
  const AmfValue* const member = value ? value->get(kMember) : nullptr;
  const auto ms = member != nullptr ? member->number() : std::nullopt;
  if (!ms || !(*ms >= 0 && *ms < kMostMs)) return {};
  return std::llround(*ms * 1000);
}

}  // namespace weir::flv
