#include <algorithm>
#include <vector>

#include "domain/dialect_profile.hpp"
#include "handlers/dispatcharr/errors.hpp"
#include "handlers/dispatcharr/handlers.hpp"
#include "handlers/dispatcharr/profile.hpp"
#include "handlers/dispatcharr/reader.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::dispatcharr {
namespace {

using domain::Errc;
using domain::Group;
using domain::Result;

std::string group_object(const Group& group) {
  return ObjectText()
      .number("id", group.number)
      .text("name", group.name)
      .raw("permissions", number_list(group.permissions))
      .finish();
}

Result<Group> group_of(const Call& call, Services& services) {
  const auto number = as_path_id(call.path.at("id"));
  if (!number) return Errc::NotFound;
  return domain::find_group(services.domain, kDialect, *number);
}

Response refuse_group(const domain::Error& error) {
  if (error.code == Errc::NotFound) return detail(404, kNoSuchGroup);
  if (error.code == Errc::TooManyAttempts)
    return field_error("non_field_errors", "There are as many groups as can be kept.");
  return refusal(error, Presented::Nothing);
}

/// Names the first that is none, as the framework does.
void check_permissions(Fields& fields, const std::vector<std::int64_t>& wanted,
                       Services& services) {
  const auto known = domain::list_permissions(services.domain);
  for (const auto number : wanted) {
    const bool exists = std::any_of(known.begin(), known.end(),
                                    [&](const auto& one) { return one.number == number; });
    if (exists) continue;
    fields.refuse("permissions",
                  "Invalid pk \"" + std::to_string(number) + "\" - object does not exist.");
    return;
  }
}

/// Lays the body over the group and stores it; number 0 makes a new one.
Response save(const Call& call, Services& services, Group group, bool whole) {
  const auto body = read_body(call.request);
  if (body.refusal) return *body.refusal;
  Fields fields(body);
  const auto name = fields.text("name", {.required = whole, .most = 150});
  const auto permissions = fields.ids("permissions", whole, domain::kGroupPermissionLimit);
  if (permissions) check_permissions(fields, *permissions, services);
  if (!fields.ok()) return fields.refusal();
  const bool created = group.number == 0;
  if (name) group.name = *name;
  if (permissions) group.permissions = *permissions;
  const auto saved = domain::save_group(services.domain, kDialect, group);
  if (!saved) return refuse_group(saved.error());
  return ok(group_object(*saved), created ? 201 : 200);
}

Response save_existing(const Call& call, Services& services, bool whole) {
  auto group = group_of(call, services);
  if (!group) return refuse_group(group.error());
  return save(call, services, *std::move(group), whole);
}

}  // namespace

Response list_groups(const Call&, Services& services) {
  std::vector<std::string> objects;
  for (const auto& group : domain::list_groups(services.domain, kDialect))
    objects.push_back(group_object(group));
  return ok(raw_list(objects));
}

Response create_group(const Call& call, Services& services) {
  return save(call, services, {}, true);
}

Response show_group(const Call& call, Services& services) {
  const auto group = group_of(call, services);
  if (!group) return refuse_group(group.error());
  return ok(group_object(*group));
}

Response replace_group(const Call& call, Services& services) {
  return save_existing(call, services, true);
}

Response change_group(const Call& call, Services& services) {
  return save_existing(call, services, false);
}

Response delete_group(const Call& call, Services& services) {
  const auto number = as_path_id(call.path.at("id"));
  const auto deleted = number ? domain::delete_group(services.domain, kDialect, *number)
                              : domain::Outcome(Errc::NotFound);
  if (!deleted) return refuse_group(deleted.error());
  return Response(204);
}

Response list_permissions(const Call&, Services& services) {
  std::vector<std::string> objects;
  for (const auto& permission : domain::list_permissions(services.domain)) {
    objects.push_back(ObjectText()
                          .number("id", permission.number)
                          .text("name", permission.description)
                          .text("codename", permission.name)
                          .finish());
  }
  return ok(raw_list(objects));
}

}  // namespace postern::handlers::dispatcharr
