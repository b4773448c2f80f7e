#include "ladder/chunk_engine.h"

#include <algorithm>
#include <atomic>
#include <climits>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "base/scratch.h"
#include "flow/job_count.h"
#include "flow/task_pool.h"
#include "ladder/analysis.h"
#include "ladder/captions.h"
#include "ladder/chunk.h"
#include "ladder/forecast.h"
#include "ladder/lane.h"
#include "ladder/memory_plan.h"

namespace weir::ladder {
namespace {

MemoryPlan memory_plan(const media::Track& source, const ChunkOptions& options) {
  const auto& engine = options.engine;
  return divide_memory(source, options.gop, engine.memory, flow::job_count(engine.jobs));
}

// Renditions that share pictures and tune share an analysis.
struct Group {
  AnalysisSettings settings;
  Thinner thinner;
  Forecast forecast;
  std::int64_t forecast_chunks = 0;
};

// What is known of a chunk for one group of renditions.
struct GroupWork {
  std::vector<const GridFrame*> pictures;
  std::optional<ChunkFacts> facts;
  std::shared_ptr<const Analysis> analysis;  // null when every rendition was found finished
};

struct Cell {
  std::optional<FinishedChunk> finished;
  int tries = 0;
  bool kept = false;     // found in the work folder
  bool dropped = false;  // by the guard
};

struct InWork {
  Chunk chunk;
  std::vector<GroupWork> groups;
  std::vector<Cell> cells;
  std::size_t joined = 0;  // lanes
  // Where chunks are kept. Null for the last one of a run: whether it ends where it does because
  // the source is over or because a stop was asked for, the next run cannot know.
  Work* folder = nullptr;
};

class ChunkEngine : public Engine {
 public:
  ChunkEngine(const media::Track& source, ChunkOptions options, Scratch scratch)
      : source_(source),
        options_(std::move(options)),
        scratch_(std::move(scratch)),
        memory_(memory_plan(source, options_)),
        pool_(memory_.jobs) {}
  ~ChunkEngine() override {
    abandon();
    pool_.wait();
  }

  Result<void> open(const Plan& plan, const PacketSinks& sinks);
  const media::Tracks& tracks() const override { return tracks_; }
  Result<flow::Flow> push(GridFrame picture) override;
  Result<void> finish() override;

 private:
  Result<std::unique_ptr<Lane>> open_lane(const PlannedRendition& planned, int group,
                                          RenditionSink& sink);
  void begin_guard();
  void ask_guard(InWork& work);
  void drop(std::size_t count, media::Time at);
  Result<void> close_chunk(media::Time end, Work* folder);
  void start(InWork& work);
  void start_analysis(InWork& work, int group);
  void schedule();
  void plan(Lane& lane, std::size_t index, InWork& work);
  Lane::Ahead ahead(const Group& group) const {
    return {group.forecast, static_cast<int>(memory_.chunks) - 1};
  }
  void start_coding(std::size_t lane, InWork& work, double qp);
  void join(std::size_t lane);
  bool join_next(std::size_t lane);
  void release();
  void run(std::function<Result<void>()> task);
  bool fail_with(Error error);
  void abandon();
  InWork& at(std::int64_t chunk) { return *work_[static_cast<std::size_t>(chunk - first_)]; }
  std::int64_t closed() const { return first_ + static_cast<std::int64_t>(work_.size()); }

  const media::Track source_;
  const ChunkOptions options_;
  Scratch scratch_;
  const MemoryPlan memory_;
  media::Tracks tracks_;
  std::vector<GridFrame> filling_;
  std::atomic<int> notches_{0};  // of effort below the presets'

  std::mutex mutex_;  // guards what follows
  std::condition_variable room_;
  std::deque<std::unique_ptr<InWork>> work_;
  std::int64_t first_ = 0;  // number of work_.front()
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<Group> groups_;
  std::vector<std::size_t> order_;  // of lanes, as the guard may drop them
  std::size_t dropped_ = 0;         // of them
  std::optional<Error> error_;
  bool abandoned_ = false;  // nobody wants the output any more
  flow::TaskPool pool_;     // last: its tasks use the rest
};

Result<void> ChunkEngine::open(const Plan& plan, const PacketSinks& sinks) {
  lanes_.resize(plan.renditions.size());
  for (const auto& group : analysis_groups(plan.renditions)) {
    const int number = static_cast<int>(groups_.size());
    groups_.push_back({group.settings, Thinner(group.settings.frame_rate),
                       Forecast(options_.profile, chunk_seconds(options_.gop)), 0});
    for (const auto i : group.members) {
      WEIR_TRY_ASSIGN(lanes_[i], open_lane(plan.renditions[i], number, *sinks[i]));
    }
  }
  for (const auto& lane : lanes_) {
    tracks_.push_back(lane->coder().track());
    tracks_.back().index = static_cast<int>(tracks_.size()) - 1;
  }
  if (options_.guard != nullptr) begin_guard();
  return {};
}

Result<std::unique_ptr<Lane>> ChunkEngine::open_lane(const PlannedRendition& planned, int group,
                                                     RenditionSink& sink) {
  WEIR_TRY_ASSIGN(auto coder, Coder::open(planned, source_, options_.engine.preset));
  if (options_.guard != nullptr) WEIR_TRY(coder->allow_cheaper());
  const auto& analysed = groups_[static_cast<std::size_t>(group)].settings;
  const double pixels = static_cast<double>(planned.width) * planned.height /
                        (static_cast<double>(analysed.width) * analysed.height);
  return std::make_unique<Lane>(std::move(coder), group, pixels, options_.quality, sink);
}

// The largest renditions go first, of equal ones that with the higher rate.
void ChunkEngine::begin_guard() {
  Guard::Scope scope;
  for (auto& lane : lanes_) {
    scope.notches = std::max(scope.notches, lane->coder().notches());
    order_.push_back(order_.size());
  }
  const auto planned = [&](std::size_t i) { return lanes_[i]->coder().planned(); };
  const auto pixels = [&](std::size_t i) { return planned(i).width * planned(i).height; };
  std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(pixels(a), planned(a).rung.bitrate) >
           std::pair(pixels(b), planned(b).rung.bitrate);
  });
  for (const auto i : order_) scope.pixels.push_back(pixels(i));
  scope.room = static_cast<int>(memory_.chunks);
  scope.jobs = pool_.jobs();
  options_.guard->begin(scope);
}

Result<flow::Flow> ChunkEngine::push(GridFrame picture) {
  const media::Time pts = picture.frame.pts();
  const auto long_enough = [&] {
    return pts.seconds() - filling_.front().frame.pts().seconds() >= kLeastChunkSeconds - 1e-3;
  };
  if (!filling_.empty() && picture.mark.key && (picture.mark.splice || long_enough()))
    WEIR_TRY(close_chunk(pts, options_.work));
  filling_.push_back(std::move(picture));
  const std::lock_guard lock(mutex_);
  if (error_) return fail(*error_);
  return abandoned_ ? flow::Flow::kDone : flow::Flow::kMore;
}

Result<void> ChunkEngine::close_chunk(media::Time end, Work* folder) {
  auto work = std::make_unique<InWork>();
  work->folder = folder;
  work->chunk.pictures = std::exchange(filling_, {});
  work->chunk.end = end;
  work->cells.resize(lanes_.size());
  std::unique_lock lock(mutex_);
  work->chunk.number = closed();
  for (auto& group : groups_) {
    auto& members = work->groups.emplace_back();
    for (const auto& picture : work->chunk.pictures)
      if (group.thinner.keeps(picture)) members.pictures.push_back(&picture);
  }
  work_.push_back(std::move(work));
  if (options_.guard != nullptr) ask_guard(*work_.back());
  start(*work_.back());
  schedule();
  // One more chunk is filling while these are in work.
  room_.wait(lock, [&] {
    return error_ || abandoned_ || static_cast<std::int64_t>(work_.size()) < memory_.chunks;
  });
  if (error_) return fail(*error_);
  return {};
}

void ChunkEngine::ask_guard(InWork& work) {
  const GridFrame& first = work.chunk.pictures.front();
  const auto spending = options_.guard->next(
      {work.chunk.seconds(), first.mark.segment, static_cast<int>(work_.size())});
  notches_ = spending.notches;
  if (first.mark.segment) drop(static_cast<std::size_t>(spending.dropped), work.chunk.begin());
  for (std::size_t k = 0; k < dropped_; ++k) work.cells[order_[k]].dropped = true;
}

// From `at` on so many of the lanes, and no others.
void ChunkEngine::drop(std::size_t count, media::Time at) {
  count = std::min(count, lanes_.size() - 1);
  for (; dropped_ < count; ++dropped_) lanes_[order_[dropped_]]->change(true, at);
  for (; dropped_ > count; --dropped_) lanes_[order_[dropped_ - 1]]->change(false, at);
}

// Takes from the work folder what is there; analyses where something is missing.
void ChunkEngine::start(InWork& work) {
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    bool complete = work.folder != nullptr;
    for (std::size_t i = 0; i < lanes_.size() && work.folder != nullptr; ++i) {
      if (lanes_[i]->group() != static_cast<int>(g)) continue;
      auto& cell = work.cells[i];
      cell.finished = work.folder->load(work.chunk.number, static_cast<int>(i));
      cell.kept = cell.finished.has_value();
      complete = complete && cell.kept;
    }
    if (complete)
      work.groups[g].facts = work.folder->load_facts(work.chunk.number, static_cast<int>(g));
    if (!work.groups[g].facts) start_analysis(work, static_cast<int>(g));
  }
}

void ChunkEngine::start_analysis(InWork& work, int group) {
  run([this, &work, group]() -> Result<void> {
    const auto g = static_cast<std::size_t>(group);
    const auto stats = scratch_.folder() / fmt::format("{}-{}", work.chunk.number, group);
    WEIR_TRY_ASSIGN(auto analysis, analyse(work.groups[g].pictures, work.chunk.seconds(), source_,
                                           groups_[g].settings, stats));
    const ChunkFacts facts{analysis->complexity, analysis->distortion};
    if (work.folder != nullptr) WEIR_TRY(work.folder->keep_facts(work.chunk.number, group, facts));
    const std::lock_guard lock(mutex_);
    work.groups[g].analysis = std::move(analysis);
    work.groups[g].facts = facts;
    schedule();
    return {};
  });
}

// Plans whatever can be planned.
void ChunkEngine::schedule() {
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    auto& group = groups_[g];
    while (group.forecast_chunks < closed() && at(group.forecast_chunks).groups[g].facts) {
      const InWork& work = at(group.forecast_chunks++);
      group.forecast.add(*work.groups[g].facts, work.chunk.begin(), work.chunk.end);
    }
  }
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    auto& lane = *lanes_[i];
    const auto& group = groups_[static_cast<std::size_t>(lane.group())];
    while (lane.next_planned() < group.forecast_chunks && lane.may_plan(ahead(group)))
      plan(lane, i, at(lane.next_planned()));
  }
}

void ChunkEngine::plan(Lane& lane, std::size_t index, InWork& work) {
  const auto g = static_cast<std::size_t>(lane.group());
  if (work.cells[index].dropped) {
    lane.plan_nothing(ahead(groups_[g]));
    return join(index);
  }
  const double qp = lane.plan(*work.groups[g].facts, work.chunk.seconds(), ahead(groups_[g]));
  if (work.cells[index].kept)
    join(index);
  else
    start_coding(index, work, qp);
}

void ChunkEngine::start_coding(std::size_t index, InWork& work, double qp) {
  run([this, index, &work, qp]() -> Result<void> {
    const Lane& lane = *lanes_[index];
    const auto& group = work.groups[static_cast<std::size_t>(lane.group())];
    auto packets =
        lane.coder().code(group.pictures, *group.analysis, qp, lane.coder().tools(notches_));
    if (!packets)
      return fail(
          std::move(packets).error().within("rendition " + lane.coder().planned().rung.name));
    carry_captions(work.chunk.pictures, group.pictures, *packets);
    const std::lock_guard lock(mutex_);
    work.cells[index].finished = FinishedChunk{std::move(*packets), qp};
    join(index);
    schedule();
    return {};
  });
}

void ChunkEngine::join(std::size_t index) {
  const Lane& lane = *lanes_[index];
  while (lane.next_joined() < lane.next_planned() && join_next(index)) {
  }
  release();
}

// Joins the next chunk if it is finished; one that breaks the peak is coded again. False: the next
// one has to wait.
bool ChunkEngine::join_next(std::size_t index) {
  auto& lane = *lanes_[index];
  InWork& work = at(lane.next_joined());
  Cell& cell = work.cells[index];
  if (cell.dropped) {
    const auto& group = work.groups[static_cast<std::size_t>(lane.group())];
    lane.skip(group.pictures, work.chunk.end);
    ++work.joined;
    return true;
  }
  if (!cell.finished) return false;
  const auto harder = lane.refuse(*cell.finished, cell.kept ? INT_MAX : cell.tries);
  if (harder) {
    ++cell.tries;
    cell.finished.reset();
    start_coding(index, work, *harder);
    return false;
  }
  if (work.folder != nullptr && !cell.kept) {
    auto kept = work.folder->keep(work.chunk.number, static_cast<int>(index), *cell.finished);
    if (!kept) return fail_with(std::move(kept).error());
  }
  auto flow = lane.join(std::move(*cell.finished));
  cell.finished.reset();
  if (!flow) return fail_with(std::move(flow).error());
  if (*flow == flow::Flow::kDone) abandoned_ = true;
  ++work.joined;
  return true;
}

void ChunkEngine::release() {
  while (!work_.empty() && work_.front()->joined == lanes_.size()) {
    work_.pop_front();
    ++first_;
  }
  room_.notify_all();
}

void ChunkEngine::run(std::function<Result<void>()> task) {
  pool_.run([this, task = std::move(task)] {
    {
      const std::lock_guard lock(mutex_);
      if (error_ || abandoned_) return;
      if (options_.guard != nullptr) options_.guard->task_began();
    }
    auto result = task();
    const std::lock_guard lock(mutex_);
    if (options_.guard != nullptr) options_.guard->task_ended();
    if (!result) fail_with(std::move(result).error());
  });
}

// False, for callers that can go no further.
bool ChunkEngine::fail_with(Error error) {
  if (!error_) error_ = std::move(error);
  room_.notify_all();
  return false;
}

void ChunkEngine::abandon() {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
  room_.notify_all();
}

Result<void> ChunkEngine::finish() {
  Result<void> outcome;
  if (!filling_.empty()) {
    const auto last = filling_.back().frame.pts();
    const AVRational rate = source_.frame_rate.num > 0 ? source_.frame_rate : AVRational{25, 1};
    outcome =
        close_chunk({last.ticks + av_rescale_q(1, av_inv_q(rate), last.base), last.base}, nullptr);
  }
  pool_.wait();
  if (outcome && error_) outcome = fail(*error_);
  for (auto& lane : lanes_) {
    auto finished = lane->finish();
    if (outcome && !finished) outcome = fail(std::move(finished).error());
  }
  return outcome;
}

}  // namespace

bool chunks_fit(const media::Track& source, const ChunkOptions& options) {
  return memory_plan(source, options).fits;
}

Result<std::unique_ptr<Engine>> open_chunk_engine(const Plan& plan, const media::Track& source,
                                                  const ChunkOptions& options,
                                                  const PacketSinks& sinks) {
  WEIR_TRY_ASSIGN(auto scratch, Scratch::make(ScratchPlace::kMemory));
  auto engine = std::make_unique<ChunkEngine>(source, options, std::move(scratch));
  WEIR_TRY(engine->open(plan, sinks));
  return std::unique_ptr<Engine>(std::move(engine));
}

}  // namespace weir::ladder
