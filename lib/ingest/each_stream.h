// Several streams at once, each to a program of its own.
#pragma once

#include "base/result.h"
#include "ingest/session.h"

namespace weir::ingest {

/// For every stream that is published (`options.listen`) the command of `options.exec_each` is
/// started, and has the pipe stream on its standard input (StreamRun). Publishers of one name are
/// as with ListenFeed; those of other names are not touched.
///
/// Begin      kUsage for a command that is none or whose program a publisher would choose, and for
///            options that are for one stream alone; otherwise as ListenFeed::open().
/// Names      As check_program_name(). One whose program failed is refused for kRest.
/// End        When a stop is requested: every stream ends with its mark, and its program is waited
///            for; one that takes nothing for kLeave is killed.
/// Memory     Of what is not yet taken 256 MB in all, an equal share of it (1 to 32 MB) for each of
///            the most streams there may be, beside track_wait of each at its begin.
/// Threads    One for the network and one for each stream; returns when they are gone.
Result<void> run_each(const IngestOptions& options, const Surroundings& around);

inline constexpr std::chrono::seconds kRest{10};
inline constexpr std::chrono::seconds kLeave{10};

}  // namespace weir::ingest
