#include "codec/graph_text.h"

namespace weir::codec {
namespace {

std::string escape(std::string_view text, std::string_view special) {
  std::string escaped;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

constexpr std::string_view kOfOption = "\\': \t\r\n";
constexpr std::string_view kOfGraph = "\\'[],; \t\r\n";

}  // namespace

std::string graph_value(std::string_view value) {
  return escape(escape(value, kOfOption), kOfGraph);
}

std::string drawn_text(std::string_view text) {
  return escape(text, "\\%");
}

}  // namespace weir::codec
