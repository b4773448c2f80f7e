#include "net/outbox.h"

#include <algorithm>
#include <iterator>

namespace weir::net {
namespace {

constexpr std::size_t kMostRemovals = 1000;

bool below(std::string_view folder, std::string_view other) {
  return folder != other &&
         (other.empty() || (folder.starts_with(other) && folder[other.size()] == '/'));
}

std::int64_t size_of(const Job& job) {
  return static_cast<std::int64_t>(job.bytes.size());
}

}  // namespace

std::string_view folder_of(std::string_view name) {
  const auto slash = name.rfind('/');
  return slash == name.npos ? "" : name.substr(0, slash);
}

void Outbox::add(Job job) {
  const auto lost = lost_.find(job.name);
  const bool nothing_there = lost != lost_.end() && !lost->second;
  if (lost != lost_.end()) lost_.erase(lost);
  if (job.kind == JobKind::kRemoval && nothing_there) return;
  Lane& lane = lanes_[std::string(folder_of(job.name))];
  if (job.kind == JobKind::kListing) drop_middle(lane, job.name);
  job.number = next_++;
  bytes_ += size_of(job);
  lane.duration += job.duration;
  if (job.kind == JobKind::kRemoval) ++removals_;
  lane.jobs.push_back(std::make_shared<Job>(std::move(job)));
  if (removals_ <= kMostRemovals) return;
  if (const auto place = oldest(JobKind::kRemoval, lanes_.end())) erase(*place);
}

void Outbox::drop_middle(Lane& lane, std::string_view name) {
  std::vector<std::deque<JobPtr>::iterator> waiting;
  for (auto at = lane.jobs.begin(); at != lane.jobs.end(); ++at)
    if ((*at)->kind == JobKind::kListing && !(*at)->taken && (*at)->name == name)
      waiting.push_back(at);
  if (waiting.size() > 1) lane.jobs.erase(waiting.back());
}

std::optional<Outbox::Place> Outbox::oldest(JobKind kind, Lanes::iterator only) {
  std::optional<Place> best;
  for (auto lane = lanes_.begin(); lane != lanes_.end(); ++lane) {
    if (only != lanes_.end() && lane != only) continue;
    auto& jobs = lane->second.jobs;
    const auto at = std::find_if(jobs.begin(), jobs.end(),
                                 [&](const auto& job) { return job->kind == kind && !job->taken; });
    if (at == jobs.end() || (best && (*best->at)->number < (*at)->number)) continue;
    best = Place{lane, at};
  }
  return best;
}

bool Outbox::too_long(std::string_view folder) const {
  const auto lane = lanes_.find(folder);
  return lane != lanes_.end() && lane->second.duration >= limits_.duration;
}

bool Outbox::full(std::string_view folder) const {
  return bytes_ >= limits_.bytes || too_long(folder);
}

std::chrono::nanoseconds Outbox::patience(std::string_view folder,
                                          std::chrono::nanoseconds now) const {
  const bool only_this = too_long(folder);
  std::chrono::nanoseconds least{0};
  const Job* oldest = nullptr;
  for (const auto& [name, lane] : lanes_)
    for (const auto& job : lane.jobs) {
      if (job->kind != JobKind::kSegment || (only_this && name != folder)) continue;
      if (oldest != nullptr && oldest->number < job->number) continue;
      oldest = job.get();
      least = lane.duration - (now - job->since);
    }
  return least;
}

std::vector<std::string> Outbox::make_room(std::string_view folder) {
  std::vector<std::string> names;
  while (full(folder)) {
    const auto lane = too_long(folder) ? lanes_.find(folder) : lanes_.end();
    const auto place = oldest(JobKind::kSegment, lane);
    if (!place) break;
    names.push_back(give_up(*place));
  }
  return names;
}

bool Outbox::ready(std::string_view folder, const Job& job) const {
  if (job.kind != JobKind::kListing) return true;
  for (const auto& [other, lane] : lanes_) {
    const bool inside = below(other, folder), above = below(folder, other);
    if (!inside && !above) continue;
    for (const auto& before : lane.jobs) {
      if (before->number > job.number) break;
      if (before->kind == JobKind::kRemoval) continue;
      if (inside || before->kind != JobKind::kListing) return false;
    }
  }
  return all_there(folder);
}

bool Outbox::all_there(std::string_view folder) const {
  return std::none_of(absent_.begin(), absent_.end(),
                      [&](const auto& name) { return below(folder_of(name), folder); });
}

JobPtr Outbox::take() {
  JobPtr best;
  for (const auto& [folder, lane] : lanes_) {
    const JobPtr& head = lane.jobs.front();
    if (head->taken || (best && best->number < head->number)) continue;
    if (ready(folder, *head)) best = head;
  }
  if (best) best->taken = true;
  return best;
}

bool Outbox::stuck() const {
  return !empty() && std::none_of(lanes_.begin(), lanes_.end(), [&](const auto& lane) {
    const Job& head = *lane.second.jobs.front();
    return head.taken || ready(lane.first, head);
  });
}

void Outbox::settle(const JobPtr& job) {
  if (job->kind == JobKind::kListing) {
    absent_.erase(job->name);
    listed_.insert(job->name);
  }
  if (job->kind == JobKind::kRemoval) listed_.erase(job->name);
  forget(job);
}

void Outbox::lose(const JobPtr& job) {
  if (job->kind == JobKind::kSegment) lost_[job->name] = true;
  if (job->kind == JobKind::kListing && !listed_.contains(job->name)) absent_.insert(job->name);
  forget(job);
}

void Outbox::postpone(const JobPtr& job) {
  const auto& jobs = lanes_.find(folder_of(job->name))->second.jobs;
  const bool newer = std::any_of(jobs.begin(), jobs.end(), [&](const auto& other) {
    return other != job && other->kind == JobKind::kListing && other->name == job->name;
  });
  lose(job);
  if (newer) return;
  Job again;
  again.kind = JobKind::kListing;
  again.name = job->name;
  again.listing = job->listing;
  add(std::move(again));
}

void Outbox::forget(const JobPtr& job) {
  const auto lane = lanes_.find(folder_of(job->name));
  if (lane == lanes_.end()) return;
  const auto at = std::find(lane->second.jobs.begin(), lane->second.jobs.end(), job);
  if (at != lane->second.jobs.end()) erase({lane, at});
}

std::string Outbox::lose_next(const JobPtr& job) {
  const auto lane = lanes_.find(folder_of(job->name));
  if (lane == lanes_.end()) return "";
  const auto place = oldest(JobKind::kSegment, lane);
  return place ? give_up(*place) : "";
}

std::string Outbox::give_up(const Place& place) {
  std::string name = (*place.at)->name;
  lost_[name] = false;
  erase(place);
  return name;
}

void Outbox::erase(const Place& place) {
  auto& [jobs, duration] = place.lane->second;
  bytes_ -= size_of(**place.at);
  duration -= (*place.at)->duration;
  if ((*place.at)->kind == JobKind::kRemoval) --removals_;
  jobs.erase(place.at);
  if (jobs.empty()) lanes_.erase(place.lane);
}

// Only the first of a lane can be taken.
void Outbox::clear() {
  for (auto lane = lanes_.begin(); lane != lanes_.end();) {
    const auto now = lane++;
    while (now->second.jobs.size() > 1) erase({now, std::prev(now->second.jobs.end())});
    if (!now->second.jobs.front()->taken) erase({now, now->second.jobs.begin()});
  }
}

}  // namespace weir::net
