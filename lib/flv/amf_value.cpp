#include "flv/amf_value.h"

#include <algorithm>

namespace weir::flv {
namespace {

template <typename T>
std::optional<T> held(const AmfValue& value) {
  const auto* found = std::get_if<T>(&value.value);
  return found == nullptr ? std::optional<T>() : *found;
}

}  // namespace

const AmfValue* AmfObject::get(std::string_view name) const {
  const auto found = std::ranges::find(members, name, &AmfMember::name);
  return found == members.end() ? nullptr : &found->value;
}

std::optional<double> AmfValue::number() const {
  return held<double>(*this);
}

std::optional<bool> AmfValue::boolean() const {
  return held<bool>(*this);
}

const AmfValue* AmfValue::get(std::string_view name) const {
  const auto* held_object = object();
  return held_object == nullptr ? nullptr : held_object->get(name);
}

}  // namespace weir::flv
