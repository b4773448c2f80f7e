// Fuzzes the word filter: the first byte says whether the rest is a text or a list. What is found
// lies within the text, and a cleaned text stays as it is.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "base/text.h"
#include "safety/text/mask.h"

namespace {

using namespace weir::safety;

constexpr std::string_view kList = R"(
except = ["twit of the year"]
[[rule]]
words = ["twit", "silly sausage", "笨蛋", "дурак", "바보", "1488", "prat*", "boob"]
[[rule]]
kind = "url"
[[rule]]
kind = "phone"
[[rule]]
kind = "handle"
[[rule]]
kind = "flood"
run = 5
times = 3
)";

std::shared_ptr<const TextScreen> compiled(std::string_view toml,
                                           const std::shared_ptr<const CharTable>& table) {
  WordList list;
  if (!add_word_list(toml, "list.toml", {}, list) || list.rules.size() > 8) return nullptr;
  auto screen = TextScreen::compile(std::move(list), table);
  return screen ? *screen : nullptr;
}

void check(const TextScreen& screen, TextScratch& scratch, std::string_view text) {
  const auto verdict = screen.judge(text, scratch);
  if (!verdict) std::abort();
  for (const Hit& hit : verdict->hits)
    if (hit.span.begin >= hit.span.end || hit.span.end > text.size() || hit.normal.empty())
      std::abort();
  const auto once = clean(text, screen, scratch);
  if (!once || !weir::valid_utf8(*once)) std::abort();
  const auto twice = clean(*once, screen, scratch);
  if (!twice || *twice != *once) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto table = CharTable::build().value();
  static const auto screen = compiled(kList, table);
  static auto scratch = screen->make_scratch().value();
  if (size < 1) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] != 'L') {
    check(*screen, scratch, rest);
    return 0;
  }
  if (rest.find("include") != rest.npos) return 0;  // reads files
  const auto own = compiled(rest, table);
  if (own == nullptr) return 0;
  auto own_scratch = own->make_scratch();
  if (own_scratch) check(*own, *own_scratch, "a twit, a t.w.i.t and 笨蛋 at www.example.com");
  return 0;
}
