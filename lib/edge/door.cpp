#include <algorithm>
#include <charconv>

#include <boost/asio/ip/address.hpp>

#include "edge/config.h"
#include "edge/http_request.h"
#include "rtmp/url.h"

namespace weir::edge {
namespace {

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (ec != std::errc{} || end != text.data() + text.size()) return {};
  return port;
}

bool is_address(std::string_view text) {
  boost::system::error_code ec;
  boost::asio::ip::make_address(text, ec);
  return !ec;
}

// "ADDRESS" or "ADDRESS:PORT".
std::optional<Door> split(std::string_view text, std::optional<std::uint16_t> port) {
  constexpr std::string_view kHandedOver = "systemd:";
  if (text.starts_with(kHandedOver) && text.size() > kHandedOver.size())
    return Door{"", 0, "", std::string(text.substr(kHandedOver.size()))};
  std::string_view address = text;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return {};
    address = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else if (const auto colon = text.find(':'); colon != text.npos) {
    address = text.substr(0, colon);
    rest = text.substr(colon);
  }
  if (!rest.empty()) port = rest.starts_with(':') ? port_of(rest.substr(1)) : std::nullopt;
  if (!is_address(address) || !port) return {};
  return Door{std::string(address), *port};
}

Result<Door> parse_with_app(std::string_view text, std::uint16_t port) {
  const auto slash = std::min(text.find('/'), text.size());
  auto door = split(text.substr(0, slash), port);
  if (!door)
    return fail(Code::kUsage,
                "'{}' is no place to listen: use ADDRESS:PORT/APP, like 0.0.0.0:{}/live", text,
                port);
  if (slash < text.size()) door->app = text.substr(slash + 1);
  return std::move(*door);
}

}  // namespace

Result<Door> parse_http_door(std::string_view text) {
  if (auto door = split(text, {})) return std::move(*door);
  return fail(Code::kUsage,
              "'{}' is no place to listen: use ADDRESS:PORT, like 0.0.0.0:8080 or [::]:8080", text);
}

Result<Door> parse_rtmp_door(std::string_view text) {
  return parse_with_app(text, rtmp::kPort);
}

Result<Door> parse_rtmps_door(std::string_view text) {
  return parse_with_app(text, rtmp::kSecurePort);
}

Result<HlsFolder> parse_hls_folder(std::string_view text) {
  const auto equals = text.find('=');
  HlsFolder out{"/hls", std::string(text)};
  if (equals != text.npos) {
    out.path = text.substr(0, equals);
    out.root = text.substr(equals + 1);
  }
  if (out.path.ends_with('/')) out.path.pop_back();
  if (out.root.empty() || !out.path.starts_with('/') || !decode_path(out.path))
    return fail(Code::kUsage, "'{}' is no path and folder: use /NAME=FOLDER", text);
  return out;
}

}  // namespace weir::edge
