#include "rtmp/keys.h"

#include <sys/stat.h>
#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>

#include "base/os_error.h"
#include "base/text.h"

namespace weir::rtmp {

bool same_key(std::string_view given, std::string_view right) {
  volatile unsigned difference = given.size() == right.size() ? 0 : 1;
  const std::string_view other = right.empty() ? std::string_view("x") : right;
  for (std::size_t i = 0; i < given.size(); ++i)
    difference = difference | static_cast<unsigned>(given[i] ^ other[i % other.size()]);
  return difference == 0;
}

Result<StreamKeys> StreamKeys::load(const std::string& path, Log& log) {
  std::ifstream file(path, std::ios::binary);
  struct stat info {};
  if (!file || ::stat(path.c_str(), &info) != 0)
    return fail(Code::kIo, "cannot read key file '{}': {}", path, os_error_text(errno));
  if ((info.st_mode & S_IROTH) != 0)
    log.warning("everyone may read the key file '{}': chmod 600 it", path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto keys = parse(text);
  if (!keys) return fail(std::move(keys.error()).within(fmt::format("key file '{}'", path)));
  return keys;
}

Result<StreamKeys> StreamKeys::parse(std::string_view text) {
  StreamKeys out;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    const auto colon = line.find(':');
    const auto stream = trim(line.substr(0, colon));
    const auto key = colon == std::string_view::npos ? "" : trim(line.substr(colon + 1));
    if (stream.empty() || key.empty())
      return fail(Code::kUsage, "line {} is not STREAM:KEY", number);
    if (stream.size() > kLongestName || key.size() > kLongestName)
      return fail(Code::kUsage, "line {} has a name or key of more than {} bytes", number,
                  kLongestName);
    out.keys_.emplace_back(stream, StreamKey(std::string(key)));
  }
  if (out.keys_.empty()) return fail(Code::kUsage, "there is no key in it");
  return out;
}

bool StreamKeys::allow(std::string_view stream, const StreamKey& key) const {
  bool allowed = false;
  for (const auto& [name, right] : keys_) {
    const bool same = same_key(key.reveal(), right.reveal());
    allowed |= same && name == stream;
  }
  return allowed && !key.empty();
}

}  // namespace weir::rtmp
