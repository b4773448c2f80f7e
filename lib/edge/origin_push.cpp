#include "edge/origin_push.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/bytes.h"
#include "base/text.h"
#include "base/write_all.h"
#include "edge/origin_file.h"
#include "edge/origin_name.h"

namespace weir::edge {
namespace {

constexpr std::string_view kWhoAreYou =
    "WWW-Authenticate: Basic realm=\"push\", charset=\"UTF-8\"\r\n";
constexpr std::string_view kBusy = "Retry-After: 1\r\n";

HttpAnswer word(unsigned status) {
  const std::string_view more = status == 401 ? kWhoAreYou : status == 503 ? kBusy : "";
  return plain_answer(status, more);
}

unsigned status_of(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return 507;
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case EXDEV:
    case ENAMETOOLONG:
      return 403;
    default:
      return 500;
  }
}

std::string from_base64(std::string_view text) {
  std::string out(3 * (text.size() / 4) + 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  // What fills up the last group counts as zeros.
  const auto padding = std::min<std::ptrdiff_t>(std::count(text.begin(), text.end(), '='), 2);
  out.resize(static_cast<std::size_t>(std::max<std::ptrdiff_t>(size - padding, 0)));
  return out;
}

std::string_view outermost(std::string_view name) {
  const auto slash = name.find('/');
  return slash == name.npos ? std::string_view() : name.substr(0, slash);
}

bool is_within_limits(std::string_view name) {
  if (name.empty() || name.size() > OriginPush::kLongestName) return false;
  if (std::count(name.begin(), name.end(), '/') > OriginPush::kDeepest) return false;
  while (!name.empty()) {
    const auto end = std::min(name.find('/'), name.size());
    if (end > OriginPush::kLongestPart) return false;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return true;
}

std::string last_part(std::string_view name) {
  return std::string(name.substr(name.rfind('/') + 1));
}

/// The folder a file is put into, made where it is not there; errno with what is below 0.
std::shared_ptr<const OpenFile> make_folder(int root, std::string_view name) {
  std::string made;
  for (auto slash = name.find('/'); slash != name.npos; slash = name.find('/', slash + 1)) {
    const auto parent = std::exchange(made, std::string(name.substr(0, slash)));
    const int above = open_folder_below(root, std::string(folder_of_name(made)));
    if (above < 0) return nullptr;
    const OpenFile held(above);
    if (::mkdirat(above, last_part(made).c_str(), 0777) != 0 && errno != EEXIST) return nullptr;
  }
  const int fd = open_folder_below(root, made);
  return fd < 0 ? nullptr : std::make_shared<const OpenFile>(fd);
}

}  // namespace

rtmp::StreamKey key_of(const HttpRequest& request) {
  const std::string_view field = request.field("Authorization");
  const auto space = std::min(field.find(' '), field.size());
  const std::string_view scheme = field.substr(0, space), rest = trim(field.substr(space));
  if (same_but_for_case(scheme, "Bearer")) return rtmp::StreamKey(std::string(rest));
  if (!same_but_for_case(scheme, "Basic")) return {};
  const std::string both = from_base64(rest);
  const auto colon = both.find(':');
  return colon == both.npos ? rtmp::StreamKey() : rtmp::StreamKey(both.substr(colon + 1));
}

struct OriginPush::State {
  /// Held while a file is being put: nobody else may then.
  class Place {
   public:
    Place(std::shared_ptr<State> state, std::string name)
        : state_(std::move(state)), name_(std::move(name)) {}
    ~Place() {
      const std::lock_guard lock(state_->mutex);
      state_->busy.erase(name_);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    const std::shared_ptr<State> state_;
    const std::string name_;
  };

  static std::unique_ptr<Place> take(const std::shared_ptr<State>& state, const std::string& name) {
    const std::lock_guard lock(state->mutex);
    if (!state->busy.insert(name).second) return nullptr;
    return std::make_unique<Place>(state, name);
  }

  const int folder;
  const std::string path;
  const PushRules rules;
  const Changed changed;
  std::mutex mutex;
  std::set<std::string> busy;  // names; guarded by mutex
};

/// One file on its way.
class OriginPush::Upload : public HttpContentSink {
 public:
  Upload(std::shared_ptr<State> state, std::string_view name, std::unique_ptr<State::Place> place,
         HttpExchangePtr exchange)
      : state_(std::move(state)),
        name_(name),
        base_(last_part(name)),
        place_(std::move(place)),
        exchange_(std::move(exchange)) {}
  ~Upload() override { discard(); }

  /// errno, or 0.
  int open() {
    folder_ = make_folder(state_->folder, name_);
    if (!folder_) return errno;
    const int fd =
        ::openat(folder_->fd(), temporary().c_str(),
                 O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
    if (fd < 0) return errno;
    file_.emplace(fd);
    return 0;
  }

  bool take(std::string_view piece) override {
    size_ += piece.size();
    if (size_ > state_->rules.most_bytes) return end_with(413);
    const int error = write_all(file_->fd(), as_bytes(piece));
    return error == 0 || end_with(status_of(error));
  }

  void end() override {
    struct stat before {};
    const bool was_there =
        ::fstatat(folder_->fd(), base_.c_str(), &before, AT_SYMLINK_NOFOLLOW) == 0;
    if (::renameat(folder_->fd(), temporary().c_str(), folder_->fd(), base_.c_str()) != 0) {
      end_with(status_of(errno));
      return;
    }
    file_.reset();
    place_.reset();
    state_->changed(name_);
    exchange_->answer(word(was_there ? 204 : 201));
  }

 private:
  std::string temporary() const { return "." + base_ + ".tmp"; }
  void discard() {
    if (file_) ::unlinkat(folder_->fd(), temporary().c_str(), 0);
    file_.reset();
  }

  // Whoever hears the answer finds nothing left and may put again.
  bool end_with(unsigned status) {
    discard();
    place_.reset();
    exchange_->answer(word(status));
    return false;
  }

  const std::shared_ptr<State> state_;
  const std::string name_;
  const std::string base_;
  std::unique_ptr<State::Place> place_;  // until the answer
  const HttpExchangePtr exchange_;
  std::shared_ptr<const OpenFile> folder_;
  std::optional<OpenFile> file_;  // until it is where it belongs
  std::uint64_t size_ = 0;
};

OriginPush::OriginPush(int folder, std::string path, PushRules rules, Changed changed)
    : state_(new State{folder, std::move(path), std::move(rules), std::move(changed), {}, {}}) {}

// Both names are tried whatever the first one gives: the time tells nothing.
unsigned OriginPush::refusal(std::string_view name, const HttpRequest& request) const {
  if (state_->rules.may) {
    const rtmp::StreamKey key = key_of(request);
    const std::string_view all =
        std::string_view(state_->path).substr(state_->path.empty() ? 0 : 1);
    const bool may_here = state_->rules.may(outermost(name), key);
    const bool may_all = state_->rules.may(all, key);
    if (!may_here && !may_all) return 401;
  }
  return is_within_limits(name) ? 0 : 403;
}

void OriginPush::put(std::string_view name, const HttpRequest& request, HttpExchangePtr exchange) {
  if (const unsigned status = refusal(name, request); status != 0)
    return exchange->answer(word(status));
  if (request.content_length > state_->rules.most_bytes) return exchange->answer(word(413));
  auto place = State::take(state_, std::string(name));
  if (!place) return exchange->answer(word(503));
  auto upload = std::make_unique<Upload>(state_, name, std::move(place), exchange);
  if (const int error = upload->open(); error != 0) return exchange->answer(word(status_of(error)));
  exchange->read_content(std::move(upload));
}

void OriginPush::remove(std::string_view name, const HttpRequest& request,
                        HttpExchangePtr exchange) {
  if (const unsigned status = refusal(name, request); status != 0)
    return exchange->answer(word(status));
  const int fd = open_folder_below(state_->folder, std::string(folder_of_name(name)));
  if (fd < 0) return exchange->answer(word(404));
  const OpenFile folder(fd);
  const bool is_gone = ::unlinkat(fd, last_part(name).c_str(), 0) == 0;
  if (!is_gone) return exchange->answer(word(errno == ENOENT ? 404 : status_of(errno)));
  state_->changed(std::string(name));
  exchange->answer(word(204));
}

}  // namespace weir::edge
