#include "rtmp/stream_name.h"

#include <algorithm>
#include <optional>

#include "base/hex.h"

namespace weir::rtmp {
namespace {

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto escaped =
        text[i] == '%' && i + 2 < text.size() ? read_hex(text.substr(i + 1, 2)) : std::nullopt;
    out += escaped ? static_cast<char>(escaped->front()) : text[i];
    if (escaped) i += 2;
  }
  return out;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

Result<void> check_as_is(std::string_view what, std::string_view name, bool slashes) {
  if (name.size() > kLongestName)
    return fail(Code::kRefused, "the {} is {} bytes long; at most {} go", what, name.size(),
                kLongestName);
  if (std::any_of(name.begin(), name.end(), is_control))
    return fail(Code::kRefused, "the {} has control characters in it", what);
  if (name.find("..") != std::string_view::npos)
    return fail(Code::kRefused, "the {} has '..' in it", what);
  if (!slashes && name.find('/') != std::string_view::npos)
    return fail(Code::kRefused, "the {} has a '/' in it", what);
  return {};
}

Result<void> check(std::string_view what, std::string_view name, bool slashes) {
  WEIR_TRY(check_as_is(what, name, slashes));
  return check_as_is(what, decoded(name), slashes);
}

std::string_view before_query(std::string_view text) {
  return text.substr(0, text.find('?'));
}

std::string_view query_of(std::string_view text) {
  const auto at = text.find('?');
  return at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
}

std::string_view key_in(std::string_view query) {
  constexpr std::string_view kName = "key=";
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    if (query.starts_with(kName)) return query.substr(kName.size(), end - kName.size());
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return {};
}

std::string_view path_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  const auto path = before_query(url).find('/', scheme + 3);
  return path == std::string_view::npos ? std::string_view() : before_query(url).substr(path);
}

std::string_view without_slashes(std::string_view text) {
  while (text.starts_with('/')) text.remove_prefix(1);
  while (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

Result<StreamKey> find_key(std::string_view app, std::string_view tc_url, std::string_view stream) {
  for (const auto text : {stream, app, tc_url}) {
    const auto key = key_in(query_of(text));
    if (key.size() > kLongestName)
      return fail(Code::kRefused, "the stream key is {} bytes long; at most {} go", key.size(),
                  kLongestName);
    if (!key.empty()) return StreamKey(decoded(key));
  }
  return StreamKey();
}

}  // namespace

Result<std::string> app_name(std::string_view app, std::string_view tc_url) {
  if (tc_url.size() > kLongestTcUrl)
    return fail(Code::kRefused, "tcUrl is {} bytes long; at most {} go", tc_url.size(),
                kLongestTcUrl);
  const auto name = without_slashes(before_query(app.empty() ? path_of(tc_url) : app));
  WEIR_TRY(check("name of the application", name, true));
  return std::string(name);
}

Result<StreamName> stream_name(std::string_view app, std::string_view tc_url,
                               std::string_view stream) {
  StreamName out;
  WEIR_TRY_ASSIGN(out.app, app_name(app, tc_url));
  const auto name = before_query(stream);
  if (name.empty())
    return fail(Code::kRefused, "the stream has no name: use rtmp://HOST/APP/STREAM");
  WEIR_TRY(check("name of the stream", name, false));
  out.stream = std::string(name);
  WEIR_TRY_ASSIGN(out.key, find_key(app, tc_url, stream));
  return out;
}

}  // namespace weir::rtmp
