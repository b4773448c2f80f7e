#include "guard/redis_reply.h"

#include <utility>

#include <fmt/format.h>
#include <hiredis/read.h>

namespace weir::guard {
namespace {

using Kind = RedisReply::Kind;

Kind kind_of(int type) {
  if (type == REDIS_REPLY_STATUS) return Kind::kStatus;
  return type == REDIS_REPLY_ERROR ? Kind::kError : Kind::kText;
}

// Into the array it belongs to, or as a reply of its own, which the reader then owns.
void* put(const redisReadTask* task, RedisReply reply) {
  if (task->parent == nullptr) return new RedisReply(std::move(reply));
  auto& items = static_cast<RedisReply*>(task->parent->obj)->items;
  return &items.emplace_back(std::move(reply));
}

void* put_text(const redisReadTask* task, char* text, std::size_t size) {
  return put(task, {kind_of(task->type), std::string(text, size), 0, {}});
}
void* put_array(const redisReadTask* task, int count) {
  const auto most = *static_cast<const std::int64_t*>(task->privdata);
  return count > most ? nullptr : put(task, {Kind::kArray, {}, 0, {}});
}
void* put_integer(const redisReadTask* task, long long value) {
  return put(task, {Kind::kInteger, {}, value, {}});
}
void* put_nil(const redisReadTask* task) {
  return put(task, {});
}
void drop(void* reply) {
  delete static_cast<RedisReply*>(reply);
}

redisReplyObjectFunctions kFunctions{put_text, put_array, put_integer, put_nil, drop};

}  // namespace

bool RedisReply::is_error(std::string_view word) const {
  return kind == Kind::kError && text.starts_with(word) &&
         (text.size() == word.size() || text[word.size()] == ' ');
}

struct RedisReader::Parser {
  explicit Parser(const RedisReplyLimits& chosen)
      : limits(chosen), reader(redisReaderCreateWithFunctions(&kFunctions), redisReaderFree) {
    if (reader == nullptr) throw std::bad_alloc();
    reader->privdata = &limits.items;
  }

  RedisReplyLimits limits;
  std::unique_ptr<redisReader, void (*)(redisReader*)> reader;
  std::size_t waiting = 0;  // bytes fed since the last whole reply
  bool too_long = false;
};

RedisReader::RedisReader(const RedisReplyLimits& limits)
    : parser_(std::make_unique<Parser>(limits)) {}

RedisReader::~RedisReader() = default;

void RedisReader::feed(ByteView bytes) {
  parser_->waiting += bytes.size();
  if (parser_->waiting > parser_->limits.bytes) parser_->too_long = true;
  if (!parser_->too_long)
    redisReaderFeed(parser_->reader.get(), reinterpret_cast<const char*>(bytes.data()),
                    bytes.size());
}

Result<std::optional<RedisReply>> RedisReader::next() {
  if (parser_->too_long)
    return fail(Code::kBadInput, "a reply is longer than {} bytes", parser_->limits.bytes);
  void* got = nullptr;
  if (redisReaderGetReply(parser_->reader.get(), &got) != REDIS_OK)
    return fail(Code::kBadInput, "this is no reply of Redis");
  if (got == nullptr) return std::optional<RedisReply>();
  parser_->waiting = 0;
  const std::unique_ptr<RedisReply> reply(static_cast<RedisReply*>(got));
  return std::optional<RedisReply>(std::move(*reply));
}

Bytes redis_command(const std::vector<std::string>& words) {
  std::string out = fmt::format("*{}\r\n", words.size());
  for (const auto& word : words) {
    out += fmt::format("${}\r\n", word.size());
    out += word;
    out += "\r\n";
  }
  return Bytes(out.begin(), out.end());
}

}  // namespace weir::guard
