#include <json/value.h>

#include "cli/commands.hpp"
#include "cli/domain_host.hpp"
#include "cli/find_account.hpp"
#include "cli/output.hpp"
#include "cli/refusal.hpp"
#include "domain/account.hpp"
#include "domain/text.hpp"

namespace postern::cli {
namespace {

domain::AccountFilter filter_of(const AccountListOptions& options) {
  domain::AccountFilter filter;
  if (options.status == "pending") filter.status = domain::AccountStatus::Pending;
  if (options.status == "active") filter.status = domain::AccountStatus::Active;
  if (options.status == "disabled") filter.status = domain::AccountStatus::Disabled;
  if (!options.query.empty()) filter.query = options.query;
  return filter;
}

std::string status_of(const domain::Account& account) {
  if (!account.is_active) return "disabled";
  return account.is_approved ? "active" : "pending";
}

Json::Value text_or_null(const std::optional<std::string>& text) {
  return text ? Json::Value(*text) : Json::Value();
}

Json::Value json_of(const domain::Account& account) {
  Json::Value json;
  json["id"] = account.id.text();
  json["username"] = account.username;
  json["email"] = text_or_null(account.email);
  json["email_verified"] = account.email_verified;
  json["pending_email"] = text_or_null(account.pending_email);
  json["role"] = account.role;
  json["status"] = status_of(account);
  json["is_bot"] = account.is_bot;
  json["created_at"] = domain::rfc3339(account.created_at);
  json["last_login_at"] =
      account.last_login_at ? Json::Value(domain::rfc3339(*account.last_login_at)) : Json::Value();
  return json;
}

/// In brackets where it is all there is and not confirmed.
std::string address_of(const domain::Account& account) {
  if (account.email) return *account.email;
  return account.pending_email ? "(" + *account.pending_email + ")" : "-";
}

std::vector<std::string> row_of(const domain::Account& account) {
  return {account.id.text(),
          account.username,
          address_of(account),
          account.role,
          status_of(account) + (account.is_bot ? " bot" : ""),
          account.last_login_at ? domain::rfc3339(*account.last_login_at) : "-"};
}

}  // namespace

int account_list(const ConfigFiles& files, const AccountListOptions& options) {
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  const auto filter = filter_of(options);
  Json::Value json(Json::arrayValue);
  Table table({"ID", "USERNAME", "EMAIL", "ROLE", "STATUS", "LAST LOGIN"});
  for_each_item(
      [&](const domain::PageRequest& request) {
        return expect(domain::list_accounts(host.services(), filter, request), "account list");
      },
      [&](const domain::Account& account) {
        if (options.json) {
          json.append(json_of(account));
        } else {
          table.add(row_of(account));
        }
      });
  if (options.json) {
    print_json(json);
  } else {
    print(table.text());
  }
  return kOk;
}

}  // namespace postern::cli
