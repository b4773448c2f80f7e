// What script tags and RTMP commands hold, once read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"

namespace weir::flv {

struct AmfMember;
struct AmfValue;

/// Objects, typed objects and associative arrays: names need not differ, and keep their order.
struct AmfObject {
  std::vector<AmfMember> members;
  /// The value of the first member of this name; nullptr when there is none.
  const AmfValue* get(std::string_view name) const;
};
struct AmfArray {
  std::vector<AmfValue> values;
};
struct AmfUndefined {};
struct AmfNull {};
struct AmfDate {
  double utc_ms = 0;  ///< Milliseconds since 1970-01-01T00:00:00Z; may be no number.
};

struct AmfValue {
  std::variant<AmfUndefined, AmfNull, bool, double, std::string, AmfObject, AmfArray, AmfDate,
               Bytes>
      value;

  /// Empty or nullptr when the value is of another kind. Text is as sent: any bytes.
  std::optional<double> number() const;
  std::optional<bool> boolean() const;
  const std::string* text() const { return std::get_if<std::string>(&value); }
  const AmfObject* object() const { return std::get_if<AmfObject>(&value); }
  const AmfArray* array() const { return std::get_if<AmfArray>(&value); }
  /// Null or undefined.
  bool empty() const { return value.index() < 2; }
  /// A member, when this is an object that has it.
  const AmfValue* get(std::string_view name) const;
};

struct AmfMember {
  std::string name;
  AmfValue value;
};

}  // namespace weir::flv
