#include "ingest/listen_feed.h"

#include <utility>

namespace weir::ingest {

ListenFeed::ListenFeed(DeskRules rules, const ListenSettings& settings, const Clock& clock,
                       const StopSource& stop, Log& log)
    : desk_(std::move(rules), queue_, clock, log),
      feed_(
          queue_, [this] { reception_.post([this] { desk_.make_room(); }); }, settings, clock, stop,
          log) {}

Result<std::unique_ptr<ListenFeed>> ListenFeed::open(const ListenSettings& settings,
                                                     const Clock& clock, const Random& random,
                                                     const StopSource& stop, Log& log) {
  WEIR_TRY_ASSIGN(auto rules, desk_rules(settings, log));
  std::unique_ptr<ListenFeed> self(new ListenFeed(std::move(rules), settings, clock, stop, log));
  const auto gate = [&desk = self->desk_](const auto& visitor, auto stream) {
    return desk.admit(visitor, std::move(stream));
  };
  WEIR_TRY(self->reception_.open(settings, gate, random, log));
  return self;
}

}  // namespace weir::ingest
