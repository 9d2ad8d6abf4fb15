#include <json/value.h>

#include "cli/commands.hpp"
#include "cli/domain_host.hpp"
#include "cli/find_account.hpp"
#include "cli/output.hpp"
#include "cli/refusal.hpp"
#include "domain/api_key.hpp"
#include "domain/text.hpp"

namespace postern::cli {
namespace {

Json::Value time_or_null(const std::optional<domain::Instant>& time) {
  return time ? Json::Value(domain::rfc3339(*time)) : Json::Value();
}

Json::Value list_of(const std::vector<std::string>& texts) {
  Json::Value list(Json::arrayValue);
  for (const auto& text : texts) list.append(text);
  return list;
}

/// Null where it has none.
Json::Value json_of(const domain::KeyRestrictions& restrictions) {
  if (restrictions.none()) return {};
  Json::Value json;
  json["cidrs"] = list_of(restrictions.cidrs);
  json["paths"] = list_of(restrictions.paths);
  const auto& rate = restrictions.requests_per_minute;
  json["requests_per_minute"] = rate ? Json::Value(*rate) : Json::Value();
  return json;
}

Json::Value json_of(const domain::ApiKey& key, domain::Instant now) {
  Json::Value json;
  json["id"] = key.id.text();
  json["username"] = key.username;
  json["account_id"] = key.account.text();
  json["kind"] = std::string(name_of(key.kind));
  json["dialect"] = key.dialect;
  json["type"] = key.type;
  json["name"] = key.name;
  json["key_prefix"] = key.key_prefix;
  json["permissions"] = key.permissions ? list_of(*key.permissions) : Json::Value();
  json["restrictions"] = json_of(key.restrictions);
  json["status"] = std::string(name_of(key.status(now)));
  json["created_at"] = domain::rfc3339(key.created_at);
  json["expires_at"] = time_or_null(key.expires_at);
  json["last_used_at"] = time_or_null(key.last_used_at);
  json["revoked_at"] = time_or_null(key.revoked_at);
  return json;
}

std::vector<std::string> row_of(const domain::ApiKey& key, domain::Instant now) {
  const auto text = [](const std::optional<domain::Instant>& time) {
    return time ? domain::rfc3339(*time) : std::string("-");
  };
  return {key.id.text(),
          key.username,
          key.key_prefix,
          std::string(name_of(key.kind)),
          key.name,
          std::string(name_of(key.status(now))),
          text(key.last_used_at)};
}

}  // namespace

int key_list(const ConfigFiles& files, const std::string& who, bool json_wanted) {
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  auto& services = host.services();
  std::optional<domain::AccountId> account;
  if (!who.empty()) account = find_meant_account(services, who).id;
  const auto now = services.clock.now();
  Json::Value json(Json::arrayValue);
  Table table({"ID", "OWNER", "BEGINS WITH", "KIND", "NAME", "STATUS", "LAST USED"});
  for_each_item(
      [&](const domain::PageRequest& request) {
        return expect(domain::list_keys(services, account, request), "key list");
      },
      [&](const domain::ApiKey& key) {
        if (json_wanted) {
          json.append(json_of(key, now));
        } else {
          table.add(row_of(key, now));
        }
      });
  if (json_wanted) {
    print_json(json);
  } else {
    print(table.text());
  }
  return kOk;
}

int key_revoke(const ConfigFiles& files, const std::string& text) {
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  auto& services = host.services();
  const auto id = domain::KeyId::parse(text);
  if (!id) throw CommandError(kUsage, "that is no key's id; `postern key list` shows them");
  const auto key = expect(domain::find_key(services, *id), "key " + id->text());
  if (key.revoked_at) {
    print("Key " + id->text() + " of " + printable(key.username) + " was revoked already.\n");
    return kOk;
  }
  (void)expect(
      domain::revoke_account_key(services, key.account, *id, std::nullopt, CommandHost::origin()),
      "key " + id->text());
  host.settle();
  print("Key " + id->text() + " of " + printable(key.username) +
        " is revoked: refused everywhere from now on.\n");
  return kOk;
}

}  // namespace postern::cli
