#include <algorithm>
#include <array>

#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/handlers.hpp"
#include "handlers/kitsu/list_page.hpp"

namespace postern::handlers::kitsu {
namespace {

/// The lists of the product's own data that clients ask for, below /data/; `*` stands for an id.
/// What is listed here is empty, what is not is not there.
constexpr auto kLists = std::to_array<std::string_view>({
    // What there is of a kind
    "projects",
    "project-status",
    "project-status-automations",
    "asset-types",
    "entity-types",
    "task-types",
    "task-status",
    "departments",
    "studios",
    "status-automations",
    "custom-actions",
    "metadata-descriptors",
    "preview-background-files",
    "preview-files",
    "search-filters",
    "search-filter-groups",
    "plugins",
    "assets",
    "shots",
    "scenes",
    "sequences",
    "episodes",
    "edits",
    "concepts",
    "entities",
    "entity-links",
    "asset-instances",
    "tasks",
    "comments",
    "playlists",
    "milestones",
    "time-spents",
    "day-offs",
    "output-types",
    "output-files",
    "working-files",
    "softwares",
    "file-status",
    "hardware-items",
    "software-licenses",
    "salary-scales",
    "projects/open",
    "projects/all",
    "assets/all",
    "assets/with-tasks",
    "shots/all",
    "shots/with-tasks",
    "scenes/all",
    // Of a project
    "projects/*/assets",
    "projects/*/asset-types",
    "projects/*/asset-types/*/assets",
    "projects/*/shots",
    "projects/*/scenes",
    "projects/*/sequences",
    "projects/*/episodes",
    "projects/*/edits",
    "projects/*/concepts",
    "projects/*/tasks",
    "projects/*/task-types",
    "projects/*/settings/task-status",
    "projects/*/settings/task-types",
    "projects/*/settings/status-automations",
    "projects/*/settings/preview-background-files",
    "projects/*/team",
    "projects/*/metadata-descriptors",
    "projects/*/milestones",
    "projects/*/playlists",
    "projects/*/playlists/all",
    "projects/*/comments",
    // Of a part of one
    "episodes/*/sequences",
    "episodes/*/shots",
    "episodes/*/assets",
    "episodes/*/tasks",
    "episodes/*/shot-tasks",
    "episodes/*/asset-tasks",
    "episodes/*/task-types",
    "sequences/*/shots",
    "sequences/*/scenes",
    "sequences/*/tasks",
    "sequences/*/shot-tasks",
    "sequences/*/task-types",
    "scenes/*/shots",
    "scenes/*/tasks",
    "scenes/*/task-types",
    "scenes/*/asset-instances",
    "shots/*/assets",
    "shots/*/asset-types",
    "shots/*/asset-instances",
    "shots/*/tasks",
    "shots/*/task-types",
    "shots/*/preview-files",
    "assets/*/tasks",
    "assets/*/task-types",
    "assets/*/asset-instances",
    "assets/*/shot-asset-instances",
    "assets/*/scene-asset-instances",
    "assets/*/preview-files",
    "edits/*/tasks",
    "concepts/*/tasks",
    "tasks/*/comments",
    "persons/*/tasks",
    "persons/*/done-tasks",
});

/// The same of whoever asks, below /data/user/.
constexpr auto kOwnLists = std::to_array<std::string_view>({
    "projects/open",
    "projects/*/assets",
    "projects/*/asset-types",
    "projects/*/asset-types/*/assets",
    "projects/*/sequences",
    "projects/*/episodes",
    "sequences/*/shots",
    "sequences/*/scenes",
    "sequences/*/tasks",
    "sequences/*/task-types",
    "assets/*/tasks",
    "assets/*/task-types",
    "shots/*/tasks",
    "shots/*/task-types",
    "scenes/*/tasks",
    "scenes/*/task-types",
    "tasks",
    "tasks-to-check",
    "tasks-requiring-feedback",
    "done-tasks",
    "filters",
    "filter-groups",
    "time-spents",
    "time-spents/by-date",
    "day-offs",
    "notifications",
    "chats",
    "desktop-login-logs",
    "schedule-items",
});

std::string_view cut_segment(std::string_view& path) {
  const auto slash = std::min(path.find('/'), path.size());
  const auto segment = path.substr(0, slash);
  path.remove_prefix(std::min(slash + 1, path.size()));
  return segment;
}

bool fits(std::string_view pattern, std::string_view path) {
  while (!pattern.empty() && !path.empty()) {
    const auto wanted = cut_segment(pattern);
    const auto given = cut_segment(path);
    if (given.empty() || (wanted != "*" && wanted != given)) return false;
  }
  return pattern.empty() && path.empty();
}

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& lists, std::string_view path) {
  return std::any_of(lists.begin(), lists.end(),
                     [&](std::string_view pattern) { return fits(pattern, path); });
}

/// What stands behind /data/, with or without /api before it.
std::string_view below_data(std::string_view path) {
  for (const std::string_view start : {"/api/data/", "/data/"}) {
    if (path.starts_with(start)) return path.substr(start.size());
  }
  return {};
}

bool is_list(std::string_view path) {
  constexpr std::string_view kOwn = "user/";
  if (path.starts_with(kOwn)) return is_one_of(kOwnLists, path.substr(kOwn.size()));
  return is_one_of(kLists, path);
}

}  // namespace

Response empty_list(const Call& call, Services& /*services*/) {
  const auto path = below_data(call.request.uri->path);
  if (!is_list(path)) return not_found(call.request);
  auto query = Reader::query(call.request);
  auto page = read_page(query);
  if (query.refusal()) return *query.refusal();
  // Only what there is of a kind comes in pages.
  if (path.find('/') != std::string_view::npos) page = {};
  return list_answer(page, {}, 0);
}

}  // namespace postern::handlers::kitsu
