#include "probe/json_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <boost/json.hpp>
#include "base/text.h"

namespace weir::probe {
namespace json = boost::json;
namespace {

void write(std::string& out, const json::value& value, int depth);

void new_line(std::string& out, int depth) {
  out += "\n" + std::string(2 * static_cast<std::size_t>(depth), ' ');
}

void write_string(std::string& out, std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    clean += length > 0 ? text.substr(0, length) : std::string_view("\xEF\xBF\xBD");
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += json::serialize(json::string(clean));
}

void write_number(std::string& out, double value) {
  if (!std::isfinite(value)) value = 0;
  std::string text = fmt::format("{:.6f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text += '0';
  out += text;
}

void write_array(std::string& out, const json::array& array, int depth) {
  const bool flat = std::none_of(array.begin(), array.end(),
                                 [](const json::value& v) { return v.is_structured(); });
  out += '[';
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (i > 0) out += flat ? ", " : ",";
    if (!flat) new_line(out, depth + 1);
    write(out, array[i], depth + 1);
  }
  if (!flat) new_line(out, depth);
  out += ']';
}

void write_object(std::string& out, const json::object& object, int depth) {
  if (object.empty()) {
    out += "{}";
    return;
  }
  out += '{';
  bool first = true;
  for (const auto& member : object) {
    if (!first) out += ',';
    first = false;
    new_line(out, depth + 1);
    write_string(out, member.key());
    out += ": ";
    write(out, member.value(), depth + 1);
  }
  new_line(out, depth);
  out += '}';
}

void write(std::string& out, const json::value& value, int depth) {
  if (value.is_object()) return write_object(out, value.get_object(), depth);
  if (value.is_array()) return write_array(out, value.get_array(), depth);
  if (value.is_string()) return write_string(out, value.get_string());
  if (value.is_double()) return write_number(out, value.get_double());
  out += json::serialize(value);
}

}  // namespace

std::string json_text(const json::value& value) {
  std::string out;
  write(out, value, 0);
  return out + "\n";
}

json::value json_seconds(std::int64_t us) {
  return static_cast<double>(us) / 1e6;
}

}  // namespace weir::probe
