#include "cli/word_lists.h"

#include <sys/stat.h>

#include <algorithm>

namespace weir::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookEvery = 500ms;

}  // namespace

Result<WordLists> WordLists::open(WordListChoice choice, Log& log, const Clock& clock) {
  WEIR_TRY_ASSIGN(auto table, safety::CharTable::build());
  WordLists out(std::move(choice), std::move(table), log, clock);
  WEIR_TRY(out.load());
  return out;
}

WordLists::Stamp WordLists::stamp(const std::string& file) {
  struct stat status {};
  Stamp out{.file = file};
  if (::stat(file.c_str(), &status) != 0) return out;
  out.device = status.st_dev;
  out.inode = status.st_ino;
  out.size = status.st_size;
  out.changed_ns = status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;
  return out;
}

// The stamps are from before the reading, so that a change while it is read is seen later.
Result<void> WordLists::load() {
  looked_ = clock_->monotonic();
  for (auto& known : stamps_) known = stamp(known.file);
  std::vector<Stamp> stamps;
  for (const auto& file : choice_.files) stamps.push_back(stamp(file));
  WEIR_TRY_ASSIGN(auto list, safety::load_word_lists(choice_.files, choice_.selection));
  for (const auto& file : list.files)
    if (std::none_of(stamps.begin(), stamps.end(), [&](const Stamp& s) { return s.file == file; }))
      stamps.push_back(stamp(file));
  WEIR_TRY_ASSIGN(auto screen, safety::TextScreen::compile(std::move(list), table_));
  const auto& faults = screen->list().faults;
  for (const auto& fault : faults) log_->warning("{}", fault);
  stamps_ = std::move(stamps);
  if (choice_.strict && !faults.empty())
    return fail(Code::kUsage, "the word lists have {} fault{}", faults.size(),
                faults.size() == 1 ? "" : "s");
  WEIR_TRY_ASSIGN(auto scratch, screen->make_scratch());
  scratch_ = std::make_unique<safety::TextScratch>(std::move(scratch));
  screen_ = std::move(screen);
  return {};
}

bool WordLists::changed() {
  const auto now = clock_->monotonic();
  if (now - looked_ < kLookEvery) return false;
  looked_ = now;
  return std::any_of(stamps_.begin(), stamps_.end(),
                     [](const Stamp& known) { return stamp(known.file) != known; });
}

void WordLists::refresh(bool asked) {
  if (!asked && !changed()) return;
  if (const auto loaded = load(); !loaded)
    log_->warning("the word lists from before hold: {}", loaded.error().what);
  else
    log_->info("the word lists are read again: {} rules", screen_->list().rules.size());
}

}  // namespace weir::cli
