#include "hls/uri.h"

#include <algorithm>
#include <cctype>

#include "base/hex.h"
#include "base/text.h"

namespace weir::hls {
namespace {

bool scheme_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' || c == '.';
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int byte = text[i] == '%' ? hex_byte(text.substr(i + 1)) : -1;
    out += byte > 0 ? static_cast<char>(byte) : text[i];
    if (byte > 0) i += 2;
  }
  return out;
}

// RFC 3986 section 5.2.4 for a path that begins with '/'.
std::string without_dots(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::size_t next = std::min(path.find('/', 1), path.size());
    const std::string_view piece = path.substr(0, next);
    path.remove_prefix(next);
    if (piece == "/..") out.resize(out.empty() ? 0 : out.rfind('/'));
    if (piece != "/." && piece != "/..")
      out += piece;
    else if (path.empty())
      out += '/';
  }
  return out;
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : path.substr(0, slash + 1);
}

std::string resolve_path(std::string_view base, std::string_view reference) {
  const std::string path = percent_decoded(reference.substr(0, reference.find_first_of("?#")));
  if (path.starts_with('/')) return path;
  return std::string(folder_of(base)) + path;
}

std::string resolve_url(std::string_view base, std::string_view reference) {
  base = base.substr(0, base.find('#'));
  if (reference.empty()) return std::string(base);
  const std::size_t colon = base.find(':') + 1;
  if (reference.starts_with("//")) return std::string(base.substr(0, colon)).append(reference);
  const std::size_t authority = base.substr(colon).starts_with("//") ? colon + 2 : colon;
  const std::size_t path = std::min(base.find_first_of("/?", authority), base.size());
  const std::string root(base.substr(0, path));
  const std::string_view base_path = base.substr(path, base.find('?', path) - path);
  if (reference.starts_with('?')) return root + std::string(base_path).append(reference);
  const std::size_t query = std::min(reference.find_first_of("?#"), reference.size());
  std::string joined(reference.starts_with('/') ? "" : folder_of(base_path));
  if (joined.empty() && !reference.starts_with('/')) joined = "/";
  joined += reference.substr(0, query);
  return root + without_dots(joined).append(reference.substr(query));
}

}  // namespace

std::string uri_scheme(std::string_view uri) {
  const std::size_t colon = uri.find(':');
  if (colon == std::string_view::npos || colon == 0) return "";
  const std::string scheme = lower(uri.substr(0, colon));
  if (std::isalpha(static_cast<unsigned char>(scheme.front())) == 0) return "";
  if (!std::all_of(scheme.begin(), scheme.end(), scheme_char)) return "";
  return scheme;
}

std::string resolve_uri(std::string_view base, std::string_view reference) {
  const std::string scheme = uri_scheme(reference);
  if (scheme == "file") {
    std::string_view path = reference.substr(5);
    if (path.starts_with("///")) path.remove_prefix(2);
    return percent_decoded(path);
  }
  if (!scheme.empty()) return std::string(reference);
  if (uri_scheme(base).empty()) return resolve_path(base, reference);
  return resolve_url(base, reference);
}

}  // namespace weir::hls
