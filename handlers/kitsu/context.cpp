#include <array>

#include "handlers/json_body.hpp"
#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/handlers.hpp"
#include "handlers/kitsu/person_list.hpp"
#include "handlers/kitsu/person_object.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::kitsu {
namespace {

/// What the product's own data would fill.
constexpr std::array<std::string_view, 13> kEmptyLists{"asset_types",
                                                       "custom_actions",
                                                       "status_automations",
                                                       "departments",
                                                       "studios",
                                                       "project_status",
                                                       "projects",
                                                       "task_types",
                                                       "task_status",
                                                       "search_filters",
                                                       "search_filter_groups",
                                                       "preview_background_files",
                                                       "plugins"};

/// There is none; clients compare it with the number of persons.
constexpr std::int64_t kNoUserLimit = 2'147'483'647;

}  // namespace

Response show_context(const Call& call, Services& services) {
  const bool for_admin = call.principal->may("admin");
  const auto persons = all_persons(services, for_admin);
  if (!persons) return refusal(persons.error());
  ObjectText body;
  for (const auto list : kEmptyLists) body.raw(list, "[]");
  body.raw("project_roles", "{}")
      .number("notification_count", 0)
      .raw("persons", raw_list(*persons));
  if (for_admin) body.number("user_limit", kNoUserLimit);
  return Response(200, "application/json", body.finish());
}

Response list_organisations(const Call& call, Services& services) {
  Json::Value list(Json::arrayValue);
  list.append(organisation_object(services.settings.kitsu, call.principal->may("admin")));
  return answer(200, list);
}

}  // namespace postern::handlers::kitsu
